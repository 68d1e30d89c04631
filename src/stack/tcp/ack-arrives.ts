/** What an acknowledgment does to the sender: RFC 9293 §3.10.7.4 fifth, RFC 5681, RFC 6582, RFC 6298. */
import type { Micros } from '../time.ts';
import { NEVER } from '../time.ts';
import { add, after, atOrAfter, atOrBefore, before, diff } from '../wire/seq.ts';
import type { Segment } from '../wire/tcp.ts';
import { FIN, SYN } from '../wire/tcp.ts';
import { WRITABLE } from './application-side.ts';
import type { Connection } from './connection.ts';
import type { Verdict } from './drops.ts';
import { DUPLICATE_THRESHOLD } from './recovery.ts';

export function ackArrives(tcb: Connection, segment: Segment, now: Micros): Verdict {
  const { snd, sender } = tcb;
  if (after(segment.ack, snd.nxt)) {
    if (tcb.challenges.take(now)) tcb.acks.now('ACK: the peer acknowledges what was never sent');
    return 'acknowledges what was never sent';
  }
  // RFC 5961 §5.2: below what the peer can still have in flight it is an attack or a ghost
  if (before(segment.ack, add(snd.una, -snd.maxWnd))) {
    if (tcb.challenges.take(now)) tcb.acks.now('challenge ACK: acknowledgment too old');
    return 'acknowledgment too old';
  }
  const windowBefore = snd.wnd;
  updateWindow(tcb, segment);
  if (after(segment.ack, snd.una)) newDataAcknowledged(tcb, segment, now);
  else if (isDuplicate(tcb, segment, windowBefore)) duplicateAck(tcb, now);
  if (windowBefore === 0 && snd.wnd > 0) windowOpened(tcb, now);
  else if (snd.wnd === 0 && sender.stalledSince !== NEVER) sender.stalledSince = now; // MUST-37: it answers, it lives
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

function newDataAcknowledged(tcb: Connection, segment: Segment, now: Micros): void {
  const { snd, sender, rtt, timers } = tcb;
  const acked = diff(segment.ack, snd.una);
  const flight = snd.flight;
  sender.acknowledge(segment.ack);
  sampleRtt(tcb, segment, now);
  rtt.forgetBackOff();
  sender.stalledSince = sender.sent.isEmpty ? NEVER : now;
  const restart = advanceRecovery(tcb, segment, acked, flight, now);
  // RFC 6298 (5.2), (5.3): off when nothing is outstanding, else anew from now
  if (sender.sent.isEmpty) timers.retransmit = NEVER;
  else if (restart) timers.retransmit = now + rtt.rto;
  if (tcb.app.wantsWritable && sender.free >= sender.limit >> 2) {
    tcb.app.wantsWritable = false;
    tcb.app.raise(WRITABLE);
  }
}

/** RFC 6298 §3: from a segment sent once (Karn), or by the echoed timestamp (RFC 7323 §4.1) also for one sent twice. */
function sampleRtt(tcb: Connection, segment: Segment, now: Micros): void {
  const { sent } = tcb.sender;
  if (sent.ackedSentAt !== NEVER) tcb.rtt.sample(now - sent.ackedSentAt);
  else if (tcb.timestamps.enabled && segment.hasTimestamps && segment.tsEcho !== 0) {
    const elapsed = tcb.timestamps.since(segment.tsEcho, now);
    if (elapsed >= 0) tcb.rtt.sample(Math.max(elapsed, 1));
  }
}

/** @returns whether the retransmission timer starts anew */
function advanceRecovery(tcb: Connection, segment: Segment, acked: number, flight: number, now: Micros): boolean {
  const { sender, snd } = tcb;
  const { recovery, control } = sender;
  if (recovery.phase === 'fast recovery' && !atOrAfter(segment.ack, recovery.recover)) {
    // RFC 6582 §3.2 step 3, a partial acknowledgment: the next segment is missing too
    const first = !recovery.partialSeen;
    recovery.partialSeen = true;
    recovery.forgetDuplicates(Math.ceil(acked / control.mss));
    recovery.urgent = true;
    sender.sent.markFirstLost(control.mss);
    return first;
  }
  if (recovery.phase !== 'open' && atOrAfter(segment.ack, recovery.recover)) {
    if (recovery.phase === 'fast recovery') control.onRecovered(snd.flight);
    recovery.leave();
    return true;
  }
  recovery.duplicates = 0;
  // nothing older than this can cause duplicates any more; following SND.UNA also keeps the two on one side of the circle
  if (recovery.phase === 'open') recovery.recover = add(segment.ack, -1);
  // a window that nobody fills says nothing about the network: it grows only while it is the limit (RFC 9293 §3.8.2, RFC 7661)
  const slowStart = control.window < control.threshold;
  if (flight + control.mss > control.window || (slowStart && flight * 2 > control.window)) control.onAck(acked, now);
  return true;
}

function duplicateAck(tcb: Connection, now: Micros): void {
  const { sender, snd } = tcb;
  const { recovery, control, sent } = sender;
  if (recovery.phase === 'timeout recovery') return; // everything is marked lost already
  recovery.duplicates++;
  if (recovery.duplicates === 1) recovery.flightAtLoss = snd.flight;
  if (recovery.phase === 'fast recovery' || recovery.duplicates !== DUPLICATE_THRESHOLD) return;
  // RFC 6582 §3.2 step 2: what was sent before the last recovery ended may still cause duplicates
  if (!after(snd.una, recovery.recover)) return;
  control.onLoss(recovery.flightAtLoss, now);
  recovery.enter('fast recovery', snd.nxt);
  sent.markFirstLost(control.mss);
}

/** The peer has room again: what was outstanding when it closed may have been thrown away. */
function windowOpened(tcb: Connection, now: Micros): void {
  tcb.sender.probes = 0;
  tcb.sender.probeDue = false;
  tcb.timers.persist = NEVER;
  if (!tcb.sender.sent.isEmpty) tcb.sender.stalledSince = now;
  tcb.sender.sent.markAllLost();
}
