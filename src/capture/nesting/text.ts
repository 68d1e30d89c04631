/** The boxes of a frame drawn with characters: the fields on the left, the bytes they come from on the right. */
import { DIM, NOTE, paint } from '../words/ansi.ts';
import { plain } from '../words/plain.ts';
import { wrap } from '../words/wrap.ts';
import type { NestingLine } from './lines.ts';
import { linesOf } from './lines.ts';
import type { NestingBox, NestingRow } from './nesting.ts';

export interface NestingTextOptions {
  /** In characters; more where so many boxes stand in each other. @default 110 */
  readonly width?: number;
  /** Colours by ANSI escape codes. @default false */
  readonly color?: boolean;
}

/** Select Graphic Rendition, ECMA-48. */
const BOLD = '1';
const COLORS: Record<NestingBox['osi'], string> = {
  '1': '37',
  '2': '35',
  '2-3': '35',
  '3': '34',
  '4': '32',
  '5-7': '36',
  '': '37',
};

/** Of an offset and the room behind it. */
const OFFSET = 7;
/** On each side of what is inside: border and space. */
const SIDE = 2;
const WIDE = 100;
/** Sixteen bits in groups of four. */
const BITS = 20;
/** What a name gets at least. */
const LEAST_NAME = 11;
/** What a value gets at least: an Ethernet address. */
const LEAST_VALUE = 17;
/** Without the sides. */
const NARROWEST = OFFSET + BITS + LEAST_NAME + LEAST_VALUE + 5;
/** What a name and its indentation get at most. */
const WIDEST_NAME = 34;

export function nestingText(box: NestingBox, { width = 110, color = false }: NestingTextOptions = {}): string {
  const sheet = new Sheet(box, Math.max(width, NARROWEST + 2 * SIDE * depthOf(box)), color);
  return sheet
    .box(box, 0)
    .map((line) => `${line}\n`)
    .join('');
}

class Sheet {
  readonly #width: number;
  readonly #color: boolean;
  readonly #perLine: number;
  /** The same column for all boxes. */
  readonly #valueAt: number;
  readonly #bytesAt: number;

  constructor(box: NestingBox, width: number, color: boolean) {
    this.#width = width;
    this.#color = color;
    this.#perLine = width >= WIDE ? 8 : 6;
    const depth = depthOf(box);
    this.#bytesAt = width - SIDE * depth - OFFSET - Math.max(this.#perLine * 3, BITS);
    this.#valueAt = Math.min(widestName(box, 0), SIDE * depth + WIDEST_NAME, this.#bytesAt - LEAST_VALUE - 4) + 2;
  }

  box(box: NestingBox, depth: number): string[] {
    const { rows, inner, after, notes } = box;
    const line = (row: NestingRow): string[] => linesOf(row, this.#perLine).flatMap((one) => this.#line(box, one, depth));
    const room = this.#width - 2 * SIDE * (depth + 1);
    return [
      this.#top(box, depth),
      ...notes.flatMap((note) => wrap(plain(note), room).map((part) => this.#framed(box, this.#paint(NOTE, part.padEnd(room))))),
      ...rows.flatMap(line),
      ...inner.flatMap((one) => this.box(one, depth + 1)).map((text) => this.#framed(box, text)),
      ...after.flatMap(line),
      this.#paint(COLORS[box.osi], `└${'─'.repeat(this.#width - 2 * SIDE * depth - 2)}┘`),
    ];
  }

  #top({ osi, layer, name, place }: NestingBox, depth: number): string {
    const words = osi === '' ? ` ${name} ` : ` ${osi} ${layer} ─ ${name} `;
    const right = place === '' ? '' : ` ${place} `;
    const room = this.#width - 2 * SIDE * depth - 4;
    const title = words.length + right.length <= room ? words : `${words.slice(0, room - right.length - 2)}… `;
    const rule = '─'.repeat(room - title.length - right.length);
    const pen = COLORS[osi];
    return `${this.#paint(pen, '┌─')}${this.#paint(`${BOLD};${pen}`, title)}${this.#paint(pen, rule + right)}${this.#paint(pen, '─┐')}`;
  }

  /** @param text is as wide as the room between the borders: words, or a box inside */
  #framed({ osi }: NestingBox, text: string): string {
    const bar = this.#paint(COLORS[osi], '│');
    return `${bar} ${text} ${bar}`;
  }

  #line(box: NestingBox, { depth: level, name, value, meaning, at, bytes }: NestingLine, depth: number): string[] {
    const left = SIDE * (depth + 1);
    const nameRoom = this.#valueAt - left;
    const valueRoom = this.#bytesAt - this.#valueAt - 2;
    const words = wrap(plain(meaning === '' ? value : `${value}${value === '' ? '' : '  '}${meaning}`), valueRoom);
    const names = wrap(plain(name), Math.max(nameRoom - 2 * level - 1, 8));
    const count = Math.max(words.length, names.length);
    const rightRoom = this.#width - left - this.#bytesAt;
    return Array.from({ length: count }, (_, i) => {
      const label = `${'  '.repeat(level)}${names[i] ?? ''}`.padEnd(nameRoom);
      const text = (words[i] ?? '').padEnd(valueRoom + 2);
      const shown = i > 0 ? '' : `${(at === undefined ? '' : String(at)).padStart(OFFSET - 3)}   ${bytes}`;
      return this.#framed(box, `${label}${text}${this.#paint(DIM, shown.padEnd(rightRoom))}`);
    });
  }

  #paint(code: string, text: string): string {
    return paint(code, text, this.#color);
  }
}

/** How many boxes stand in each other. */
const depthOf = ({ inner }: NestingBox): number => 1 + Math.max(0, ...inner.map(depthOf));

const widestName = ({ rows, after, inner }: NestingBox, depth: number): number =>
  Math.max(
    0,
    ...[...rows, ...after].map((row) => SIDE * (depth + 1) + 2 * row.depth + row.name.length),
    ...inner.map((one) => widestName(one, depth + 1)),
  );
