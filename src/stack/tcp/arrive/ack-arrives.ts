/** What an acknowledgment does to the sender: RFC 9293 §3.10.7.4 fifth, RFC 5681, RFC 6582, RFC 6298. */
import type { Micros } from '../../time.ts';
import { MILLISECOND, NEVER } from '../../time.ts';
import { add, after, atOrBefore, before, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ECE, FIN, SYN } from '../../wire/tcp.ts';
import { regulate } from '../congestion/regulate.ts';
import type { Connection } from '../connection.ts';
import type { Verdict } from '../drops.ts';
import { noteReduction } from '../ecn/receive.ts';
import { echoArrives, withholdsGrowth } from '../ecn/send.ts';
import { lossAlert } from '../loss/alert.ts';
import { takeBlocks } from '../loss/sack.ts';
import { probeAcknowledged } from '../send/mtu-probe.ts';
import { checkGhost } from './freebsd-checks.ts';

/**
 * The peer reports the very segment that its acknowledgment asks for: it has thrown away what it had (RFC 2018 §8). What is
 * still under way may put it right; after half a round trip, and this long at least, all of it is sent again.
 */
const RENEGING_PATIENCE: Micros = 10 * MILLISECOND;

export function ackArrives(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const fault = checkNumber(tcb, segment, now);
  if (fault !== undefined) return fault;
  const { snd, sender } = tcb;
  sender.more = false; // Linux: MSG_MORE holds until something else sends, and an acknowledgment does
  const { sample, recovery } = sender;
  const windowBefore = snd.wnd;
  const isText = snd.synAcknowledged; // the acknowledgment of a SYN earns no window
  const { phase } = recovery;
  sample.begin(now, snd.flight);
  updateWindow(tcb, segment);
  noteReduction(tcb, segment);
  sample.isRepeated = isDuplicate(tcb, segment, windowBefore);
  takeDeliveries(tcb, segment, now);
  if (tcb.hasTraffic) tcb.traffic.rate.end(tcb.rtt.minimum, now, tcb.ecn !== undefined && segment.has(ECE));
  lossAlert(tcb, segment, now);
  echoArrives(tcb, segment, sample.flight, now);
  regulate(tcb, isText && !withholdsGrowth(tcb, segment), phase);
  if (windowBefore === 0 && snd.wnd > 0) windowOpened(tcb, now);
  else if (snd.wnd === 0 && sender.stalledSince !== NEVER && !tcb.app.isOrphan) sender.stalledSince = now; // MUST-37
  return undefined;
}

