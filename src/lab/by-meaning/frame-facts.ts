/** What a fault has to know about a frame to know whether it is meant. */
import type { Packet } from '../../stack/bytes/packet.ts';
import * as arp from '../../stack/wire/arp.ts';
import * as ethernet from '../../stack/wire/ethernet.ts';
import * as icmp from '../../stack/wire/icmpv4.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import * as udp from '../../stack/wire/udp.ts';

/** `fragment`: a piece of an IPv4 packet, the first one too. `other`: what is none of these, or too short for what it says. */
export type FrameKind = 'tcp' | 'udp' | 'icmp' | 'fragment' | 'arp' | 'other';

/** One instance is filled again for each frame. Numbers that a kind of frame does not have are 0. */
export class FrameFacts {
  kind: FrameKind = 'other';
  /** Addresses as words; of ARP those of sender and target. */
  source = 0;
  destination = 0;
  protocol = 0;
  identification = 0;
  /** Operation of ARP, type of ICMP. */
  type = 0;
  sourcePort = 0;
  destinationPort = 0;
  /** Sequence and acknowledgment number, as int32. */
  seq = 0;
  ack = 0;
  flags = 0;
  window = 0;
  /** Where the transport header begins, and what it carries, counted from the first byte of the frame; 0 where there is none. */
  transportAt = 0;
  payloadAt = 0;
  payloadLength = 0;

  clear(): void {
    this.kind = 'other';
    this.source = this.destination = this.protocol = this.identification = this.type = 0;
    this.sourcePort = this.destinationPort = 0;
    this.seq = this.ack = this.flags = this.window = 0;
    this.transportAt = this.payloadAt = this.payloadLength = 0;
  }

  /** Sequence space that a segment takes. */
  get length(): number {
    return this.payloadLength + (this.has(tcp.SYN) ? 1 : 0) + (this.has(tcp.FIN) ? 1 : 0);
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }
}

/** Reads the frame that is the live part of a packet. */
export function readFacts({ view, start, end }: Packet, into: FrameFacts): void {
  into.clear();
  if (!ethernet.isValid(start, end)) return;
  const at = start + ethernet.HEADER;
  const type = ethernet.etherType(view, start);
  if (type === ethernet.TYPE_ARP && arp.isValid(view, at, end)) readArp(view, at, into);
  else if (type === ethernet.TYPE_IPV4 && ipv4.isValid(view, at, end)) readIpv4(view, start, at, into);
}

function readArp(view: DataView, at: number, into: FrameFacts): void {
  into.kind = 'arp';
  into.type = arp.operation(view, at);
  into.source = arp.senderIp(view, at);
  into.destination = arp.targetIp(view, at);
}

function readIpv4(view: DataView, start: number, at: number, into: FrameFacts): void {
  into.source = ipv4.source(view, at);
  into.destination = ipv4.destination(view, at);
  into.protocol = ipv4.protocol(view, at);
  into.identification = ipv4.identification(view, at);
  const transport = at + ipv4.headerLength(view, at);
  const end = at + ipv4.totalLength(view, at);
  into.transportAt = transport - start;
  if (ipv4.isFragment(view, at)) {
    into.kind = 'fragment';
    into.payloadAt = into.transportAt;
    into.payloadLength = end - transport;
    return;
  }
  switch (into.protocol) {
    case ipv4.PROTOCOL_TCP:
      if (tcp.isValid(view, transport, end)) readTcp(view, transport, end, into);
      break;
    case ipv4.PROTOCOL_UDP:
      if (udp.isValid(view, transport, end)) readUdp(view, transport, into);
      break;
    case ipv4.PROTOCOL_ICMP:
      if (icmp.isValid(transport, end)) readIcmp(view, transport, end, into);
      break;
    default:
  }
}

function readTcp(view: DataView, at: number, end: number, into: FrameFacts): void {
  into.kind = 'tcp';
  into.sourcePort = tcp.sourcePort(view, at);
  into.destinationPort = tcp.destinationPort(view, at);
  into.seq = tcp.sequence(view, at);
  into.ack = tcp.acknowledgment(view, at);
  into.flags = tcp.flags(view, at);
  into.window = tcp.window(view, at);
  into.payloadAt = into.transportAt + tcp.headerLength(view, at);
  into.payloadLength = end - at - tcp.headerLength(view, at);
}

function readUdp(view: DataView, at: number, into: FrameFacts): void {
  into.kind = 'udp';
  into.sourcePort = udp.sourcePort(view, at);
  into.destinationPort = udp.destinationPort(view, at);
  into.payloadAt = into.transportAt + udp.HEADER;
  into.payloadLength = udp.length(view, at) - udp.HEADER;
}

function readIcmp(view: DataView, at: number, end: number, into: FrameFacts): void {
  into.kind = 'icmp';
  into.type = icmp.type(view, at);
  into.payloadAt = into.transportAt + icmp.HEADER;
  into.payloadLength = end - at - icmp.HEADER;
}
