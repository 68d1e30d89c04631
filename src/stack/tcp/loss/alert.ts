/** What an acknowledgment means for the repair of losses: the states between loss and repair, and what leads from one to the next. */
import type { Micros } from '../../time.ts';
import { add, after, atOrAfter, before } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import { probeLost } from '../send/mtu-probe.ts';
import { judgeTimeout } from './f-rto.ts';
import { detectLosses } from './loss-detection.ts';
import { DUPLICATE_THRESHOLD } from './recovery.ts';
import { beginReduction, endReduction, reduceAtOnce, reduceToOne, undoReduction } from './reduction.ts';

/** To be called once for each acknowledgment, when the scoreboard knows what it says. */
export function lossAlert(tcb: Connection, segment: Segment, now: Micros): void {
  const { sender } = tcb;
  const { recovery, sent } = sender;
  if (sender.isTailProbeOut) judgeProbe(tcb, segment, now);
  if (sender.sample.acked > 0) recovery.expiries = 0;
  const lostBefore = sent.lostTotal;
  if (recovery.phase === 'timeout recovery') afterTimeout(tcb, segment, now);
  else if (recovery.phase === 'fast recovery') duringRecovery(tcb, segment, now);
  else whileOpen(tcb, now);
  sender.sample.lost = sent.lostTotal - lostBefore;
}

/** RFC 8985 §7.4: what the acknowledgment says about a tail loss probe. */
function judgeProbe(tcb: Connection, { ack, sackCount }: Segment, now: Micros): void {
  const { tail, sample, recovery } = tcb.sender;
  const verdict = tail.onAck(ack, sample.reportsDuplicate, sample.isRepeated && sackCount === 0);
  if (verdict === 'repaired a loss' && recovery.phase === 'open') reduceAtOnce(tcb, now);
}

/** Open, or with a window that is coming down: a loss begins a recovery. */
function whileOpen(tcb: Connection, now: Micros): void {
  const { sender, snd, agreement } = tcb;
  const { recovery, sample } = sender;
  if (sample.acked > 0) {
    recovery.duplicates = 0;
    // nothing older than this can cause duplicates any more; following SND.UNA also keeps the two on one side of the circle
    recovery.recover = add(snd.una, -1);
  }
  if (tcb.options.undo && recovery.history?.undo.allReported === true) undoReduction(tcb, false); // RFC 3708
  if (agreement.sack) seekLosses(tcb, now);
  else if (sample.isRepeated) duplicateAck(tcb, now);
}

/** Marks what is lost by now; the first loss of a flight begins a recovery. */
export function seekLosses(tcb: Connection, now: Micros): void {
  const { sender, snd } = tcb;
  const { phase } = sender.recovery;
  const found = detectLosses(tcb, now);
  if (found && phase === 'open' && !probeLost(tcb)) beginRecovery(tcb, snd.flight, now);
}

/** @returns whether it is a fast recovery; Tahoe's answer is that to a time-out, one segment and slow start */
function beginRecovery(tcb: Connection, flight: number, now: Micros): boolean {
  const { sender, snd, options } = tcb;
  if (options.fastRecovery) {
    beginReduction(tcb, flight, now);
    // Go-Back-N, the teaching switch: from the hole on everything goes out again, also what the peer has reported
    if (options.goBackN) sender.sent.markAllLost();
    return true;
  }
  sender.control.onTimeout(flight, false, now);
  sender.sent.markAllLost();
  sender.recovery.enter('timeout recovery', snd.nxt);
  sender.tail.forget();
  return false;
}

function duplicateAck(tcb: Connection, now: Micros): void {
  const { sender, snd } = tcb;
  const { recovery, sent, control } = sender;
  if (!tcb.options.fastRetransmit) return; // only the timer may
  recovery.duplicates++;
  if (recovery.duplicates === 1) recovery.flightAtLoss = snd.flight;
  if (recovery.duplicates !== DUPLICATE_THRESHOLD) return;
  // RFC 6582 §3.2 step 2: what was sent before the last recovery ended may still cause duplicates
  if (!after(snd.una, recovery.recover)) return;
  if (probeLost(tcb)) return;
  if (beginRecovery(tcb, recovery.flightAtLoss, now)) sent.markFirstLost(control.mss);
}

