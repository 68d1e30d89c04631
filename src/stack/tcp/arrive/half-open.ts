/** A half-open connection of a listener as FreeBSD's syncache sees it: an entry that knows both initial numbers, and little else. */
import type { Micros } from '../../time.ts';
import { add, after, atOrAfter, atOrBefore, before } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ACK, FIN, RST, SYN } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { Verdict } from '../drops.ts';

/** The window that the SYN-ACK offered. */
const offered = ({ receiver }: Connection): number => receiver.synWindow;

/** @returns undefined for the segment that ends the handshake */
export function halfOpenArrives(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (segment.has(RST)) return resetArrives(tcb, segment, now);
  if (!segment.has(SYN)) return segment.has(ACK) ? ackOfSynAck(tcb, segment, now) : 'no ACK flag';
  if (segment.has(ACK)) return 'acknowledges what was never sent'; // and is told so with a RST
  return synAgain(tcb, segment, now);
}

function ackOfSynAck(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { irs } = tcb.rcv;
  if (atOrBefore(segment.seq, irs) || after(segment.seq, add(irs, offered(tcb)))) {
    answer(tcb, now, 'challenge ACK: segment outside the window');
    return 'outside the receive window';
  }
  const { timestamps } = tcb;
  if (timestamps.enabled && segment.hasTimestamps && timestamps.isOld(segment.tsValue, now)) return 'old by its timestamp (PAWS)';
  return segment.ack === add(tcb.snd.iss, 1) ? undefined : 'acknowledges what was never sent';
}

/** "Any RST to our SYN-ACK must not carry ACK, SYN or FIN flags", RFC 793 page 65. */
function resetArrives(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (segment.has(ACK | SYN | FIN)) return 'RST outside the window';
  const first = add(tcb.rcv.irs, 1);
  const window = offered(tcb);
  const isExact = segment.seq === first;
  const isInside = window === 0 ? isExact : atOrAfter(segment.seq, first) && before(segment.seq, add(first, window));
  if (!isInside) return 'RST outside the window';
  if (!isExact && !tcb.options.habits.insecureRst) {
    answer(tcb, now, 'challenge ACK: RST not exactly expected');
    return 'RST not exactly expected: challenged';
  }
  tcb.fail('refused');
  return 'done';
}

/** Whatever its number, a SYN from the same port has the SYN-ACK sent again, and the time for its answer begins anew. */
function synAgain(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (tcb.timestamps.enabled && segment.hasTimestamps) tcb.timestamps.start(segment.tsValue, now);
  tcb.rtt.startAnew();
  tcb.timers.retransmit = now + tcb.rtt.rto;
  tcb.sender.sent.markAllLost();
  return 'nothing new in the segment';
}

function answer(tcb: Connection, now: Micros, reason: string): void {
  if (tcb.challenges.take(now)) tcb.acks.answer(reason);
}
