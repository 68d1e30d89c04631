/** What an acknowledgment does to the sender: RFC 9293 §3.10.7.4 fifth, RFC 5681, RFC 6582, RFC 6298. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import { add, after, atOrAfter, atOrBefore, before, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { FIN, SYN } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { Verdict } from '../drops.ts';
import { noteReduction } from '../ecn/receive.ts';
import { echoArrives, reduceForLoss, withholdsGrowth } from '../ecn/send.ts';
import { beginAgain, detectLosses } from '../loss/loss-detection.ts';
import { DUPLICATE_THRESHOLD } from '../loss/recovery.ts';
import { takeBlocks } from '../loss/sack.ts';

export function ackArrives(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const fault = checkNumber(tcb, segment, now);
  if (fault !== undefined) return fault;
  const { snd, sender } = tcb;
  sender.more = false; // Linux: MSG_MORE holds until something else sends, and an acknowledgment does
  const windowBefore = snd.wnd;
  const unaBefore = snd.una;
  const flightBefore = snd.flight;
  const sackedBefore = sender.sent.sackedLength;
  updateWindow(tcb, segment);
  noteReduction(tcb, segment);
  const isRepeated = isDuplicate(tcb, segment, windowBefore);
  if (tcb.agreement.sack && snd.synAcknowledged) selectiveAck(tcb, segment, isRepeated, now);
  if (after(segment.ack, snd.una)) newDataAcknowledged(tcb, segment, now);
  else if (isRepeated && !tcb.agreement.sack) duplicateAck(tcb, now);
  detectLosses(tcb, now, diff(snd.una, unaBefore) + sender.sent.sackedLength - sackedBefore);
  echoArrives(tcb, segment, flightBefore, now);
  if (windowBefore === 0 && snd.wnd > 0) windowOpened(tcb, now);
  else if (snd.wnd === 0 && sender.stalledSince !== NEVER && !tcb.app.isOrphan) sender.stalledSince = now; // MUST-37
  return undefined;
}

/** Neither beyond what was sent nor too far below what is acknowledged. */
function checkNumber(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { snd } = tcb;
  if (after(segment.ack, snd.nxt)) {
    const isAnswered = tcb.options.answersUnsentAck && tcb.challenges.take(now);
    if (isAnswered) tcb.acks.now('ACK: the peer acknowledges what was never sent');
    return 'acknowledges what was never sent';
  }
  // RFC 5961 §5.2: below what the peer can still have in flight it is an attack or a ghost
  if (before(segment.ack, add(snd.una, -snd.maxWnd))) {
    if (tcb.challenges.take(now)) tcb.acks.now('challenge ACK: acknowledgment too old');
    return 'acknowledgment too old';
  }
  return undefined;
}

/**
 * Only a segment newer than the one that set the window may change it: SND.WL1 and SND.WL2. One that acknowledges more than any
 * before was sent after all of them, also when it is a retransmission with a low number; were its window passed over, SND.UNA
 * would take the old window along beyond the edge that the peer has offered.
 */
function updateWindow(tcb: Connection, segment: Segment): void {
  const { snd } = tcb;
  if (before(segment.ack, snd.una)) return;
  const sameText = snd.wl1 === segment.seq && atOrBefore(snd.wl2, segment.ack);
  const newer = after(segment.ack, snd.una) || before(snd.wl1, segment.seq) || sameText;
  if (!newer) return;
  snd.wnd = segment.has(SYN) ? segment.window : segment.window << tcb.agreement.sendShift;
  snd.maxWnd = Math.max(snd.maxWnd, snd.wnd);
  snd.wl1 = segment.seq;
  snd.wl2 = segment.ack;
}

/** The five conditions of RFC 5681 §2. */
function isDuplicate(tcb: Connection, segment: Segment, windowBefore: number): boolean {
  return (
    segment.ack === tcb.snd.una &&
    !tcb.sender.sent.isEmpty &&
    segment.payloadLength === 0 &&
    !segment.has(SYN | FIN) &&
    tcb.snd.wnd === windowBefore &&
    windowBefore > 0 // answers to window probes look the same and mean nothing
  );
}

/** RFC 2018 §5, RFC 8985 §6.2 and §7.4: what the peer has beyond the cumulative acknowledgment. */
function selectiveAck(tcb: Connection, segment: Segment, isRepeated: boolean, now: Micros): void {
  const { sender, timestamps, snd } = tcb;
  const echoes = timestamps.enabled && segment.hasTimestamps;
  sender.rack.begin(now, echoes ? timestamps.since(segment.tsEcho, now) : -1, tcb.rtt.minimum);
  const reportedBefore = sender.duplicatesReported;
  takeBlocks(tcb, segment);
  const reportsDuplicate = sender.duplicatesReported > reportedBefore;
  if (sender.tail.onAck(segment.ack, reportsDuplicate, isRepeated && segment.sackCount === 0) !== 'repaired a loss') return;
  reduceForLoss(tcb, snd.flight, now);
  sender.control.onRecovered(snd.flight);
}

