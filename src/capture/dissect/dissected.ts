/** What a frame turns out to be: a small tree for people, made by `dissect`. Addresses are text here. */
import type { Dhcp } from './dissect-dhcp.ts';
import type { Dns } from './dissect-dns.ts';
import type { Stp } from './dissect-stp.ts';

/** `[at, at + length)` of the frame. */
export interface Span {
  readonly at: number;
  readonly length: number;
}

/**
 * 'unchecked' where not all bytes it covers are there; 'absent' where UDP says that there is none; 'illegal' where it says so
 * over IPv6, which does not allow it (RFC 8200 §8.1).
 */
export type ChecksumState = 'good' | 'bad' | 'absent' | 'illegal' | 'unchecked';

/** IEEE 802.1Q: the four bytes from the tag's type on. */
export interface Vlan {
  /** Where its type, 0x8100 or 0x88a8, stands. */
  readonly at: number;
  readonly id: number;
  readonly priority: number;
}

/** IEEE 802.2: what stands behind a length where Ethernet II has a type. */
export interface Llc extends Span {
  readonly destinationSap: number;
  readonly sourceSap: number;
  readonly control: number;
  /** "STP", "SNAP", … */
  readonly name: string;
  /** What follows when both access points are SNAP's. */
  readonly snap: { readonly oui: number; readonly etherType: number } | undefined;
  /** What bridges tell each other: it is not counted as payload. */
  readonly stp: Stp | undefined;
}

export interface Ethernet {
  readonly kind: 'ethernet';
  readonly destination: string;
  readonly source: string;
  /** Behind all tags; for 802.3 the length. */
  readonly etherType: number;
  /** "IPv4", "ARP", … or the number in hexadecimal. */
  readonly typeName: string;
  readonly vlans: readonly Vlan[];
  readonly llc: Llc | undefined;
}

/** Linux "cooked" capture: what stands for a link header where several interfaces were recorded as one (LINKTYPE 113, 276). */
export interface Cooked {
  readonly kind: 'cooked';
  readonly version: 1 | 2;
  /** 0: for us, 1: broadcast, 2: multicast, 3: for someone else, 4: from us. */
  readonly packetType: number;
  /** As ARPHRD of Linux: 1 is Ethernet, 772 the loopback. */
  readonly addressType: number;
  readonly addressLength: number;
  /** Of the sender, six groups of hexadecimal digits; empty when it has none of six bytes. */
  readonly source: string;
  readonly etherType: number;
  readonly typeName: string;
  /** Only in version 2. */
  readonly interfaceIndex: number;
}

/** The address family that BSD writes in front of a packet on interfaces without a link header (LINKTYPE 0, 108). */
export interface Loopback {
  readonly kind: 'loopback';
  readonly family: number;
  /** In which order it was written: that of the machine for LINKTYPE 0. */
  readonly littleEndian: boolean;
}

export type Link = Ethernet | Cooked | Loopback;

export interface Arp {
  readonly kind: 'arp';
  readonly at: number;
  readonly operation: number;
  readonly senderMac: string;
  readonly senderIp: string;
  readonly targetMac: string;
  readonly targetIp: string;
}

export interface Ipv4Option extends Span {
  readonly kind: number;
  readonly name: string;
}

export interface Ipv4 {
  readonly kind: 'ipv4';
  readonly at: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly ttl: number;
  readonly trafficClass: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** In bytes. */
  readonly fragmentOffset: number;
  readonly headerLength: number;
  /** As it stands there: 0 where the kernel left it to the card (TCP segmentation offload). */
  readonly totalLength: number;
  /** With the padding: no operation, and the end of the list. */
  readonly options: readonly Ipv4Option[];
  readonly checksum: ChecksumState;
}

/** RFC 8200 §4: a header between that of IPv6 and what it carries. */
export interface Ipv6Extension extends Span {
  /** 0 hop-by-hop options, 43 routing, 44 fragment, 51 authentication, 60 destination options, 135 mobility. */
  readonly protocol: number;
  /** What follows it. */
  readonly nextHeader: number;
}

