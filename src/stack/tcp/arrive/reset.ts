/** The answer to a segment for nobody, RFC 9293 §3.10.7.1. */
import { add, seq } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ACK, RST } from '../../wire/tcp.ts';

/** Fills `out` with the reset that answers `segment`; false when there must be none: a RST is never answered. */
export function resetFor(segment: Segment, out: Segment): boolean {
  if (segment.has(RST)) return false;
  out.clear();
  out.sourcePort = segment.destinationPort;
  out.destinationPort = segment.sourcePort;
  out.window = 0;
  if (segment.has(ACK)) {
    out.seq = segment.ack; // so that it is just what the sender expects
    out.ack = seq(0);
    out.flags = RST;
  } else {
    out.seq = seq(0);
    out.ack = add(segment.seq, segment.length);
    out.flags = RST | ACK;
  }
  out.reason = 'RST: no such connection';
  return true;
}
