/** The ladder drawn with characters, for a terminal. */
import type { Micros } from '../../stack/time.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';
import { DIM, NOTE, paint } from '../words/ansi.ts';
import { wrap } from '../words/wrap.ts';
import { foldRuns } from './fold.ts';
import type { Ladder, LadderOptions, LadderRow, Tone } from './ladder.ts';
import { ladder } from './ladder.ts';
import { notesOf } from './svg/notes.ts';
import { isStory } from './svg/words.ts';

export interface LadderTextOptions extends LadderOptions {
  /** In characters. @default 100 */
  readonly width?: number;
  /** Only characters of ASCII. @default false */
  readonly ascii?: boolean;
  /** Colours by ANSI escape codes. @default false */
  readonly color?: boolean;
  /** Every segment, instead of folding long runs of ordinary ones. @default false */
  readonly all?: boolean;
}

/** @param frames in the order in which they were recorded */
export function ladderText(frames: readonly RecordedFrame[], options: LadderTextOptions = {}): string {
  return drawLadder(ladder(frames, options), options);
}

export function drawLadder({ hosts, rows }: Ladder, options: LadderTextOptions = {}): string {
  const shown = (options.all ? rows : foldRuns(rows)).map((row) => asTold(row, hosts));
  if (shown.length === 0) return 'no packets\n';
  const sheet = new Sheet(
    hosts.map(({ name }) => name),
    shown,
    options,
  );
  return [sheet.heading(), ...shown.flatMap((row) => sheet.row(row))].map((line) => `${line}\n`).join('');
}

/** What is said beside the row and on its arrow: no long numbers, and nothing twice. */
function asTold(row: LadderRow, hosts: Ladder['hosts']): LadderRow {
  const own = notesOf(row.note, row, false).happened.join('; ');
  const others = row.arrivals.flatMap(({ note, to }) => {
    const { happened } = notesOf(note, row, false);
    return happened.length === 0 ? [] : [`${hosts[to]?.name ?? 'all'}: ${happened.join('; ')}`];
  });
  const mark = row.mark === undefined ? [] : [row.mark];
  return {
    ...row,
    parts: [...mark, ...row.parts.filter(isStory)],
    note: [own, ...others].filter((words) => words !== '').join('; '),
  };
}

interface Pens {
  readonly bar: string;
  readonly line: string;
  readonly foldLine: string;
  readonly cross: string;
  readonly right: string;
  readonly left: string;
  readonly lost: string;
  readonly more: string;
}

const UNICODE: Pens = { bar: '│', line: '─', foldLine: '┄', cross: '┼', right: '▶', left: '◀', lost: '✗', more: '…' };
const ASCII: Pens = { bar: '|', line: '-', foldLine: '.', cross: '+', right: '>', left: '<', lost: 'x', more: '...' };

/** Select Graphic Rendition, ECMA-48. */
const COLORS: Record<Tone, string> = {
  resolve: '35',
  open: '32',
  data: '0',
  acknowledge: '2',
  close: '36',
  reset: '31',
  message: '34',
  malformed: '31',
};

/** Between the time and the first column. */
const TIME_GAP = 5;
const NOTE_GAP = 2;
/** Less than this between two columns leaves no room for words. */
const NARROWEST = 16;
/** Of a line in front of its words. */
const LEAD = 4;
/** How far short of its goal a lost packet ends. */
const LOST_SHORT = 6;

class Sheet {
  readonly #pens: Pens;
  readonly #color: boolean;
  readonly #names: readonly string[];
  readonly #timeWidth: number;
  readonly #noteWidth: number;
  /** Where the bars stand. */
  readonly #bars: readonly number[];

