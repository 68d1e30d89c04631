/**
 * Which way a network is read: from the first host on the left to the one farthest from it on the right. Between the two runs
 * the spine; what hangs on it hangs to the left of its left half and to the right of its right half.
 */
import type { Topology } from '../../lab/network/topology.ts';

/** A cable from left to right, by its place in the topology. */
export interface Directed {
  readonly from: string;
  readonly to: string;
  readonly link: number;
}

/** Who is beside whom, by name, in the order of the cables. */
type Neighbours = ReadonlyMap<string, readonly string[]>;

/** @returns every cable whose two ends are two nodes of the topology; a part without a way to the first host is read on its own */
export function directed({ nodes, links }: Topology): Directed[] {
  const neighbours = neighboursOf({ nodes, links });
  const columns = new Map<string, number>();
  const first = nodes.filter(({ kind }) => kind === 'host' || kind === 'tap');
  for (const { name } of [...first, ...nodes]) {
    if (!columns.has(name)) for (const [node, column] of columnsFrom(name, neighbours)) columns.set(node, column);
  }
  return links.flatMap(({ a, b }, link) => {
    const [left, right] = [columns.get(a.node), columns.get(b.node)];
    if (left === undefined || right === undefined || a.node === b.node) return [];
    return [left <= right ? { from: a.node, to: b.node, link } : { from: b.node, to: a.node, link }];
  });
}

function neighboursOf({ nodes, links }: Topology): Neighbours {
  const found = new Map<string, string[]>(nodes.map(({ name }) => [name, []]));
  for (const { a, b } of links) {
    if (a.node === b.node || !found.has(a.node) || !found.has(b.node)) continue;
    found.get(a.node)?.push(b.node);
    found.get(b.node)?.push(a.node);
  }
  return found;
}

/** How far each node is from the first, and through whom. In the order in which they are reached. */
function reach(from: string, neighbours: Neighbours, known: ReadonlySet<string> = new Set()): Map<string, string | undefined> {
  const through = new Map<string, string | undefined>([[from, undefined]]);
  for (const [node] of through) {
    for (const next of neighbours.get(node) ?? []) if (!through.has(next) && !known.has(next)) through.set(next, node);
  }
  return through;
}

/** The column of everything that can be reached from the leftmost host. */
function columnsFrom(leftmost: string, neighbours: Neighbours): Map<string, number> {
  const spine = spineFrom(leftmost, neighbours);
  const columns = new Map(spine.map((node, index) => [node, index]));
  const middle = (spine.length - 1) / 2;
  const weight = { left: 0, right: 0 };
  for (const [index, node] of spine.entries()) {
    for (const next of neighbours.get(node) ?? []) {
      if (columns.has(next)) continue;
      const branch = reach(next, neighbours, new Set(columns.keys()));
      // what closes a ring with the spine stands between its ends; else away from the middle, from there to where less hangs
      const isRing = [...branch.keys()].some((name) => neighbours.get(name)?.some((other) => (columns.get(other) ?? 0) > index));
      const side = isRing || index > middle || (index === middle && weight.right <= weight.left) ? 'right' : 'left';
      weight[side] += branch.size;
      hang(branch, index, side === 'right' ? 1 : -1, columns);
    }
  }
  return columns;
}

/** @param step from one column to the next, away from the spine */
function hang(branch: ReadonlyMap<string, string | undefined>, from: number, step: 1 | -1, columns: Map<string, number>): void {
  for (const [name, through] of branch) columns.set(name, (through === undefined ? from : columns.get(through)!) + step);
}

/** The shortest way to the node that is farthest: of several equally far, to the last one named. */
function spineFrom(leftmost: string, neighbours: Neighbours): string[] {
  const through = reach(leftmost, neighbours);
  const wayTo = (node: string): string[] => {
    const way = [node];
    for (let before = through.get(node); before !== undefined; before = through.get(before)) way.unshift(before);
    return way;
  };
  let longest: string[] = [];
  for (const node of neighbours.keys()) {
    if (!through.has(node)) continue;
    const way = wayTo(node);
    if (way.length >= longest.length) longest = way;
  }
  return longest;
}
