/** What a segment looks like: flags and text for a stretch of our sequence space, and what every segment carries. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, after } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ACK, ECE, FIN, MAX_HEADER, PSH, SYN } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import { offerEcn } from '../ecn/negotiation.ts';
import { markNewText } from '../ecn/send.ts';
import { reportIslands } from '../loss/sack.ts';
import { offer } from '../open/handshake.ts';
import { answered } from '../receive/freebsd-window.ts';
import { announceUserTimeout } from '../time/user-timeout.ts';
import type { SendHistory } from './send-history.ts';
import { isUrgent, markUrgent } from './urgent-mode.ts';

/** IPv4 header with room for no options, and the longest TCP header: what a super-segment needs beside its payload. */
const SUPER_HEADERS = 20 + MAX_HEADER;

/** Gives `[at, at + length)` of our sequence space the flags and text that stand there. */
export function shape(tcb: Connection, out: Segment, at: Seq, length: number): void {
  const { sender, snd } = tcb;
  out.seq = at;
  if (!snd.synAcknowledged && at === snd.iss) {
    const answer = tcb.state !== 'SYN-SENT';
    out.flags = answer ? SYN | ACK : SYN;
    offerEcn(tcb, out);
    offer(tcb.agreement, out, tcb.options, answer);
    return;
  }
  const withFin = sender.finQueued && after(add(at, length), sender.end);
  out.payloadLength = withFin ? length - 1 : length;
  const pushes = out.payloadLength > 0 && sender.pushes(at, add(at, out.payloadLength)); // MUST-61
  out.flags = ACK | (withFin ? FIN : 0) | (pushes ? PSH : 0);
  if (out.payloadLength > sender.control.mss) out.gsoSize = sender.control.mss;
}

/** A segment that must be acknowledged has left: RFC 6298 (5.1). */
export function sent(tcb: Connection, now: Micros): void {
  tcb.sender.lastSentAt = now;
  tcb.timers.tailProbe = NEVER; // RFC 8985 §7.2: counted from the last transmission
  if (tcb.sender.stalledSince === NEVER) tcb.sender.stalledSince = now;
  if (tcb.timers.retransmit === NEVER) tcb.timers.retransmit = now + tcb.rtt.rto;
}

export function stamp({ timestamps }: Connection, out: Segment, now: Micros): void {
  out.hasTimestamps = true;
  out.tsValue = timestamps.value(now);
  out.tsEcho = timestamps.recent;
}

/** What every segment carries: acknowledgment, window, timestamps. */
export function complete(tcb: Connection, out: Segment, now: Micros): void {
  markUrgent(tcb, out);
  announceUserTimeout(tcb, out);
  if (tcb.timestamps.enabled || out.hasTimestamps) stamp(tcb, out, now);
  if ((out.flags & ACK) === 0) {
    out.ack = 0 as Seq;
    out.window = tcb.receiver.synWindow;
    return;
  }
  out.ack = tcb.rcv.nxt;
  // RFC 7323 §2.2: never scaled in a SYN
  const shift = (out.flags & SYN) !== 0 ? 0 : tcb.agreement.receiveShift;
  const promisesNothing = tcb.options.habits.window === 'freebsd' && tcb.acks.isAnswer && out.payloadLength === 0;
  out.window = promisesNothing ? answered(tcb.receiver.free, shift) : tcb.receiver.advertise(shift);
  tcb.rcv.lastAckSent = tcb.rcv.nxt;
  if (out.payloadLength === 0 && (out.flags & (SYN | FIN)) === 0 && tcb.agreement.sack) reportIslands(tcb.receiver, out);
  if (tcb.ecn?.echoes === true && (out.flags & SYN) === 0) out.flags |= ECE;
  if (out.payloadLength > 0) tcb.acks.linux?.answered(now);
  tcb.acks.sent();
  tcb.timers.delayedAck = NEVER;
}

/**
 * SND.NXT, or the right edge of the peer's window when that lies before it: after a window probe that was refused, or behind a
 * window that shrank, the peer would find SND.NXT outside its window and drop the acknowledgment with it.
 */
export function acceptableSeq({ snd }: Connection): Seq {
  const edge = add(snd.una, snd.wnd);
  return after(snd.nxt, edge) && snd.synAcknowledged ? edge : snd.nxt;
}

/** Whole segments that fit `length`, as many as the device cuts at once; below one segment, zero. */
export const burst = (tcb: Connection, length: number): number => {
  const mss = tcb.sender.control.mss;
  return Math.floor(Math.min(length, burstLimit(tcb)) / mss) * mss;
};

export function burstLimit(tcb: Connection): number {
  const mss = tcb.sender.control.mss;
  // a device that cuts would copy one urgent pointer into all that it makes, and need not know IP options
  return tcb.gsoMaxSize === 0 || tcb.agreement.ipOptions > 0 || isUrgent(tcb)
    ? mss
    : Math.max(Math.floor((tcb.gsoMaxSize - SUPER_HEADERS) / mss) * mss, mss);
}

/** Sends `length` of sequence space from SND.NXT for the first time. */
export function transmit(tcb: Connection, out: Segment, length: number, now: Micros): void {
  const at = tcb.snd.nxt;
  tcb.snd.nxt = add(at, length);
  const isFirst = tcb.sender.sent.isEmpty;
  const record = tcb.sender.record(at, length, now);
  tcb.traffic.rate.sent(record, isFirst, now);
  shape(tcb, out, at, length);
  if (tcb.sender.history !== undefined) remember(tcb, tcb.sender.history, out);
  markNewText(tcb, out);
  sent(tcb, now);
  tcb.sender.recovery.history?.prr.sent(length);
}

function remember({ sender, snd }: Connection, history: SendHistory, { seq, payloadLength }: Segment): void {
  const { mss, window } = sender.control;
  if (payloadLength % mss !== 0) history.smallEnd = add(seq, payloadLength);
  const inFlight = sender.pipe(mss);
  history.usage.sent(snd.una, snd.nxt, inFlight, inFlight + mss > window);
}
