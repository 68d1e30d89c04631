/** Linux's acknowledgments on a connection: what each event means to them, and whether one leaves now or later. */
import type { Micros } from '../../time.ts';
import { before, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { PSH } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { AckContext } from './linux-acks.ts';
import { LinuxAcks, optionsLengthOf } from './linux-acks.ts';

function contextOf({ rcv, agreement, rtt }: Connection, now: Micros): AckContext {
  return {
    now,
    window: diff(rcv.edge, rcv.lastAckSent), // as it was offered
    announcedMss: agreement.announcedMss,
    optionsLength: optionsLengthOf(agreement.timestamps),
    rto: rtt.rto,
  };
}

/** Made with the first text or FIN. */
function stateOf(tcb: Connection): LinuxAcks {
  tcb.acks.linux ??= new LinuxAcks();
  return tcb.acks.linux;
}

/** Text has arrived in order; behind it comes a FIN, which decides when, or nothing. */
export function textInOrder(tcb: Connection, segment: Segment, now: Micros): void {
  const length = segment.gsoSize > 0 ? segment.gsoSize : segment.payloadLength;
  stateOf(tcb).received(length, segment.has(PSH), contextOf(tcb, now));
  if (tcb.receiver.grow(length, tcb.agreement.announcedMss, tcb.agreement.receiveShift)) stateOf(tcb).quick |= 1;
  const finFollows = tcb.peerFin !== undefined && !before(tcb.rcv.nxt, tcb.peerFin);
  if (!finFollows) decide(tcb, now);
}

/** Text was there already, or beyond a hole: the peer shall hear of the next ones at once too. */
export function nothingNew(tcb: Connection, now: Micros): void {
  if (tcb.options.ackPolicy === 'linux') stateOf(tcb).hurry(contextOf(tcb, now));
}

/** TCP_QUICKACK: off counts as a conversation, in which the application's text carries the acknowledgments. */
export function preferQuick(tcb: Connection, on: boolean): void {
  if (tcb.options.ackPolicy === 'linux') stateOf(tcb).isInteractive = !on;
}

/** The peer's FIN, in order: what the application still says can carry the acknowledgment. */
export function finInOrder(tcb: Connection, now: Micros): void {
  const acks = stateOf(tcb);
  acks.isScheduled = true;
  acks.isInteractive = true;
  decide(tcb, now);
}

function decide(tcb: Connection, now: Micros): void {
  const { acks, rcv, timers, rtt } = tcb;
  const linux = stateOf(tcb);
  const unacknowledged = diff(rcv.nxt, rcv.lastAckSent);
  if (linux.isDue(unacknowledged)) {
    acks.now(unacknowledged > linux.segmentSize ? 'ACK' : 'quick ACK');
    return;
  }
  if (acks.immediate) return;
  const dueAt = linux.dueAt(now, timers.delayedAck, rtt.smoothed);
  if (dueAt <= now) acks.now('ACK');
  else timers.delayedAck = dueAt;
}

/** The application has read: it drained what waited, so nothing will carry the acknowledgment soon. */
export function afterRead({ acks, rcv, receiver }: Connection): void {
  const unacknowledged = diff(rcv.nxt, rcv.lastAckSent);
  if (acks.linux?.isDueAfterRead(unacknowledged, receiver.available === 0)) acks.now('ACK: all of it is read');
}
