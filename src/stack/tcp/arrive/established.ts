/** The handshake is over: what both ways into ESTABLISHED have in common. */
import type { Micros } from '../../time.ts';
import { CONNECTED, READABLE, WRITABLE } from '../application-side.ts';
import type { Connection } from '../connection.ts';
import { startMtuSearch } from '../send/mtu-probe.ts';
import { applyMss } from '../send/segment-size.ts';

export function startEstablished(tcb: Connection, now: Micros): void {
  const { sender, rtt, options } = tcb;
  // the timer, not the count of transmissions: a simultaneous open sends its SYN twice and nothing was lost
  const lostSyns = rtt.backOffs;
  applyMss(tcb);
  startMtuSearch(tcb, now);
  tcb.receiver.countIn(tcb.agreement.segmentSize);
  rtt.handshakeDone(lostSyns > 0);
  // RFC 5681 §3.1: the initial window after a lost SYN is one segment; ssthresh stays where it is
  if (lostSyns > (options.forgivesLostSyn ? 1 : 0)) sender.control.onTimeout(0, true, now);
  sender.recovery.recover = tcb.snd.iss; // a SYN that timed out must not forbid the first fast retransmit
  tcb.heardAt = now;
  if (tcb.options.keepAlive) tcb.timers.keepAlive = now + tcb.options.keepAliveIdle;
  tcb.app.raise(CONNECTED | WRITABLE | (tcb.receiver.available > 0 ? READABLE : 0));
}
