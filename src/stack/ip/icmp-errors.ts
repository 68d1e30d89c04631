/** ICMP errors that we send: when one may be sent at all, and what it quotes; RFC 1122 §3.2.2, RFC 1812 §4.3.2. */
import type { Packet } from '../bytes/packet.ts';
import * as icmpv4 from '../wire/icmpv4.ts';
import * as ip from '../wire/ip-address.ts';
import * as ipv4 from '../wire/ipv4.ts';
import type { AddressTable } from './address-table.ts';
import type { InterfaceId } from './route-table.ts';

/** Why a fault is not reported to the sender of a packet. */
export const ICMP_SILENCES = [
  'about an ICMP error',
  'about a later fragment',
  'about a packet to a group',
  'about a frame to a group',
  'its source is not one host',
] as const;
export type IcmpSilence = (typeof ICMP_SILENCES)[number];

/** RFC 1812 §4.3.2.3: "as much of the original datagram as possible without the length … exceeding 576 bytes". */
export const MAX_ERROR_PACKET = 576;
/** RFC 1812 §4.3.2.5: precedence 6, internetwork control; Linux does the same. */
export const ERROR_TRAFFIC_CLASS = 0xc0;

/**
 * RFC 1122 §3.2.2: whether an ICMP error about the packet at `at`, whose header is valid, may be sent. These rules prevent
 * storms: no answer may cause another, and no packet may be answered by many.
 *
 * @param isGroupFrame the packet came in a frame to several stations
 * @param isLoopback it came from ourselves, where 127.0.0.1 is a host like any other
 */
export function mayReport(
  { view, network, end }: Packet,
  isGroupFrame: boolean,
  addresses: AddressTable,
  interfaceId: InterfaceId,
  isLoopback = false,
): 'ok' | IcmpSilence {
  if (isGroupFrame) return 'about a frame to a group';
  const destination = ipv4.destination(view, network);
  if (ip.isMulticastV4(destination) || addresses.isBroadcast(destination, interfaceId)) return 'about a packet to a group';
  const source = ipv4.source(view, network);
  if (!(isSingleHost(source) || (isLoopback && ip.isLoopbackV4(source))) || addresses.isBroadcast(source, interfaceId))
    return 'its source is not one host';
  if (ipv4.fragmentOffset(view, network) !== 0) return 'about a later fragment';
  const at = network + ipv4.headerLength(view, network);
  const isIcmp = ipv4.protocol(view, network) === ipv4.PROTOCOL_ICMP;
  // a type that cannot be read counts as an error: silence is the safe side
  if (isIcmp && (at >= end || icmpv4.isError(icmpv4.type(view, at)))) return 'about an ICMP error';
  return 'ok';
}

/** RFC 1122 §3.2.2: not "an IP datagram whose source address does not define a single host". */
const isSingleHost = (word: number): boolean =>
  word !== 0 && !ip.isLoopbackV4(word) && !ip.isMulticastV4(word) && !ip.isReservedV4(word);

/**
 * Writes an ICMP error: header and quotation, without IPv4 header, from `into.start` on.
 *
 * @param about the packet that caused it, its IPv4 header at `network` as it arrived
 * @param rest the 32 bits that depend on the type: the next hop's MTU, or a pointer in the highest octet
 */
export function writeError(into: Packet, about: Packet, type: number, code: number, rest = 0): void {
  const { view, network, bytes } = about;
  const quoted = Math.min(ipv4.totalLength(view, network), about.end - network, MAX_ERROR_PACKET - ipv4.HEADER - icmpv4.HEADER);
  into.reset();
  into.transport = into.start;
  into.payload = into.start + icmpv4.HEADER;
  into.end = into.payload + quoted;
  into.bytes.set(bytes.subarray(network, network + quoted), into.payload);
  icmpv4.encode(into.view, into.start, into.end, type, code, rest);
}

/** RFC 792: the `rest` of a parameter problem that points at an octet of the quoted header. */
export const restOfPointer = (octet: number): number => (octet << 24) >>> 0;
