/** What to send next, and why: RFC 9293 §3.8.6.2.1, §3.7.4 and the order of urgency. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import { add, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ACK, FIN, RST } from '../../wire/tcp.ts';
import { WRITABLE } from '../application-side.ts';
import type { Connection } from '../connection.ts';
import { countSent, noteOccupation } from '../info/traffic.ts';
import { endOfNewText } from '../loss/f-rto.ts';
import { tailProbeDelay } from '../loss/tail-probe.ts';
import { fillSyn, maySendEarly } from '../open/fast-open.ts';
import { mayTransmitText } from '../state.ts';
import { isOnlySyn, mayGoSmall } from './hold.ts';
import { probeMtu } from './mtu-probe.ts';
import { boundedDelay, probeDelay } from './persist.ts';
import { resend, retransmit, transmitTailProbe } from './retransmit.ts';
import { acceptableSeq, burst, burstLimit, complete, sent, shape, stamp, transmit } from './shape.ts';

export function pollTransmit(tcb: Connection, out: Segment, now: Micros): boolean {
  out.clear();
  out.sourcePort = tcb.id.localPort;
  out.destinationPort = tcb.id.remotePort;
  if (tcb.state === 'CLOSED') return transmitReset(tcb, out, now);
  if (
    transmitSyn(tcb, out, now) ||
    reportHoles(tcb, out) ||
    retransmit(tcb, out, now) ||
    transmitText(tcb, out, now) ||
    (endOfNewText(tcb) && retransmit(tcb, out, now)) ||
    transmitTailProbe(tcb, out, now) ||
    transmitProbe(tcb, out, now) ||
    announceUrgent(tcb, out) ||
    transmitKeepAlive(tcb, out) ||
    acknowledge(tcb, out)
  ) {
    complete(tcb, out, now);
    countSent(tcb, out);
    return true;
  }
  armWaiting(tcb, now);
  return false;
}

/** RFC 9293 §3.10.5: <SEQ=SND.NXT><CTL=RST>; with the ACK that lets the peer check it. */
function transmitReset(tcb: Connection, out: Segment, now: Micros): boolean {
  const { resetDue } = tcb.app;
  if (resetDue === '') return false;
  tcb.app.resetDue = '';
  out.seq = acceptableSeq(tcb);
  out.ack = tcb.rcv.nxt;
  out.flags = RST | ACK;
  out.window = 0;
  out.reason = resetDue;
  if (tcb.timestamps.enabled) stamp(tcb, out, now); // RFC 7323 §3.2: a RST SHOULD have them too
  return true;
}

function transmitSyn(tcb: Connection, out: Segment, now: Micros): boolean {
  if (tcb.snd.synSent) return false;
  tcb.snd.synSent = true;
  tcb.snd.nxt = add(tcb.snd.iss, 1);
  tcb.sender.record(tcb.snd.iss, 1, now);
  out.reason = tcb.state === 'SYN-SENT' ? 'SYN' : 'SYN ACK';
  shape(tcb, out, tcb.snd.iss, 1);
  if (tcb.fastOpen !== undefined) fillSyn(tcb, out, tcb.fastOpen, now);
  sent(tcb, now);
  return true;
}

/** Text for the first time, and the FIN behind the last of it. */
function transmitText(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender } = tcb;
  if (!(mayTransmitText(tcb.state) || maySendEarly(tcb)) || sender.finSent) return false;
  const unsent = sender.unsent;
  if ((unsent === 0 && !sender.finQueued) || mustWait(tcb)) return false;
  if (sender.sent.isEmpty && unsent > 0) restartAfterSilence(tcb, now);
  const probe = probeMtu(tcb, out, now);
  return probe === 'no' ? transmitSegment(tcb, out, now) : probe === 'sent';
}

function transmitSegment(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender, snd } = tcb;
  const { unsent } = sender;
  const windowRoom = diff(add(snd.una, snd.wnd), snd.nxt);
  const room = Math.min(windowRoom, congestionRoom(tcb));
  const text = textLength(tcb, unsent, room);
  if (text < 0) return false;
  const withFin = sender.finQueued && text === unsent && windowRoom > text;
  if (text === 0 && !withFin) return false;
  transmit(tcb, out, text + (withFin ? 1 : 0), now);
  out.reason = withFin && out.gsoSize === 0 ? 'FIN' : ''; // of a burst only the last frame has it
  if (text === unsent) sender.pushed = false;
  return true;
}

