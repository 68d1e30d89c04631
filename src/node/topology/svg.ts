/** A network as a picture: devices, cables, addresses at their ports, and the way of a packet in numbers. SVG that stands for itself. */
import type { Palette } from '../../capture/picture/palette.ts';
import { DARK, FONT_FAMILY, LIGHT } from '../../capture/picture/palette.ts';
import { cutText } from '../../capture/picture/text-width.ts';
import { escapeXml, num } from '../../capture/picture/xml.ts';
import type { Topology } from '../../lab/network/topology.ts';
import { cableLengths, drawCable, drawLabels, endText } from './cables.ts';
import type { Rect } from './geometry.ts';
import { union } from './geometry.ts';
import { drawGroups, groupRects } from './groups.ts';
import { drawLegend, legendOf } from './legend.ts';
import { networksOf } from './networks.ts';
import type { Box, Placed } from './place.ts';
import { HALF_HEIGHT, LINE_STEP, NAME_SIZE, NAME_STEP, place, SMALL_SIZE } from './place.ts';
import { shape } from './shapes.ts';
import type { Step } from './way.ts';

export interface TopologySvgOptions {
  /** The way of a packet: numbers on the cables, and what they mean below. @default none */
  readonly way?: readonly Step[];
  /** Above the picture. @default none */
  readonly title?: string;
  /** In pixels: what the picture is drawn for; more where so many devices need it. @default 1000 */
  readonly width?: number;
  /** @default 'light' */
  readonly theme?: 'light' | 'dark';
}

const MARGIN = 24;
const TITLE_SIZE = 18;

/** The same network gives the same bytes. */
export function topologySvg(
  topology: Topology,
  { way = [], title = '', width = 1000, theme = 'light' }: TopologySvgOptions = {},
): string {
  const networks = networksOf(topology);
  const placed = place(topology, networks.groups, cableLengths(topology, networks, way));
  const groups = groupRects(networks.groups, placed);
  const extent = extentOf(
    placed,
    groups.map(({ rect }) => rect),
  );
  const [w, top] = [Math.ceil(Math.max(width, extent.right - extent.left + 2 * MARGIN)), title === '' ? MARGIN : MARGIN + 30];
  const legend = legendOf(way, w - 2 * MARGIN);
  const drawn = extent.bottom - extent.top;
  const h = Math.ceil(top + drawn + MARGIN + (legend.height === 0 ? 0 : legend.height + MARGIN));
  const shift = `translate(${num((w - (extent.right - extent.left)) / 2 - extent.left)} ${num(top - extent.top)})`;
  const words = title === '' ? `Network of ${topology.nodes.map(({ name }) => name).join(', ')}` : title;
  const withCables = topology.links.flatMap((link, index) => {
    const cable = placed.cables[index];
    return cable === undefined
      ? []
      : [
          {
            link,
            ends: { a: endText(link.a, topology), b: endText(link.b, topology) },
            cable,
            steps: way.filter((step) => step.link === index),
            prefix: networks.ofLink.get(index),
          },
        ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="topology" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-label="${escapeXml(words)}">`,
    `<style>${style(theme === 'dark' ? DARK : LIGHT)}</style>`,
    `<rect class="paper" width="${w}" height="${h}"/>`,
    ...(title === ''
      ? []
      : [`<text class="title" x="${MARGIN}" y="34">${escapeXml(cutText(title, w - 2 * MARGIN, TITLE_SIZE, true))}</text>`]),
    `<g transform="${shift}">`,
    ...drawGroups(groups),
    ...withCables.map(drawCable),
    ...[...placed.boxes.values()].map(drawBox),
    ...withCables.flatMap((one) => drawLabels(one)),
    '</g>',
    ...drawLegend(legend, MARGIN, top + drawn + MARGIN),
    '</svg>\n',
  ].join('\n');
}

function extentOf({ boxes, cables }: Placed, groups: readonly Rect[]): Rect {
  const points = cables.flatMap((cable) => cable ?? []).map(({ x, y }) => ({ left: x, right: x, top: y - 30, bottom: y + 30 }));
  const rects = [...[...boxes.values()].map(({ rect }) => rect), ...points, ...groups];
  return rects.length === 0 ? { left: 0, top: 0, right: 0, bottom: 0 } : union(rects);
}

function drawBox({ node, at, lines }: Box): string {
  const y = at.y + HALF_HEIGHT + NAME_STEP - 3;
  const small = lines.map(
    (text, index) => `<text class="small" x="${num(at.x)}" y="${num(y + (index + 1) * LINE_STEP)}">${escapeXml(text)}</text>`,
  );
  return `<g><title>${escapeXml(`${node.name}, ${node.kind}`)}</title>${shape(node.kind, at)}<text class="name" x="${num(at.x)}" y="${num(y)}">${escapeXml(node.name)}</text>${small.join('')}</g>`;
}

function style({ paper, ink, grey, faint, blue, green, vermillion, purple, orange, sky }: Palette): string {
  const halo = `stroke:${paper};stroke-width:3px;paint-order:stroke;stroke-linejoin:round`;
  const tint = (name: string, color: string): string =>
    `.g-${name}{fill:${color};fill-opacity:.09;stroke:${color};stroke-opacity:.4}.gt-${name}{fill:${color}}`;
  return [
    `text{font-family:${FONT_FAMILY};fill:${ink};text-anchor:middle}`,
    `.paper{fill:${paper}}`,
    `.title{font-size:${TITLE_SIZE}px;font-weight:bold;text-anchor:start}`,
    `.name{font-size:${NAME_SIZE}px;font-weight:bold;${halo}}`,
    `.small,.end,.label{font-size:${SMALL_SIZE}px;fill:${grey};${halo}}`,
    `.label{fill:${ink}}`,
    `.cable{fill:none;stroke:${grey};stroke-width:1.8}`,
    `.device{fill:${paper};stroke:${ink};stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}`,
    `.switch,.hub{stroke:${blue}}.router,.nat{stroke:${purple}}.firewall{stroke:${vermillion}}.tap{stroke:${green}}`,
    `.device path{fill:none}.screen{fill:${faint};stroke:none}.solid{fill:${blue};stroke:none}`,
    `.on{font-size:10.5px;font-weight:bold;stroke:none}`,
    `.group{stroke-width:1.2}.network{font-size:11.5px;font-weight:bold;text-anchor:start}`,
    tint('sky', sky) + tint('green', green) + tint('orange', orange) + tint('purple', purple) + tint('blue', blue),
    `.arrow{fill:none;stroke-width:1.5}.request.arrow{stroke:${blue}}.answer.arrow{stroke:${green}}`,
    `.head{stroke:none}.request{fill:${blue}}.answer{fill:${green}}.arrow.request,.arrow.answer{fill:none}`,
    `.number{font-size:9.5px;font-weight:bold;fill:${paper}}`,
    '.step{font-size:11.5px;text-anchor:start}',
  ]
    .join('\n')
    .replace(/(^|\}|,|\n)(?=[.a-z][\w.\- ]*[{,])/g, (start) => `${start}svg.topology `);
}