function duringRecovery(tcb: Connection, segment: Segment, now: Micros): void {
  const { sender, snd, agreement } = tcb;
  const { recovery, sample } = sender;
  if (atOrAfter(snd.una, recovery.recover)) {
    finish(tcb, segment);
    whileOpen(tcb, now);
    return;
  }
  if (sample.acked > 0) {
    if (isForOriginal(tcb, segment) && sender.sent.resentLength() === 0) {
      undoReduction(tcb, true); // RFC 3522: the original was late, and so are the others that are believed lost
      return;
    }
    if (!agreement.sack) partialAck(tcb, sample.acked);
  } else if (!agreement.sack && sample.isRepeated) recovery.duplicates++;
  if (tcb.options.undo && recovery.history?.undo.allReported === true) undoReduction(tcb, false);
  if (agreement.sack) seekLosses(tcb, now);
}

/** All that was outstanding at the loss is acknowledged. */
function finish(tcb: Connection, segment: Segment): void {
  const { recovery, rack } = tcb.sender;
  if (mayUndo(tcb, segment)) {
    undoReduction(tcb, false);
    return;
  }
  rack.onRecoveryEnd();
  if (recovery.phase === 'fast recovery') endReduction(tcb);
  else recovery.leave();
}

const mayUndo = (tcb: Connection, segment: Segment): boolean =>
  isForOriginal(tcb, segment) || (tcb.options.undo && tcb.sender.recovery.history?.undo.allReported === true);

/** The Eifel detection, RFC 3522 §3.2. */
function isForOriginal({ timestamps, options, sender }: Connection, segment: Segment): boolean {
  const { history } = sender.recovery;
  if (history === undefined || !options.undo || !timestamps.enabled || !segment.hasTimestamps || segment.tsEcho === 0)
    return false;
  return history.undo.isForOriginal(segment.tsEcho);
}

/** RFC 6582 §3.2 step 3: the next segment is missing too. With selective acknowledgments the scoreboard knows better. */
function partialAck({ sender }: Connection, acked: number): void {
  const { recovery, control } = sender;
  recovery.partialSeen = true;
  recovery.forgetDuplicates(Math.ceil(acked / control.mss));
  recovery.urgent = !recovery.isReducing;
  sender.sent.markFirstLost(control.mss);
}

/** After a time-out: was it spurious, is all repaired, or is still more lost? */
function afterTimeout(tcb: Connection, segment: Segment, now: Micros): void {
  const { sender, snd, agreement } = tcb;
  const { recovery, sample, sent } = sender;
  if (sample.acked > 0 && mayUndo(tcb, segment)) {
    undoReduction(tcb, true);
    return;
  }
  if (judgeTimeout(tcb)) return;
  if (atOrAfter(snd.una, recovery.recover)) {
    finish(tcb, segment);
    if (sample.acked > 0) recovery.duplicates = 0;
    return;
  }
  if (!agreement.sack) {
    // duplicates that new text causes say, as ever, that something has left the network
    if (sample.acked > 0) recovery.duplicates = 0;
    else if (sample.isRepeated && after(snd.nxt, recovery.recover)) recovery.duplicates++;
    return;
  }
  const lostAgain = sent.lostAgain;
  detectLosses(tcb, now);
  // a retransmission was lost too, which the network did while it was told to be careful: one more reduction
  if (sent.lostAgain > lostAgain) beginReduction(tcb, snd.flight, now);
}

/** The retransmission timer has expired: RFC 5681 §3.1, RFC 8985 §6.3, RFC 5682 §2.1 step 1. */
export function lossByTimeout(tcb: Connection, now: Micros): void {
  const { sender, snd, agreement, options } = tcb;
  const { recovery, sent, control, rack } = sender;
  const { counters } = recovery.remember();
  // "ssthresh is held constant" when the same segment times out again; for the flight of a recovery it has come down already
  const again = recovery.expiries > 0 || (recovery.phase === 'fast recovery' && before(snd.una, recovery.recover));
  const mayBeSpurious = options.frto && (recovery.phase === 'open' || recovery.expiries > 0);
  counters.timeouts++;
  reduceToOne(tcb, again, now);
  if (agreement.sack && options.rack && !options.goBackN) sent.markTimedOut(now, rack.patience);
  else sent.markAllLost();
  recovery.enter('timeout recovery', snd.nxt);
  recovery.remember().frto = mayBeSpurious ? 'armed' : 'off';
  sender.tail.forget();
  control.window = sender.pipe(control.mss) + control.mss;
}
