/** The blocks of IPv4 addresses that mean something special: the registry of RFC 6890 §2.2.2 as it has grown, and multicast. */
import type { Prefix } from '../stack/ip/prefix.ts';
import { parsePrefix } from '../stack/ip/prefix.ts';

export interface Block {
  /** Such as `10.0.0.0/8`. */
  readonly prefix: string;
  /** As the registry calls it. */
  readonly name: string;
  readonly rfc: string;
  /** What it is for, in half a sentence. */
  readonly meaning: string;
}

const DOCUMENTATION = 'for examples in books, never on a wire';
const PRIVATE = 'for private networks, not forwarded in the Internet; leaves through NAT';

/** In the order of the addresses; of two that hold an address, the longer prefix says more. */
export const BLOCKS: readonly Block[] = [
  {
    prefix: '0.0.0.0/8',
    name: 'This network',
    rfc: 'RFC 791 §3.2',
    meaning: 'only a source, of a host that does not know its network',
  },
  {
    prefix: '0.0.0.0/32',
    name: 'This host',
    rfc: 'RFC 1122 §3.2.1.3',
    meaning: 'only a source, of a host that has no address yet',
  },
  { prefix: '10.0.0.0/8', name: 'Private-Use', rfc: 'RFC 1918', meaning: PRIVATE },
  {
    prefix: '100.64.0.0/10',
    name: 'Shared Address Space',
    rfc: 'RFC 6598',
    meaning: 'between the carrier-grade NAT of a provider and its customers',
  },
  { prefix: '127.0.0.0/8', name: 'Loopback', rfc: 'RFC 1122 §3.2.1.3', meaning: 'the host itself, never on a wire' },
  {
    prefix: '169.254.0.0/16',
    name: 'Link Local',
    rfc: 'RFC 3927',
    meaning: 'chosen by hosts that no DHCP server answered, for this link only',
  },
  { prefix: '172.16.0.0/12', name: 'Private-Use', rfc: 'RFC 1918', meaning: PRIVATE },
  {
    prefix: '192.0.0.0/24',
    name: 'IETF Protocol Assignments',
    rfc: 'RFC 6890 §2.1',
    meaning: 'for protocols, one address at a time',
  },
  { prefix: '192.0.0.0/29', name: 'IPv4 Service Continuity', rfc: 'RFC 7335', meaning: 'for hosts that reach IPv4 through IPv6' },
  { prefix: '192.0.0.8/32', name: 'IPv4 dummy address', rfc: 'RFC 7600', meaning: 'only a source, of ICMP errors without one' },
  {
    prefix: '192.0.0.9/32',
    name: 'Port Control Protocol Anycast',
    rfc: 'RFC 7723',
    meaning: 'the nearest server of that protocol',
  },
  { prefix: '192.0.0.10/32', name: 'TURN Anycast', rfc: 'RFC 8155', meaning: 'the nearest TURN server' },
  {
    prefix: '192.0.0.170/31',
    name: 'NAT64/DNS64 Discovery',
    rfc: 'RFC 7050',
    meaning: 'how a host finds out that there is a NAT64',
  },
  { prefix: '192.0.2.0/24', name: 'Documentation (TEST-NET-1)', rfc: 'RFC 5737', meaning: DOCUMENTATION },
  {
    prefix: '192.31.196.0/24',
    name: 'AS112-v4',
    rfc: 'RFC 7535',
    meaning: 'name servers for questions nobody should have asked',
  },
  { prefix: '192.52.193.0/24', name: 'AMT', rfc: 'RFC 7450', meaning: 'relays of automatic multicast tunnels' },
  { prefix: '192.88.99.0/24', name: 'Deprecated (6to4 Relay Anycast)', rfc: 'RFC 7526', meaning: 'no longer in use' },
  { prefix: '192.168.0.0/16', name: 'Private-Use', rfc: 'RFC 1918', meaning: PRIVATE },
  {
    prefix: '192.175.48.0/24',
    name: 'Direct Delegation AS112 Service',
    rfc: 'RFC 7534',
    meaning: 'name servers for private addresses',
  },
  { prefix: '198.18.0.0/15', name: 'Benchmarking', rfc: 'RFC 2544', meaning: 'for measuring devices in a laboratory' },
  { prefix: '198.51.100.0/24', name: 'Documentation (TEST-NET-2)', rfc: 'RFC 5737', meaning: DOCUMENTATION },
  { prefix: '203.0.113.0/24', name: 'Documentation (TEST-NET-3)', rfc: 'RFC 5737', meaning: DOCUMENTATION },
  { prefix: '224.0.0.0/4', name: 'Multicast', rfc: 'RFC 5771', meaning: 'groups of hosts, only a destination' },
  {
    prefix: '224.0.0.0/24',
    name: 'Multicast, Local Network Control',
    rfc: 'RFC 5771 §4',
    meaning: 'groups on this link, never forwarded',
  },
  { prefix: '232.0.0.0/8', name: 'Multicast, Source-Specific', rfc: 'RFC 4607', meaning: 'groups with one sender' },
  {
    prefix: '239.0.0.0/8',
    name: 'Multicast, Administratively Scoped',
    rfc: 'RFC 2365',
    meaning: 'groups inside of one organisation',
  },
  { prefix: '240.0.0.0/4', name: 'Reserved', rfc: 'RFC 1112 §4', meaning: 'nobody’s address' },
  { prefix: '255.255.255.255/32', name: 'Limited Broadcast', rfc: 'RFC 919 §7', meaning: 'every host on this link' },
];

/** The block that says most about an address. @param address 32-bit word @returns undefined for a public address */
export function blockOf(address: number): Block | undefined {
  const holding = BLOCKS.map((block) => ({ block, prefix: parsePrefix(block.prefix) })).filter(({ prefix }) =>
    prefix.contains(address),
  );
  return holding.sort((a, b) => b.prefix.length - a.prefix.length)[0]?.block;
}

/** Whether all of a network lies in a block. */
export function holds(block: Block, network: Prefix): boolean {
  const prefix = parsePrefix(block.prefix);
  return prefix.length <= network.length && prefix.contains(network.network);
}