/** The option `stopAndWait`: one segment under way is enough, and is not allowed to be more than one. */
const mustWait = ({ options, sender }: Connection): boolean => options.stopAndWait && !sender.sent.isEmpty;
const congestionRoom = ({ options, sender }: Connection): number => (options.stopAndWait ? sender.control.mss : sender.room);

/** RFC 5681 §4.1: what was learned about the path is old. */
function restartAfterSilence({ sender, options, rtt }: Connection, now: Micros): void {
  sender.wasIdle = options.nagle === 'call';
  const silence = now - sender.lastSentAt;
  if (silence <= rtt.rto || options.idleRestart === 'none') return;
  sender.control.onIdle(options.idleRestart === 'halve' ? Math.ceil(silence / rtt.rto) - 1 : 0);
}

/**
 * How much text the next segment or burst may carry; -1 when it is wiser to wait. RFC 9293 §3.8.6.2.1 (sender's silly window
 * avoidance, MUST-38) with §3.7.4 (Nagle, SHLD-7).
 */
function textLength(tcb: Connection, unsent: number, room: number): number {
  const { sender, snd } = tcb;
  const mss = sender.control.mss;
  if (unsent === 0) return 0; // a FIN alone
  const length = Math.min(unsent, room);
  if (length <= 0) return -1;
  const full = burst(tcb, length);
  if (full >= mss) {
    const isTail = length === unsent && length - full < mss && length <= burstLimit(tcb);
    return isTail && mayGoSmall(tcb) ? length : full;
  }
  if (length === unsent && mayGoSmall(tcb)) return length;
  if ((sender.sent.isEmpty || isOnlySyn(tcb)) && length < unsent && length >= snd.maxWnd >> 1) return length; // (3): half of the largest window ever offered
  return -1;
}

/** MUST-36: one octet into the closed window, or a number that lies before it, so that the peer has to say where it stands. */
function transmitProbe(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender, snd } = tcb;
  if (sender.probing?.isDue !== true) return false;
  sender.probing.isDue = false;
  const waiting = sender.sent.first;
  if (snd.wnd > 0) return waiting === undefined && transmitSmall(tcb, out, now);
  if (tcb.options.windowProbe === 'old number') probeWithoutText(tcb, out, now);
  else if (waiting !== undefined) resend(tcb, out, waiting, 1, now);
  else if (sender.unsent > 0 || (sender.finQueued && !sender.finSent)) transmit(tcb, out, 1, now);
  else return false;
  out.reason = 'zero-window probe';
  tcb.timers.retransmit = NEVER; // the persist timer is in charge
  return true;
}

/** Any segment with a number that the peer has passed must be answered: it says where the window stands, and takes no octet. */
function probeWithoutText(tcb: Connection, out: Segment, now: Micros): void {
  out.seq = add(tcb.snd.una, -1);
  out.flags = ACK;
  if (tcb.sender.stalledSince === NEVER) tcb.sender.stalledSince = now; // R2 counts from here, as it would for an octet
}

/** §3.8.6.2.1 (4), the override: the window has been too small for too long, so what fits goes out. An ordinary segment. */
function transmitSmall(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender, snd } = tcb;
  const length = Math.min(sender.unsent, snd.wnd, sender.control.mss);
  if (length <= 0) return false;
  transmit(tcb, out, length, now);
  out.reason = length < snd.wnd ? 'small segment: corked for too long' : 'small segment: the window stayed small';
  return true;
}

/** The peer's application shall hear of urgent data also when the window has no room for it: MUST-32 and MUST-66 from our side. */
function announceUrgent(tcb: Connection, out: Segment): boolean {
  const { urgentMode: mode, snd } = tcb;
  if (mode === undefined || !mode.isNews || !mayTransmitText(tcb.state)) return false;
  if (diff(add(snd.una, snd.wnd), snd.nxt) > 0) return false; // the text will say it itself
  mode.isNews = false;
  out.seq = acceptableSeq(tcb);
  out.flags = ACK;
  out.reason = 'urgent data waits for the window';
  return true;
}

