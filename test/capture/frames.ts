/** Frames for the tests of this folder, made with the wire modules. */
import type { RecordedFrame } from '../../src/capture/record/frame-sink.ts';
import { Packet } from '../../src/stack/bytes/packet.ts';
import * as arp from '../../src/stack/wire/arp.ts';
import * as ethernet from '../../src/stack/wire/ethernet.ts';
import * as icmpv4 from '../../src/stack/wire/icmpv4.ts';
import { parseV4 } from '../../src/stack/wire/ip-address.ts';
import * as ipv4 from '../../src/stack/wire/ipv4.ts';
import type { MacAddress } from '../../src/stack/wire/mac-address.ts';
import * as mac from '../../src/stack/wire/mac-address.ts';
import { seq } from '../../src/stack/wire/seq.ts';
import * as tcp from '../../src/stack/wire/tcp.ts';
import * as udp from '../../src/stack/wire/udp.ts';

export const A = '10.0.0.1';
export const B = '10.0.0.2';

/** 02:00 and the address: locally administered. */
export const macOf = (address: string): MacAddress => (0x0200_0000_0000 + (parseV4(address)! >>> 0)) as MacAddress;

export interface IpOptions {
  readonly from?: string;
  readonly to?: string;
  readonly identification?: number;
  readonly ttl?: number;
  readonly trafficClass?: number;
}

export interface TcpOptions extends IpOptions {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly window?: number;
  readonly payload?: Uint8Array;
  readonly segment?: Partial<Pick<tcp.Segment, 'mss' | 'windowShift' | 'sackPermitted' | 'hasTimestamps' | 'tsValue' | 'tsEcho'>>;
  readonly sack?: readonly number[];
}

/** Puts IPv4 and Ethernet in front of what the packet holds. */
function wrap(
  packet: Packet,
  protocol: number,
  { from = A, to = B, identification = 1, ttl = 64, trafficClass = 0 }: IpOptions,
): Packet {
  const length = packet.length + ipv4.HEADER;
  packet.network = packet.prepend(ipv4.HEADER);
  const [source, destination] = [parseV4(from)!, parseV4(to)!];
  const fields = { source, destination, protocol, ttl, trafficClass, identification, dontFragment: true };
  ipv4.encode(packet.view, packet.network, fields, length);
  ethernet.encode(packet.view, packet.prepend(ethernet.HEADER), macOf(to), macOf(from), ethernet.TYPE_IPV4);
  return packet;
}

export function tcpPacket(options: TcpOptions = {}): Packet {
  const packet = new Packet();
  packet.append(options.payload ?? new Uint8Array(0));
  packet.payload = packet.start;
  const segment = new tcp.Segment();
  segment.sourcePort = options.sourcePort ?? 43_210;
  segment.destinationPort = options.destinationPort ?? 80;
  segment.seq = seq(options.seq ?? 0);
  segment.ack = seq(options.ack ?? 0);
  segment.flags = options.flags ?? tcp.ACK;
  segment.window = options.window ?? 64_240;
  Object.assign(segment, options.segment ?? {});
  segment.sackCount = (options.sack?.length ?? 0) / 2;
  segment.sackEdges.set(options.sack?.map((edge) => edge | 0) ?? []);
  packet.transport = packet.prepend(tcp.encodedLength(segment));
  tcp.encode(packet.view, packet.transport, segment);
  const [source, destination] = [parseV4(options.from ?? A)!, parseV4(options.to ?? B)!];
  tcp.writeChecksum(packet.view, packet.transport, packet.end, source, destination);
  return wrap(packet, ipv4.PROTOCOL_TCP, options);
}

/** What a stack hands to a device with offload: one header for all, the checksum begun and not finished. */
export function superSegment(payload: Uint8Array, gsoSize: number, options: TcpOptions = {}): Packet {
  const packet = tcpPacket({ ...options, payload });
  packet.gsoSize = gsoSize;
  leaveChecksumToDevice(packet, options);
  return packet;
}

export function leaveChecksumToDevice(packet: Packet, { from = A, to = B }: IpOptions = {}): void {
  packet.checksumStart = packet.transport;
  packet.checksumOffset = tcp.CHECKSUM_OFFSET;
  tcp.writePartialChecksum(packet.view, packet.transport, packet.end, parseV4(from)!, parseV4(to)!);
}

/** What a stack hands to a device that cuts datagrams. */
export function superDatagram(payload: Uint8Array, gsoSize: number): Packet {
  const packet = udpPacket(payload);
  packet.gsoSize = gsoSize;
  leaveUdpChecksumToDevice(packet);
  return packet;
}

export function leaveUdpChecksumToDevice(packet: Packet): void {
  packet.checksumStart = packet.transport;
  packet.checksumOffset = udp.CHECKSUM_OFFSET;
  udp.writePartialChecksum(packet.view, packet.transport, packet.end, parseV4(A)!, parseV4(B)!);
}

export function udpPacket(
  payload: Uint8Array,
  options: IpOptions & { sourcePort?: number; destinationPort?: number } = {},
): Packet {
  const packet = new Packet();
  packet.append(payload);
  packet.payload = packet.start;
  packet.transport = packet.prepend(udp.HEADER);
  const from = { address: parseV4(options.from ?? A)!, port: options.sourcePort ?? 5000 };
  const to = { address: parseV4(options.to ?? B)!, port: options.destinationPort ?? 53 };
  udp.encode(packet.view, packet.transport, packet.end, from, to);
  return wrap(packet, ipv4.PROTOCOL_UDP, options);
}

export function icmpPacket(type: number, code: number, rest: number, data: Uint8Array, options: IpOptions = {}): Packet {
  const packet = new Packet();
  packet.append(data);
  packet.transport = packet.prepend(icmpv4.HEADER);
  icmpv4.encode(packet.view, packet.transport, packet.end, type, code, rest);
  return wrap(packet, ipv4.PROTOCOL_ICMP, options);
}

export function arpFrame(operation: number, senderIp: string, targetIp: string, station = senderIp): Uint8Array {
  const packet = new Packet();
  packet.append(new Uint8Array(arp.LENGTH));
  const isReply = operation === arp.REPLY;
  const targetMac = isReply ? macOf(targetIp) : mac.ZERO;
  const message = { operation, senderMac: macOf(station), senderIp: parseV4(senderIp)!, targetMac, targetIp: parseV4(targetIp)! };
  arp.encode(packet.view, packet.start, message);
  const destination = isReply ? macOf(targetIp) : mac.BROADCAST;
  ethernet.encode(packet.view, packet.prepend(ethernet.HEADER), destination, macOf(station), ethernet.TYPE_ARP);
  return packet.live().slice();
}

export const bytesOf = (packet: Packet): Uint8Array => packet.live().slice();

export const tcpFrame = (options: TcpOptions = {}): Uint8Array => bytesOf(tcpPacket(options));
export const echoFrame = (options: IpOptions & { reply?: boolean; sequence?: number } = {}): Uint8Array => {
  const type = options.reply ? icmpv4.ECHO_REPLY : icmpv4.ECHO_REQUEST;
  return bytesOf(icmpPacket(type, 0, (7 << 16) | (options.sequence ?? 1), pattern(56), options));
};

/** Bytes that differ from their neighbours. */
export const pattern = (length: number, seed = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 0xff);

export const recorded = (bytes: Uint8Array, at = 0, more: Partial<RecordedFrame> = {}): RecordedFrame => ({
  bytes,
  at,
  direction: 'out',
  interfaceId: 0,
  comment: '',
  ...more,
});

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
