/** What to send next, and why: RFC 9293 §3.8.6.2.1, §3.7.4 and the order of urgency. */
import type { Micros } from '../time.ts';
import { NEVER } from '../time.ts';
import type { Seq } from '../wire/seq.ts';
import { add, after, diff } from '../wire/seq.ts';
import type { Segment } from '../wire/tcp.ts';
import { ACK, FIN, MAX_HEADER, PSH, RST, SYN } from '../wire/tcp.ts';
import type { Connection } from './connection.ts';
import { offer } from './handshake.ts';
import { probeDelay } from './persist.ts';
import type { Recovery } from './recovery.ts';
import type { SentSegment } from './sent-list.ts';
import { mayTransmitText } from './state.ts';

/** IPv4 header with room for no options, and the longest TCP header: what a super-segment needs beside its payload. */
const SUPER_HEADERS = 20 + MAX_HEADER;

export function pollTransmit(tcb: Connection, out: Segment, now: Micros): boolean {
  out.clear();
  out.sourcePort = tcb.id.localPort;
  out.destinationPort = tcb.id.remotePort;
  if (tcb.state === 'CLOSED') return transmitReset(tcb, out);
  if (
    transmitSyn(tcb, out, now) ||
    retransmit(tcb, out, now) ||
    transmitText(tcb, out, now) ||
    transmitProbe(tcb, out, now) ||
    transmitKeepAlive(tcb, out) ||
    acknowledge(tcb, out)
  ) {
    complete(tcb, out, now);
    return true;
  }
  armWaiting(tcb, now);
  return false;
}

/** RFC 9293 §3.10.5: <SEQ=SND.NXT><CTL=RST>; with the ACK that lets the peer check it. */
function transmitReset(tcb: Connection, out: Segment): boolean {
  if (!tcb.app.resetDue) return false;
  tcb.app.resetDue = false;
  out.seq = acceptableSeq(tcb);
  out.ack = tcb.rcv.nxt;
  out.flags = RST | ACK;
  out.window = 0;
  out.reason = 'RST: connection aborted';
  return true;
}

function transmitSyn(tcb: Connection, out: Segment, now: Micros): boolean {
  if (tcb.snd.synSent) return false;
  tcb.snd.synSent = true;
  tcb.snd.nxt = add(tcb.snd.iss, 1);
  tcb.sender.sent.append(tcb.snd.iss, 1, now);
  out.reason = tcb.state === 'SYN-SENT' ? 'SYN' : 'SYN ACK';
  shape(tcb, out, tcb.snd.iss, 1);
  sent(tcb, now);
  return true;
}

/** The oldest segment believed lost. */
function retransmit(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender, snd } = tcb;
  const { recovery, control } = sender;
  const record = sender.sent.firstLost();
  if (record === undefined) return false;
  const room = control.window - sender.pipe(control.mss);
  const isSyn = !snd.synAcknowledged;
  if (room <= 0 && !recovery.urgent && !isSyn) return false;
  // SHLD-16: within the window as it is now; what lies beyond waits for it to open again
  const windowRoom = isSyn ? 1 : diff(add(snd.una, snd.wnd), record.seq);
  if (windowRoom <= 0) return false;
  const limit = recovery.urgent ? control.mss : burst(tcb, Math.max(room, control.mss));
  resend(tcb, out, record, Math.min(wholeOr(tcb, record, limit), windowRoom), now);
  out.reason = isSyn ? synReason(tcb) : resendReason(recovery);
  recovery.urgent = false;
  return true;
}

/** How much of a record goes out again: `limit`, or all of it when only the FIN is too much, which costs no room. */
function wholeOr({ sender }: Connection, record: SentSegment, limit: number): number {
  const fin = sender.finSent && after(record.end, sender.end) ? 1 : 0;
  return record.length - fin <= limit ? record.length : limit;
}

const synReason = ({ state }: Connection): string => (state === 'SYN-SENT' ? 'SYN retransmitted' : 'SYN ACK again');

function resendReason({ phase, urgent, partialSeen }: Recovery): string {
  if (urgent && partialSeen) return 'retransmit after partial ACK';
  return phase === 'fast recovery' ? 'fast retransmit' : 'retransmission';
}

