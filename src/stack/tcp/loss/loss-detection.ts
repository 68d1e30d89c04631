/** From marks on the scoreboard to a recovery: RFC 8985 §6, RFC 6675 §5 where the peer acknowledges selectively. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Connection } from '../connection.ts';
import { reduceForLoss } from '../ecn/send.ts';

/**
 * Marks what is lost by now; the first loss of a flight begins a recovery.
 * @param delivered bytes that the acknowledgment at hand says have arrived
 */
export function detectLosses(tcb: Connection, now: Micros, delivered = 0): void {
  const { sender, timers, rtt } = tcb;
  const { sent, recovery, control } = sender;
  timers.reorder = NEVER;
  if (!tcb.agreement.sack || sent.isEmpty || !tcb.options.fastRetransmit) return;
  const lostBefore = sent.lostLength;
  const sackedSegments = Math.floor(sent.sackedLength / control.mss);
  timers.reorder = sender.rack.detect(sent, now, rtt.smoothed, recovery.phase !== 'open', sackedSegments);
  if (sent.lostLength > lostBefore && recovery.phase === 'open') beginRecovery(tcb, now);
  if (recovery.phase === 'fast recovery') recovery.bound = sender.pipe(control.mss) + delivered + control.mss;
}

/** A loss without fast recovery: Tahoe's answer to it is that to a time-out, a window of one segment and slow start. */
export function beginAgain({ sender, snd }: Connection, flight: number, now: Micros): void {
  sender.control.onTimeout(flight, false, now);
  sender.sent.markAllLost();
  sender.recovery.enter('timeout recovery', snd.nxt);
  sender.tail.forget();
}

function beginRecovery(tcb: Connection, now: Micros): void {
  const { sender, snd } = tcb;
  if (!tcb.options.fastRecovery) {
    beginAgain(tcb, snd.flight, now);
    return;
  }
  reduceForLoss(tcb, snd.flight, now);
  sender.recovery.enter('fast recovery', snd.nxt);
  sender.tail.forget();
}
