/** Every field and protocol that there is, for filters and for those who ask what they may write. */
import { ARP_FIELDS } from './arp.ts';
import { DATA_FIELDS } from './data.ts';
import { DHCP_FIELDS } from './dhcp.ts';
import { DNS_FIELDS } from './dns.ts';
import { ETHERNET_FIELDS, LLC_FIELDS, SERVICE_VLAN_FIELDS, VLAN_FIELDS } from './ethernet.ts';
import type { FieldInfo, FieldTable } from './field.ts';
import { FRAME_FIELDS } from './frame.ts';
import { ICMP_FIELDS } from './icmp.ts';
import { ICMPV6_FIELDS } from './icmpv6.ts';
import { IPV4_FIELDS } from './ipv4.ts';
import { IPV6_FIELDS } from './ipv6.ts';
import { COOKED_FIELDS, LOOPBACK_FIELDS } from './link.ts';
import { STP_FIELDS } from './stp.ts';
import { TCP_FIELDS } from './tcp.ts';
import { UDP_FIELDS } from './udp.ts';

/** By the name of the protocol in display filters. */
export const PROTOCOL_FIELDS: Readonly<Record<string, FieldTable>> = {
  frame: FRAME_FIELDS,
  eth: ETHERNET_FIELDS,
  vlan: VLAN_FIELDS,
  ieee8021ad: SERVICE_VLAN_FIELDS,
  llc: LLC_FIELDS,
  stp: STP_FIELDS,
  sll: COOKED_FIELDS,
  null: LOOPBACK_FIELDS,
  arp: ARP_FIELDS,
  ip: IPV4_FIELDS,
  ipv6: IPV6_FIELDS,
  icmp: ICMP_FIELDS,
  icmpv6: ICMPV6_FIELDS,
  tcp: TCP_FIELDS,
  udp: UDP_FIELDS,
  dns: DNS_FIELDS,
  dhcp: DHCP_FIELDS,
  data: DATA_FIELDS,
};

/** Names for either of two fields, as "tcp.port" is the source port or the destination port. */
export const EITHER_FIELD: Readonly<Record<string, readonly [string, string]>> = {
  'eth.addr': ['eth.dst', 'eth.src'],
  'ip.addr': ['ip.src', 'ip.dst'],
  'ipv6.addr': ['ipv6.src', 'ipv6.dst'],
  'tcp.port': ['tcp.srcport', 'tcp.dstport'],
  'udp.port': ['udp.srcport', 'udp.dstport'],
};

export interface KnownField {
  /** In the layers of which protocol it is found. */
  readonly protocol: string;
  /** The fields that it stands for: itself, or either of two. */
  readonly keys: readonly string[];
  readonly info: FieldInfo;
}

/** @returns undefined when there is no such field */
export function findField(name: string): KnownField | undefined {
  const keys = EITHER_FIELD[name] ?? [name];
  for (const [protocol, table] of Object.entries(PROTOCOL_FIELDS)) {
    const info = Object.hasOwn(table, keys[0]!) ? table[keys[0]!] : undefined;
    if (info !== undefined) return { protocol, keys, info };
  }
  return undefined;
}

export const isProtocol = (name: string): boolean => Object.hasOwn(PROTOCOL_FIELDS, name);

/** Fields, the names for either of two, and protocols. */
export const allNames = (): string[] => [
  ...Object.keys(PROTOCOL_FIELDS),
  ...Object.keys(EITHER_FIELD),
  ...Object.values(PROTOCOL_FIELDS).flatMap((table) => Object.keys(table)),
];
