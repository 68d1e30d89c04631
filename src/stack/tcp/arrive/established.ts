/** The handshake is over: what both ways into ESTABLISHED have in common. */
import type { Micros } from '../../time.ts';
import { CONNECTED, READABLE, WRITABLE } from '../application-side.ts';
import type { Connection } from '../connection.ts';
import { DEFAULT_MSS, MIN_MSS } from '../open/handshake.ts';

/** Two segments shall fit the peer's window, or each would wait for the other's acknowledgment; windows up to 536 are taken as they are. */
const boundToWindow = (mss: number, maxWindow: number): number =>
  maxWindow === 0 ? mss : Math.min(mss, Math.max(maxWindow > DEFAULT_MSS ? maxWindow >> 1 : maxWindow, MIN_MSS));

export function startEstablished(tcb: Connection, now: Micros): void {
  const { sender, rtt, agreement, options } = tcb;
  // the timer, not the count of transmissions: a simultaneous open sends its SYN twice and nothing was lost
  const synRetransmitted = rtt.backOffs > 0;
  sender.control.mss = options.halfWindowMss ? boundToWindow(agreement.sendMss, tcb.snd.maxWnd) : agreement.sendMss;
  rtt.handshakeDone(synRetransmitted);
  // RFC 5681 §3.1: the initial window after a lost SYN is one segment; ssthresh stays where it is
  if (synRetransmitted) sender.control.onTimeout(0, true, now);
  sender.recovery.recover = tcb.snd.iss; // a SYN that timed out must not forbid the first fast retransmit
  tcb.heardAt = now;
  if (tcb.options.keepAlive) tcb.timers.keepAlive = now + tcb.options.keepAliveIdle;
  tcb.app.raise(CONNECTED | WRITABLE | (tcb.receiver.available > 0 ? READABLE : 0));
}