export interface Ipv6 {
  readonly kind: 'ipv6';
  readonly at: number;
  readonly source: string;
  readonly destination: string;
  /** What follows the fixed header. */
  readonly nextHeader: number;
  readonly extensions: readonly Ipv6Extension[];
  /** What it carries, behind all extension headers. */
  readonly protocol: number;
  /** The hop limit. */
  readonly ttl: number;
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly payloadLength: number;
}

export interface Icmp {
  readonly kind: 'icmp';
  readonly at: number;
  /** ICMPv6, RFC 4443. */
  readonly isV6: boolean;
  readonly type: number;
  readonly code: number;
  /** "echo request", "port unreachable", … */
  readonly name: string;
  /** Of echo messages; 0 in others. */
  readonly identifier: number;
  readonly sequence: number;
  /** Of "fragmentation needed" and "packet too big"; 0 in others. */
  readonly nextHopMtu: number;
  /** Of the whole message. */
  readonly length: number;
  readonly checksum: ChecksumState;
  /** The packet that an error message is about. */
  readonly quoted: IpPacket | undefined;
}

export interface Udp {
  readonly kind: 'udp';
  readonly at: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Of header and data. */
  readonly length: number;
  readonly checksum: ChecksumState;
}

export type TcpOption = Span &
  (
    | { readonly kind: 'mss'; readonly value: number }
    | { readonly kind: 'window scale'; readonly shift: number }
    | { readonly kind: 'SACK permitted' }
    | { readonly kind: 'SACK'; readonly blocks: readonly { readonly left: number; readonly right: number }[] }
    | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
    | { readonly kind: 'no operation' }
    | { readonly kind: 'end' }
    | { readonly kind: 'other'; readonly number: number; readonly name: string }
  );

export interface Tcp {
  readonly kind: 'tcp';
  readonly at: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** As on the wire, unsigned. */
  readonly seq: number;
  readonly ack: number;
  /** The bits of wire/tcp.ts. */
  readonly flags: number;
  /** Unscaled. */
  readonly window: number;
  readonly urgent: number;
  readonly headerLength: number;
  readonly options: readonly TcpOption[];
  readonly checksum: ChecksumState;
}

/** The beginning of a TCP or UDP header: what an ICMP error quotes at least (RFC 792), or what a short frame left. */
export interface Ports {
  readonly kind: 'ports';
  readonly at: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export type Transport = Tcp | Udp | Icmp | Ports;

export type Application = Dns | Dhcp;

export interface IpPacket {
  readonly network: Ipv4 | Ipv6;
  /** undefined for other protocols, and for fragments other than the first. */
  readonly transport: Transport | undefined;
  /** What speaks over UDP or TCP, where it is DNS or DHCP. Its bytes are the payload. */
  readonly application: Application | undefined;
  /** What no header of IP and below accounts for, as far as it was captured. */
  readonly payload: Span;
  /** How long the payload was on the wire: more than `payload.length` where the capture kept only the beginning. */
  readonly payloadLength: number;
}

export interface Dissected {
  /** Of the frame, as it was captured. */
  readonly length: number;
  /** On the wire; more where the capture kept only the beginning. */
  readonly originalLength: number;
  /** undefined for raw IP, and where there are not enough bytes. */
  readonly link: Link | undefined;
  readonly ethernet: Ethernet | undefined;
  readonly network: Arp | Ipv4 | Ipv6 | undefined;
  readonly transport: Transport | undefined;
  readonly application: Application | undefined;
  /** What no header accounts for, without Ethernet's padding. */
  readonly payload: Span;
  readonly payloadLength: number;
  /** Behind all that: Ethernet's padding, or what a card or switch appended. */
  readonly trailer: Span;
  /** What is wrong, outermost first; empty for a sound frame. A frame that was cut while recording is not wrong. */
  readonly faults: readonly string[];
}
