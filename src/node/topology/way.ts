/** The way of a packet through a network, derived from what was recorded at the ends of its cables: a request and its answer. */

import { dissect } from '../../capture/dissect/dissect.ts';
import type { Dissected, Ipv4 } from '../../capture/dissect/dissected.ts';
import type { RecordedFrame } from '../../capture/record/frame-sink.ts';
import { describe } from '../../capture/words/describe.ts';
import { destinationPortOf, endpoint, sourcePortOf } from '../../capture/words/phrases.ts';
import type { Topology } from '../../lab/network/topology.ts';
import type { Micros } from '../../stack/time.ts';

/** A packet crosses a cable. */
export interface Step {
  /** The cable, by its place in `Topology.links`. */
  readonly link: number;
  /** Which way. */
  readonly direction: 'a to b' | 'b to a';
  /** Copies that leave a switch at the same moment have the same number. */
  readonly number: number;
  readonly words: string;
  readonly part: 'request' | 'answer';
}

/** The end of a cable at which an interface of the recording stands. */
export interface WireEnd {
  readonly link: number;
  readonly side: 'a' | 'b';
  /** Whose end it is. */
  readonly node: string;
}

export interface WayOptions {
  /** The ends, by the number that the frames of the recording have; undefined for an interface that is no end of a drawn cable. */
  readonly ends: readonly (WireEnd | undefined)[];
  readonly links: Topology['links'];
  /** Which packet is the request. @default the first from one host to another that is not DHCP's, else the first of all */
  readonly starts?: (packet: Dissected) => boolean;
}

/** A frame that left onto a cable. */
interface Departure extends WireEnd {
  readonly to: string;
  readonly at: Micros;
  readonly packet: Dissected;
  readonly frame: Uint8Array;
  readonly ip: Ipv4;
}

/** @returns in the order of time; empty when no packet was seen to leave */
export function wayOf(frames: readonly RecordedFrame[], { ends, links, starts = isAskedOfOne }: WayOptions): Step[] {
  const departures = departuresOf(frames, ends, links);
  if (departures.length === 0) return [];
  const first = Math.max(
    departures.findIndex(({ packet }) => starts(packet)),
    0,
  );
  const request = followed(departures, first);
  const answer = answerTo(departures, request);
  return [...stepsOf(request, 'request', 1), ...stepsOf(answer, 'answer', (numbered(request).at(-1) ?? 0) + 1)];
}

const isAskedOfOne = ({ network, application }: Dissected): boolean =>
  network?.kind === 'ipv4' && application?.kind !== 'dhcp' && Number.parseInt(network.destination, 10) < FIRST_MULTICAST;
/** The first number of addresses of groups and of broadcasts. */
const FIRST_MULTICAST = 224;

function departuresOf(frames: readonly RecordedFrame[], ends: WayOptions['ends'], links: Topology['links']): Departure[] {
  return frames.flatMap(({ bytes, at, direction, interfaceId }) => {
    const end = ends[interfaceId];
    const link = end === undefined ? undefined : links[end.link];
    if (end === undefined || link === undefined || direction === 'in') return [];
    const packet = dissect(bytes);
    const { network } = packet;
    if (network?.kind !== 'ipv4') return [];
    return [{ ...end, to: link[end.side === 'a' ? 'b' : 'a'].node, at, packet, frame: bytes, ip: network }];
  });
}

/** What stays of a packet wherever it is forwarded; addresses and ports may be translated, and the time to live is counted down. */
function essence({ ip, packet, frame }: Departure): string {
  const { transport, payload } = packet;
  const kind = transport?.kind === 'icmp' ? `${transport.type} ${transport.sequence}` : '';
  const sequence = transport?.kind === 'tcp' ? `${transport.seq} ${transport.flags}` : '';
  const content = frame.subarray(payload.at, payload.at + Math.min(payload.length, 64)).join();
  return [ip.protocol, ip.identification, ip.fragmentOffset, ip.totalLength, kind, sequence, content].join('|');
}

/** The packet that left first, at every cable that it crosses. */
function followed(departures: readonly Departure[], first: number): Departure[] {
  const same = essence(departures[first]!);
  const way = [departures[first]!];
  const reached = new Set([departures[first]!.to]);
  for (const departure of departures.slice(first + 1)) {
    if (way.length >= MOST_STEPS) break;
    if (!reached.has(departure.node) || essence(departure) !== same) continue;
    if (way.some(({ link, side }) => link === departure.link && side === departure.side)) continue;
    way.push(departure);
    reached.add(departure.to);
  }
  return way;
}
/** A storm has no end. */
const MOST_STEPS = 64;

/** The first packet that one whom the request reached sends back to where it came from. */
function answerTo(departures: readonly Departure[], request: readonly Departure[]): Departure[] {
  const last = request.at(-1)!;
  const index = departures.findIndex((one) => {
    if (one.at < last.at) return false;
    const asked = request.find(({ to }) => to === one.node);
    return (
      asked !== undefined && one.ip.destination === asked.ip.source && !request.includes(one) && essence(one) !== essence(asked)
    );
  });
  return index < 0 ? [] : followed(departures, index);
}

/** Copies that one node sends at the same moment share a number. */
function numbered(way: readonly Departure[]): number[] {
  let number = 0;
  return way.map(({ node, at }, index) => {
    const before = way[index - 1];
    if (before?.node !== node || before.at !== at) number++;
    return number;
  });
}

function stepsOf(way: readonly Departure[], part: Step['part'], firstNumber: number): Step[] {
  const numbers = numbered(way);
  return way.map((departure, index) => ({
    link: departure.link,
    direction: departure.side === 'a' ? 'a to b' : 'b to a',
    number: firstNumber + numbers[index]! - 1,
    words: `${departure.node} to ${departure.to}: ${index === 0 ? whole(departure) : changes(way.find(({ to }) => to === departure.node)!, departure)}`,
    part,
  }));
}

const whole = (departure: Departure): string =>
  `${describe(departure.packet).replace(/ <[^<>]*>/, '')}, TTL ${departure.ip.ttl}, ${stations(departure)}`;

const stations = ({ packet }: Departure): string =>
  packet.ethernet === undefined ? '' : `Ethernet ${packet.ethernet.source} > ${packet.ethernet.destination}`;

const tags = ({ packet }: Departure): string =>
  packet.ethernet?.vlans.map(({ id }) => `VLAN tag ${id}`).join(', ') || 'no VLAN tag';

const endpointsOf = ({ ip, packet: { transport } }: Departure): string =>
  `${endpoint(ip.source, sourcePortOf(transport))} > ${endpoint(ip.destination, destinationPortOf(transport))}`;

/** What whoever forwarded the packet did to it. */
function changes(before: Departure, now: Departure): string {
  const ttl = (one: Departure): string => `TTL ${one.ip.ttl}`;
  const different = [endpointsOf, ttl, tags, stations].filter((words) => words(before) !== words(now));
  return different.length === 0 ? 'the same frame' : different.map((words) => words(now)).join(', ');
}

/**
 * Which end of which cable each interface of a recording is: a network names them after device and port, or after the device
 * alone where it has one port.
 */
export function endsOf(interfaces: readonly { readonly name: string }[], { links }: Topology): (WireEnd | undefined)[] {
  const byName = new Map<string, WireEnd>();
  for (const [link, ends] of links.entries()) {
    for (const side of ['a', 'b'] as const) {
      const { node, port } = ends[side];
      const end = { link, side, node };
      byName.set(`${node}.${port}`, end);
      if (!byName.has(node)) byName.set(node, end);
    }
  }
  return interfaces.map(({ name }) => byName.get(name));
}
