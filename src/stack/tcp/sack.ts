/** Selective acknowledgment, both ways: RFC 2018, and duplicates reported by RFC 2883. */
import type { Seq } from '../wire/seq.ts';
import { after, atOrBefore, before } from '../wire/seq.ts';
import type { Segment } from '../wire/tcp.ts';
import type { Connection } from './connection.ts';
import type { Receiver } from './receiver.ts';

/** RFC 2018 §3: the blocks that fit 40 bytes of options, beside timestamps or alone. */
const BLOCKS_WITH_TIMESTAMPS = 3;
const BLOCKS = 4;

/** Puts what we hold above RCV.NXT into a segment: the duplicate just received first, then the newest island, then others. */
export function reportIslands({ islands, duplicate }: Receiver, out: Segment): void {
  const limit = out.hasTimestamps ? BLOCKS_WITH_TIMESTAMPS : BLOCKS;
  let count = 0;
  const put = (left: Seq, right: Seq): void => {
    out.sackEdges[2 * count] = left;
    out.sackEdges[2 * count + 1] = right;
    count++;
  };
  if (duplicate.isPending) {
    put(duplicate.left, duplicate.right);
    duplicate.isPending = false;
  }
  const { latest } = islands;
  if (latest >= 0 && count < limit) put(islands.left(latest), islands.right(latest)); // §4: the newest first
  for (let i = 0; i < islands.islands && count < limit; i++) if (i !== latest) put(islands.left(i), islands.right(i));
  out.sackCount = count;
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
    if (i === 0 && isDuplicateReport(segment, left, right)) {
      sender.rack.onDsack(snd.una, snd.nxt);
      sender.duplicatesReported++;
      continue;
    }
    if (!before(left, right) || !after(left, snd.una) || !after(left, segment.ack) || after(right, snd.nxt)) continue;
    news += sender.sent.sack(left, right, sender.rack);
  }
  return news;
}

/** RFC 2883 §4: the first block lies below the acknowledgment, or inside the second block. */
function isDuplicateReport(segment: Segment, left: Seq, right: Seq): boolean {
  if (!before(left, right)) return false;
  if (atOrBefore(right, segment.ack)) return true;
  if (segment.sackCount < 2) return false;
  const [outerLeft, outerRight] = [segment.sackEdges[2]! as Seq, segment.sackEdges[3]! as Seq];
  return atOrBefore(outerLeft, left) && atOrBefore(right, outerRight);
}
