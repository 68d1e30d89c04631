/** Selective acknowledgment, both ways: RFC 2018, and duplicates reported by RFC 2883. */
import type { Seq } from '../../wire/seq.ts';
import { add, after, atOrBefore, before, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { Islands } from '../receive/reassembly.ts';
import type { Receiver } from '../receive/receiver.ts';

/** RFC 2018 §3: the blocks that fit 40 bytes of options, beside timestamps or alone. */
const BLOCKS_WITH_TIMESTAMPS = 3;
const BLOCKS = 4;

/** Puts what we hold above RCV.NXT into a segment: the duplicate just received, the newest island, those reported before it, others. */
export function reportIslands({ islands, report }: Receiver, out: Segment): void {
  out.sackCount = 0;
  if (report === undefined) return;
  const { recent } = report;
  if (report.isDuplicatePending) {
    put(out, report.left, report.right);
    report.isDuplicatePending = false;
  }
  const first = out.sackCount;
  const limit = out.hasTimestamps ? BLOCKS_WITH_TIMESTAMPS : BLOCKS;
  const { latest } = islands;
  if (latest < 0) return;
  recent.note(islands.left(latest), diff(islands.right(latest), islands.left(latest)));
  for (let i = 0; i < recent.count && out.sackCount < limit; i++)
    putIsland(out, first, islands, islandAt(islands, recent.mark(i)));
  for (let i = 0; i < islands.islands && out.sackCount < limit; i++) putIsland(out, first, islands, i);
}

function put(out: Segment, left: Seq, right: Seq): void {
  out.sackEdges[2 * out.sackCount] = left;
  out.sackEdges[2 * out.sackCount + 1] = right;
  out.sackCount++;
}

/** @param first the first block that is an island's: each island is reported once */
function putIsland(out: Segment, first: number, islands: Islands, index: number): void {
  if (index < 0) return;
  const left = islands.left(index);
  for (let i = first; i < out.sackCount; i++) if (out.sackEdges[2 * i] === left) return;
  put(out, left, islands.right(index));
}

/** Index of the island in which a number lies; -1 when there is none. */
function islandAt(islands: Islands, at: Seq): number {
  for (let i = 0; i < islands.islands; i++) if (before(at, islands.right(i))) return atOrBefore(islands.left(i), at) ? i : -1;
  return -1;
}

/**
 * Takes the blocks of an acknowledgment into the scoreboard. A block that lies outside what is in flight is no block: it is a
 * report of a duplicate (RFC 2883 §4), or a lie.
 * @returns how much of it is news, in sequence space
 */
export function takeBlocks(tcb: Connection, segment: Segment): number {
  const { snd, sender } = tcb;
  let news = 0;
  for (let i = 0; i < segment.sackCount; i++) {
    const left = segment.sackEdges[2 * i]! as Seq;
    const right = segment.sackEdges[2 * i + 1]! as Seq;
    if (i === 0 && isDuplicateReport(tcb, segment, left, right)) {
      takeReport(tcb, left, right);
      continue;
    }
    if (!before(left, right) || !after(left, snd.una) || !after(left, segment.ack) || after(right, snd.nxt)) continue;
    news += sender.sent.sack(left, right, tcb.traffic);
  }
  return news;
}

/** Something arrived twice: RACK has to be more patient (RFC 8985 §6.2 step 4), and a reduction may have been a mistake (RFC 3708). */
function takeReport({ snd, sender }: Connection, left: Seq, right: Seq): void {
  sender.duplicatesReported++;
  const { history } = sender.recovery;
  // of what was never sent again the network has made two: that says nothing about our patience
  if (history === undefined || history.counters.retransmitted < sender.duplicatesReported) return;
  sender.rack.onDsack(snd.una, snd.nxt);
  history.undo.reported(right, Math.ceil(diff(right, left) / sender.control.mss));
}

/** RFC 2883 §4: the first block lies below the acknowledgment, or inside the second block; and it was sent not too long ago. */
function isDuplicateReport({ snd }: Connection, segment: Segment, left: Seq, right: Seq): boolean {
  if (!before(left, right) || after(right, snd.nxt) || before(left, add(snd.una, -snd.maxWnd))) return false;
  if (atOrBefore(right, segment.ack)) return true;
  if (segment.sackCount < 2) return false;
  const [outerLeft, outerRight] = [segment.sackEdges[2]! as Seq, segment.sackEdges[3]! as Seq];
  return atOrBefore(outerLeft, left) && atOrBefore(right, outerRight);
}
