/** What an acknowledgment does to the congestion window: PRR while it comes down, growth while it is the limit. */
import { atOrAfter } from '../../wire/seq.ts';
import type { Connection } from '../connection.ts';
import type { RecoveryPhase } from '../loss/recovery.ts';
import { initialWindow } from './control.ts';

/**
 * To be called once for each acknowledgment, when losses have been looked for.
 * @param mayGrow whether it can have acknowledged text, and echoes no mark: the acknowledgment of a SYN earns no window
 * @param before where the sender stood before it
 */
export function regulate(tcb: Connection, mayGrow: boolean, before: RecoveryPhase): void {
  const { sender, options } = tcb;
  const { control, recovery, sample } = sender;
  const { mss } = control;
  if (recovery.history !== undefined && recovery.isReducing) {
    const isSafe = sample.acked > 0 && sample.lost === 0;
    const burst = options.reduceFrom === 'window' ? control.threshold : initialWindow(mss);
    const window = recovery.history.prr.window(sender.pipe(mss), control.threshold, sample.delivered, isSafe, mss, burst);
    if (window !== undefined) control.window = window;
    return;
  }
  if (!mayGrow || sample.acked === 0 || recovery.phase === 'fast recovery') return;
  // what ends a recovery may acknowledge a whole window at once: to grow by it would be a burst (RFC 3465 §2.3; Linux does)
  const endsTimeout = before === 'timeout recovery' && recovery.phase === 'open' && options.reduceFrom === 'flight';
  if (before === 'fast recovery' || endsTimeout) return;
  grow(tcb);
}

/** A window that nobody fills says nothing about the network: it grows only while it is the limit (RFC 9293 §3.8.2, RFC 7661). */
function grow({ sender, snd, rtt, options }: Connection): void {
  const { control, sample, history } = sender;
  sample.roundEnded = atOrAfter(snd.una, sender.roundEnd);
  if (sample.roundEnded) sender.roundEnd = snd.nxt;
  const isUsed =
    options.growsWhenHalfUsed && history !== undefined
      ? history.usage.isWell(control)
      : sample.flight + control.mss > control.window;
  if (!isUsed) return;
  // what selective acknowledgments have earned already is not earned again, nor what duplicates stood for
  sample.acked = Math.min(sample.acked, Math.max(sample.delivered, 0));
  sample.smoothedRtt = rtt.smoothed;
  control.onAck(sample);
}
