/** An IP packet for people: IPv4, IPv6, and ICMP and UDP inside; an ICMP error is dissected down to the packet it quotes. */
import * as sum from '../../stack/bytes/checksum.ts';
import * as icmpv4 from '../../stack/wire/icmpv4.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import * as udp from '../../stack/wire/udp.ts';
import { hex } from '../file/capture-data.ts';
import type { TransportRange } from './dissect-tcp.ts';
import { checksumState, dissectTcp, portsOf } from './dissect-tcp.ts';
import type { ChecksumState, Icmp, IpPacket, Ipv4, Ipv6, Span, Transport, Udp } from './dissected.ts';
import { icmpName, icmpv6Name, ipv4OptionName } from './names.ts';

const IPV6_HEADER = 40;
const PROTOCOL_ICMPV6 = 58;
const ICMPV6_ECHO_REQUEST = 128;
const ICMPV6_ECHO_REPLY = 129;

/** Where to look, and how strictly: a quoted packet may end anywhere behind its header. */
interface Range {
  readonly at: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** @returns undefined when not even the fixed header is there; `faults` says so */
export function dissectIpv4(view: DataView, { at, end, quoted }: Range, faults: string[]): IpPacket | undefined {
  const size = end - at;
  if (size < ipv4.HEADER) {
    faults.push(`IPv4 header too short: ${size} of 20 bytes`);
    return undefined;
  }
  const network = readIpv4(view, at, end, faults);
  const { headerLength, totalLength } = network;
  if (totalLength > size && !quoted) faults.push(`IPv4 total length ${totalLength}, but only ${size} bytes are there`);
  if (totalLength < headerLength) faults.push(`IPv4 total length ${totalLength} is below its header's ${headerLength}`);
  const packetEnd = Math.min(at + Math.max(totalLength, headerLength), end);
  const bodyAt = Math.min(at + headerLength, packetEnd);
  const body: Span = { at: bodyAt, length: packetEnd - bodyAt };
  if (network.fragmentOffset > 0) return { network, transport: undefined, payload: body };
  const isWhole = !network.moreFragments && totalLength <= size;
  const pseudoSum = isWhole ? sum.add(view, at + 12, at + 20, network.protocol + body.length) : undefined;
  const range: TransportRange = { at: bodyAt, end: packetEnd, pseudoSum, quoted: quoted || network.moreFragments };
  return { network, ...dissectTransport(view, network.protocol, range, faults) };
}

function readIpv4(view: DataView, at: number, end: number, faults: string[]): Ipv4 {
  if (ipv4.version(view, at) !== 4) faults.push(`IPv4 by its EtherType, but version ${ipv4.version(view, at)}`);
  const claimed = ipv4.headerLength(view, at);
  if (claimed < ipv4.HEADER) faults.push(`IPv4 header length ${claimed} is below 20`);
  if (claimed > end - at) faults.push(`IPv4 header too short: ${end - at} of ${claimed} bytes`);
  const headerLength = Math.max(claimed, ipv4.HEADER);
  const checksum: ChecksumState =
    at + headerLength > end ? 'unchecked' : sum.isZero(view, at, at + headerLength) ? 'good' : 'bad';
  if (checksum === 'bad') faults.push(`IPv4 header checksum ${hex(view.getUint16(at + 10), 4)} is wrong`);
  return {
    kind: 'ipv4',
    source: formatV4(ipv4.source(view, at)),
    destination: formatV4(ipv4.destination(view, at)),
    protocol: ipv4.protocol(view, at),
    ttl: ipv4.ttl(view, at),
    trafficClass: ipv4.trafficClass(view, at),
    identification: ipv4.identification(view, at),
    dontFragment: ipv4.dontFragment(view, at),
    moreFragments: ipv4.moreFragments(view, at),
    fragmentOffset: ipv4.fragmentOffset(view, at),
    headerLength,
    totalLength: ipv4.totalLength(view, at),
    options: readIpv4Options(view, at + ipv4.HEADER, Math.min(at + headerLength, end), faults),
    checksum,
  };
}

function readIpv4Options(view: DataView, from: number, end: number, faults: string[]): string[] {
  const names: string[] = [];
  let at = from;
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = at + 1 < end ? view.getUint8(at + 1) : 0;
    if (length < 2 || at + length > end) {
      faults.push(`IPv4 option ${kind} has length ${length}, with ${end - at} bytes left`);
      break;
    }
    names.push(ipv4OptionName(kind));
    at += length;
  }
  return names;
}

