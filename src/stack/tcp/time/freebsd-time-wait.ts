/** What FreeBSD makes of a segment in TIME-WAIT: everything but the plain acknowledgment that was expected is answered. */
import type { Seq } from '../../wire/seq.ts';
import { add } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ACK, FIN, RST, SYN } from '../../wire/tcp.ts';
import type { Verdict } from '../drops.ts';

export interface Rest {
  readonly sndNxt: Seq;
  readonly rcvNxt: Seq;
  readonly requiresTimestamp: boolean;
}

/** `outside the receive window` is answered with an acknowledgment, `done` is expected, the others are dropped without a word. */
export function judge(segment: Segment, { sndNxt, rcvNxt, requiresTimestamp }: Rest): Verdict {
  if (segment.has(RST)) return 'RST in TIME-WAIT (RFC 1337)';
  if (!segment.has(ACK)) return 'no ACK flag';
  if (requiresTimestamp && !segment.hasTimestamps) return 'timestamp missing';
  const isPlain = (segment.flags & (ACK | SYN | FIN)) === ACK && segment.payloadLength === 0;
  return isPlain && segment.seq === rcvNxt && segment.ack === sndNxt ? 'done' : 'outside the receive window';
}

/** The peer's FIN once more: the 2 MSL begin anew. */
export const repeatsFin = (segment: Segment, rcvNxt: Seq): boolean =>
  segment.has(FIN) && segment.has(ACK) && !segment.has(RST) && add(segment.seq, segment.length) === rcvNxt;
