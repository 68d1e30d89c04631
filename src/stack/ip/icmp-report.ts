/** ICMP errors that we receive: what they say, about which packet of ours, and what that means for a connection. */
import * as icmpv4 from '../wire/icmpv4.ts';
import * as ipv4 from '../wire/ipv4.ts';
import { finalDestination } from '../wire/source-route.ts';
import * as udp from '../wire/udp.ts';

/** Why a received ICMP error says nothing to anybody. */
export const REPORT_DROPS = [
  'ICMP too short',
  'ICMP checksum wrong',
  'ICMP is no error',
  'ICMP code unknown',
  'ICMP quotes too little',
  'ICMP quotes no IPv4 header',
  'ICMP quotes a later fragment',
] as const;
export type ReportDrop = (typeof REPORT_DROPS)[number];

export type IcmpErrorKind =
  | 'net unreachable'
  | 'host unreachable'
  | 'protocol unreachable'
  | 'port unreachable'
  | 'fragmentation needed'
  | 'source route failed'
  | 'net unknown'
  | 'host unknown'
  | 'source host isolated'
  | 'net prohibited'
  | 'host prohibited'
  | 'net unreachable for type of service'
  | 'host unreachable for type of service'
  | 'administratively prohibited'
  | 'host precedence violation'
  | 'precedence cutoff'
  | 'source quench'
  | 'redirect'
  | 'time to live exceeded'
  | 'reassembly time exceeded'
  | 'parameter problem';

/** Codes 0 to 15 of destination unreachable: RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1. */
const UNREACHABLE: readonly IcmpErrorKind[] = [
  'net unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
  'net unknown',
  'host unknown',
  'source host isolated',
  'net prohibited',
  'host prohibited',
  'net unreachable for type of service',
  'host unreachable for type of service',
  'administratively prohibited',
  'host precedence violation',
  'precedence cutoff',
];

/** What an ICMP error says. The quoted fields are those of the packet that we sent: its source is us. */
export class IcmpErrorReport {
  type = 0;
  code = 0;
  /** Who sent the error, as a 32-bit word: for whoever knows the packet to fill in. */
  reporter = 0;
  kind: IcmpErrorKind = 'net unreachable';
  /** Of a 'fragmentation needed'; 0 when the router did not say, and for every other kind. */
  nextHopMtu = 0;
  /** Of a 'parameter problem': the offset of the wrong octet in the quoted packet. */
  pointer = 0;
  /** Of a 'redirect': the router to use, as a 32-bit word. */
  gateway = 0;
  /** 32-bit words. */
  quotedSource = 0;
  quotedDestination = 0;
  quotedProtocol = 0;
  quotedTotalLength = 0;
  /** Of TCP and UDP; else 0. */
  quotedSourcePort = 0;
  quotedDestinationPort = 0;
  /** Of TCP, as int32 (RFC 5927 §4.1 has it compared with what is in flight); else 0. */
  quotedSequence = 0;
  /** Of an ICMP echo; else 0. */
  quotedEchoIdentifier = 0;
  quotedEchoSequence = 0;
}

/** RFC 792: a quotation has the header and the first 64 bits behind it. */
const QUOTED_TRANSPORT = 8;

/** Reads the ICMP message in `[at, end)` into a report, which is good only when the answer is 'ok'. */
export function decodeError(view: DataView, at: number, end: number, into: IcmpErrorReport): 'ok' | ReportDrop {
  if (!icmpv4.isValid(at, end)) return 'ICMP too short';
  if (!icmpv4.isChecksumValid(view, at, end)) return 'ICMP checksum wrong';
  const type = icmpv4.type(view, at);
  const code = icmpv4.code(view, at);
  if (!icmpv4.isError(type)) return 'ICMP is no error';
  const kind = kindOf(type, code);
  if (kind === undefined) return 'ICMP code unknown';
  const fault = quoteFault(view, at + icmpv4.HEADER, end);
  if (fault !== 'ok') return fault;
  into.type = type;
  into.code = code;
  into.kind = kind;
  into.nextHopMtu = kind === 'fragmentation needed' ? icmpv4.nextHopMtu(view, at) : 0;
  into.pointer = kind === 'parameter problem' ? icmpv4.pointer(view, at) : 0;
  into.gateway = kind === 'redirect' ? view.getInt32(at + 4) : 0;
  decodeQuote(view, at + icmpv4.HEADER, into);
  return 'ok';
}

