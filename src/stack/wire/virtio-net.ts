/** The virtio-net header that a TAP puts in front of a frame: what checksums and cuts are left to whom (virtio 1.2 §5.1.6). */
import type { Packet } from '../bytes/packet.ts';
import * as tcp from './tcp.ts';
import * as udp from './udp.ts';

//   0       1          2              4              6              8              10
//   +-------+----------+--------------+--------------+--------------+--------------+---------------
//   | flags | GSO type | header length| GSO size     | csum start   | csum offset  | Ethernet …
//   +-------+----------+--------------+--------------+--------------+--------------+---------------
// Little-endian, unlike everything behind it. `csum start` counts from the Ethernet header, `csum offset` from there.
export const HEADER = 10;

/** The transport checksum holds the pseudo-header's sum only: the rest is left to whoever sends the frame on. */
export const NEEDS_CSUM = 1;
/** The transport checksum was verified. */
export const DATA_VALID = 2;

export const GSO_NONE = 0;
export const GSO_TCPV4 = 1;
/** Datagrams of one size, the last may be shorter, over IPv4 or IPv6 (virtio 1.3 §5.1.6: VIRTIO_NET_HDR_GSO_UDP_L4). */
export const GSO_UDP = 5;
/** Beside a TCP type: the first frame of the cut carries CWR and the others do not (RFC 3168 §6.1.2). */
export const GSO_ECN = 0x80;

export const flags = (view: DataView, at: number): number => view.getUint8(at);
export const gsoType = (view: DataView, at: number): number => view.getUint8(at + 1);
export const headerLength = (view: DataView, at: number): number => view.getUint16(at + 2, true);
export const gsoSize = (view: DataView, at: number): number => view.getUint16(at + 4, true);
export const checksumStart = (view: DataView, at: number): number => view.getUint16(at + 6, true);
export const checksumOffset = (view: DataView, at: number): number => view.getUint16(at + 8, true);

/**
 * Reads the header at `at` into the offload state of the packet whose frame stands in `[start, end)`. A checksum left open
 * stays described (`checksumStart`), so that whoever forwards or records the frame can complete it; nobody has to verify it.
 *
 * @returns false when the header asks for what we never offered, or points outside the frame
 */
export function decode(packet: Packet, at: number): boolean {
  const { view } = packet;
  packet.clearOffload();
  packet.checksumVouched = (flags(view, at) & (NEEDS_CSUM | DATA_VALID)) !== 0;
  if ((flags(view, at) & NEEDS_CSUM) !== 0) {
    const start = packet.start + checksumStart(view, at);
    if (start + checksumOffset(view, at) + 2 > packet.end) return false;
    packet.checksumStart = start;
    packet.checksumOffset = checksumOffset(view, at);
  }
  const type = gsoType(view, at) & ~GSO_ECN;
  if (type === GSO_NONE) return true;
  packet.gsoSize = gsoSize(view, at);
  return (type === GSO_TCPV4 || type === GSO_UDP) && packet.gsoSize > 0;
}

/**
 * Writes the header for the packet's offload state at `at`; `start`, `transport` and `payload` must be marked for a
 * super-segment. Whether it is one of UDP is known by where its checksum stands.
 */
export function encode(packet: Packet, at: number): void {
  const { view } = packet;
  const needsChecksum = packet.checksumStart !== 0;
  const isSuper = packet.gsoSize > 0;
  view.setUint8(at, needsChecksum ? NEEDS_CSUM : 0);
  view.setUint8(at + 1, isSuper ? kindOfCut(packet) : GSO_NONE);
  view.setUint16(at + 2, isSuper ? packet.payload - packet.start : 0, true);
  view.setUint16(at + 4, packet.gsoSize, true);
  view.setUint16(at + 6, needsChecksum ? packet.checksumStart - packet.start : 0, true);
  view.setUint16(at + 8, packet.checksumOffset, true);
}

const kindOfCut = (packet: Packet): number => (packet.checksumOffset === udp.CHECKSUM_OFFSET ? GSO_UDP : GSO_TCPV4 | ecn(packet));

const ecn = (packet: Packet): number => ((tcp.flags(packet.view, packet.transport) & tcp.CWR) === 0 ? 0 : GSO_ECN);
