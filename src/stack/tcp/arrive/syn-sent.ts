/** SEGMENT ARRIVES in SYN-SENT, RFC 9293 §3.10.7.3. */

import type { Micros } from '../../time.ts';
import { add, after, atOrBefore } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ACK, FIN, RST, SYN } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { Verdict } from '../drops.ts';
import { agreeOnEcn } from '../ecn/negotiation.ts';
import { synAckArrived } from '../open/fast-open.ts';
import { termsOf } from '../open/handshake.ts';
import { SIMULTANEOUS_OPEN } from '../send/retransmit.ts';
import { learnUserTimeout } from '../time/user-timeout.ts';
import { ackArrives } from './ack-arrives.ts';
import { startEstablished } from './established.ts';

/** @returns undefined when the segment's text and FIN are still to be looked at */
export function synSentArrives(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { snd } = tcb;
  const hasAck = segment.has(ACK);
  // first: an acknowledgment of anything but our SYN is answered with a reset, by whoever called (the connection stays)
  if (hasAck && (atOrBefore(segment.ack, snd.iss) || after(segment.ack, snd.nxt))) return 'acknowledges what was never sent';
  if (segment.has(RST)) {
    // second; RFC 5961 §3.2: a RST is believed when it acknowledges the SYN
    if (!hasAck) return 'RST outside the window';
    tcb.fail('refused');
    return 'done';
  }
  if (!segment.has(SYN)) return 'no such connection'; // fifth
  learnFromSyn(tcb, segment, now); // fourth
  if (!hasAck) {
    simultaneousOpen(tcb);
    return 'done';
  }
  tcb.move('our SYN is acknowledged');
  startEstablished(tcb, now);
  // what FreeBSD counts with from here on is its buffer, rounded a moment ago
  if (tcb.options.habits.window === 'freebsd')
    tcb.rcv.edge = add(tcb.rcv.nxt, Math.min(tcb.receiver.free, 0xffff << tcb.agreement.receiveShift));
  if (tcb.sender.finQueued) tcb.move('close');
  const verdict = ackArrives(tcb, segment, now);
  if (segment.payloadLength === 0 || tcb.options.habits.acknowledges === 'full segments') tcb.acks.now('ACK of the SYN');
  if (tcb.fastOpen !== undefined) synAckArrived(tcb, segment, tcb.fastOpen, now);
  if (!tcb.options.synAckText && tcb.fastOpen === undefined) dropText(segment);
  return verdict;
}

/** Takes numbers, options and the unscaled window from the peer's SYN. */
export function learnFromSyn(tcb: Connection, syn: Segment, now: Micros): void {
  tcb.rcv.irs = syn.seq;
  tcb.rcv.nxt = add(syn.seq, 1);
  // what our SYN offered, if one has left: the peer may fill it together with its own
  tcb.rcv.edge = tcb.state === 'SYN-SENT' ? add(tcb.rcv.nxt, tcb.receiver.synWindow) : tcb.rcv.nxt;
  tcb.rcv.lastAckSent = syn.seq;
  tcb.agree(termsOf(tcb.agreement, syn, tcb.options));
  agreeOnEcn(tcb, syn);
  learnUserTimeout(tcb, syn);
  tcb.timestamps.enabled = tcb.agreement.timestamps;
  if (tcb.state === 'SYN-RECEIVED' && tcb.agreement.timestamps) tcb.receiver.fitWindow(tcb.agreement.receiveMss);
  if (syn.hasTimestamps) tcb.timestamps.start(syn.tsValue, now);
  // RFC 7323 §2.2: the window in a SYN is never scaled
  tcb.snd.wnd = syn.window;
  tcb.snd.maxWnd = syn.window;
  tcb.snd.wl1 = syn.seq;
  tcb.snd.wl2 = tcb.snd.una;
  tcb.sender.control.mss = tcb.agreement.sendMss;
  tcb.heardAt = now;
}

/** Both ends called at once (MUST-10): our SYN goes out again, now with an ACK. */
function simultaneousOpen(tcb: Connection): void {
  tcb.move('SYN arrives');
  tcb.acks.now(SIMULTANEOUS_OPEN);
  tcb.sender.sent.markFirstLost(1); // and not the text behind it, which waits until it is acknowledged
}

/** What a kernel that ignores text and FIN in a SYN-ACK sees of it. */
function dropText(segment: Segment): void {
  segment.payloadLength = 0;
  segment.flags &= ~FIN;
}
