/** Where devices and cables stand in the picture, by dagre: layers from left to right, with as few crossings as can be. */
import { textWidth } from '../../capture/picture/text-width.ts';
import type { Topology, TopologyNode } from '../../lab/network/topology.ts';
import type { LayoutGraph } from './dagre.ts';
import { laidOut } from './dagre.ts';
import type { Point, Polyline, Rect } from './geometry.ts';
import { around, beside, leaving, passesThrough } from './geometry.ts';
import type { DrawnNetwork } from './networks.ts';
import type { Directed } from './sides.ts';
import { directed } from './sides.ts';

export interface Box {
  readonly node: TopologyNode;
  /** The middle of its shape, where cables point. */
  readonly at: Point;
  /** Below the shape: the name is not among them. */
  readonly lines: readonly string[];
  /** With its words. */
  readonly rect: Rect;
}

export interface Placed {
  readonly boxes: ReadonlyMap<string, Box>;
  /** By the place of the cable in the topology; undefined where an end is no node. From end a to end b. */
  readonly cables: readonly (Polyline | undefined)[];
}

/** Half of a shape. */
export const HALF_WIDTH = 27;
export const HALF_HEIGHT = 19;
export const NAME_SIZE = 13;
export const SMALL_SIZE = 10.5;
export const NAME_STEP = 17;
export const LINE_STEP = 13;
/** Addresses below a box that says them nowhere else. */
const MOST_LINES = 4;
/** Between two devices one below the other. */
const NODE_GAP = 18;
/** The same where there are few, so that cables to several of them spread, and where areas of networks need room. */
const WIDE_GAP = 46;
const FEW = 8;
const SHORTEST_CABLE = 90;
/** Between the words of two devices beside each other. */
const WORD_GAP = 20;
/** Between cables that join the same two devices. */
const PARALLEL = 34;

/** @param lengths of each cable between two shapes: what is written on it needs so much */
export function place(topology: Topology, networks: readonly DrawnNetwork[], lengths: readonly number[]): Placed {
  const sizes = new Map(topology.nodes.map((node) => [node.name, sizeOf(node, topology)]));
  const edges = directed(topology);
  const below = Math.max(0, ...[...sizes.values()].map((size) => size.below)); // of all the same: middles stay in line
  const nodesep = topology.nodes.length <= FEW || networks.length > 1 ? WIDE_GAP : NODE_GAP;
  const graph = laidOut({ rankdir: 'LR', nodesep, edgesep: 12, ranksep: Math.max(0, ...lengths) }, (empty) => {
    for (const { name } of inNetworkOrder(topology, networks)) {
      empty.setNode(name, { width: 2 * sizes.get(name)!.halfWidth, height: 2 * HALF_HEIGHT + below });
    }
    for (const { from, to, link } of edges) empty.setEdge(from, to, {}, String(link));
  });
  const columns = columnsOf(topology, graph, edges, lengths, sizes);
  const boxes = new Map(
    topology.nodes.map((node) => {
      const { x, y } = moved(graph.node(node.name), columns);
      const { halfWidth, below, lines } = sizes.get(node.name)!;
      const rect = { ...around({ x, y }, halfWidth, HALF_HEIGHT), bottom: y + HALF_HEIGHT + below };
      return [node.name, { node, at: { x, y }, lines, rect }];
    }),
  );
  const bends = new Map(
    edges.map(({ from, to, link }) => [link, graph.edge(from, to, String(link)).points.map((point) => moved(point, columns))]),
  );
  return { boxes, cables: topology.links.map((_, link) => cableOf(link, topology, boxes, bends.get(link) ?? [])) };
}

/** Where dagre has put a column of devices, and where it goes. */
interface Column {
  readonly before: number;
  readonly now: number;
}

