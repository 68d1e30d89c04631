/** Which segments are lost, by the scoreboard: by time (RFC 8985 §6) or by how much lies above them (RFC 6675 §4). */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Connection } from '../connection.ts';
import { DUPLICATE_THRESHOLD } from './recovery.ts';

/** Marks what is lost by now. @returns whether that was anything */
export function detectLosses(tcb: Connection, now: Micros): boolean {
  const { sender, timers, rtt, options } = tcb;
  const { sent, recovery, control } = sender;
  timers.reorder = NEVER;
  if (!tcb.agreement.sack || sent.isEmpty || !options.fastRetransmit) return false;
  const lostBefore = sent.lostTotal;
  if (options.rack) {
    const sackedSegments = Math.floor(sent.sackedLength / control.mss);
    const inRecovery = recovery.phase === 'fast recovery' || recovery.phase === 'timeout recovery';
    timers.reorder = sender.rack.detect(sent, now, rtt.smoothed, inRecovery, sackedSegments);
  } else if (sent.sackedLength > (DUPLICATE_THRESHOLD - 1) * control.mss) {
    sent.markBelow((DUPLICATE_THRESHOLD - 1) * control.mss);
  }
  return sent.lostTotal > lostBefore;
}