function newDataAcknowledged(tcb: Connection, segment: Segment, now: Micros): void {
  const { snd, sender, rtt, timers } = tcb;
  const acked = diff(segment.ack, snd.una);
  const flight = snd.flight;
  const isText = snd.synAcknowledged; // the acknowledgment of a SYN earns no window
  sender.acknowledge(segment.ack);
  const sampled = sampleRtt(tcb, segment, now);
  rtt.forgetBackOff();
  timers.tailProbe = NEVER;
  sender.stalledSince = sender.sent.isEmpty ? NEVER : now;
  const { phase } = sender.recovery;
  const restart = advanceRecovery(tcb, segment, acked);
  // what ends a recovery may acknowledge a whole window at once: to grow by it would be a burst (RFC 3465 §2.3)
  const steady = phase !== 'fast recovery' && phase === sender.recovery.phase && !withholdsGrowth(tcb, segment);
  if (isText && steady) growWindow(tcb, acked, flight, sampled, now);
  // RFC 6298 (5.2), (5.3): off when nothing is outstanding, else anew from now
  if (sender.sent.isEmpty) timers.retransmit = NEVER;
  else if (restart) timers.retransmit = now + rtt.rto;
}

/** RFC 6298 §3: from a segment sent once (Karn), or by the echoed timestamp (RFC 7323 §4.1) also for one sent twice. */
function sampleRtt(tcb: Connection, segment: Segment, now: Micros): boolean {
  const { sent } = tcb.sender;
  if (sent.ackedSentAt !== NEVER) {
    const oldest = tcb.options.minRtoBounds === 'variance' ? sent.ackedFirstSentAt : sent.ackedSentAt;
    tcb.rtt.sample(now - oldest, tcb.snd.una, tcb.snd.nxt, now - sent.ackedSentAt);
    return true;
  }
  if (!tcb.timestamps.enabled || !segment.hasTimestamps || segment.tsEcho === 0) return false;
  const elapsed = tcb.timestamps.since(segment.tsEcho, now);
  if (elapsed >= 0) tcb.rtt.sample(Math.max(elapsed, 1), tcb.snd.una, tcb.snd.nxt);
  return elapsed >= 0;
}

/** @returns whether the retransmission timer starts anew */
function advanceRecovery(tcb: Connection, segment: Segment, acked: number): boolean {
  const { sender, snd } = tcb;
  const { recovery, control } = sender;
  if (recovery.phase === 'fast recovery' && !atOrAfter(segment.ack, recovery.recover)) return partialAck(tcb, acked);
  recovery.duplicates = 0;
  // nothing older than this can cause duplicates any more; following SND.UNA also keeps the two on one side of the circle
  if (recovery.phase === 'open') recovery.recover = add(segment.ack, -1);
  else if (atOrAfter(segment.ack, recovery.recover)) {
    if (recovery.phase === 'fast recovery') control.onRecovered(snd.flight);
    sender.rack.onRecoveryEnd();
    recovery.leave();
  }
  return true;
}

/** RFC 6582 §3.2 step 3: the next segment is missing too. With selective acknowledgments the scoreboard knows better. */
function partialAck({ sender, agreement }: Connection, acked: number): boolean {
  if (agreement.sack) return true;
  const { recovery, control } = sender;
  const first = !recovery.partialSeen;
  recovery.partialSeen = true;
  recovery.forgetDuplicates(Math.ceil(acked / control.mss));
  recovery.urgent = true;
  sender.sent.markFirstLost(control.mss);
  return first;
}

/**
 * A window that nobody fills says nothing about the network: it grows only while it is the limit (RFC 9293 §3.8.2, RFC 7661).
 * @param flight before the acknowledgment
 */
function growWindow(tcb: Connection, acked: number, flight: number, sampled: boolean, now: Micros): void {
  const { sender, snd, rtt } = tcb;
  const { control, sample } = sender;
  sample.roundEnded = atOrAfter(snd.una, sender.roundEnd);
  if (sample.roundEnded) sender.roundEnd = snd.nxt;
  const isUsed =
    tcb.options.growsWhenHalfUsed && sender.history !== undefined
      ? sender.history.usage.isWell(control)
      : flight + control.mss > control.window;
  if (!isUsed) return;
  sample.acked = acked;
  sample.now = now;
  sample.rtt = sampled ? rtt.latest : 0;
  sample.smoothedRtt = rtt.smoothed;
  control.onAck(sample);
}

function duplicateAck(tcb: Connection, now: Micros): void {
  const { sender, snd } = tcb;
  const { recovery, control, sent } = sender;
  if (recovery.phase === 'timeout recovery' || !tcb.options.fastRetransmit) return; // all is marked lost, or only the timer may
  recovery.duplicates++;
  if (recovery.duplicates === 1) recovery.flightAtLoss = snd.flight;
  if (recovery.phase === 'fast recovery' || recovery.duplicates !== DUPLICATE_THRESHOLD) return;
  // RFC 6582 §3.2 step 2: what was sent before the last recovery ended may still cause duplicates
  if (!after(snd.una, recovery.recover)) return;
  if (!tcb.options.fastRecovery) {
    beginAgain(tcb, recovery.flightAtLoss, now);
    return;
  }
  reduceForLoss(tcb, recovery.flightAtLoss, now);
  recovery.enter('fast recovery', snd.nxt);
  sent.markFirstLost(control.mss);
}

/** The peer has room again: what was outstanding when it closed may have been thrown away. */
function windowOpened(tcb: Connection, now: Micros): void {
  tcb.sender.probes = 0;
  tcb.sender.probingSince = -1;
  tcb.sender.probeDue = false;
  tcb.timers.persist = NEVER;
  tcb.sender.stalledSince = tcb.sender.sent.isEmpty ? NEVER : now;
  tcb.sender.sent.markAllLost();
}
