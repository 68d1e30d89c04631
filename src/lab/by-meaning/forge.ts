/** Frames that nobody sent: made as somebody would make them who has listened to the wire. */
import { Packet } from '../../stack/bytes/packet.ts';
import * as arp from '../../stack/wire/arp.ts';
import * as ethernet from '../../stack/wire/ethernet.ts';
import { ipv4 as parseAddress } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import * as mac from '../../stack/wire/mac-address.ts';
import type { Seq } from '../../stack/wire/seq.ts';
import { add, seq } from '../../stack/wire/seq.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import type { FrameFacts } from './frame-facts.ts';
import type { Sighting } from './wire-watch.ts';

/** A segment that would be exactly right from one side to the other, as seen from a segment that went by. */
export interface Expectation {
  readonly fromMac: MacAddress;
  readonly toMac: MacAddress;
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** The number that the receiver waits for. */
  readonly seq: Seq;
  /** The number that the receiver sends next. */
  readonly ack: Seq;
  /** What the sender's timestamp clock shows, and what it echoes; undefined where the segment carried no timestamps. */
  readonly timestamps?: { readonly value: number; readonly echo: number } | undefined;
}

/** Makes a frame, from the Ethernet destination on. */
export type Forgery = (expected: Expectation) => Uint8Array;

export interface ForgedSegment {
  /** Bits of the TCP header. */
  readonly flags: number;
  /** How far the sequence number is from the one that is waited for. @default 0: exact */
  readonly off?: number;
  /** The same for the acknowledgment number. @default 0 */
  readonly ackOff?: number;
  /** @default 65,535 */
  readonly window?: number;
  readonly text?: Uint8Array;
  /** How far its timestamp is from the sender's clock: negative for an old one. @default no timestamps */
  readonly timestampOff?: number;
}

/** Any segment of the connection that is spoken of. */
export const forgedSegment =
  ({ flags, off = 0, ackOff = 0, window = 65_535, text = new Uint8Array(0), timestampOff }: ForgedSegment): Forgery =>
  (expected) => {
    const { source, destination, timestamps } = expected;
    const segment = new tcp.Segment();
    segment.sourcePort = expected.sourcePort;
    segment.destinationPort = expected.destinationPort;
    segment.seq = add(expected.seq, off);
    segment.ack = (flags & tcp.ACK) !== 0 ? add(expected.ack, ackOff) : seq(0);
    segment.flags = flags;
    segment.window = window;
    if (timestampOff !== undefined && timestamps !== undefined) {
      segment.hasTimestamps = true;
      segment.tsValue = (timestamps.value + timestampOff) | 0;
      segment.tsEcho = timestamps.echo;
    }
    const packet = new Packet(2048 + text.length);
    packet.append(text);
    packet.transport = packet.prepend(tcp.encodedLength(segment));
    tcp.encode(packet.view, packet.transport, segment);
    tcp.writeChecksum(packet.view, packet.transport, packet.end, source, destination);
    const fields = { source, destination, protocol: ipv4.PROTOCOL_TCP, ttl: 64, trafficClass: 0, identification: 0 };
    const length = packet.length + ipv4.HEADER;
    ipv4.encode(packet.view, packet.prepend(ipv4.HEADER), { ...fields, dontFragment: true }, length);
    ethernet.encode(packet.view, packet.prepend(ethernet.HEADER), expected.toMac, expected.fromMac, ethernet.TYPE_IPV4);
    while (packet.length < ethernet.HEADER + ethernet.MIN_PAYLOAD) packet.append(new Uint8Array(1));
    return packet.live().slice();
  };

/** A RST; with `off` it is in the window but not exact, and RFC 5961 §3.2 has it answered by a challenge ACK. */
export const reset = ({ off = 0 }: { readonly off?: number } = {}): Forgery => forgedSegment({ flags: tcp.RST, off, window: 0 });

/** A station as ARP speaks of it; what is not known is zero. */
export interface ArpStation {
  readonly mac?: MacAddress;
  /** Such as 10.0.0.1. */
  readonly address: string;
}

export interface ForgedArp {
  readonly operation: 'request' | 'reply';
  readonly from: ArpStation;
  /** Of a request for the own address: an announcement. */
  readonly to: ArpStation;
}

/** A message of ARP: a request goes to everybody, a reply to whom it speaks to. @throws RangeError for what is no IPv4 address */
export function forgedArp({ operation, from, to }: ForgedArp): Uint8Array {
  const isReply = operation === 'reply';
  const [senderMac, targetMac] = [from.mac ?? mac.ZERO, to.mac ?? mac.ZERO];
  const message = { senderMac, senderIp: addressOf(from), targetMac, targetIp: addressOf(to) };
  const bytes = new Uint8Array(ethernet.HEADER + ethernet.MIN_PAYLOAD);
  const view = new DataView(bytes.buffer);
  ethernet.encode(view, 0, isReply ? targetMac : mac.BROADCAST, senderMac, ethernet.TYPE_ARP);
  arp.encode(view, ethernet.HEADER, { operation: isReply ? arp.REPLY : arp.REQUEST, ...message });
  return bytes;
}

const addressOf = ({ address }: ArpStation): number => parseAddress(address).w3;

/** What would be right next in the direction in which the segment travels, or in the other one. */
export function expectationOf({ packet, facts }: Sighting, isBackwards: boolean): Expectation {
  const { view, start } = packet;
  const next = add(seq(facts.seq), facts.length);
  const timestamps = timestampsOf(packet, facts);
  const onwards: Expectation = {
    fromMac: ethernet.source(view, start),
    toMac: ethernet.destination(view, start),
    source: facts.source,
    destination: facts.destination,
    sourcePort: facts.sourcePort,
    destinationPort: facts.destinationPort,
    seq: next,
    ack: seq(facts.ack),
    timestamps,
  };
  if (!isBackwards) return onwards;
  return {
    fromMac: onwards.toMac,
    toMac: onwards.fromMac,
    source: onwards.destination,
    destination: onwards.source,
    sourcePort: onwards.destinationPort,
    destinationPort: onwards.sourcePort,
    seq: onwards.ack,
    ack: next,
    timestamps: timestamps && { value: timestamps.echo, echo: timestamps.value },
  };
}

function timestampsOf({ view, start, end }: Packet, facts: FrameFacts): Expectation['timestamps'] {
  if (facts.kind !== 'tcp') return undefined;
  const segment = new tcp.Segment();
  tcp.decode(view, start + facts.transportAt, end, segment);
  return segment.hasTimestamps ? { value: segment.tsValue, echo: segment.tsEcho } : undefined;
}
