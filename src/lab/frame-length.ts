/** How long a frame is: what a link lets through, and what it occupies of the line. */
import type { Packet } from '../stack/bytes/packet.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import * as tcp from '../stack/wire/tcp.ts';
import * as udp from '../stack/wire/udp.ts';

/** IEEE 802.1Q: a tag of four bytes which does not count towards the MTU. */
export const VLAN_TAG = 4;

/** IEEE 802.3 §3.1.1 and §4.4.2: preamble and start delimiter 8, frame check sequence 4, interpacket gap 12. */
export const LINE_OVERHEAD = 24;

/** IEEE 802.3 §4.2.3.3: a shorter frame is padded to 64 bytes, of which 4 are the check sequence. */
const SHORTEST_ON_LINE = 60;

/** The longest frame with Ethernet header that a link of this MTU lets through. */
export function longestFrame(packet: Packet, mtu: number): number {
  const tagged = ethernet.etherType(packet.view, packet.start) === ethernet.TYPE_VLAN;
  return ethernet.HEADER + mtu + (tagged ? VLAN_TAG : 0);
}

/**
 * Bytes that a frame occupies on the line, overhead and padding included, so that 10 Mbit/s Ethernet carries 812 full
 * frames a second as a real one does. A super-segment counts as the frames that it stands for, each with its headers.
 */
export function lineBytes(packet: Packet): number {
  const { length } = packet;
  if (packet.gsoSize === 0) return Math.max(length, SHORTEST_ON_LINE) + LINE_OVERHEAD;
  const headers = headersLength(packet);
  const frames = Math.max(1, Math.ceil((length - headers) / packet.gsoSize));
  return length + (frames - 1) * headers + frames * LINE_OVERHEAD;
}

/** The headers that every frame of a super-segment repeats. Its checksum begins where the transport header does. */
function headersLength({ view, start, checksumStart, checksumOffset }: Packet): number {
  if (checksumStart === 0) throw new RangeError('a super-segment must leave its checksum to the device');
  const transport = checksumOffset === tcp.CHECKSUM_OFFSET ? tcp.headerLength(view, checksumStart) : udp.HEADER;
  return checksumStart - start + transport;
}