function resend(tcb: Connection, out: Segment, record: SentSegment, length: number, now: Micros): void {
  if (length < record.length) tcb.sender.sent.split(record, length);
  tcb.sender.sent.retransmitted(record, now);
  shape(tcb, out, record.seq, length);
  sent(tcb, now);
}

/** Text for the first time, and the FIN behind the last of it. */
function transmitText(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender, snd } = tcb;
  if (!mayTransmitText(tcb.state) || sender.finSent) return false;
  const unsent = sender.unsent;
  if (unsent === 0 && !sender.finQueued) return false;
  if (sender.sent.isEmpty && unsent > 0 && now - sender.lastSentAt > tcb.rtt.rto) sender.control.onIdle();
  const windowRoom = diff(add(snd.una, snd.wnd), snd.nxt);
  const room = Math.min(windowRoom, sender.control.window - sender.pipe(sender.control.mss));
  const text = textLength(tcb, unsent, room);
  if (text < 0) return false;
  const withFin = sender.finQueued && text === unsent && windowRoom > text;
  if (text === 0 && !withFin) return false;
  out.reason = withFin ? 'FIN' : '';
  transmit(tcb, out, text + (withFin ? 1 : 0), now);
  return true;
}

/**
 * How much text the next segment or burst may carry; -1 when it is wiser to wait. RFC 9293 §3.8.6.2.1 (sender's silly window
 * avoidance, MUST-38) with §3.7.4 (Nagle, SHLD-7).
 */
function textLength(tcb: Connection, unsent: number, room: number): number {
  const { sender, snd, options } = tcb;
  const mss = sender.control.mss;
  if (unsent === 0) return 0; // a FIN alone
  const length = Math.min(unsent, room);
  if (length <= 0) return -1;
  const full = burst(tcb, length);
  if (full >= mss) {
    const isTail = length === unsent && length - full < mss && length <= burstLimit(tcb);
    return isTail && (options.noDelay || sender.finQueued) ? length : full;
  }
  const allOfIt = length === unsent;
  const nothingInFlight = sender.sent.isEmpty;
  if (allOfIt && (nothingInFlight || options.noDelay || sender.finQueued)) return length;
  if (nothingInFlight && length >= snd.maxWnd >> 1) return length; // (3): half of the largest window ever offered
  return -1;
}

/** Whole segments that fit `length`, as many as the device cuts at once; below one segment, zero. */
const burst = (tcb: Connection, length: number): number => {
  const mss = tcb.sender.control.mss;
  return Math.floor(Math.min(length, burstLimit(tcb)) / mss) * mss;
};

function burstLimit(tcb: Connection): number {
  const mss = tcb.sender.control.mss;
  return tcb.gsoMaxSize === 0 ? mss : Math.max(Math.floor((tcb.gsoMaxSize - SUPER_HEADERS) / mss) * mss, mss);
}

/** Sends `length` of sequence space from SND.NXT for the first time. */
function transmit(tcb: Connection, out: Segment, length: number, now: Micros): void {
  const at = tcb.snd.nxt;
  tcb.snd.nxt = add(at, length);
  tcb.sender.sent.append(at, length, now);
  shape(tcb, out, at, length);
  sent(tcb, now);
}

/** MUST-36: one octet into the closed window, so that the peer has to say where it stands. */
function transmitProbe(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender, snd } = tcb;
  if (!sender.probeDue) return false;
  sender.probeDue = false;
  const waiting = sender.sent.first;
  if (snd.wnd > 0) return waiting === undefined && transmitSmall(tcb, out, now);
  if (waiting !== undefined) resend(tcb, out, waiting, 1, now);
  else if (sender.unsent > 0 || (sender.finQueued && !sender.finSent)) transmit(tcb, out, 1, now);
  else return false;
  out.reason = 'zero-window probe';
  tcb.timers.retransmit = NEVER; // the persist timer is in charge
  return true;
}

/** §3.8.6.2.1 (4), the override: the window has been too small for too long, so what fits goes out. An ordinary segment. */
function transmitSmall(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender, snd } = tcb;
  const length = Math.min(sender.unsent, snd.wnd, sender.control.mss);
  if (length <= 0) return false;
  transmit(tcb, out, length, now);
  out.reason = 'small segment: the window stayed small';
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