function kindOf(type: number, code: number): IcmpErrorKind | undefined {
  switch (type) {
    case icmpv4.DESTINATION_UNREACHABLE:
      return UNREACHABLE[code];
    case icmpv4.TIME_EXCEEDED:
      if (code === icmpv4.TTL_EXCEEDED) return 'time to live exceeded';
      return code === icmpv4.REASSEMBLY_TIME_EXCEEDED ? 'reassembly time exceeded' : undefined;
    case icmpv4.PARAMETER_PROBLEM:
      return 'parameter problem';
    case icmpv4.SOURCE_QUENCH:
      return 'source quench';
    default:
      return code <= 3 ? 'redirect' : undefined;
  }
}

/** The quotation is cut off, so its total length says nothing about how much of it is here. */
function quoteFault(view: DataView, at: number, end: number): 'ok' | ReportDrop {
  if (end - at < ipv4.HEADER + QUOTED_TRANSPORT) return 'ICMP quotes too little';
  const headerLength = ipv4.headerLength(view, at);
  if (ipv4.version(view, at) !== 4 || headerLength < ipv4.HEADER) return 'ICMP quotes no IPv4 header';
  if (end - at < headerLength + QUOTED_TRANSPORT) return 'ICMP quotes too little';
  return ipv4.fragmentOffset(view, at) === 0 ? 'ok' : 'ICMP quotes a later fragment';
}

function decodeQuote(view: DataView, at: number, into: IcmpErrorReport): void {
  const protocol = ipv4.protocol(view, at);
  const transport = at + ipv4.headerLength(view, at);
  const isTcp = protocol === ipv4.PROTOCOL_TCP;
  const hasPorts = isTcp || protocol === ipv4.PROTOCOL_UDP;
  const isIcmp = protocol === ipv4.PROTOCOL_ICMP;
  into.quotedSource = ipv4.source(view, at);
  into.quotedDestination = finalDestination(view, at);
  into.quotedProtocol = protocol;
  into.quotedTotalLength = ipv4.totalLength(view, at);
  into.quotedSourcePort = hasPorts ? udp.sourcePort(view, transport) : 0; // TCP has its ports in the same place
  into.quotedDestinationPort = hasPorts ? udp.destinationPort(view, transport) : 0;
  into.quotedSequence = isTcp ? view.getInt32(transport + 4) : 0;
  into.quotedEchoIdentifier = isIcmp ? icmpv4.echoIdentifier(view, transport) : 0;
  into.quotedEchoSequence = isIcmp ? icmpv4.echoSequence(view, transport) : 0;
}

/**
 * - hard: nothing sent there will ever arrive
 * - soft: it may get better; the application is told if the connection fails for other reasons
 * - path MTU: packets are to be smaller
 * - none: of no concern to a connection
 */
export type Severity = 'hard' | 'soft' | 'path MTU' | 'none';

/**
 * What an error means for a TCP connection: RFC 9293 §3.9.2.2 (MUST-55, MUST-56, SHLD-25, SHLD-26).
 *
 * @param isSynchronized the peer has answered before: then RFC 5461 §4.1 and RFC 5927 §5.2 take hard errors for soft ones,
 *   since a forger gains most by them and the peer itself would have sent a reset
 */
export function severityForTcp(kind: IcmpErrorKind, isSynchronized: boolean): Severity {
  switch (kind) {
    case 'source quench':
    case 'redirect':
      return 'none';
    case 'fragmentation needed':
      return 'path MTU';
    case 'protocol unreachable':
    case 'port unreachable':
      return isSynchronized ? 'soft' : 'hard';
    default:
      return 'soft';
  }
}
