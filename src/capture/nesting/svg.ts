/** The boxes of a frame as a picture: SVG that stands for itself. */
import type { Palette } from '../picture/palette.ts';
import { DARK, FONT_FAMILY, LIGHT } from '../picture/palette.ts';
import { cutText, textWidth } from '../picture/text-width.ts';
import { escapeXml, num } from '../picture/xml.ts';
import { plain } from '../words/plain.ts';
import type { NestingLine } from './lines.ts';
import { linesOf } from './lines.ts';
import type { NestingBox, NestingRow } from './nesting.ts';

export interface NestingSvgOptions {
  /** Above the picture. @default none */
  readonly title?: string;
  /** @default 'light' */
  readonly theme?: 'light' | 'dark';
}

const COLORS: Record<NestingBox['osi'], Exclude<keyof Palette, 'paper'>> = {
  '1': 'grey',
  '2': 'purple',
  '2-3': 'purple',
  '3': 'blue',
  '4': 'green',
  '5-7': 'orange',
  '': 'grey',
};

const MARGIN = 16;
const TITLE_ROOM = 40;
const PADDING = 12;
const HEAD = 28;
const LINE = 19;
const SIZE = 13;
const INDENT = 14;
const PER_LINE = 8;
/** Of a font of one width: each character takes so much of its size. */
const MONO_WIDTH = 0.61;
const MONO = "'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace";
const OFFSET_ROOM = 44;
const BYTES_ROOM = PER_LINE * 3 * SIZE * MONO_WIDTH;
const WIDEST_VALUE = 420;
const GAP = 18;

export function nestingSvg(box: NestingBox, { title = '', theme = 'light' }: NestingSvgOptions = {}): string {
  const palette = theme === 'dark' ? DARK : LIGHT;
  const sheet = new Sheet(box);
  const top = title === '' ? MARGIN : TITLE_ROOM;
  const bottom = sheet.draw(box, 0, top);
  const [width, height] = [Math.ceil(sheet.width), Math.ceil(bottom + MARGIN)];
  const words = escapeXml(title === '' ? 'The layers of a frame' : title);
  const heading = escapeXml(cutText(title, width - 2 * MARGIN, 18, true));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="nesting" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${words}">`,
    `<style>${style(palette)}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...(title === '' ? [] : [`<text class="title" x="${MARGIN}" y="27">${heading}</text>`]),
    ...sheet.parts,
    '</svg>\n',
  ].join('\n');
}

class Sheet {
  readonly parts: string[] = [];
  readonly width: number;
  readonly #nameAt: number;
  readonly #valueAt: number;
  readonly #bytesAt: number;
  readonly #valueRoom: number;

  constructor(box: NestingBox) {
    const depth = depthOf(box);
    this.#nameAt = MARGIN + PADDING * depth;
    this.#valueAt = this.#nameAt + widest(box, ({ name, depth: level }) => textWidth(plain(name), SIZE) + INDENT * level) + GAP;
    this.#valueRoom = Math.min(
      widest(box, (row) => textWidth(wordsOf(row), SIZE)),
      WIDEST_VALUE,
    );
    this.#bytesAt = this.#valueAt + this.#valueRoom + GAP + OFFSET_ROOM;
    this.width = this.#bytesAt + BYTES_ROOM + PADDING * depth + MARGIN;
  }

  /** @returns where it ends */
  draw(box: NestingBox, depth: number, top: number): number {
    const { osi, layer, name, place, notes, rows, inner, after } = box;
    const left = MARGIN + PADDING * depth;
    const width = this.width - 2 * left;
    const frameAt = this.parts.push('') - 1; // behind what it holds, so its height is known later
    const title = osi === '' ? '' : `${osi}  ${layer}`;
    const nameAt = left + PADDING + (title === '' ? 0 : textWidth(title, SIZE, true) + 14);
    this.#text('head', left + PADDING, top + 19, title, COLORS[osi]);
    this.#text('name', nameAt, top + 19, name, COLORS[osi]);
    this.#text('place', left + width - PADDING, top + 19, place);
    let y = top + HEAD;
    for (const note of notes) {
      this.#text('note', left + PADDING, y + 14, cutText(plain(note), width - 2 * PADDING, SIZE));
      y += LINE;
    }
    y = this.#rows(rows, y);
    for (const one of inner) y = this.draw(one, depth + 1, y + 4) + 6;
    y = this.#rows(after, y);
    const bottom = y + 8;
    const rect = `x="${num(left)}" y="${num(top)}" width="${num(width)}" height="${num(bottom - top)}" rx="6"/>`;
    // the tint lies on paper, not on the tint of what is around it
    this.parts[frameAt] = `<rect class="paper" ${rect}<rect class="box ${COLORS[osi]}" ${rect}`;
    return bottom;
  }

  #rows(rows: readonly NestingRow[], top: number): number {
    let y = top;
    for (const line of rows.flatMap((row) => linesOf(row, PER_LINE))) {
      this.#line(line, y + 14);
      y += LINE;
    }
    return y;
  }

  #line(line: NestingLine, y: number): void {
    const { depth, name, value, meaning, at, bytes } = line;
    this.#text(depth === 0 ? 'field' : 'field part', this.#nameAt + INDENT * depth, y, name);
    const shown = cutText(plain(value), this.#valueRoom, SIZE, true);
    this.#text('value', this.#valueAt, y, shown);
    const meaningAt = this.#valueAt + (value === '' ? 0 : textWidth(shown, SIZE, true) + 8);
    this.#text('meaning', meaningAt, y, cutText(plain(meaning), this.#valueAt + this.#valueRoom - meaningAt, SIZE));
    if (at !== undefined) this.#text('offset', this.#bytesAt - 14, y, String(at));
    this.#text('bytes', this.#bytesAt, y, bytes);
  }

  #text(kind: string, x: number, y: number, words: string, color = ''): void {
    if (words === '' || words === '…') return;
    const look = color === '' ? kind : `${kind} ${color}`;
    this.parts.push(`<text class="${look}" x="${num(x)}" y="${num(y)}">${escapeXml(words)}</text>`);
  }
}

const depthOf = ({ inner }: NestingBox): number => 1 + Math.max(0, ...inner.map(depthOf));

const wordsOf = ({ value, meaning }: NestingRow): string => `${plain(value)}   ${plain(meaning)}`;

const widest = ({ rows, after, inner }: NestingBox, of: (row: NestingRow) => number): number =>
  Math.max(0, ...[...rows, ...after].map(of), ...inner.map((one) => widest(one, of)));

function style(palette: Palette): string {
  const colors = [...new Set(Object.values(COLORS))];
  return [
    `.nesting text{font:${SIZE}px ${FONT_FAMILY};fill:${palette.ink};white-space:pre}`,
    `.nesting .paper{fill:${palette.paper}}`,
    '.nesting .title{font-size:18px;font-weight:bold}',
    '.nesting .box{stroke-width:1.5;fill-opacity:.07}',
    ...colors.map((name) => `.nesting .box.${name}{stroke:${palette[name]};fill:${palette[name]}}`),
    ...colors.map((name) => `.nesting text.${name}{fill:${palette[name]}}`),
    '.nesting .head{font-weight:bold}',
    `.nesting .place{fill:${palette.grey};text-anchor:end}`,
    `.nesting .note{fill:${palette.vermillion}}`,
    `.nesting .part,.nesting .meaning{fill:${palette.grey}}`,
    '.nesting .value{font-weight:bold}',
    `.nesting .offset{fill:${palette.grey};text-anchor:end}`,
    `.nesting .bytes{font-family:${MONO}}`,
  ].join('');
}