function acknowledge(tcb: Connection, out: Segment): boolean {
  if (!tcb.acks.immediate || tcb.state === 'SYN-SENT') return false;
  out.seq = acceptableSeq(tcb);
  out.flags = ACK;
  out.reason = tcb.acks.reason;
  return true;
}

/**
 * SND.NXT, or the right edge of the peer's window when that lies before it: after a window probe that was refused, or behind a
 * window that shrank, the peer would find SND.NXT outside its window and drop the acknowledgment with it.
 */
function acceptableSeq({ snd }: Connection): Seq {
  const edge = add(snd.una, snd.wnd);
  return after(snd.nxt, edge) && snd.synAcknowledged ? edge : snd.nxt;
}

/** Gives `[at, at + length)` of our sequence space the flags and text that stand there. */
function shape(tcb: Connection, out: Segment, at: Seq, length: number): void {
  const { sender, snd } = tcb;
  out.seq = at;
  if (!snd.synAcknowledged) {
    const answer = tcb.state !== 'SYN-SENT';
    out.flags = answer ? SYN | ACK : SYN;
    offer(tcb.agreement, out, tcb.options, answer, tcb.peerScales);
    return;
  }
  const withFin = sender.finQueued && after(add(at, length), sender.end);
  out.payloadLength = withFin ? length - 1 : length;
  const pushes = out.payloadLength > 0 && add(at, out.payloadLength) === sender.end; // MUST-61
  out.flags = ACK | (withFin ? FIN : 0) | (pushes ? PSH : 0);
  if (out.payloadLength > sender.control.mss) out.gsoSize = sender.control.mss;
}

/** A segment that must be acknowledged has left: RFC 6298 (5.1). */
function sent(tcb: Connection, now: Micros): void {
  tcb.sender.lastSentAt = now;
  if (tcb.sender.stalledSince === NEVER) tcb.sender.stalledSince = now;
  if (tcb.timers.retransmit === NEVER) tcb.timers.retransmit = now + tcb.rtt.rto;
}

/** What every segment carries: acknowledgment, window, timestamps. */
function complete(tcb: Connection, out: Segment, now: Micros): void {
  if (tcb.timestamps.enabled || out.hasTimestamps) {
    out.hasTimestamps = true;
    out.tsValue = tcb.timestamps.value(now);
    out.tsEcho = tcb.timestamps.recent;
  }
  if ((out.flags & ACK) === 0) {
    out.ack = 0 as Seq;
    out.window = tcb.receiver.synWindow;
    return;
  }
  out.ack = tcb.rcv.nxt;
  // RFC 7323 §2.2: never scaled in a SYN
  out.window = tcb.receiver.advertise((out.flags & SYN) !== 0 ? 0 : tcb.agreement.receiveShift);
  tcb.rcv.lastAckSent = tcb.rcv.nxt;
  tcb.acks.sent();
  tcb.timers.delayedAck = NEVER;
}

/** Nothing more can be sent: what is the connection waiting for, and for how long? */
function armWaiting(tcb: Connection, now: Micros): void {
  const { timers, app } = tcb;
  // half-closed, the peer may take its time; closed on both sides, nobody waits for its FIN but us
  if (tcb.state === 'FIN-WAIT-2' && app.readClosed && timers.linger === NEVER) timers.linger = now + tcb.options.finWait2;
  armPersist(tcb, now);
}

/** When the window is the reason, the persist timer has to ask for it. */
function armPersist(tcb: Connection, now: Micros): void {
  const { sender, snd, timers } = tcb;
  const outstanding = !sender.sent.isEmpty;
  const waiting = mayTransmitText(tcb.state) && !sender.finSent && (sender.unsent > 0 || sender.finQueued);
  const closed = snd.wnd === 0 && (outstanding || waiting) && mayTransmitText(tcb.state);
  const silly = waiting && !outstanding; // a window too small for the segment that waits: the override of §3.8.6.2.1 (4)
  if (!closed && !silly) {
    timers.persist = NEVER;
    return;
  }
  if (closed) timers.retransmit = NEVER;
  if (timers.persist === NEVER) timers.persist = now + probeDelay(tcb.rtt.rto, sender.probes, tcb.options.maxRto);
}
