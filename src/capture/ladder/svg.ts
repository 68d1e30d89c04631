/** The ladder as a picture: SVG that stands for itself, with no script, no font and no file beside it. */
import type { Palette } from '../picture/palette.ts';
import { DARK, FONT_FAMILY, LIGHT } from '../picture/palette.ts';
import { cutText } from '../picture/text-width.ts';
import { escapeXml, num } from '../picture/xml.ts';
import { foldRuns } from './fold.ts';
import type { Ladder } from './ladder.ts';
import { ADDRESS_SIZE, HOST_SIZE, hostBoxWidth, MARGIN } from './svg/columns.ts';
import { drawNotes, drawPauses, drawRows, drawStates } from './svg/draw.ts';
import type { Plan } from './svg/plan.ts';
import { planLadder } from './svg/plan.ts';

export interface LadderSvgOptions {
  /** In pixels; more where so many hosts need it. @default 1200 */
  readonly width?: number;
  /** Above the picture. @default none */
  readonly title?: string;
  /** Every segment, instead of folding long runs of ordinary ones. @default false */
  readonly all?: boolean;
  /** @default 'light' */
  readonly theme?: 'light' | 'dark';
}

const TITLE_SIZE = 18;
const TITLE_ROOM = 44;
const HOST_BOX = 40;

/** @param ladder as `ladder(frames)` gives it */
export function ladderSvg(ladder: Ladder, options: LadderSvgOptions = {}): string {
  const palette = options.theme === 'dark' ? DARK : LIGHT;
  return drawSvg(ladder, options, `<style>${ladderStyle(palette, 'svg.ladder ')}</style>`);
}

/** @param style an element that gives the classes of the drawing their looks; empty when the page around it does */
export function drawSvg(ladder: Ladder, { width = 1200, title = '', all = false }: LadderSvgOptions, style: string): string {
  const headTop = title === '' ? MARGIN : TITLE_ROOM + 6;
  const top = headTop + HOST_BOX + 34;
  const rows = all ? ladder.rows : foldRuns(ladder.rows);
  const plan = planLadder({ ...ladder, rows }, width, top);
  const [w, h] = [Math.ceil(plan.columns.width), Math.ceil(rows.length === 0 ? top + 40 : plan.bottom + MARGIN)];
  const words = escapeXml(
    title === '' ? `Sequence diagram of ${ladder.hosts.map(({ name }) => name).join(', ') || 'nothing'}` : title,
  );
  const heading = cutText(title, w - 2 * MARGIN, TITLE_SIZE, true);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="ladder" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-label="${words}">`,
    style,
    `<rect class="paper" width="${w}" height="${h}"/>`,
    ...(title === '' ? [] : [`<text class="title" x="${MARGIN}" y="32">${escapeXml(heading)}</text>`]),
    ...(rows.length === 0 ? [`<text class="note" x="${MARGIN}" y="${num(top)}">no packets</text>`] : drawPlan(plan, headTop)),
    '</svg>\n',
  ].join('\n');
}

function drawPlan(plan: Plan, headTop: number): string[] {
  return [
    ...plan.columns.xs.map((x) => `<path class="life" d="M${num(x)} ${headTop + HOST_BOX}V${num(plan.bottom)}"/>`),
    ...drawStates(plan),
    ...drawPauses(plan),
    ...drawRows(plan),
    ...drawNotes(plan),
    ...drawHeads(plan, headTop),
  ];
}

function drawHeads({ ladder, columns, unit }: Plan, top: number): string[] {
  const heads = ladder.hosts.map((host, index) => {
    const x = columns.xs[index]!;
    const width = hostBoxWidth(host);
    const hasAddress = host.name !== host.address && host.address !== '' && !host.name.includes(host.address);
    const box = `<rect class="host" x="${num(x - width / 2)}" y="${top}" width="${num(width)}" height="${HOST_BOX}" rx="6"/>`;
    const name = `<text class="name" x="${num(x)}" y="${top + (hasAddress ? 17 : 24.5)}">${escapeXml(host.name)}</text>`;
    return (
      box + name + (hasAddress ? `<text class="address" x="${num(x)}" y="${top + 32}">${escapeXml(host.address)}</text>` : '')
    );
  });
  return [...heads, `<text class="time" x="${num(columns.timeRight)}" y="${top + HOST_BOX - 6}">${unit.name}</text>`];
}

/** @param scope in front of every selector, so that the styles stay in this drawing */
export function ladderStyle(palette: Palette, scope: string): string {
  const colors = (['ink', 'grey', 'blue', 'green', 'vermillion', 'purple', 'orange', 'sky'] as const).flatMap((name) => [
    `.s-${name}{stroke:${palette[name]}}`,
    `.f-${name}{fill:${palette[name]}}`,
  ]);
  const { paper, ink, grey, faint, vermillion } = palette;
  const rules = [
    `text{font-family:${FONT_FAMILY};fill:${ink}}`,
    `.paper{fill:${paper}}`,
    `.title{font-size:${TITLE_SIZE}px;font-weight:bold}`,
    `.life{stroke:${grey};stroke-width:1.4;fill:none}`,
    `.host{fill:${paper};stroke:${grey};stroke-width:1.4}`,
    `.name{font-size:${HOST_SIZE}px;font-weight:bold;text-anchor:middle}`,
    `.address{font-size:${ADDRESS_SIZE}px;fill:${grey};text-anchor:middle}`,
    `.time{font-size:11px;fill:${grey};text-anchor:end}`,
    `.label{font-size:11.5px;text-anchor:middle}`,
    '.first,.mark,.lost{font-weight:bold}',
    `.mark,.lost{fill:${vermillion}}`,
    '.lost{font-size:11.5px}',
    `.back{fill:${paper};fill-opacity:.88}`,
    '.arrow{fill:none;stroke-width:1.6}',
    '.again{stroke-width:2.4}',
    '.fold{stroke-dasharray:2 3;stroke-width:3.4}',
    '.copy{stroke-dasharray:6 4}',
    '.note{font-size:11.5px}',
    `.numbers{font-size:10.5px;fill:${grey}}`,
    '.state{font-size:10.5px;font-weight:bold}',
    '.pill{fill-opacity:.14;stroke-width:1}',
    '.bar{fill-opacity:.75}',
    `.gap{stroke:${paper};stroke-width:7}`,
    `.break{stroke:${grey};stroke-width:1.2;fill:none}`,
    `.pause{font-size:11px;font-style:italic;fill:${grey};text-anchor:middle}`,
    `.rule{stroke:${faint};stroke-width:1;stroke-dasharray:3 5}`,
    ...colors,
  ];
  return rules
    .map((rule) =>
      rule.replace(/^[^{]+/, (selectors) =>
        selectors
          .split(',')
          .map((one) => scope + one)
          .join(','),
      ),
    )
    .join('\n');
}
