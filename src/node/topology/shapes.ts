/** What devices look like: simple shapes around a middle, drawn with lines. */
import { num } from '../../capture/picture/xml.ts';
import type { TopologyNode } from '../../lab/network/topology.ts';
import type { Point } from './geometry.ts';
import { HALF_HEIGHT as H, HALF_WIDTH as W } from './place.ts';

type Kind = TopologyNode['kind'];

/** @returns elements in a group that stands at the middle */
export function shape(kind: Kind, { x, y }: Point): string {
  return `<g class="device ${kind}" transform="translate(${num(x)} ${num(y)})">${SHAPES[kind]}</g>`;
}

const line = (d: string): string => `<path d="${d}"/>`;
const box = (inner: string, rx = 4): string =>
  `<rect x="${-W}" y="${-H}" width="${2 * W}" height="${2 * H}" rx="${rx}"/>${inner}`;
/** An arrow along a line, with its head as two strokes. */
const arrow = (x1: number, y: number, x2: number): string => {
  const back = x2 > x1 ? x2 - 5 : x2 + 5;
  return `M${x1} ${y}H${x2}M${back} ${y - 3.5}L${x2} ${y}L${back} ${y + 3.5}`;
};
const disc = (inner: string): string => `<ellipse rx="${W}" ry="${H}"/>${inner}`;
const word = (text: string): string => `<text class="on" y="4">${text}</text>`;

const bricks = (): string => {
  const rows = [-H, -H / 3, H / 3].map((top, row) => {
    const height = (2 * H) / 3;
    const joints = row % 2 === 0 ? [-W / 3, W / 3] : [-(2 * W) / 3, 0, (2 * W) / 3];
    return `${row === 0 ? '' : `M${-W} ${num(top)}H${W}`}${joints.map((x) => `M${num(x)} ${num(top)}v${num(height)}`).join('')}`;
  });
  return line(rows.join(''));
};

const MONITOR =
  `<rect x="-22" y="${-H}" width="44" height="29" rx="3"/><rect class="screen" x="-18" y="${-H + 4}" width="36" height="21" rx="1"/>` +
  line(`M0 ${-H + 29}V${H - 3}M-12 ${H - 1}H12`);

const SHAPES: Readonly<Record<Kind, string>> = {
  host: MONITOR,
  tap: `${MONITOR}<text class="on" y="-2">TAP</text>`,
  switch: box(line(`${arrow(-4, -8, 19)}${arrow(4, 0, -19)}${arrow(-4, 8, 19)}`)),
  hub: box(
    line(`${arrow(0, 0, 19)}${arrow(0, 0, -19)}`) +
      [-12, 0, 12].map((x) => `<circle class="solid" cx="${x}" cy="11" r="1.8"/>`).join(''),
  ),
  router: disc(line(`${arrow(-22, 0, -6)}${arrow(22, 0, 6)}M0 -3V-15M-3.5 -10.5L0 -15L3.5 -10.5M0 3V15M-3.5 10.5L0 15L3.5 10.5`)),
  nat: disc(word('NAT') + line(`${arrow(-11, -9, 11)}${arrow(11, 9, -11)}`)),
  firewall: box(bricks(), 0),
};
