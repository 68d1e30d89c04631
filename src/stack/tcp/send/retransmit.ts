/** Sending again: what is believed lost, and the probe of the end of a flight. */
import type { Micros } from '../../time.ts';
import { add, after, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { Recovery } from '../loss/recovery.ts';
import type { SentSegment } from '../loss/sent-segment.ts';
import { abandonProbe } from './mtu-probe.ts';
import { burst, sent, shape, transmit } from './shape.ts';

/** The oldest segment believed lost. */
export function retransmit(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender, snd } = tcb;
  const { recovery, control } = sender;
  const record = sender.sent.firstLost();
  if (record === undefined || recovery.frto === 'new text') return false;
  const { room } = sender;
  const isSyn = !snd.synAcknowledged;
  if (isSyn && record !== sender.sent.first) return false; // RFC 7413 §4.2: nothing behind a SYN before its acknowledgment
  if (record.length === 1 && record === sender.sent.last && !isSyn) absorbRest(tcb);
  if (room <= 0 && !recovery.urgent && !isSyn) return false;
  // SHLD-16: within the window as it is now; what lies beyond waits for it to open again
  const windowRoom = isSyn ? 1 : roomInWindow(tcb, record);
  if (windowRoom <= 0) return false;
  const limit = recovery.urgent ? control.mss : burst(tcb, Math.max(room, control.mss));
  resend(tcb, out, record, Math.min(wholeOr(tcb, record, limit), windowRoom), now);
  // what goes out now has a round trip before it; should it be lost again, RACK sees it before the timer does
  if (tcb.agreement.sack && record === sender.sent.first && recovery.phase === 'fast recovery')
    tcb.timers.retransmit = now + tcb.rtt.rto;
  out.reason = isSyn ? synReason(tcb) : resendReason(recovery);
  recovery.urgent = false;
  return true;
}

/** SHLD-28: behind the octet that probed a closed window follows the rest of its segment, and not a segment of its own. */
function absorbRest({ sender, snd }: Connection): void {
  const rest = Math.min(diff(add(snd.una, snd.wnd), snd.nxt), sender.control.mss - 1, sender.unsent);
  if (rest <= 0) return;
  sender.sent.lengthenLast(rest);
  snd.nxt = add(snd.nxt, rest);
}

/** With probes that carry no text it is the oldest text in flight that asks about a closed window, as in Linux. */
function roomInWindow({ snd, sender, options }: Connection, { seq }: SentSegment): number {
  if (options.windowProbe === 'old number' && snd.wnd === 0 && seq === snd.una) return sender.control.mss;
  return diff(add(snd.una, snd.wnd), seq);
}

/** How much of a record goes out again: `limit`, or all of it when only the FIN is too much, which costs no room. */
function wholeOr({ sender }: Connection, record: SentSegment, limit: number): number {
  const fin = sender.finSent && after(record.end, sender.end) ? 1 : 0;
  return record.length - fin <= limit ? record.length : limit;
}

/** Why the SYN of an active open goes out a second time, now with an ACK: nothing was lost. */
export const SIMULTANEOUS_OPEN = 'SYN ACK: simultaneous open';

function synReason({ state, acks }: Connection): string {
  if (state === 'SYN-SENT') return 'SYN retransmitted';
  return acks.immediate && acks.reason === SIMULTANEOUS_OPEN ? SIMULTANEOUS_OPEN : 'SYN ACK again';
}

function resendReason({ phase, urgent, partialSeen }: Recovery): string {
  if (urgent && partialSeen) return 'retransmit after partial ACK';
  return phase === 'fast recovery' ? 'fast retransmit' : 'retransmission';
}

export function resend(tcb: Connection, out: Segment, record: SentSegment, length: number, now: Micros): void {
  if (length < record.length) tcb.sender.sent.split(record, length);
  abandonProbe(tcb);
  const { sender, timestamps } = tcb;
  sender.sent.retransmitted(record, now);
  tcb.traffic.rate.sent(record, false, now);
  shape(tcb, out, record.seq, length);
  tcb.traffic.sent.again(out.gsoSize > 0 ? Math.ceil(length / out.gsoSize) : 1, out.payloadLength);
  sent(tcb, now);
  if (!tcb.snd.synAcknowledged) return;
  const history = sender.recovery.remember();
  const segments = Math.ceil(length / sender.control.mss);
  history.counters.retransmitted += segments;
  history.undo.retransmitted(segments, timestamps.enabled ? timestamps.value(now) : undefined);
  history.prr.sent(length);
}

/**
 * RFC 8985 §7.3: new text if there is any, else the last segment again: its acknowledgment, or the selective ones that it
 * provokes, tell what became of the flight long before the retransmission timer would.
 */
export function transmitTailProbe(tcb: Connection, out: Segment, now: Micros): boolean {
  const { sender, snd } = tcb;
  if (!sender.isTailProbeDue) return false;
  sender.tail.due = false;
  const { last } = sender.sent;
  const { mss } = sender.control;
  if (last === undefined || last.lost || last.sacked) return false;
  const room = Math.min(diff(add(snd.una, snd.wnd), snd.nxt), mss);
  const fresh = Math.min(sender.unsent, room);
  if (fresh > 0 && !sender.finSent) transmit(tcb, out, fresh, now);
  else {
    if (last.length > mss) sender.sent.split(last, last.length - mss);
    const tail = sender.sent.last ?? last;
    resend(tcb, out, tail, tail.length, now);
  }
  sender.tail.sent(snd.nxt, fresh <= 0);
  sender.recovery.remember().counters.probes++;
  tcb.timers.retransmit = now + tcb.rtt.rto;
  out.reason = 'tail loss probe';
  return true;
}