/** What has arrived, for the scoreboard and for the sample. */
function takeDeliveries(tcb: Connection, segment: Segment, now: Micros): void {
  const { sender, timestamps, snd, agreement } = tcb;
  const { sample, sent, recovery } = sender;
  const { mss } = sender.control;
  const sackedBefore = sent.sackedLength;
  const counted = recovery.duplicates * mss;
  const echoes = timestamps.enabled && segment.hasTimestamps;
  if (snd.synAcknowledged) sender.rack.begin(now, echoes ? timestamps.since(segment.tsEcho, now) : -1, tcb.rtt.minimum);
  if (agreement.sack && snd.synAcknowledged) selectiveAck(tcb, segment, now);
  if (after(segment.ack, snd.una)) newDataAcknowledged(tcb, segment, now);
  else if (sample.sacked > 0 && sampleSacked(tcb, now)) sample.rtt = tcb.rtt.latest;
  if (sender.reorderingSeen) sender.rack.end();
  if (agreement.sack) sample.delivered = sample.acked + sent.sackedLength - sackedBefore;
  else if (sample.acked > 0) sample.delivered = Math.max(sample.acked - counted, Math.min(sample.acked, mss));
  else sample.delivered = sample.isRepeated ? mss : 0;
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
  if (tcb.options.habits.checks === 'freebsd') return checkGhost(tcb, segment, now);
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

/** RFC 2018 §5, RFC 8985 §6.2: what the peer has beyond the cumulative acknowledgment. */
function selectiveAck(tcb: Connection, segment: Segment, now: Micros): void {
  const { sender, timers, rtt } = tcb;
  const { sample, sent, rack } = sender;
  const reportedBefore = sender.duplicatesReported;
  sample.sacked = takeBlocks(tcb, segment);
  sample.sackedFirstAt = rack.originalFirstAt;
  sample.sackedLastAt = rack.originalLastAt;
  sample.reportsDuplicate = sender.duplicatesReported > reportedBefore;
  // Linux: what arrived was sent before the oldest segment was sent again, so the timer counts from here; were it put off by
  // what is newer, a recovery that goes on sending would never let it speak for the segment that is missing (RFC 6298 (5.3))
  const { first } = sent;
  if (sample.sacked > 0 && first !== undefined && rack.sentAt < first.sentAt && timers.retransmit !== NEVER)
    timers.retransmit = now + rtt.rto;
}

function newDataAcknowledged(tcb: Connection, segment: Segment, now: Micros): void {
  const { snd, sender, rtt, timers } = tcb;
  const { sample, recovery } = sender;
  sample.acked = diff(segment.ack, snd.una);
  const restart = !isLaterPartialAck(tcb, segment);
  const isText = snd.synAcknowledged;
  sender.acknowledge(segment.ack, isText ? tcb.traffic : undefined);
  if (isText) tcb.traffic.sent.acknowledged(sample.acked, now);
  if (tcb.mtuSearch !== undefined) probeAcknowledged(tcb);
  if (isTimed(tcb, segment) && sampleRtt(tcb, segment, now)) sample.rtt = rtt.latest;
  recovery.expiries = 0;
  tcb.app.softError = undefined; // whatever was in the way, this came through
  timers.tailProbe = NEVER;
  sender.stalledSince = sender.sent.isEmpty ? NEVER : now;
  // RFC 6298 (5.2), (5.3): off when nothing is outstanding, else anew from now
  if (sender.sent.isEmpty) timers.retransmit = NEVER;
  else if (sender.sent.first?.sacked === true) timers.retransmit = now + Math.max(rtt.smoothed / 2, RENEGING_PATIENCE);
  else if (restart) timers.retransmit = now + rtt.rto;
}

/** RFC 6582 §3.2 step 3 (2): of the partial acknowledgments only the first starts the timer anew. */
const isLaterPartialAck = ({ sender, agreement }: Connection, { ack }: Segment): boolean =>
  !agreement.sack && sender.recovery.partialSeen && before(ack, sender.recovery.recover);

/** FreeBSD's half-open connections keep no time of their own: only an echo tells how long their SYN-ACK was under way. */
const isTimed = ({ listener, options, timestamps }: Connection, segment: Segment): boolean =>
  listener === undefined || options.habits.timesSynAck || (timestamps.enabled && segment.hasTimestamps && segment.tsEcho !== 0);

/** RFC 6298 §3: from a segment sent once (Karn), or by the echoed timestamp (RFC 7323 §4.1) also for one sent twice. */
function sampleRtt(tcb: Connection, segment: Segment, now: Micros): boolean {
  const { sent } = tcb.sender;
  if (sent.ackedSentAt !== NEVER) {
    const oldest = tcb.options.minRtoBounds === 'variance' ? sent.ackedFirstSentAt : sent.ackedSentAt;
    tcb.rtt.sample(now - oldest, tcb.snd.una, tcb.snd.nxt, now - sent.ackedSentAt);
    return true;
  }
  if (sampleSacked(tcb, now)) return true;
  if (!tcb.timestamps.enabled || !segment.hasTimestamps || segment.tsEcho === 0) return false;
  const elapsed = tcb.timestamps.since(segment.tsEcho, now);
  if (elapsed >= 0) tcb.rtt.sample(Math.max(elapsed, 1), tcb.snd.una, tcb.snd.nxt);
  return elapsed >= 0;
}

/** Linux times what is newly reported too (tcp_ack_update_rtt): it was sent once, and the acknowledgment came for it. */
function sampleSacked({ options, rtt, snd, sender }: Connection, now: Micros): boolean {
  const { sackedFirstAt, sackedLastAt } = sender.sample;
  if (options.minRtoBounds !== 'variance' || sackedFirstAt < 0) return false;
  rtt.sample(now - sackedFirstAt, snd.una, snd.nxt, now - sackedLastAt);
  return true;
}

/** The peer has room again: what was outstanding when it closed may have been thrown away. */
function windowOpened(tcb: Connection, now: Micros): void {
  tcb.sender.probing = undefined;
  tcb.timers.persist = NEVER;
  tcb.sender.stalledSince = tcb.sender.sent.isEmpty ? NEVER : now;
  if (tcb.options.habits.window === 'freebsd' && isOnlyProbe(tcb)) forgetProbe(tcb);
  if (tcb.options.windowProbe === 'octet') tcb.sender.sent.markAllLost(); // else its own timer has gone on
}

/** One octet in the air, which a probe of the closed window carried. */
const isOnlyProbe = ({ snd, sender }: Connection): boolean => snd.flight === 1 && sender.unsent > 0;

/** FreeBSD does not count what a probe carried as sent: the segment that the open window lets out begins with it. */
function forgetProbe({ snd, sender, timers }: Connection): void {
  snd.nxt = snd.una;
  sender.sent.clear();
  timers.retransmit = NEVER;
}