/** dagre has one distance for all columns; here each gap is as wide as the cables in it need. */
function columnsOf(
  { nodes }: Topology,
  graph: LayoutGraph,
  edges: readonly Directed[],
  lengths: readonly number[],
  sizes: ReadonlyMap<string, Size>,
): Column[] {
  const xs = [...new Set(nodes.map(({ name }) => graph.node(name).x))].sort((a, b) => a - b);
  const widest = (x: number): number =>
    Math.max(...nodes.map(({ name }) => (graph.node(name).x === x ? sizes.get(name)!.halfWidth : 0)));
  const columns: Column[] = [];
  for (const x of xs) {
    const left = columns.at(-1);
    if (left === undefined) columns.push({ before: x, now: 0 });
    else {
      const direct = edges.filter(({ from, to }) => graph.node(from).x === left.before && graph.node(to).x === x);
      const need = Math.max(SHORTEST_CABLE, ...direct.map(({ link }) => lengths[link] ?? 0)) + 2 * HALF_WIDTH;
      columns.push({ before: x, now: left.now + Math.max(need, widest(left.before) + widest(x) + WORD_GAP) });
    }
  }
  return columns;
}

/** In proportion where it stands between two columns. */
function moved({ x, y }: Point, columns: readonly Column[]): Point {
  const index = columns.findIndex(({ before }) => before >= x);
  const right = columns[index] ?? columns.at(-1)!;
  const left = columns[index - 1] ?? right;
  const part = right.before === left.before ? 1 : (x - left.before) / (right.before - left.before);
  return { x: left.now + (right.now - left.now) * part, y };
}

/** Members of a network one behind the other: dagre keeps that order where nothing speaks against it. */
function inNetworkOrder({ nodes }: Topology, networks: readonly DrawnNetwork[]): TopologyNode[] {
  const groupOf = (name: string): number => networks.findIndex(({ members }) => members.includes(name));
  return [...nodes].sort((a, b) => groupOf(a.name) - groupOf(b.name));
}

interface Size {
  readonly halfWidth: number;
  /** What stands below the shape. */
  readonly below: number;
  readonly lines: readonly string[];
}

function sizeOf(node: TopologyNode, { links }: Topology): Size {
  const atPorts = new Set(links.flatMap(({ a, b }) => [a, b].map((end) => (end.node === node.name ? end.address : undefined))));
  const own = node.addresses.length === 1 ? node.addresses : node.addresses.filter((address) => !atPorts.has(address));
  const lines = own.length > MOST_LINES ? [...own.slice(0, MOST_LINES - 1), `and ${own.length - MOST_LINES + 1} more`] : own;
  const widths = [textWidth(node.name, NAME_SIZE, true), ...lines.map((line) => textWidth(line, SMALL_SIZE))];
  return {
    halfWidth: Math.max(HALF_WIDTH, ...widths.map((width) => width / 2)),
    below: NAME_STEP + lines.length * LINE_STEP,
    lines,
  };
}

function cableOf(
  link: number,
  { links }: Topology,
  boxes: ReadonlyMap<string, Box>,
  bends: readonly Point[],
): Polyline | undefined {
  const { a, b } = links[link]!;
  const [from, to] = [boxes.get(a.node), boxes.get(b.node)];
  if (from === undefined || to === undefined || from === to) return undefined;
  const twins = links.flatMap((other, index) => (joinSame(other, links[link]!) ? [index] : []));
  const shift = (twins.indexOf(link) - (twins.length - 1) / 2) * PARALLEL * (a.node < b.node ? 1 : -1);
  const [start, end] = beside(from.at, to.at, shift);
  const blocked = [...boxes.values()].some((box) => box !== from && box !== to && passesThrough(start, end, box.rect));
  const inner = blocked ? inOrder(bends, from.at).slice(1, -1) : [];
  // a cable beside the middle ends under the shape, which is drawn over it
  const inset = shift === 0 ? -2 : Math.min(Math.abs(shift), HALF_HEIGHT - 2);
  const clip = (middle: Point, towards: Point): Point => leaving(middle, HALF_WIDTH - inset, HALF_HEIGHT - inset, towards);
  return [clip(start, inner[0] ?? end), ...inner, clip(end, inner.at(-1) ?? start)];
}

const joinSame = (one: Topology['links'][number], other: Topology['links'][number]): boolean =>
  [one.a.node, one.b.node].sort().join('\n') === [other.a.node, other.b.node].sort().join('\n');

/** dagre gives them from left to right; a cable begins at its end a. */
function inOrder(points: readonly Point[], from: Point): readonly Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const distance = ({ x, y }: Point): number => Math.hypot(x - from.x, y - from.y);
  return distance(first) <= distance(last) ? points : points.toReversed();
}
