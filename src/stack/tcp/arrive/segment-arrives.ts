/**
 * SEGMENT ARRIVES, RFC 9293 §3.10.7: one function per step, in the RFC's order. A step that returns nothing lets the next one
 * have its turn; `done` and a drop reason end the processing.
 */

import type { Micros } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, after, atOrAfter, before, inWindow, max, min } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ACK, ECE, RST, SYN } from '../../wire/tcp.ts';
import { PEER_CLOSED, READABLE } from '../application-side.ts';
import type { Connection } from '../connection.ts';
import type { Verdict } from '../drops.ts';
import { confirmEcn } from '../ecn/negotiation.ts';
import { holdsBack } from '../open/defer-accept.ts';
import { finInOrder, nothingNew } from '../receive/linux-ack-schedule.ts';
import { learnUserTimeout } from '../time/user-timeout.ts';
import { ackArrives } from './ack-arrives.ts';
import { startEstablished } from './established.ts';
import { freebsdChecks } from './freebsd-checks.ts';
import { synSentArrives } from './syn-sent.ts';
import { processText } from './text-arrives.ts';
import { urgentArrives } from './urgent-arrives.ts';

/** §3.10.7.3 and §3.10.7.4. CLOSED and LISTEN have no connection yet: see passive-open.ts. */
export function segmentArrives(tcb: Connection, segment: Segment, bytes: Uint8Array, now: Micros): Verdict {
  if (tcb.state === 'CLOSED') return 'no such connection';
  if (tcb.state === 'SYN-SENT') {
    return (
      synSentArrives(tcb, segment, now) ??
      urgentArrives(tcb, segment, bytes) ??
      processText(tcb, segment, bytes, now) ??
      checkFin(tcb, now)
    );
  }
  return (
    checks(tcb, segment, now) ?? //                                first to fourth
    checkAck(tcb, segment, now) ?? //                              fifth
    urgentArrives(tcb, segment, bytes) ?? //                       sixth
    processText(tcb, segment, bytes, now) ?? //                    seventh
    checkFin(tcb, now) //                                          eighth
  );
}

function checks(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (tcb.options.habits.checks === 'freebsd') return freebsdChecks(tcb, segment, now);
  return (
    arrivesAgain(tcb, segment) ?? //                               a SYN or SYN-ACK in SYN-RECEIVED
    checkSequenceNumber(tcb, segment, now) ?? //                   first
    checkReset(tcb, segment, now) ?? //                            second
    checkSyn(tcb, segment, now) //                                 fourth (the third, security, is not implemented)
  );
}

/**
 * The peer's SYN once more, in SYN-RECEIVED. With an ACK it is the other half of a simultaneous open (§3.5, figure 8): the SYN
 * lies before the window and is trimmed off, as the RFC suggests for the idealized segment. Without, our SYN-ACK was lost.
 */
function arrivesAgain(tcb: Connection, segment: Segment): Verdict {
  if (tcb.state !== 'SYN-RECEIVED' || !segment.has(SYN) || segment.has(RST) || segment.seq !== tcb.rcv.irs) return undefined;
  confirmEcn(tcb, segment);
  if (!segment.has(ACK)) {
    tcb.sender.sent.markFirstLost(1);
    return 'nothing new in the segment';
  }
  segment.flags &= ~(SYN | ECE); // ECE was half of an agreement, and would be the echo of a mark without the SYN
  segment.seq = add(segment.seq, 1);
  segment.window >>>= tcb.agreement.sendShift; // RFC 7323 §2.2: it is not scaled, and the steps below will scale it
  return undefined;
}

/** First, with the timestamp check of RFC 7323 §5.3 in front of it. */
function checkSequenceNumber(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { rcv, timestamps } = tcb;
  const fault = checkTimestamp(tcb, segment, now);
  if (fault !== undefined) return fault;
  if (!isAcceptable(segment, rcv.nxt, rcv.wnd)) {
    if (rcv.wnd > 0 || segment.seq !== rcv.nxt) return unacceptable(tcb, segment, now);
    // §3.10.7.4: with a closed window "special allowance should be made to accept valid ACKs, URGs, and RSTs"; its text
    // and FIN find no room in the seventh step, but they stay: a segment with text is no duplicate acknowledgment
    tcb.acks.now('ACK: window closed');
  }
  if (timestamps.enabled && segment.hasTimestamps) timestamps.accept(segment.tsValue, segment.seq, rcv.lastAckSent, now);
  learnUserTimeout(tcb, segment);
  tcb.heardAt = now;
  tcb.keepAliveProbes = 0;
  return undefined;
}

function checkTimestamp(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { timestamps } = tcb;
  if (!timestamps.enabled || segment.has(RST)) return undefined;
  // RFC 7323 §3.2: "If a non-<RST> segment is received without a TSopt, a TCP SHOULD silently drop the segment"
  if (!segment.hasTimestamps) return tcb.options.requiresTimestamps ? 'timestamp missing' : undefined;
  if (!timestamps.isOld(segment.tsValue, now)) return undefined;
  challenge(tcb, segment, now, 'ACK: timestamp too old');
  return 'old by its timestamp (PAWS)';
}

/** "If an incoming segment is not acceptable, an acknowledgment should be sent in reply (unless the RST bit is set ...)". */
function unacceptable(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (segment.has(RST)) return 'RST outside the window';
  if (segment.payloadLength > 0) nothingNew(tcb, now);
  if (segment.payloadLength > 0 && before(segment.seq, tcb.rcv.nxt))
    tcb.receiver.sawDuplicate(segment.seq, min(add(segment.seq, segment.payloadLength), tcb.rcv.nxt)); // RFC 2883 §4
  challenge(tcb, segment, now, 'ACK: segment outside the window');
  return 'outside the receive window';
}

