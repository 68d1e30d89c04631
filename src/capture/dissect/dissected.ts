/** What a frame turns out to be: a small tree for people, made by `dissect`. Addresses are text here. */

/** `[at, at + length)` of the frame. */
export interface Span {
  readonly at: number;
  readonly length: number;
}

/** 'unchecked' where not all bytes it covers are there; 'absent' where UDP says that there is none. */
export type ChecksumState = 'good' | 'bad' | 'absent' | 'unchecked';

export interface Vlan {
  readonly id: number;
  readonly priority: number;
}

/** IEEE 802.2: what stands behind a length where Ethernet II has a type. */
export interface Llc {
  readonly destinationSap: number;
  readonly sourceSap: number;
  readonly control: number;
  /** "STP", "SNAP", … */
  readonly name: string;
}

export interface Ethernet {
  readonly destination: string;
  readonly source: string;
  /** Behind all tags; for 802.3 the length. */
  readonly etherType: number;
  /** "IPv4", "ARP", … or the number in hexadecimal. */
  readonly typeName: string;
  readonly vlans: readonly Vlan[];
  readonly llc: Llc | undefined;
}

export interface Arp {
  readonly kind: 'arp';
  readonly operation: number;
  readonly senderMac: string;
  readonly senderIp: string;
  readonly targetMac: string;
  readonly targetIp: string;
}

export interface Ipv4 {
  readonly kind: 'ipv4';
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
  readonly totalLength: number;
  /** Their names, with what they hold where it is short. */
  readonly options: readonly string[];
  readonly checksum: ChecksumState;
}

export interface Ipv6 {
  readonly kind: 'ipv6';
  readonly source: string;
  readonly destination: string;
  /** The next header. */
  readonly protocol: number;
  /** The hop limit. */
  readonly ttl: number;
  readonly trafficClass: number;
  readonly payloadLength: number;
}

export interface Icmp {
  readonly kind: 'icmp';
  readonly type: number;
  readonly code: number;
  /** "echo request", "port unreachable", … */
  readonly name: string;
  /** Of echo messages; 0 in others. */
  readonly identifier: number;
  readonly sequence: number;
  /** Of "fragmentation needed"; 0 in others. */
  readonly nextHopMtu: number;
  /** Of the whole message. */
  readonly length: number;
  readonly checksum: ChecksumState;
  /** The packet that an error message is about. */
  readonly quoted: IpPacket | undefined;
}

export interface Udp {
  readonly kind: 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Of header and data. */
  readonly length: number;
  readonly checksum: ChecksumState;
}

export type TcpOption =
  | { readonly kind: 'mss'; readonly value: number }
  | { readonly kind: 'window scale'; readonly shift: number }
  | { readonly kind: 'SACK permitted' }
  | { readonly kind: 'SACK'; readonly blocks: readonly { readonly left: number; readonly right: number }[] }
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
  | { readonly kind: 'no operation' }
  | { readonly kind: 'end' }
  | { readonly kind: 'other'; readonly number: number; readonly name: string; readonly length: number };

export interface Tcp {
  readonly kind: 'tcp';
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
  readonly protocol: 'TCP' | 'UDP';
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export type Transport = Tcp | Udp | Icmp | Ports;

export interface IpPacket {
  readonly network: Ipv4 | Ipv6;
  /** undefined for other protocols, and for fragments other than the first. */
  readonly transport: Transport | undefined;
  readonly payload: Span;
}

export interface Dissected {
  /** Of the frame. */
  readonly length: number;
  readonly ethernet: Ethernet | undefined;
  readonly network: Arp | Ipv4 | Ipv6 | undefined;
  readonly transport: Transport | undefined;
  /** What no header accounts for, without Ethernet's padding. */
  readonly payload: Span;
  /** What is wrong, outermost first; empty for a sound frame. */
  readonly faults: readonly string[];
}
