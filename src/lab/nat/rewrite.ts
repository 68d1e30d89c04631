/**
 * One end of a packet becomes another: address, port or identifier, and the checksums over them, which are adjusted and not made
 * anew (RFC 1624), so that what was damaged on the way stays damaged.
 */
import * as checksum from '../../stack/bytes/checksum.ts';
import type { Packet } from '../../stack/bytes/packet.ts';
import * as icmp from '../../stack/wire/icmpv4.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import * as udp from '../../stack/wire/udp.ts';
import type { Flow } from '../conntrack/flow.ts';

export type Side = 'source' | 'destination';

/**
 * The checksum field when the sum of the words that it covers has changed by `delta`: RFC 1624 §3, equation 3. The sum of a
 * header is never zero, so that a checksum never comes out as all ones.
 */
export function adjusted(field: number, delta: number): number {
  const sum = ((((~field & 0xffff) + delta) % 0xffff) + 0xffff) % 0xffff;
  return ~(sum === 0 ? 0xffff : sum) & 0xffff;
}

/** The two words of an address. */
const sumOf = (address: number): number => (address >>> 16) + (address & 0xffff);

/**
 * Gives one end of the packet, whose IPv4 header is at `packet.network`, another address and port.
 * @param flow what `readFlow` made of it; it knows the new end afterwards
 */
export function rewrite(packet: Packet, flow: Flow, side: Side, address: number, port: number): void {
  const { view, network, end } = packet;
  const addresses = rewriteAddress(view, network, side, address);
  const ports = rewritePort(view, flow, side, port);
  adjustTransport(view, flow, end, addresses, ports);
  note(flow, side, address, port);
}

/**
 * The same in the packet that an ICMP error quotes, and the error's own checksum, which was right.
 * @param flow what `readQuote` made of it; @param about the error
 */
export function rewriteQuote(packet: Packet, about: Flow, flow: Flow, side: Side, address: number, port: number): void {
  const { view, end } = packet;
  const addresses = rewriteAddress(view, about.transport + icmp.HEADER, side, address);
  const ports = rewritePort(view, flow, side, port);
  adjustTransport(view, flow, end, addresses, ports);
  note(flow, side, address, port);
  view.setUint16(about.transport + 2, 0);
  view.setUint16(about.transport + 2, checksum.finish(checksum.add(view, about.transport, end)));
}

/** @returns by how much the sum has changed */
function rewriteAddress(view: DataView, header: number, side: Side, address: number): number {
  const at = header + (side === 'source' ? 12 : 16);
  const delta = sumOf(address) - sumOf(view.getInt32(at));
  view.setInt32(at, address);
  view.setUint16(header + 10, adjusted(view.getUint16(header + 10), delta));
  return delta;
}

/** @returns by how much the sum has changed */
function rewritePort(view: DataView, { kind, transport }: Flow, side: Side, port: number): number {
  const at = portAt(kind, transport, side);
  if (at < 0) return 0;
  const delta = port - view.getUint16(at);
  view.setUint16(at, port);
  return delta;
}

/** Where the port of a side stands; -1: it has none. */
function portAt(kind: Flow['kind'], transport: number, side: Side): number {
  if (kind === 'tcp' || kind === 'udp') return transport + (side === 'source' ? 0 : 2);
  const isAsker = (kind === 'query' && side === 'source') || (kind === 'reply' && side === 'destination');
  return isAsker ? transport + 4 : -1;
}

/** A quotation may end before the checksum. */
function adjustTransport(view: DataView, { kind, transport }: Flow, end: number, addresses: number, ports: number): void {
  if (kind === 'tcp') adjustAt(view, transport + tcp.CHECKSUM_OFFSET, end, addresses + ports);
  else if (kind === 'udp') adjustUdp(view, transport + udp.CHECKSUM_OFFSET, end, addresses + ports);
  else if (kind === 'query' || kind === 'reply') adjustIcmp(view, transport, end, ports);
}

function adjustAt(view: DataView, at: number, end: number, delta: number): void {
  if (at + 2 <= end) view.setUint16(at, adjusted(view.getUint16(at), delta));
}

/** RFC 768: zero says that there is no checksum, and all ones that it is zero. */
function adjustUdp(view: DataView, at: number, end: number, delta: number): void {
  if (at + 2 > end || view.getUint16(at) === 0) return;
  adjustAt(view, at, end, delta);
  if (view.getUint16(at) === 0) view.setUint16(at, 0xffff);
}

/** ICMP has no pseudo-header: its addresses do not count, and a message of nothing but zeros has a sum of zero. */
function adjustIcmp(view: DataView, transport: number, end: number, ports: number): void {
  const field = adjusted(view.getUint16(transport + 2), ports);
  view.setUint16(transport + 2, 0);
  const isNothing = field === 0 && checksum.add(view, transport, end) === 0;
  view.setUint16(transport + 2, isNothing ? 0xffff : field);
}

function note(flow: Flow, side: Side, address: number, port: number): void {
  if (side === 'source') {
    flow.source = address;
    flow.sourcePort = portAt(flow.kind, 0, side) < 0 ? flow.sourcePort : port;
  } else {
    flow.destination = address;
    flow.destinationPort = portAt(flow.kind, 0, side) < 0 ? flow.destinationPort : port;
  }
}
