/** One packet that the host under test sent, taken apart, with everything that is wrong about its headers. */
import type { Micros } from '../../stack/time.ts';
import * as icmp from '../../stack/wire/icmpv4.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import * as udp from '../../stack/wire/udp.ts';
import type { TcpOption } from '../script/ast.ts';
import { AE } from '../script/ast.ts';
import { decodeOptions } from './option-list.ts';

export interface Emission {
  readonly at: Micros;
  /** Why the stack sent it, in its own words; may be empty. */
  readonly note: string;
  /** The IPv4 packet. */
  readonly bytes: Uint8Array;
  readonly ip: IpHeader;
  /** What no packet may have: wrong checksums, lengths, addresses. */
  readonly faults: readonly string[];
  readonly transport: TcpHeader | UdpHeader | IcmpHeader | { readonly kind: 'other'; readonly protocol: number };
  /** Of TCP or UDP: `bytes[payloadAt, payloadAt + payloadLength)`. */
  readonly payloadAt: number;
  readonly payloadLength: number;
}

export interface IpHeader {
  readonly tos: number;
  readonly ttl: number;
  readonly dontFragment: boolean;
  readonly identification: number;
  /** Words. */
  readonly source: number;
  readonly destination: number;
}

export interface TcpHeader {
  readonly kind: 'tcp';
  readonly source: number;
  readonly destination: number;
  /** Unsigned. */
  readonly seq: number;
  readonly ack: number;
  /** Nine bits. */
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  readonly options: readonly TcpOption[];
}

export interface UdpHeader {
  readonly kind: 'udp';
  readonly source: number;
  readonly destination: number;
}

export interface IcmpHeader {
  readonly kind: 'icmp';
  readonly type: number;
  readonly code: number;
  /** The second word of the header: identifier and sequence number, or the next hop's MTU. */
  readonly rest: number;
  /** Where the quoted packet or the data begins. */
  readonly dataAt: number;
}

/** @param bytes an IPv4 packet, which is kept: hand in a copy */
export function decodeEmission(bytes: Uint8Array, at: Micros, note: string): Emission {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!ipv4.isValid(view, 0, bytes.length)) return malformed(bytes, at, note, 'not a valid IPv4 packet');
  const ip: IpHeader = {
    tos: ipv4.trafficClass(view, 0),
    ttl: ipv4.ttl(view, 0),
    dontFragment: ipv4.dontFragment(view, 0),
    identification: ipv4.identification(view, 0),
    source: ipv4.source(view, 0),
    destination: ipv4.destination(view, 0),
  };
  const faults = ipFaults(view, bytes.length, ip);
  const base = { at, note, bytes, ip };
  const start = ipv4.headerLength(view, 0);
  const end = bytes.length;
  if (ipv4.isFragment(view, 0)) return { ...base, faults, ...noTransport(ipv4.protocol(view, 0), start, end) };
  switch (ipv4.protocol(view, 0)) {
    case ipv4.PROTOCOL_TCP:
      return { ...base, ...decodeTcp(view, start, end, ip, faults) };
    case ipv4.PROTOCOL_UDP:
      return { ...base, ...decodeUdp(view, start, end, ip, faults) };
    case ipv4.PROTOCOL_ICMP:
      return { ...base, ...decodeIcmp(view, start, end, faults) };
    default:
      return { ...base, faults, ...noTransport(ipv4.protocol(view, 0), start, end) };
  }
}

type Rest = Pick<Emission, 'faults' | 'transport' | 'payloadAt' | 'payloadLength'>;

const noTransport = (protocol: number, at: number, end: number): Omit<Rest, 'faults'> => ({
  transport: { kind: 'other', protocol },
  payloadAt: at,
  payloadLength: end - at,
});

function malformed(bytes: Uint8Array, at: Micros, note: string, fault: string): Emission {
  const ip: IpHeader = { tos: 0, ttl: 0, dontFragment: false, identification: 0, source: 0, destination: 0 };
  return { at, note, bytes, ip, faults: [fault], ...noTransport(0, 0, bytes.length) };
}

function ipFaults(view: DataView, length: number, { ttl, source }: IpHeader): string[] {
  const faults: string[] = [];
  if (!ipv4.isChecksumValid(view, 0)) faults.push('IPv4 header checksum wrong');
  if (ipv4.totalLength(view, 0) !== length) faults.push(`IPv4 total length ${ipv4.totalLength(view, 0)}, packet ${length}`);
  if (ttl === 0) faults.push('TTL 0');
  if (source === 0) faults.push(`source address ${formatV4(source)}`);
  return faults;
}

function decodeTcp(view: DataView, at: number, end: number, { source, destination }: IpHeader, faults: string[]): Rest {
  if (!tcp.isValid(view, at, end))
    return { faults: [...faults, 'TCP header length wrong'], ...noTransport(ipv4.PROTOCOL_TCP, at, end) };
  if (!tcp.isChecksumValid(view, at, end, source, destination)) faults.push('TCP checksum wrong');
  const payloadAt = at + tcp.headerLength(view, at);
  return {
    faults,
    transport: {
      kind: 'tcp',
      source: tcp.sourcePort(view, at),
      destination: tcp.destinationPort(view, at),
      seq: tcp.sequence(view, at) >>> 0,
      ack: tcp.acknowledgment(view, at) >>> 0,
      flags: tcp.flags(view, at) | (view.getUint8(at + 12) & 1 ? AE : 0),
      window: tcp.window(view, at),
      urgent: tcp.urgent(view, at),
      options: decodeOptions(view, at + tcp.HEADER, payloadAt),
    },
    payloadAt,
    payloadLength: end - payloadAt,
  };
}

function decodeUdp(view: DataView, at: number, end: number, { source, destination }: IpHeader, faults: string[]): Rest {
  if (!udp.isValid(view, at, end)) return { faults: [...faults, 'UDP header wrong'], ...noTransport(ipv4.PROTOCOL_UDP, at, end) };
  if (!udp.isChecksumValid(view, at, source, destination)) faults.push('UDP checksum wrong');
  return {
    faults,
    transport: { kind: 'udp', source: udp.sourcePort(view, at), destination: udp.destinationPort(view, at) },
    payloadAt: at + udp.HEADER,
    payloadLength: end - at - udp.HEADER,
  };
}

function decodeIcmp(view: DataView, at: number, end: number, faults: string[]): Rest {
  if (!icmp.isValid(at, end))
    return { faults: [...faults, 'ICMP header too short'], ...noTransport(ipv4.PROTOCOL_ICMP, at, end) };
  if (!icmp.isChecksumValid(view, at, end)) faults.push('ICMP checksum wrong');
  return {
    faults,
    transport: {
      kind: 'icmp',
      type: icmp.type(view, at),
      code: icmp.code(view, at),
      rest: view.getUint32(at + 4),
      dataAt: at + icmp.HEADER,
    },
    payloadAt: at + icmp.HEADER,
    payloadLength: end - at - icmp.HEADER,
  };
}
