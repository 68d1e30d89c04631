/** The window goes down after a loss, and comes back when it turns out that nothing was lost. */
import type { Micros } from '../../time.ts';
import { add } from '../../wire/seq.ts';
import { initialWindow } from '../congestion/control.ts';
import type { Connection } from '../connection.ts';

/** What ssthresh is taken from: RFC 5681 (4) says FlightSize, kernels take cwnd. */
const base = ({ sender, options }: Connection, flight: number): number =>
  options.reduceFrom === 'window' ? sender.control.window : flight;

/** Kernels count windows in segments: what is left over of one is no part of ssthresh. */
function inWholeSegments({ sender, options }: Connection): void {
  if (options.reduceFrom !== 'window') return;
  const { control } = sender;
  if (control.threshold >= 0x7fff_ffff) return;
  control.threshold = Math.max(Math.floor(control.threshold / control.mss + 0.01), 2) * control.mss;
}

const usesPrr = ({ options, agreement }: Connection): boolean =>
  options.prr === 'always' || (options.prr === 'sack' && agreement.sack);

/**
 * The first loss of a flight: ssthresh goes down now, and cwnd after it, at once or by PRR.
 * @param flight FlightSize of RFC 5681 (4)
 */
export function beginReduction(tcb: Connection, flight: number, now: Micros): void {
  const { sender, snd } = tcb;
  const { control, recovery, sent } = sender;
  const { prr, undo, counters } = recovery.remember();
  undo.begin(snd.una, Math.ceil(sent.resentLength() / control.mss));
  counters.recoveries++;
  lower(tcb, flight, now);
  recovery.urgent = !prr.isActive;
  recovery.enter('fast recovery', snd.nxt);
  sender.tail.forget();
}

/** Unless the window has fallen already for a mark in the same flight, RFC 3168 §6.1.2. */
function lower(tcb: Connection, flight: number, now: Micros): void {
  const { sender, snd, ecn } = tcb;
  const { control, recovery, sent, sample } = sender;
  if (ecn?.hasPaidFor(snd.una) === true) {
    recovery.remember().undo.forget(); // a mark is no mistake
    return;
  }
  const from = base(tcb, flight);
  const before = control.window;
  control.onLoss(from, now);
  ecn?.reduced(snd.nxt, false);
  inWholeSegments(tcb);
  if (!usesPrr(tcb)) {
    control.window = Math.min(control.window, control.threshold);
    return;
  }
  // RFC 9937 §6.2: what had arrived before will not be counted as delivered, what the present acknowledgment reports will
  const arrived = sent.sackedLength + recovery.duplicates * control.mss - sample.delivered;
  recovery.remember().prr.begin(tcb.options.reduceFrom === 'window' ? from : snd.flight - arrived);
  control.window = before;
}

/**
 * The peer echoes a mark: ssthresh goes down now, and cwnd after it, at once (RFC 3168 §6.1.2) or by PRR, where that is not for
 * selective acknowledgments alone.
 */
export function beginEchoReduction(tcb: Connection, flight: number, now: Micros): void {
  const { sender, snd, ecn, options } = tcb;
  const { control, recovery } = sender;
  const from = base(tcb, flight);
  const before = control.window;
  control.onEcnEcho(from, options.abe, now);
  ecn?.reduced(snd.nxt, true);
  inWholeSegments(tcb);
  control.window = Math.min(control.window, control.threshold);
  if (options.prr !== 'always') return;
  recovery.remember().prr.begin(from);
  control.window = before;
}

/** The flight that was marked has arrived: what PRR has left of the window's fall is done in one step. */
export function endEchoReduction({ sender }: Connection): void {
  const { control, recovery } = sender;
  if (!recovery.isReducing || recovery.phase !== 'open') return;
  control.window = control.threshold;
  recovery.history?.prr.end();
}

/**
 * What was outstanding at the loss has arrived: cwnd is ssthresh, RFC 9937 §6.2; without PRR what RFC 6582 §3.2 step 3 allows.
 * Where a hole had held back the whole receive window there is little in flight now, and no burst larger than a new connection
 * may send shall follow; kernels trust their queueing discipline with that.
 */
export function endReduction(tcb: Connection): void {
  const { control, recovery } = tcb.sender;
  if (!recovery.isReducing) control.onRecovered(tcb.snd.flight);
  else if (tcb.options.reduceFrom === 'window') control.window = control.threshold;
  else control.window = Math.min(control.threshold, tcb.snd.flight + initialWindow(control.mss));
  recovery.leave();
}

/** RFC 8985 §7.4.2: a probe has repaired a loss, the whole of a reduction in one step. */
export function reduceAtOnce(tcb: Connection, now: Micros): void {
  const { sender, snd, ecn } = tcb;
  const { control } = sender;
  if (ecn?.hasPaidFor(snd.una) === true) return;
  control.onLoss(base(tcb, snd.flight), now);
  ecn?.reduced(snd.nxt, false);
  inWholeSegments(tcb);
  if (tcb.options.reduceFrom === 'window') control.window = control.threshold;
  else control.onRecovered(snd.flight);
}

/**
 * RFC 5681 §3.1: the retransmission timer has expired. One segment may go out, whatever else is still believed to be on its way.
 * @param again ssthresh has come down for this flight before
 */
export function reduceToOne(tcb: Connection, again: boolean, now: Micros): void {
  const { sender, snd, ecn } = tcb;
  const { control, recovery, sent } = sender;
  const paidForMark = ecn?.hasPaidFor(snd.una) === true;
  const isPaid = again || paidForMark;
  if (!isPaid) recovery.remember().undo.begin(snd.una, Math.ceil(sent.resentLength() / control.mss));
  recovery.history?.prr.end();
  control.onTimeout(base(tcb, snd.flight), isPaid, now);
  if (paidForMark) ecn.cwrDue = true;
  else ecn?.reduced(snd.nxt, false);
  inWholeSegments(tcb);
}

/**
 * Nothing was lost: window, threshold and the curve are as before the reduction (RFC 4015 §3.2, RFC 9438 §4.9), and unless
 * time-outs go on, the sender is open again.
 * @param unmark what is believed lost and was not sent again is not lost either
 */
export function undoReduction(tcb: Connection, unmark: boolean): void {
  const { sender, snd } = tcb;
  const { recovery, control, sent } = sender;
  const { undo, counters } = recovery.remember();
  if (unmark) sent.unmarkLost();
  control.onSpurious();
  undo.forget();
  counters.undone++;
  tcb.ecn?.takenBack();
  recovery.leave();
  recovery.recover = add(snd.una, -1);
}
