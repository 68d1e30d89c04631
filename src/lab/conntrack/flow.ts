/** Whose packet it is, as far as a device in the middle of a path can see: addresses, ports, and what ICMP has in their place. */
import * as icmp from '../../stack/wire/icmpv4.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import * as udp from '../../stack/wire/udp.ts';

/**
 * - query, reply: of ICMP, with an identifier that does what ports do (RFC 5508 §3.1)
 * - error: of ICMP, about the packet that it quotes
 * - other: a protocol without ports
 */
export type FlowKind = 'tcp' | 'udp' | 'query' | 'reply' | 'error' | 'other';

/** Why a packet belongs to no flow. */
export const FLOW_FAULTS = [
  'fragment without the others',
  'transport header cut short',
  'ICMP error quotes no packet',
  'ICMP checksum wrong',
] as const;
export type FlowFault = (typeof FLOW_FAULTS)[number];

/** RFC 792: timestamp and its reply are a query like echo. */
export const TIMESTAMP = 13;
export const TIMESTAMP_REPLY = 14;
/** RFC 792: a quotation has the header and the first 64 bits behind it. */
const QUOTED_TRANSPORT = 8;

/** The packet at hand. One instance is used again and again. */
export class Flow {
  kind: FlowKind = 'other';
  protocol = 0;
  /** 32-bit words. */
  source = 0;
  destination = 0;
  /** The identifier of an ICMP query stands at the side of whoever asks; 0 where there is none. */
  sourcePort = 0;
  destinationPort = 0;
  /** Of TCP, as far as it can be seen. */
  flags = 0;
  icmpType = 0;
  icmpCode = 0;
  /** Where the transport header begins. */
  transport = 0;

  /** "192.168.1.10:50000", "192.168.1.10 id 7" */
  get from(): string {
    return formatEnd(this.protocol, this.source, this.sourcePort);
  }

  get to(): string {
    return formatEnd(this.protocol, this.destination, this.destinationPort);
  }
}

/** A query of ICMP is known by its identifier, whoever answers it has none. */
export function formatEnd(protocol: number, address: number, port: number): string {
  if (port === 0 && protocol !== ipv4.PROTOCOL_TCP && protocol !== ipv4.PROTOCOL_UDP) return formatV4(address);
  return protocol === ipv4.PROTOCOL_ICMP ? `${formatV4(address)} id ${port}` : `${formatV4(address)}:${port}`;
}

/** "tcp", "udp", "icmp", "protocol 47" */
export function protocolName(protocol: number): string {
  switch (protocol) {
    case ipv4.PROTOCOL_TCP:
      return 'tcp';
    case ipv4.PROTOCOL_UDP:
      return 'udp';
    case ipv4.PROTOCOL_ICMP:
      return 'icmp';
    default:
      return `protocol ${protocol}`;
  }
}

/** An end of a flow as one number, below 2^48. */
export const endKey = (address: number, port: number): number => (address >>> 0) * 0x1_0000 + port;

/** Reads the packet in `[at, end)`, whose IPv4 header is valid. */
export function readFlow(view: DataView, at: number, end: number, into: Flow): 'ok' | FlowFault {
  const { transport } = readAddresses(view, at, into);
  if (ipv4.isFragment(view, at)) return 'fragment without the others';
  switch (into.protocol) {
    case ipv4.PROTOCOL_TCP:
      if (!tcp.isValid(view, transport, end)) return 'transport header cut short';
      into.flags = tcp.flags(view, transport);
      readPorts(view, into, 'tcp');
      return 'ok';
    case ipv4.PROTOCOL_UDP:
      if (!udp.isValid(view, transport, end)) return 'transport header cut short';
      readPorts(view, into, 'udp');
      return 'ok';
    case ipv4.PROTOCOL_ICMP:
      if (!icmp.isValid(transport, end)) return 'transport header cut short';
      readIcmp(view, into);
      return 'ok';
    default:
      into.kind = 'other';
      return 'ok';
  }
}

/**
 * Reads the packet that the ICMP error `about` quotes, which goes as far as `end`.
 * RFC 5508 §4.1 (REQ-3): an error whose checksum is wrong, or that of the quoted header, says nothing.
 */
export function readQuote(view: DataView, about: Flow, end: number, into: Flow): 'ok' | FlowFault {
  const at = about.transport + icmp.HEADER;
  if (!icmp.isChecksumValid(view, about.transport, end)) return 'ICMP checksum wrong';
  const isHeader = end - at >= ipv4.HEADER + QUOTED_TRANSPORT && ipv4.version(view, at) === 4;
  if (!isHeader || ipv4.headerLength(view, at) < ipv4.HEADER) return 'ICMP error quotes no packet';
  if (end - at < ipv4.headerLength(view, at) + QUOTED_TRANSPORT || ipv4.fragmentOffset(view, at) > 0)
    return 'ICMP error quotes no packet';
  if (!ipv4.isChecksumValid(view, at)) return 'ICMP error quotes no packet';
  readAddresses(view, at, into);
  if (into.protocol === ipv4.PROTOCOL_TCP) readPorts(view, into, 'tcp');
  else if (into.protocol === ipv4.PROTOCOL_UDP) readPorts(view, into, 'udp');
  else if (into.protocol === ipv4.PROTOCOL_ICMP) readIcmp(view, into);
  return 'ok';
}

function readAddresses(view: DataView, at: number, into: Flow): Flow {
  into.kind = 'other';
  into.protocol = ipv4.protocol(view, at);
  into.source = ipv4.source(view, at);
  into.destination = ipv4.destination(view, at);
  into.sourcePort = 0;
  into.destinationPort = 0;
  into.flags = 0;
  into.icmpType = 0;
  into.icmpCode = 0;
  into.transport = at + ipv4.headerLength(view, at);
  return into;
}

/** TCP has its ports in the same place as UDP. */
function readPorts(view: DataView, into: Flow, kind: FlowKind): void {
  into.kind = kind;
  into.sourcePort = udp.sourcePort(view, into.transport);
  into.destinationPort = udp.destinationPort(view, into.transport);
}

function readIcmp(view: DataView, into: Flow): void {
  into.icmpType = icmp.type(view, into.transport);
  into.icmpCode = icmp.code(view, into.transport);
  into.kind = icmpKind(into.icmpType);
  if (into.kind === 'query') into.sourcePort = icmp.echoIdentifier(view, into.transport);
  else if (into.kind === 'reply') into.destinationPort = icmp.echoIdentifier(view, into.transport);
}

function icmpKind(type: number): FlowKind {
  if (type === icmp.ECHO_REQUEST || type === TIMESTAMP) return 'query';
  if (type === icmp.ECHO_REPLY || type === TIMESTAMP_REPLY) return 'reply';
  return icmp.isError(type) ? 'error' : 'other';
}
