/** A segment into its packet: the text, then the header in front of it. The checksum is left to IP. */
import type { Packet } from '../../bytes/packet.ts';
import { add } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import * as wire from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';

export function writeSegment({ sender }: Connection, segment: Segment, packet: Packet): void {
  packet.reset();
  const textAt = segment.has(wire.SYN) ? add(segment.seq, 1) : segment.seq;
  // the device that cuts a super-segment also sums it, so nobody reads its text before
  if (segment.gsoSize > 0) sender.lend(textAt, segment.payloadLength, packet);
  else {
    sender.copy(textAt, segment.payloadLength, packet.bytes, packet.end);
    packet.end += segment.payloadLength;
  }
  writeHeader(packet, segment);
}

/** @param packet its live part is the text */
export function writeHeader(packet: Packet, segment: Segment): void {
  packet.payload = packet.start;
  packet.transport = packet.prepend(wire.encodedLength(segment));
  wire.encode(packet.view, packet.transport, segment);
  packet.gsoSize = segment.gsoSize;
  packet.note = segment.reason;
}
