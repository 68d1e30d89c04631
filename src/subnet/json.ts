/** What the calculator found, as data for other programs: addresses in dotted decimal. */
import type { Prefix } from '../stack/ip/prefix.ts';
import { formatV4 } from '../stack/wire/ip-address.ts';
import { blockOf } from './blocks.ts';
import type { Pair } from './pair.ts';
import { shared } from './pair.ts';
import type { Plan } from './split.ts';
import type { Subnet } from './subnet.ts';
import { addressesOf, classOf, firstHostOf, hostsOf, lastHostOf } from './subnet.ts';

export const ofPrefix = (prefix: Prefix) => ({
  network: formatV4(prefix.network),
  length: prefix.length,
  mask: formatV4(prefix.mask),
  firstHost: formatV4(firstHostOf(prefix)),
  lastHost: formatV4(lastHostOf(prefix)),
  broadcast: prefix.hasBroadcast ? formatV4(prefix.broadcast) : null,
  addresses: addressesOf(prefix),
  hosts: hostsOf(prefix),
});

export const ofAddress = (address: number) => ({
  address: formatV4(address),
  block: blockOf(address) ?? null,
  class: classOf(address).name,
});

export const ofSubnet = ({ address, prefix, wildcard, role, insideBlock }: Subnet) => ({
  ...ofAddress(address),
  ...ofPrefix(prefix),
  wildcard: formatV4(wildcard),
  role,
  insideBlock,
});

export const ofPair = (pair: Pair) => ({
  a: { address: formatV4(pair.a.address), network: pair.a.prefix?.toString() ?? null, reachesOther: pair.aReachesB ?? null },
  b: { address: formatV4(pair.b.address), network: pair.b.prefix?.toString() ?? null, reachesOther: pair.bReachesA ?? null },
  shared: shared(pair) ?? null,
  commonBits: pair.common,
  joined: ofPrefix(pair.joined),
});

export const ofPlan = (network: Prefix, { networks, free }: Plan) => ({
  network: network.toString(),
  networks: networks.map(({ name, hosts, prefix }) => ({ name: name ?? null, wanted: hosts, ...ofPrefix(prefix) })),
  free: free.map(String),
});
