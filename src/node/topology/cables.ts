/** Cables, what is written on them, and the arrows of a packet's way beside them. */
import { textWidth } from '../../capture/picture/text-width.ts';
import { escapeXml, num } from '../../capture/picture/xml.ts';
import type { Topology, TopologyEnd, TopologyLink } from '../../lab/network/topology.ts';
import type { Point, Polyline } from './geometry.ts';
import { beside, between } from './geometry.ts';
import { badge } from './legend.ts';
import type { Networks } from './networks.ts';
import { SMALL_SIZE } from './place.ts';
import type { Step } from './way.ts';

export interface DrawnCable {
  readonly link: TopologyLink;
  /** What is written at its ends. */
  readonly ends: { readonly a: string; readonly b: string };
  readonly cable: Polyline;
  /** Those that cross it. */
  readonly steps: readonly Step[];
  /** Of a cable that is a network of its own. */
  readonly prefix: string | undefined;
}

/** From the cable to an arrow. */
const LANE = 12;
const BADGE_STEP = 19;
const HEAD = 8;
const LONGEST = 260;

/** What is written at the end of a cable: the port where there are several, the address where the box does not say it below its name. */
export function endText({ node, port, address }: TopologyEnd, { nodes, links }: Topology): string {
  const ports = links.flatMap(({ a, b }) => [a, b]).filter((end) => end.node === node);
  const box = nodes.find(({ name }) => name === node);
  const said = box === undefined || box.addresses.length <= 1 ? undefined : address;
  return [ports.length > 1 ? port : undefined, said].filter((word) => word !== undefined).join(' ');
}

/** How long each cable must be for what is written on it and for the numbers beside it. */
export function cableLengths(topology: Topology, { ofLink }: Networks, way: readonly Step[]): number[] {
  return topology.links.map((link, index) => {
    const ends = [link.a, link.b].map((end) => textWidth(endText(end, topology), SMALL_SIZE));
    const label = textWidth(labelOf(link, ofLink.get(index)), SMALL_SIZE);
    const steps = way.filter((step) => step.link === index);
    const most = Math.max(...['a to b', 'b to a'].map((way) => steps.filter(({ direction }) => direction === way).length));
    return Math.min(Math.max(ends[0]! + ends[1]! + 34, label + 34, most * BADGE_STEP + 40), LONGEST);
  });
}

const labelOf = (link: TopologyLink, prefix: string | undefined): string =>
  [link.label, prefix].filter((word) => word !== undefined).join('  ');

export const drawCable = ({ cable, link }: DrawnCable): string =>
  `<path class="cable"${link.isRemoved === true ? ' stroke-dasharray="5 4"' : ''} d="M${cable.map(({ x, y }) => `${num(x)} ${num(y)}`).join('L')}"/>`;

/** The longest piece carries the words and the arrows; the pieces at the ends what belongs to a port. */
export function drawLabels(drawn: DrawnCable): string[] {
  const { link, cable, prefix, steps, ends } = drawn;
  const pieces = cable.slice(0, -1).map((from, index) => [from, cable[index + 1]!] as const);
  const [from, to] = pieces.reduce((longest, one) => (lengthOf(one) > lengthOf(longest) ? one : longest));
  const rise = steps.length > 0 ? LANE + 12 : 5;
  const label = labelOf(link, prefix);
  const place = labelPlace(drawn, rise);
  return [
    ...atEnd(ends.a, cable[0]!, cable[1]!, rise),
    ...atEnd(ends.b, cable.at(-1)!, cable.at(-2)!, rise),
    ...(label === '' ? [] : [written('label', label, from, to, place.part, 'middle', place.drop)]),
    ...arrows(drawn, from, to),
  ];
}

const lengthOf = ([from, to]: readonly [Point, Point]): number => Math.hypot(to.x - from.x, to.y - from.y);

/** Cables spread from a box: what is written stands outside of the fan, above those that go up and below those that go down. */
function atEnd(text: string, at: Point, towards: Point, rise: number): string[] {
  if (text === '') return [];
  const slope = Math.abs(towards.y - at.y) / Math.max(Math.abs(towards.x - at.x), 1);
  const away = slope < 0.05 ? 7 : 24;
  const part = Math.min(away / Math.max(lengthOf([at, towards]), 1), 0.5);
  const isDown = towards.y > at.y + 1;
  return [written('end', text, at, towards, part, towards.x >= at.x ? 'start' : 'end', isDown ? rise + 8 : -rise)];
}

/**
 * Below a level cable, whose ends are written above it; beside a slanted one where the shorter of the two ends stands, and away
 * from it.
 */
function labelPlace({ cable, ends }: DrawnCable, rise: number): { readonly part: number; readonly drop: number } {
  const fall = cable.at(-1)!.y - cable[0]!.y;
  if (Math.abs(fall) <= 1) return { part: 0.5, drop: rise + 8 };
  const [lower, upper] = fall > 0 ? [ends.a, ends.b] : [ends.b, ends.a];
  const isLower = lower.length < upper.length;
  const beside = isLower ? lower : upper;
  const isAtA = isLower === fall > 0;
  return { part: beside === '' ? 0.5 : isAtA ? 0.7 : 0.3, drop: isLower ? rise + 8 : -rise };
}

/** Along the cable, readable from left to right. @param drop below the cable; negative: above it */
function written(look: string, text: string, from: Point, to: Point, part: number, anchor: string, drop: number): string {
  const { x, y } = between(from, to, part);
  const [left, right] = to.x >= from.x ? [from, to] : [to, from];
  const angle = (Math.atan2(right.y - left.y, right.x - left.x) * 180) / Math.PI;
  const turn = Math.abs(angle) < 0.05 ? '' : ` transform="rotate(${num(angle)} ${num(x)} ${num(y)})"`;
  return `<text class="${look}" x="${num(x)}" y="${num(y + drop)}"${turn} style="text-anchor:${anchor}">${escapeXml(text)}</text>`;
}

/** One arrow for each way, with the numbers of all that went it; what goes to the right runs above the cable. */
function arrows({ steps }: DrawnCable, a: Point, b: Point): string[] {
  return (['a to b', 'b to a'] as const).flatMap((way) => {
    const going = steps.filter(({ direction }) => direction === way);
    if (going.length === 0) return [];
    const [from, to] = way === 'a to b' ? [a, b] : [b, a];
    const [start, end] = beside(between(from, to, 0.06), between(from, to, 0.94), -LANE);
    const part = going.at(-1)!.part;
    const numbers = going.map((step, index) => {
      const length = lengthOf([start, end]);
      const place = 0.5 + ((index - (going.length - 1) / 2) * Math.min(BADGE_STEP, (length - 30) / going.length)) / length;
      const { x, y } = between(start, end, place);
      return badge(step.number, step.part, x, y);
    });
    return [arrow(start, end, part), ...numbers];
  });
}

function arrow(from: Point, to: Point, part: Step['part']): string {
  const length = lengthOf([from, to]) || 1;
  const neck = between(from, to, 1 - HEAD / length);
  const [[left], [right]] = [beside(neck, to, 3.4), beside(neck, to, -3.4)];
  const points = [to, left, right].map(({ x, y }) => `${num(x)} ${num(y)}`);
  return `<path class="arrow ${part}" d="M${num(from.x)} ${num(from.y)}L${num(neck.x)} ${num(neck.y)}"/><path class="head ${part}" d="M${points.join('L')}Z"/>`;
}