  constructor(
    names: readonly string[],
    rows: readonly LadderRow[],
    { width = 100, ascii = false, color = false }: LadderTextOptions,
  ) {
    this.#pens = ascii ? ASCII : UNICODE;
    this.#color = color;
    this.#names = names;
    this.#timeWidth = Math.max(11, ...rows.map(({ at }) => formatTime(at).length));
    const longestNote = Math.max(0, ...rows.map(({ note }) => note.length));
    this.#noteWidth = longestNote === 0 ? 0 : Math.max(Math.min(longestNote, Math.floor(width * 0.28)), 8);
    const first = this.#timeWidth + TIME_GAP;
    const last = width - 1 - (this.#noteWidth > 0 ? this.#noteWidth + NOTE_GAP : 0);
    const gaps = names.length - 1;
    const gap = Math.max((last - first) / gaps, NARROWEST);
    this.#bars = names.map((_, index) => Math.round(first + gap * index));
  }

  heading(): string {
    let line = 'time'.padStart(8);
    for (const [index, name] of this.#names.entries()) {
      const bar = this.#bars[index]!;
      const isLast = index === this.#names.length - 1;
      const wanted = index === 0 ? bar : isLast ? bar - name.length + 1 : bar - Math.floor(name.length / 2);
      const at = Math.max(wanted, line.length + 1);
      line = line.padEnd(at) + name;
    }
    return line;
  }

  /** One line, or more when the note needs them. */
  row(row: LadderRow): string[] {
    const time = this.#paint(DIM, formatTime(row.at).padStart(this.#timeWidth)) + ' '.repeat(TIME_GAP);
    const notes = this.#noteWidth === 0 ? [row.note] : wrap(oneLine(row.note), this.#noteWidth);
    const blank = ' '.repeat(this.#timeWidth + TIME_GAP);
    return notes.map((note, index) => {
      const rungs = index === 0 ? time + this.#rungs(row) : blank + this.#paint(DIM, this.#emptyCells().join(''));
      return note === '' ? rungs : `${rungs}${' '.repeat(NOTE_GAP)}${this.#paint(NOTE, note)}`;
    });
  }

  #emptyCells(): string[] {
    const first = this.#bars[0]!;
    const cells = new Array<string>(this.#bars.at(-1)! - first + 1).fill(' ');
    for (const bar of this.#bars) cells[bar - first] = this.#pens.bar;
    return cells;
  }

  /** The bars with the arrow between two of them. */
  #rungs(row: LadderRow): string {
    const [from, to] = this.#endsOf(row);
    const first = this.#bars[0]!;
    const [low, high] = [Math.min(from, to) - first, Math.max(from, to) - first];
    const cells = this.#emptyCells();
    const left = this.#paint(DIM, cells.slice(0, low + 1).join(''));
    const right = this.#paint(DIM, cells.slice(high).join(''));
    const arrow = this.#arrow(row, cells.slice(low + 1, high), to > from);
    return left + this.#paint(COLORS[row.tone], arrow) + right;
  }

  #endsOf({ from, to }: LadderRow): [number, number] {
    const last = this.#bars.length - 1;
    // to everyone: as far as the columns go, on the side where there are any
    const target = to >= 0 && to !== from ? to : from === last ? 0 : last;
    return [this.#bars[from]!, this.#bars[target]!];
  }

  /** @param under what the arrow crosses: the bars of hosts between */
  #arrow(row: LadderRow, under: readonly string[], toRight: boolean): string {
    const pens = this.#pens;
    const isFold = row.packets > 1;
    const line = isFold ? pens.foldLine : pens.line;
    const cells = under.map((cell) => (cell === pens.bar ? pens.cross : line));
    const head = row.lost ? pens.lost : toRight ? pens.right : pens.left;
    const reach = row.lost ? Math.max(cells.length - LOST_SHORT, 1) : cells.length;
    const beyond = under.slice(toRight ? reach : 0, toRight ? undefined : cells.length - reach);
    const span = toRight ? cells.slice(0, reach) : cells.slice(cells.length - reach);
    span[toRight ? span.length - 1 : 0] = head;
    const words = shorten(isFold ? [`${pens.more} ${row.parts.join(', ')} ${pens.more}`] : row.parts, span.length - 6, pens.more);
    // for both directions the words begin at the same distance from the left
    const label = ` ${words} `;
    const at = Math.max(Math.min(LEAD, span.length - label.length - 2), 1);
    if (words !== '') span.splice(at, label.length, ...label);
    return (toRight ? [...span, ...beyond] : [...beyond, ...span]).join('');
  }

  #paint(code: string, text: string): string {
    return paint(code, text, this.#color);
  }
}

/** As many parts as there is room for; the first is cut when even that does not fit. */
function shorten(parts: readonly string[], room: number, more: string): string {
  let text = '';
  for (const part of parts) {
    const longer = text === '' ? part : `${text}  ${part}`;
    if (longer.length > room) break;
    text = longer;
  }
  if (text !== '' || parts[0] === undefined) return text;
  return room > more.length ? parts[0].slice(0, room - more.length) + more : '';
}

const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** "2.104 ms" */
const formatTime = (at: Micros): string => `${(at / 1000).toFixed(3)} ms`;