/** SHLD-12: no data, one number before what the peer expects, which it must answer (§3.8.4). */
function transmitKeepAlive(tcb: Connection, out: Segment): boolean {
  if (!tcb.keepAliveDue) return false;
  tcb.keepAliveDue = false;
  out.seq = add(tcb.snd.nxt, -1);
  out.flags = ACK;
  out.reason = 'keep-alive probe';
  return true;
}

/**
 * With holes in the receive buffer, acknowledgments go out by themselves before any text: only they carry the blocks of RFC 2018,
 * and only a segment without text is a duplicate in the sense of RFC 5681 §2.
 */
function reportHoles(tcb: Connection, out: Segment): boolean {
  const { receiver } = tcb;
  return receiver.hasReport && tcb.agreement.sack && acknowledge(tcb, out);
}

function acknowledge(tcb: Connection, out: Segment): boolean {
  if (!tcb.acks.immediate || tcb.state === 'SYN-SENT') return false;
  const { sender, options, acks } = tcb;
  const withFin = options.habits.repeatsFin && sender.finSent && !sender.finAcknowledged && !acks.isAnswer;
  out.seq = withFin ? add(tcb.snd.nxt, -1) : acceptableSeq(tcb);
  out.flags = withFin ? ACK | FIN : ACK;
  out.reason = acks.reason;
  return true;
}

/** Nothing more can be sent: what is the connection waiting for, and for how long? */
function armWaiting(tcb: Connection, now: Micros): void {
  const { timers, app, sender } = tcb;
  sender.wasIdle = false;
  // half-closed, the peer may take its time; closed on both sides, nobody waits for its FIN but us
  if (tcb.state === 'FIN-WAIT-2' && app.isOrphan && timers.linger === NEVER) timers.linger = now + tcb.options.finWait2;
  armPersist(tcb, now);
  armTailProbe(tcb, now);
  if (app.wantsWritable && isWritable(tcb)) {
    app.wantsWritable = false;
    app.raise(WRITABLE);
  }
  noteOccupation(tcb, now);
  sender.rest();
  timers.rest();
}

/** Worth telling: a quarter of the buffer is free, and what waits to be sent is below half of the low-water mark (as in Linux). */
const isWritable = ({ sender, options }: Connection): boolean =>
  sender.free >= sender.limit >> 2 && sender.unsent * 2 < options.notSentLowWater;

/** When the window is the reason, the persist timer has to ask for it. */
function armPersist(tcb: Connection, now: Micros): void {
  const { sender, snd, timers } = tcb;
  const outstanding = !sender.sent.isEmpty;
  const waiting = (mayTransmitText(tcb.state) || maySendEarly(tcb)) && !sender.finSent && (sender.unsent > 0 || sender.finQueued);
  const asks = outstanding && tcb.options.windowProbe === 'octet'; // else what is outstanding goes on being sent by its own timer
  const closed = snd.wnd === 0 && (asks || (waiting && !outstanding)) && mayTransmitText(tcb.state);
  const silly = waiting && !outstanding; // a window too small for the segment that waits: the override of §3.8.6.2.1 (4)
  if (!closed && !silly) {
    timers.persist = NEVER;
    return;
  }
  if (closed) timers.retransmit = NEVER;
  if (timers.persist !== NEVER) return;
  const { habits, maxRto } = tcb.options;
  const delay =
    habits.persistMin > 0 ? boundedDelay(tcb.rtt, sender.probes, tcb.options) : probeDelay(tcb.rtt.rto, sender.probes, maxRto);
  timers.persist = now + delay;
}

/** RFC 8985 §7.2: when a flight waits for its acknowledgment and nothing says yet that anything was lost. */
function armTailProbe(tcb: Connection, now: Micros): void {
  const { sender, snd, timers, agreement, options } = tcb;
  const { sent: list, recovery } = sender;
  const quiet = recovery.phase === 'open' && list.lostLength === 0 && list.sackedLength === 0;
  const isOff = !agreement.sack || !options.tailLossProbe || !options.fastRetransmit || options.stopAndWait;
  if (isOff || !snd.synAcknowledged || !quiet || list.isEmpty || sender.isTailProbeOut || snd.wnd === 0) {
    timers.tailProbe = NEVER;
  } else if (timers.tailProbe === NEVER) {
    const dueAt = now + tailProbeDelay(tcb.rtt, snd.flight <= sender.control.mss);
    timers.tailProbe = Math.min(dueAt, timers.retransmit); // in place of the time-out, which comes later then
  }
}
