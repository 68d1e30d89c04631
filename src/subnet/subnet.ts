/** Everything that a class is asked about one address and its network. Addresses are 32-bit words. */
import { Prefix } from '../stack/ip/prefix.ts';
import type { Block } from './blocks.ts';
import { blockOf, holds } from './blocks.ts';

/** RFC 791 §3.2 and RFC 1112 §4: what the first bits of an address said before RFC 1519 did away with it. */
export interface AddressClass {
  readonly name: 'A' | 'B' | 'C' | 'D' | 'E';
  /** The length of the network part; undefined for D (multicast) and E (reserved). */
  readonly length?: number;
}

export interface Subnet {
  readonly address: number;
  readonly prefix: Prefix;
  /** The ones of the mask inverted, as access lists write it. */
  readonly wildcard: number;
  readonly firstHost: number;
  readonly lastHost: number;
  /** undefined where there is none: /31 (RFC 3021) and /32. */
  readonly broadcast?: number;
  /** All addresses. */
  readonly addresses: number;
  /** Those that hosts can have. */
  readonly hosts: number;
  readonly role: Role;
  /** undefined for public addresses. */
  readonly block?: Block;
  /** False when the network reaches beyond the block of its address. */
  readonly insideBlock: boolean;
  readonly class: AddressClass;
}

/** What the address is in its network. A host has its number, counted from 1. */
export type Role =
  | { readonly kind: 'network' }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'host'; readonly number: number };

export const addressesOf = (prefix: Prefix): number => 2 ** (32 - prefix.length);

/** RFC 3021: all of a /31 and of a /32 are hosts. */
export const hostsOf = (prefix: Prefix): number => addressesOf(prefix) - (prefix.hasBroadcast ? 2 : 0);

export const firstHostOf = (prefix: Prefix): number => (prefix.hasBroadcast ? (prefix.network + 1) | 0 : prefix.network);

export const lastHostOf = (prefix: Prefix): number => (prefix.hasBroadcast ? (prefix.broadcast - 1) | 0 : prefix.broadcast);

export function classOf(address: number): AddressClass {
  const leadingOnes = Math.clz32(~address);
  return CLASSES[Math.min(leadingOnes, CLASSES.length - 1)]!;
}
const CLASSES: readonly AddressClass[] = [
  { name: 'A', length: 8 },
  { name: 'B', length: 16 },
  { name: 'C', length: 24 },
  { name: 'D' },
  { name: 'E' },
];

/** @param address any of the network, not only its first */
export function subnetOf(address: number, prefix: Prefix): Subnet {
  const block = blockOf(address);
  return {
    address,
    prefix,
    wildcard: ~prefix.mask,
    firstHost: firstHostOf(prefix),
    lastHost: lastHostOf(prefix),
    ...(prefix.hasBroadcast && { broadcast: prefix.broadcast }),
    addresses: addressesOf(prefix),
    hosts: hostsOf(prefix),
    role: roleOf(address, prefix),
    ...(block !== undefined && { block }),
    insideBlock: block === undefined || holds(block, prefix),
    class: classOf(address),
  };
}

export function roleOf(address: number, prefix: Prefix): Role {
  if (prefix.hasBroadcast && address === prefix.network) return { kind: 'network' };
  if (prefix.hasBroadcast && address === prefix.broadcast) return { kind: 'broadcast' };
  return { kind: 'host', number: ((address - firstHostOf(prefix)) >>> 0) + 1 };
}

/** How many leading bits two addresses have in common, 0 to 32. */
export const commonBits = (a: number, b: number): number => Math.clz32(a ^ b);

/** The longest prefix in which both can be hosts of a link: neither is the network itself nor its broadcast address. */
export function joiningPrefix(a: number, b: number): Prefix {
  for (let length = Math.min(commonBits(a, b), 30); length > 0; length--) {
    const prefix = new Prefix(a, length);
    if ([a, b].every((address) => roleOf(address, prefix).kind === 'host')) return prefix;
  }
  return new Prefix(0, 0);
}

/** The smallest network for this many hosts, as a prefix length: two addresses more, for the network and for its broadcast. */
export const lengthFor = (hosts: number): number => Math.min(Math.clz32(hosts + 1), 30);
