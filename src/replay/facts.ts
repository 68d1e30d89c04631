/** Where things stand in a frame and which conversation it belongs to: what the replay looks at before it compares or rewrites. */
import * as arp from '../stack/wire/arp.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import * as icmp from '../stack/wire/icmpv4.ts';
import { formatV4 } from '../stack/wire/ip-address.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import * as tcp from '../stack/wire/tcp.ts';
import * as udp from '../stack/wire/udp.ts';

/** 'echo' is a ping's request or reply, 'icmp' every other message; 'other' is what the stack does not speak, or is malformed. */
export type Kind = 'arp' | 'tcp' | 'udp' | 'echo' | 'icmp' | 'fragment' | 'protocol' | 'other';

export interface Facts {
  readonly kind: Kind;
  readonly view: DataView;
  /** Where the header of ARP or IPv4, that of the transport and the payload begin, and where the packet ends (Ethernet may pad). */
  readonly network: number;
  readonly transport: number;
  readonly payload: number;
  readonly end: number;
  /** Words: of IPv4, or the protocol addresses of ARP. */
  readonly source: number;
  readonly destination: number;
  /** Of TCP and UDP; of an echo its identifier, twice. */
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** @param bytes of an Ethernet frame without tags; never throws */
export function factsOf(bytes: Uint8Array): Facts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = ethernet.HEADER;
  const nothing: Facts = {
    kind: 'other',
    view,
    network: at,
    transport: bytes.length,
    payload: bytes.length,
    end: bytes.length,
    source: 0,
    destination: 0,
    sourcePort: 0,
    destinationPort: 0,
  };
  if (!ethernet.isValid(0, bytes.length)) return nothing;
  const type = ethernet.etherType(view, 0);
  if (type === ethernet.TYPE_ARP && arp.isValid(view, at, bytes.length)) {
    const [source, destination] = [arp.senderIp(view, at), arp.targetIp(view, at)];
    return { ...nothing, kind: 'arp', transport: at + arp.LENGTH, end: at + arp.LENGTH, source, destination };
  }
  return type === ethernet.TYPE_IPV4 && ipv4.isValid(view, at, bytes.length) ? ipFacts(nothing) : nothing;
}

function ipFacts(nothing: Facts): Facts {
  const { view, network } = nothing;
  const transport = network + ipv4.headerLength(view, network);
  const end = network + ipv4.totalLength(view, network);
  const [source, destination] = [ipv4.source(view, network), ipv4.destination(view, network)];
  const base: Facts = { ...nothing, kind: 'protocol', transport, payload: transport, end, source, destination };
  if (ipv4.isFragment(view, network)) return { ...base, kind: 'fragment' };
  switch (ipv4.protocol(view, network)) {
    case ipv4.PROTOCOL_TCP:
      return tcp.isValid(view, transport, end) ? withPorts(base, 'tcp', transport + tcp.headerLength(view, transport)) : base;
    case ipv4.PROTOCOL_UDP:
      return udp.isValid(view, transport, end) ? withPorts(base, 'udp', transport + udp.HEADER) : base;
    case ipv4.PROTOCOL_ICMP:
      return icmp.isValid(transport, end) ? icmpFacts(base) : base;
    default:
      return base;
  }
}

const withPorts = (base: Facts, kind: Kind, payload: number): Facts => ({
  ...base,
  kind,
  payload,
  sourcePort: base.view.getUint16(base.transport),
  destinationPort: base.view.getUint16(base.transport + 2),
});

function icmpFacts(base: Facts): Facts {
  const { view, transport } = base;
  const type = icmp.type(view, transport);
  const payload = transport + icmp.HEADER;
  if (type !== icmp.ECHO_REPLY && type !== icmp.ECHO_REQUEST) return { ...base, kind: 'icmp', payload };
  const identifier = icmp.echoIdentifier(view, transport);
  return { ...base, kind: 'echo', payload, sourcePort: identifier, destinationPort: identifier };
}

/** Payload bytes of TCP or UDP. */
export const payloadLength = ({ payload, end }: Facts): number => end - payload;

export const tcpFlags = ({ view, transport }: Facts): number => tcp.flags(view, transport);
export const tcpSeq = ({ view, transport }: Facts): number => tcp.sequence(view, transport) >>> 0;
export const tcpAck = ({ view, transport }: Facts): number => tcp.acknowledgment(view, transport) >>> 0;

/** The sequence space that a segment takes up: SYN and FIN count one each, RFC 9293 §3.4. */
export function tcpLength(facts: Facts): number {
  const flags = tcpFlags(facts);
  return payloadLength(facts) + (flags & tcp.SYN ? 1 : 0) + (flags & tcp.FIN ? 1 : 0);
}

/** What a segment's options say, as the stack itself reads them. */
export function tcpOptions({ view, transport, end }: Facts): tcp.Segment {
  const segment = new tcp.Segment();
  tcp.decode(view, transport, end, segment);
  return segment;
}

/**
 * The conversation that a frame belongs to, the same for both directions, in words that can be printed.
 * @param host the word of the address that the stack plays
 */
export function conversationOf(facts: Facts, host: number): string {
  const { kind, view, network, transport, source, destination, sourcePort, destinationPort } = facts;
  const isOurs = source === host;
  const peer = formatV4(isOurs ? destination : source);
  const [near, far] = isOurs ? [sourcePort, destinationPort] : [destinationPort, sourcePort];
  switch (kind) {
    case 'arp':
      return arp.operation(view, network) === arp.REQUEST ? `ARP for ${formatV4(destination)}` : `ARP reply to ${peer}`;
    case 'tcp':
      return `TCP ${peer}:${far} and port ${near}`;
    case 'udp':
      return `UDP ${peer}:${far} and port ${near}`;
    case 'echo': {
      const isRequest = icmp.type(view, transport) === icmp.ECHO_REQUEST;
      return `ping ${isRequest === isOurs ? 'to' : 'from'} ${peer} id ${near}`;
    }
    case 'icmp':
      return `ICMP with ${peer}`;
    case 'fragment':
      return `fragments with ${peer}`;
    case 'protocol':
      return `IP with ${peer}`;
    case 'other':
      return 'other';
  }
}