/** Addresses, and what follows the fixed header directly; extension headers are named, not opened. */
export function dissectIpv6(view: DataView, { at, end, quoted }: Range, faults: string[]): IpPacket | undefined {
  const size = end - at;
  if (size < IPV6_HEADER) {
    faults.push(`IPv6 header too short: ${size} of 40 bytes`);
    return undefined;
  }
  if (view.getUint8(at) >>> 4 !== 6) faults.push(`IPv6 by its EtherType, but version ${view.getUint8(at) >>> 4}`);
  const network: Ipv6 = {
    kind: 'ipv6',
    source: formatV6(view, at + 8),
    destination: formatV6(view, at + 24),
    protocol: view.getUint8(at + 6),
    ttl: view.getUint8(at + 7),
    trafficClass: (view.getUint16(at) >>> 4) & 0xff,
    payloadLength: view.getUint16(at + 4),
  };
  const { payloadLength, protocol } = network;
  const isWhole = IPV6_HEADER + payloadLength <= size;
  if (!isWhole && !quoted) faults.push(`IPv6 payload length ${payloadLength}, but only ${size - IPV6_HEADER} bytes are there`);
  const bodyAt = at + IPV6_HEADER;
  const packetEnd = Math.min(bodyAt + payloadLength, end);
  const pseudoSum = isWhole ? sum.add(view, at + 8, at + 40, protocol + payloadLength) : undefined;
  return { network, ...dissectTransport(view, protocol, { at: bodyAt, end: packetEnd, pseudoSum, quoted }, faults) };
}

/** RFC 5952: no leading zeros, the longest run of at least two zero groups as "::", the first of equals. */
function formatV6(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(at + index * 2).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?<![0-9a-f])0(:0)+(?![0-9a-f])/g)];
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (best === undefined || run[0].length > best[0].length ? run : best),
    undefined,
  );
  if (longest === undefined) return text;
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

type TransportAndPayload = Pick<IpPacket, 'transport' | 'payload'>;

function dissectTransport(view: DataView, protocol: number, range: TransportRange, faults: string[]): TransportAndPayload {
  switch (protocol) {
    case ipv4.PROTOCOL_TCP:
      return dissectTcp(view, range, faults);
    case ipv4.PROTOCOL_UDP:
      return dissectUdp(view, range, faults);
    case ipv4.PROTOCOL_ICMP:
      return dissectIcmp(view, range, faults);
    case PROTOCOL_ICMPV6:
      return dissectIcmpv6(view, range, faults);
    default:
      return { transport: undefined, payload: { at: range.at, length: range.end - range.at } };
  }
}

function dissectUdp(view: DataView, range: TransportRange, faults: string[]): TransportAndPayload {
  const { at, end, quoted } = range;
  const size = end - at;
  if (size < udp.HEADER) {
    if (!quoted) faults.push(`UDP header too short: ${size} of 8 bytes`);
    return { transport: portsOf(view, at, end, 'UDP'), payload: { at: end, length: 0 } };
  }
  const length = udp.length(view, at);
  const fits = length >= udp.HEADER && length <= size;
  if (!fits && !quoted) faults.push(`UDP length ${length}, but ${size} bytes are there`);
  const state = fits ? udpChecksum(view, { ...range, end: at + length }, size - length) : 'unchecked';
  if (state === 'bad') faults.push(`UDP checksum ${hex(udp.checksumField(view, at), 4)} is wrong`);
  const [sourcePort, destinationPort] = [udp.sourcePort(view, at), udp.destinationPort(view, at)];
  const transport: Udp = { kind: 'udp', sourcePort, destinationPort, length, checksum: state };
  const payloadAt = at + udp.HEADER;
  return { transport, payload: { at: payloadAt, length: (fits ? at + length : end) - payloadAt } };
}

