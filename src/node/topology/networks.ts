/** Which nodes share a network: what switches and hubs join, named by the prefix that its addresses have in common. */

import type { Topology, TopologyEnd, TopologyNode } from '../../lab/network/topology.ts';
import { parseInterfaceAddress } from '../../stack/ip/prefix.ts';

export interface DrawnNetwork {
  /** Such as `10.0.0.0/24`. */
  readonly prefix: string;
  /** Hosts, and the switches and hubs that join them; a router stands between networks and in none. */
  readonly members: readonly string[];
  /** The cables that belong to it, by their place in the topology. */
  readonly links: readonly number[];
}

export interface Networks {
  readonly groups: readonly DrawnNetwork[];
  /** Of a cable that is a network of its own, between two routers or a host and a router: by its place in the topology. */
  readonly ofLink: ReadonlyMap<number, string>;
}

const joins = ({ kind }: TopologyNode): boolean => kind === 'switch' || kind === 'hub';
const isEndSystem = ({ kind }: TopologyNode): boolean => kind === 'host' || kind === 'tap';

/** Cables that hear each other's broadcasts. */
interface Segment {
  readonly links: number[];
  readonly joints: string[];
}

export function networksOf(topology: Topology): Networks {
  const nodes = new Map(topology.nodes.map((node) => [node.name, node]));
  const groups: DrawnNetwork[] = [];
  const ofLink = new Map<number, string>();
  for (const segment of segmentsOf(topology, nodes)) {
    const byPrefix = membersByPrefix(segment, topology, nodes);
    if (segment.joints.length === 0) {
      const prefixes = [...byPrefix.keys()].filter((prefix) => prefix !== '');
      if (prefixes.length === 1) for (const link of segment.links) ofLink.set(link, prefixes[0]!);
      continue;
    }
    groups.push(...groupsOf(segment, byPrefix));
  }
  return { groups, ofLink };
}

/** Where all have one prefix the whole segment is the network; where they have several, as with VLANs, only the hosts are grouped. */
function groupsOf({ joints, links }: Segment, byPrefix: ReadonlyMap<string, readonly string[]>): DrawnNetwork[] {
  const named = [...byPrefix].filter(([prefix]) => prefix !== '');
  if (named.length === 1) {
    const [prefix, members] = named[0]!;
    return [{ prefix, members: [...members, ...(byPrefix.get('') ?? []), ...joints], links }];
  }
  return named.filter(([, members]) => members.length > 0).map(([prefix, members]) => ({ prefix, members, links: [] }));
}

function segmentsOf({ links }: Topology, nodes: ReadonlyMap<string, TopologyNode>): Segment[] {
  const seen = new Set<number>();
  return links.flatMap(({ isRemoved }, first) => {
    if (seen.has(first) || isRemoved === true) return [];
    const segment: Segment = { links: [first], joints: [] };
    for (const link of segment.links) spread(segment, links[link]!, links, nodes); // grows while it is walked through
    for (const link of segment.links) seen.add(link);
    return [segment];
  });
}

/** Adds the switches at the ends of a cable, and the cables in them. */
function spread(
  { links: own, joints }: Segment,
  { a, b }: Topology['links'][number],
  links: Topology['links'],
  nodes: ReadonlyMap<string, TopologyNode>,
): void {
  for (const { node } of [a, b]) {
    const box = nodes.get(node);
    if (box === undefined || !joins(box) || joints.includes(node)) continue;
    joints.push(node);
    const more = links.flatMap(({ a: one, b: other, isRemoved }, index) =>
      isRemoved !== true && (one.node === node || other.node === node) ? [index] : [],
    );
    own.push(...more.filter((index) => !own.includes(index)));
  }
}

/** The end systems of each prefix, and under '' those without an address. A prefix that only routers have is there with nobody. */
function membersByPrefix(
  { links }: Segment,
  topology: Topology,
  nodes: ReadonlyMap<string, TopologyNode>,
): Map<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const index of links) {
    for (const end of [topology.links[index]!.a, topology.links[index]!.b]) {
      const node = nodes.get(end.node);
      if (node === undefined || joins(node)) continue;
      const members = found.get(prefixAt(end, node)) ?? [];
      found.set(prefixAt(end, node), members);
      if (isEndSystem(node) && !members.includes(node.name)) members.push(node.name);
    }
  }
  return found;
}

/** @returns '' where the address of this end is not known */
function prefixAt({ address }: TopologyEnd, { addresses }: TopologyNode): string {
  const text = address ?? (addresses.length === 1 ? addresses[0] : undefined);
  if (text === undefined) return '';
  try {
    return parseInterfaceAddress(text).prefix.toString();
  } catch {
    return ''; // a picture is drawn of what is there, right or not
  }
}