/** The four cases of §3.10.7.4, table 6; SYN and FIN take part in SEG.LEN. */
function isAcceptable(segment: Segment, nxt: Seq, wnd: number): boolean {
  const length = segment.length;
  if (wnd === 0) return length === 0 && segment.seq === nxt;
  if (length === 0) return inWindow(segment.seq, nxt, wnd);
  return inWindow(segment.seq, nxt, wnd) || inWindow(add(segment.seq, length - 1), nxt, wnd);
}

/** An answer that tells the peer where we are. Probes and text are always answered; bare acknowledgments within the limit. */
function challenge(tcb: Connection, segment: Segment, now: Micros, reason: string): void {
  const isProbe = segment.length > 0 || segment.seq === add(tcb.rcv.nxt, -1);
  if (isProbe || tcb.challenges.take(now)) tcb.acks.now(reason);
}

/** Second, in the form of RFC 5961 §3.2: only the exact number resets, anything else in the window is challenged. */
function checkReset(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (!segment.has(RST)) return undefined;
  if (segment.seq !== tcb.rcv.nxt) {
    if (tcb.challenges.take(now)) tcb.acks.now('challenge ACK: RST not exactly expected');
    return 'RST not exactly expected: challenged';
  }
  switch (tcb.state) {
    case 'TIME-WAIT': // with text still to be read; later it is time-wait.ts that takes segments
      return 'RST in TIME-WAIT (RFC 1337)';
    case 'CLOSING':
    case 'LAST-ACK':
      tcb.move('delete'); // the application has its answer already: closed in order
      return 'done';
    case 'SYN-RECEIVED':
      tcb.fastOpen?.queue?.reset(now);
      tcb.fail(tcb.fastOpen?.queue === undefined ? 'refused' : 'reset by peer'); // accepted already: no refusal any more
      return 'done';
    default:
      tcb.fail('reset by peer');
      return 'done';
  }
}

/** Fourth, RFC 5961 §4.2: whatever its number, a SYN is answered with a challenge. */
function checkSyn(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (!segment.has(SYN)) return undefined;
  if (tcb.challenges.take(now)) tcb.acks.now('challenge ACK: SYN in a synchronized state');
  return 'SYN in a synchronized state: challenged';
}

/** Fifth: acknowledgments, and the states that one of ours being acknowledged leads to. */
function checkAck(tcb: Connection, segment: Segment, now: Micros): Verdict {
  if (!segment.has(ACK)) return 'no ACK flag';
  if (tcb.state === 'SYN-RECEIVED') {
    if (!after(segment.ack, tcb.snd.una) || after(segment.ack, tcb.snd.nxt)) {
      // "form a reset segment <SEQ=SEG.ACK><CTL=RST> and send it": tcp.ts does; the connection stays, or anybody could end it
      return 'acknowledges what was never sent';
    }
    if (holdsBack(tcb, segment)) return 'no text yet: accepting is deferred';
    establish(tcb, segment, now);
  }
  const verdict = ackArrives(tcb, segment, now);
  if (verdict !== undefined) return verdict;
  if (tcb.sender.finAcknowledged) finAcknowledged(tcb, now);
  return tcb.state === 'TIME-WAIT' || tcb.state === 'CLOSED' ? 'done' : undefined;
}

/** The handshake is over on the passive side, or after a simultaneous open. */
function establish(tcb: Connection, segment: Segment, now: Micros): void {
  tcb.snd.wnd = segment.window << tcb.agreement.sendShift;
  tcb.snd.maxWnd = Math.max(tcb.snd.maxWnd, tcb.snd.wnd);
  tcb.snd.wl1 = segment.seq;
  tcb.snd.wl2 = segment.ack;
  tcb.move('our SYN is acknowledged');
  startEstablished(tcb, now);
  if (tcb.sender.finQueued) tcb.move('close'); // §3.10.4: a CLOSE in SYN-RECEIVED was queued until now
}

/** Fifth, after ESTABLISHED processing: what the acknowledgment of our FIN means in each state. */
function finAcknowledged(tcb: Connection, now: Micros): void {
  const before = tcb.state;
  tcb.move('our FIN is acknowledged');
  if (tcb.state === 'TIME-WAIT' && before !== 'TIME-WAIT') enterTimeWait(tcb, now);
}

/** Eighth: the peer's FIN, once all text before it is here. */
function checkFin(tcb: Connection, now: Micros): Verdict {
  const { rcv } = tcb;
  if (tcb.peerFin === undefined) return undefined;
  if (before(rcv.nxt, tcb.peerFin)) return undefined;
  if (tcb.app.peerClosed || !atOrAfter(tcb.peerFin, rcv.nxt)) return undefined;
  if (tcb.state === 'SYN-RECEIVED') return undefined; // its ACK has to come first
  rcv.nxt = add(rcv.nxt, 1);
  rcv.edge = max(rcv.edge, rcv.nxt);
  tcb.receiver.clearIslands();
  tcb.app.peerClosed = true;
  tcb.app.raise(PEER_CLOSED | READABLE);
  tcb.move('FIN arrives');
  if (tcb.options.ackPolicy === 'linux' && tcb.state === 'CLOSE-WAIT') finInOrder(tcb, now);
  else tcb.acks.now('ACK of the FIN');
  if (tcb.state === 'TIME-WAIT') enterTimeWait(tcb, now);
  return undefined;
}

/** Both FINs are exchanged: only the memory of the connection stays, for 2 MSL (MUST-13). */
function enterTimeWait(tcb: Connection, now: Micros): void {
  tcb.timers.stop();
  tcb.timers.linger = now + tcb.options.timeWait;
  tcb.sender.release();
}