/** @param excess how much longer the IP payload is than UDP says: the pseudo-header takes UDP's own length (RFC 768) */
function udpChecksum(view: DataView, range: TransportRange, excess: number): ChecksumState {
  if (udp.checksumField(view, range.at) === 0) return 'absent';
  return checksumState(view, { ...range, pseudoSum: range.pseudoSum === undefined ? undefined : range.pseudoSum - excess });
}

function dissectIcmp(view: DataView, range: TransportRange, faults: string[]): TransportAndPayload {
  const { at, end } = range;
  const payload: Span = { at: Math.min(at + icmpv4.HEADER, end), length: Math.max(end - at - icmpv4.HEADER, 0) };
  if (!icmpv4.isValid(at, end)) {
    if (!range.quoted) faults.push(`ICMP header too short: ${end - at} of 8 bytes`);
    return { transport: undefined, payload };
  }
  const [type, code] = [icmpv4.type(view, at), icmpv4.code(view, at)];
  const checksum = range.pseudoSum === undefined ? 'unchecked' : checksumState(view, { ...range, pseudoSum: 0 });
  if (checksum === 'bad') faults.push(`ICMP checksum ${hex(view.getUint16(at + 2), 4)} is wrong`);
  const isEcho = type === icmpv4.ECHO_REQUEST || type === icmpv4.ECHO_REPLY;
  const isTooBig = type === icmpv4.DESTINATION_UNREACHABLE && code === icmpv4.FRAGMENTATION_NEEDED;
  const isError = icmpv4.isError(type) && !range.quoted; // an error about an error is never sent: no need to dig deeper
  const transport: Icmp = {
    kind: 'icmp',
    type,
    code,
    name: icmpName(type, code),
    identifier: isEcho ? icmpv4.echoIdentifier(view, at) : 0,
    sequence: isEcho ? icmpv4.echoSequence(view, at) : 0,
    nextHopMtu: isTooBig ? icmpv4.nextHopMtu(view, at) : 0,
    length: end - at,
    checksum,
    quoted: isError ? dissectQuoted(view, payload.at, end, faults) : undefined,
  };
  return { transport, payload };
}

function dissectQuoted(view: DataView, at: number, end: number, faults: string[]): IpPacket | undefined {
  const inside: string[] = [];
  const packet = dissectIpv4(view, { at, end, quoted: true }, inside);
  faults.push(...inside.map((fault) => `in the quoted packet: ${fault}`));
  return packet;
}

function dissectIcmpv6(view: DataView, range: TransportRange, faults: string[]): TransportAndPayload {
  const { at, end } = range;
  const payload: Span = { at: Math.min(at + icmpv4.HEADER, end), length: Math.max(end - at - icmpv4.HEADER, 0) };
  if (end - at < icmpv4.HEADER) {
    if (!range.quoted) faults.push(`ICMPv6 header too short: ${end - at} of 8 bytes`);
    return { transport: undefined, payload };
  }
  const [type, code] = [view.getUint8(at), view.getUint8(at + 1)];
  const checksum = checksumState(view, range);
  if (checksum === 'bad') faults.push(`ICMPv6 checksum ${hex(view.getUint16(at + 2), 4)} is wrong`);
  const isEcho = type === ICMPV6_ECHO_REQUEST || type === ICMPV6_ECHO_REPLY;
  const [identifier, sequence] = isEcho ? [view.getUint16(at + 4), view.getUint16(at + 6)] : [0, 0];
  const name = icmpv6Name(type);
  const rest = { nextHopMtu: 0, length: end - at, checksum, quoted: undefined };
  return { transport: { kind: 'icmp', type, code, name, identifier, sequence, ...rest } satisfies Transport, payload };
}
