/** An IP packet and what it carries; an ICMP error is dissected down to the packet that it quotes. */
import * as sum from '../../stack/bytes/checksum.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import { dissectApplication } from './dissect-application.ts';
import { dissectIcmp, dissectIcmpv6 } from './dissect-icmp.ts';
import { readIpv4 } from './dissect-ipv4.ts';
import { IPV6_HEADER, PROTOCOL_ICMPV6, readIpv6 } from './dissect-ipv6.ts';
import { dissectTcp } from './dissect-tcp.ts';
import { dissectUdp } from './dissect-udp.ts';
import type { Icmp, IpPacket, Ipv6, Span, Transport } from './dissected.ts';
import type { Range, TransportRange } from './range.ts';
import { isPartial } from './range.ts';

/** What became of a packet, and where its bytes end: behind them is padding. */
export interface FoundPacket {
  readonly packet: IpPacket;
  readonly end: number;
}

/** @returns undefined when not even the fixed header is there; `faults` says so */
export function dissectIpv4(view: DataView, range: Range, faults: string[]): FoundPacket | undefined {
  const { at, end } = range;
  const size = end - at;
  if (size < ipv4.HEADER) {
    if (!isPartial(range)) faults.push(`IPv4 header too short: ${size} of 20 bytes`);
    return undefined;
  }
  const network = readIpv4(view, range, faults);
  const { headerLength } = network;
  const total = network.totalLength === 0 ? range.wireEnd - at : network.totalLength; // 0: left to the card
  if (total > range.wireEnd - at && !range.partial)
    faults.push(`IPv4 total length ${total}, but only ${range.wireEnd - at} bytes are there`);
  if (total < headerLength) faults.push(`IPv4 total length ${total} is below its header's ${headerLength}`);
  const wireEnd = at + Math.max(total, headerLength);
  const packetEnd = Math.min(wireEnd, end);
  const body: Span = { at: Math.min(at + headerLength, packetEnd), length: Math.max(packetEnd - at - headerLength, 0) };
  const isWhole = !network.moreFragments && total <= size;
  const pseudoSum = isWhole ? sum.add(view, at + 12, at + 20, network.protocol + body.length) : undefined;
  const isSure = range.partial || (total <= range.wireEnd - at && total >= headerLength);
  const inside: TransportRange = {
    at: body.at,
    end: packetEnd,
    wireEnd: isSure ? wireEnd : packetEnd,
    pseudoSum,
    isV6: false,
    partial: range.partial || network.moreFragments,
  };
  const carried = network.fragmentOffset > 0 ? opaque(inside) : dissectTransport(view, network.protocol, inside, faults);
  return { packet: { network, ...carried }, end: packetEnd };
}

export function dissectIpv6(view: DataView, range: Range, faults: string[]): FoundPacket | undefined {
  const { at, end } = range;
  const size = end - at;
  if (size < IPV6_HEADER) {
    if (!isPartial(range)) faults.push(`IPv6 header too short: ${size} of 40 bytes`);
    return undefined;
  }
  const { network, bodyAt, isFragment, isLaterFragment } = readIpv6(view, range, faults);
  const total = IPV6_HEADER + network.payloadLength;
  const isTooLong = at + total > range.wireEnd && !range.partial;
  if (isTooLong)
    faults.push(`IPv6 payload length ${network.payloadLength}, but only ${range.wireEnd - at - IPV6_HEADER} bytes are there`);
  const packetEnd = Math.min(at + total, end);
  const bodyStart = Math.min(bodyAt, packetEnd);
  const isWhole = total <= size && !isFragment;
  const inside: TransportRange = {
    at: bodyStart,
    end: packetEnd,
    wireEnd: isTooLong ? packetEnd : Math.max(at + total, packetEnd),
    pseudoSum: isWhole ? pseudoSumOf(view, at, network, packetEnd - bodyStart) : undefined,
    isV6: true,
    partial: range.partial || isFragment,
  };
  const carried = isLaterFragment ? opaque(inside) : dissectTransport(view, network.protocol, inside, faults);
  return { packet: { network, ...carried }, end: packetEnd };
}

/** RFC 8200 §8.1. A routing header would put the last address in the place of the destination: nobody sends them any more. */
const pseudoSumOf = (view: DataView, at: number, { protocol }: Ipv6, length: number): number =>
  sum.add(view, at + 8, at + 40, protocol + length);

type Carried = Omit<IpPacket, 'network'>;

const opaque = ({ at, end, wireEnd }: Range): Carried => ({
  transport: undefined,
  application: undefined,
  payload: { at, length: end - at },
  payloadLength: wireEnd - at,
});

function dissectTransport(view: DataView, protocol: number, range: TransportRange, faults: string[]): Carried {
  switch (protocol) {
    case ipv4.PROTOCOL_TCP:
      return withApplication(view, dissectTcp(view, range, faults));
    case ipv4.PROTOCOL_UDP:
      return withApplication(view, dissectUdp(view, range, faults));
    case ipv4.PROTOCOL_ICMP:
      return withoutApplication(dissectIcmp(view, range, faults, quotedV4));
    case PROTOCOL_ICMPV6:
      return withoutApplication(dissectIcmpv6(view, range, faults, quotedV6));
    default:
      return opaque(range);
  }
}

/** A transport header and what lies behind it. */
interface Found {
  readonly transport: Transport | undefined;
  readonly payload: Span;
  readonly payloadLength: number;
}

const withApplication = (view: DataView, found: Found): Carried => ({
  ...found,
  application: dissectApplication(view, found.transport, found.payload),
});

const withoutApplication = (found: Found & { readonly transport: Icmp | undefined }): Carried => ({
  ...found,
  application: undefined,
});

const quotedV4 = (view: DataView, at: number, end: number, faults: string[]): IpPacket | undefined =>
  dissectIpv4(view, { at, end, wireEnd: end, partial: true }, faults)?.packet;

const quotedV6 = (view: DataView, at: number, end: number, faults: string[]): IpPacket | undefined =>
  dissectIpv6(view, { at, end, wireEnd: end, partial: true }, faults)?.packet;
