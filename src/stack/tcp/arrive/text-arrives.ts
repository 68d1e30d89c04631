/** Text in a segment, RFC 9293 §3.10.7.4 seventh: into the receive ring, and when to say so. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, after, atOrAfter, before, diff, max, min } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { FIN, SYN } from '../../wire/tcp.ts';
import { READABLE } from '../application-side.ts';
import type { Connection } from '../connection.ts';
import type { Verdict } from '../drops.ts';
import { noteMark } from '../ecn/receive.ts';
import { nothingNew, textInOrder } from '../receive/linux-ack-schedule.ts';
import { mayReceiveText } from '../state.ts';

/** Seventh: text in the window goes to its place in the receive ring. */
export function processText(tcb: Connection, segment: Segment, bytes: Uint8Array, now: Micros): Verdict {
  const { rcv } = tcb;
  if (segment.payloadLength === 0 && !segment.has(FIN)) return undefined;
  if (!mayReceiveText(tcb.state) && tcb.state !== 'SYN-RECEIVED') {
    if (segment.payloadLength > 0 && tcb.peerFin !== undefined) return 'text after the FIN';
    return 'done'; // "This should not occur since a FIN has been received"
  }
  const textAt = segment.has(SYN) ? add(segment.seq, 1) : segment.seq;
  const textEnd = textEndOf(segment, textAt);
  if (segment.payloadLength > 0 && refusesText(tcb) && after(textEnd, rcv.nxt)) {
    tcb.fail('aborted');
    return 'text after the application closed'; // RFC 9293 §3.6.1, SHLD-3: whoever called resets it, or the peer would not learn
  }
  noteMark(tcb, segment);
  tcb.receiver.sawSegment(segment.gsoSize > 0 ? segment.gsoSize : segment.payloadLength, tcb.agreement.receiveMss);
  const right = tcb.receiver.acceptedUpTo;
  const limit = tcb.peerFin === undefined ? right : min(right, tcb.peerFin);
  const to = min(textEnd, limit);
  // a FIN counts only with the whole segment inside the window: what was trimmed away comes again, and the FIN with it
  const finFits = hasRoomFor(tcb, textEnd) && to === textEnd && atOrAfter(textEnd, rcv.nxt);
  if (segment.has(FIN) && finFits && tcb.peerFin === undefined) {
    tcb.peerFin = textEnd;
    tcb.receiver.truncateIslands(textEnd); // text behind a FIN is nobody's, also when it came first
  }
  return storeText(tcb, segment, bytes, textAt, to, now);
}

/** Whoever only reads no more is told nothing by FreeBSD, and by Linux once it has written its last. */
const refusesText = ({ app, state, options }: Connection): boolean =>
  options.habits.checks === 'freebsd' ? app.isOrphan : app.readClosed && state !== 'ESTABLISHED';

/** The FIN takes a place of its own; FreeBSD's window does not ask for it. */
const hasRoomFor = ({ receiver, options }: Connection, fin: Seq): boolean =>
  before(fin, receiver.acceptedUpTo) || (fin === receiver.acceptedUpTo && options.habits.checks === 'freebsd');

const textEndOf = ({ payloadLength }: Segment, textAt: Seq): Seq => add(textAt, payloadLength);

/** Text in the SYN of a connection that a listener has just begun: within the window that our SYN-ACK is going to offer. */
export function takeSynText(tcb: Connection, syn: Segment, bytes: Uint8Array, now: Micros): void {
  if (syn.length === 1) return;
  tcb.rcv.edge = add(tcb.rcv.nxt, tcb.receiver.synWindow);
  processText(tcb, syn, bytes, now);
  if (tcb.fastOpen !== undefined) tcb.fastOpen.textAccepted = syn.payloadLength > 0;
}

/** None of its text is new, or none of it may be kept. */
function storeNothing(tcb: Connection, segment: Segment, textAt: Seq, now: Micros): void {
  const { rcv, receiver, acks } = tcb;
  if (after(textAt, rcv.nxt)) {
    acks.outOfOrder(); // a FIN alone above a hole, or text that the closed window cut off
    return;
  }
  if (segment.has(FIN)) return;
  nothingNew(tcb, now);
  // a probe of the closed window begins where we wait: it is no duplicate, and we have not kept it
  if (before(textAt, rcv.nxt)) {
    receiver.sawDuplicate(textAt, min(textEndOf(segment, textAt), rcv.nxt));
    acks.now('ACK: nothing new');
  }
}

/** Stores the part of `[textAt, to)` that is new. */
function storeText(tcb: Connection, segment: Segment, bytes: Uint8Array, textAt: Seq, to: Seq, now: Micros): Verdict {
  const { rcv, receiver, acks, timers } = tcb;
  const from = max(textAt, rcv.nxt);
  const length = diff(to, from);
  if (length <= 0) {
    storeNothing(tcb, segment, textAt, now);
    return undefined;
  }
  if (receiver.islands.covers(from, to)) receiver.sawDuplicate(from, to);
  const nxtBefore = rcv.nxt;
  const islandsBefore = receiver.islands.islands;
  const at = segment.payloadAt + diff(from, textAt);
  if (!receiver.store(from, bytes, at, at + length)) {
    acks.now('ACK: too many holes');
    return 'too many holes in the receive buffer';
  }
  if (rcv.nxt === nxtBefore) {
    tcb.traffic.received.outOfOrder++;
    acks.outOfOrder();
    return undefined;
  }
  tcb.traffic.received.bytes += diff(rcv.nxt, nxtBefore);
  if (tcb.options.ackPolicy === 'linux') textInOrder(tcb, segment, now);
  else if (tcb.options.habits.acknowledges === 'second segment')
    acks.inTurn(timers.delayedAck !== NEVER || length > tcb.agreement.segmentSize);
  else acks.inOrder(diff(rcv.nxt, nxtBefore), receiver.segmentSize);
  // RFC 5681 §4.2: what fills a hole is acknowledged at once
  if (islandsBefore > 0) {
    acks.holeFilled();
    acks.now('ACK: hole filled');
  }
  receiver.adjust(tcb.rtt.smoothed, now);
  if (tcb.state !== 'SYN-RECEIVED' || tcb.fastOpen?.queue !== undefined) tcb.app.raise(READABLE);
  return armDelayedAck(tcb, now);
}

function armDelayedAck(tcb: Connection, now: Micros): undefined {
  if (tcb.options.ackDelay === 0) tcb.acks.now('ACK');
  else if (tcb.options.ackPolicy !== 'linux' && !tcb.acks.immediate && tcb.timers.delayedAck === NEVER)
    tcb.timers.delayedAck = now + tcb.options.ackDelay;
}
