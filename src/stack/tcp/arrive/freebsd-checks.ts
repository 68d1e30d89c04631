/**
 * The first steps of SEGMENT ARRIVES in FreeBSD's order: a RST and a SYN are judged before the timestamp and against the last
 * acknowledgment sent, the window is what there is room for, and of a duplicate the acknowledgment still counts.
 */
import type { Micros } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, after, atOrAfter, atOrBefore, before, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ACK, FIN, RST, SYN } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { Verdict } from '../drops.ts';
import { mayReceiveText } from '../state.ts';
import { halfOpenArrives } from './half-open.ts';

export function freebsdChecks(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { habits } = tcb.options;
  if (habits.dropsSynFin && segment.has(SYN) && segment.has(FIN)) return 'no such connection'; // net.inet.tcp.drop_synfin
  tcb.heardAt = now;
  tcb.keepAliveProbes = 0;
  const lacksTimestamp = tcb.timestamps.enabled && !segment.hasTimestamps && !segment.has(RST);
  if (lacksTimestamp && !habits.toleratesMissingTimestamps) return 'timestamp missing';
  return (
    checkHandshake(tcb, segment, now) ??
    checkReset(tcb, segment, now) ??
    checkSyn(tcb, segment, now) ??
    checkAge(tcb, segment, now) ??
    checkText(tcb, segment) ??
    checkRange(tcb, segment, now) ??
    acceptTimestamp(tcb, segment, now)
  );
}

/** The receive window: at least what was advertised, and whatever else there is room for. */
const windowOf = ({ rcv, receiver }: Connection): number => diff(receiver.acceptedUpTo, rcv.nxt);

/** An answer outside of the normal course, as many as the limit allows. */
function challenge(tcb: Connection, now: Micros, reason: string): void {
  if (tcb.challenges.take(now)) tcb.acks.answer(reason);
}

function checkHandshake(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (tcb.state !== 'SYN-RECEIVED') return undefined;
  if (tcb.listener !== undefined) return halfOpenArrives(tcb, segment, now);
  if (segment.has(RST) || !segment.has(ACK)) return undefined;
  const { snd } = tcb;
  return atOrBefore(segment.ack, snd.una) || after(segment.ack, snd.nxt) ? 'acknowledges what was never sent' : undefined;
}

/** RFC 5961 §3.2, with the last acknowledgment sent in place of RCV.NXT: what a delayed acknowledgment has not said yet. */
function checkReset(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (!segment.has(RST)) return undefined;
  const from = tcb.rcv.lastAckSent;
  const isExact = segment.seq === from;
  const window = windowOf(tcb);
  const isInside = window === 0 ? isExact : atOrAfter(segment.seq, from) && before(segment.seq, add(from, window));
  if (!isInside) return 'RST outside the window';
  if (!isExact && !tcb.options.habits.insecureRst) {
    challenge(tcb, now, 'challenge ACK: RST not exactly expected');
    return 'RST not exactly expected: challenged';
  }
  tcb.fail(tcb.state === 'SYN-RECEIVED' ? 'refused' : 'reset by peer');
  return 'done';
}

/** RFC 5961 §4.2. */
function checkSyn(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (!segment.has(SYN) || tcb.state === 'SYN-RECEIVED') return undefined;
  const from = tcb.rcv.lastAckSent;
  const isInside = atOrAfter(segment.seq, from) && before(segment.seq, add(from, windowOf(tcb)));
  if (isInside && tcb.options.habits.insecureSyn) {
    tcb.app.resetDue = 'RST: a SYN in a synchronized state';
    tcb.fail('reset by peer');
    return 'done';
  }
  challenge(tcb, now, 'challenge ACK: SYN in a synchronized state');
  return 'SYN in a synchronized state: challenged';
}

/** PAWS, RFC 7323 §5.3: only text is answered. */
function checkAge(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { timestamps } = tcb;
  if (!timestamps.enabled || !segment.hasTimestamps || timestamps.recent === 0) return undefined;
  if (!timestamps.isOld(segment.tsValue, now)) return undefined;
  if (segment.payloadLength > 0) tcb.acks.now('ACK: timestamp too old');
  return 'old by its timestamp (PAWS)';
}

/** New text for an application that has closed. */
function checkText(tcb: Connection, { seq, payloadLength }: Segment): Verdict {
  const isNew = payloadLength > 0 && after(add(seq, payloadLength), tcb.rcv.nxt);
  if (!tcb.app.isOrphan || !isNew || !mayReceiveText(tcb.state)) return undefined;
  tcb.fail('aborted');
  return 'text after the application closed';
}

function checkRange(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { rcv } = tcb;
  let behind = diff(rcv.nxt, segment.seq);
  const isBehind = behind > 0;
  if (behind > 0 && segment.has(SYN)) {
    segment.flags &= ~SYN; // the other half of a simultaneous open
    segment.seq = add(segment.seq, 1);
    segment.window >>>= tcb.agreement.sendShift; // not scaled in a SYN, and the steps below will scale it
    behind--;
  }
  const { payloadLength } = segment;
  const isAllOld = behind > payloadLength || (behind === payloadLength && !segment.has(FIN));
  if (isBehind && (isAllOld || (behind > 0 && tcb.agreement.sack))) tcb.acks.now('ACK: nothing new');
  if (behind >= payloadLength && behind > 0) return undefined; // what it acknowledges still counts
  const beyond = diff(add(segment.seq, payloadLength), tcb.receiver.acceptedUpTo);
  if (beyond <= 0 || beyond < payloadLength - Math.max(behind, 0)) return undefined;
  return beyondWindow(tcb, segment, now);
}

/** Nothing of the segment is inside: only what stands at the edge of a closed window is looked at further. */
function beyondWindow(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (windowOf(tcb) === 0 && segment.seq === tcb.rcv.nxt) {
    tcb.acks.now('ACK: window closed');
    return undefined;
  }
  // two hosts that were told lies about each other must not answer each other for ever
  if (segment.length > 0 || tcb.challenges.take(now)) tcb.acks.now('ACK: segment outside the window');
  return 'outside the receive window';
}

/** RFC 7323 §4.3 (2), as RFC 1323 had it: of the segment that covers the last acknowledgment sent. */
function acceptTimestamp(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { timestamps, rcv } = tcb;
  if (!timestamps.enabled || !segment.hasTimestamps) return undefined;
  const end: Seq = add(segment.seq, segment.length);
  if (atOrBefore(segment.seq, rcv.lastAckSent) && atOrBefore(rcv.lastAckSent, end)) timestamps.start(segment.tsValue, now);
  return undefined;
}

/** RFC 5961 §5.2; while less than a window was ever sent, what lies before our first octet is none of ours either. */
export function checkGhost(tcb: Connection, { ack }: Segment, now: Micros): Verdict {
  const { snd, options } = tcb;
  // right only below 2^31 acknowledged octets, and behind that the window decides anyway
  const isYoung = diff(snd.una, snd.iss) >>> 0 <= snd.maxWnd;
  const oldest = isYoung ? add(snd.iss, 1) : add(snd.una, -snd.maxWnd);
  if (options.habits.insecureAck || !before(ack, oldest)) return undefined;
  challenge(tcb, now, 'challenge ACK: acknowledgment too old');
  return 'acknowledgment too old';
}
