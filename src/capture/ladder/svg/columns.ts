/** Where the lifelines of a ladder stand, and how much room there is beside them. In pixels. */
import { textWidth } from '../../picture/text-width.ts';
import type { LadderHost } from '../ladder.ts';

export interface Columns {
  readonly width: number;
  /** Where the times end. */
  readonly timeRight: number;
  /** The lifelines. */
  readonly xs: readonly number[];
  /** Of each lifeline's notes: which way they run, where they begin, and how wide they may be. */
  readonly notes: readonly NoteColumn[];
}

export interface NoteColumn {
  readonly side: 'left' | 'right';
  readonly x: number;
  readonly width: number;
}

export interface ColumnWishes {
  readonly hosts: readonly LadderHost[];
  readonly width: number;
  /** Of the widest time. */
  readonly timeWidth: number;
  /** By host: the width that its notes would like to have. */
  readonly noteWidths: readonly number[];
}

export const MARGIN = 20;
export const HOST_SIZE = 13;
export const ADDRESS_SIZE = 10.5;
/** Of a host's box beyond its words. */
export const HOST_PADDING = 24;
/** Between a lifeline and its notes: the bar of the state stands there. */
const NOTE_GAP = 16;
const WIDEST_NOTE = 215;
/** Less than this between two lifelines leaves no room for words on the arrows. */
const NARROWEST = [360, 250] as const;

export const hostBoxWidth = ({ name, address }: LadderHost): number =>
  HOST_PADDING + Math.max(textWidth(name, HOST_SIZE, true), name === address ? 0 : textWidth(address, ADDRESS_SIZE));

export function columnsOf({ hosts, width, timeWidth, noteWidths }: ColumnWishes): Columns {
  const isPair = hosts.length === 2;
  const wanted = (index: number): number => Math.min(noteWidths[index] ?? 0, WIDEST_NOTE);
  const leftNotes = wanted(0);
  const rightNotes = Math.min(Math.max(0, ...noteWidths.slice(1)), WIDEST_NOTE);
  const half = (index: number): number => hostBoxWidth(hosts[index]!) / 2;
  const timeRight = MARGIN + timeWidth;
  const first = Math.max(timeRight + 18 + half(0), timeRight + 18 + (leftNotes > 0 ? leftNotes + NOTE_GAP : 0));
  const right = MARGIN + Math.max(half(hosts.length - 1), rightNotes > 0 ? rightNotes + NOTE_GAP : 0);
  const gaps = Math.max(hosts.length - 1, 1);
  const boxes = hosts.slice(1).map((_, index) => half(index) + half(index + 1) + 16);
  const gap = Math.max((width - first - right) / gaps, isPair ? NARROWEST[0] : NARROWEST[1], ...boxes);
  const xs = hosts.map((_, index) => first + gap * index);
  const last = xs.at(-1) ?? first;
  return {
    width: last + right,
    timeRight,
    xs,
    notes: hosts.map((_, index) =>
      index === 0
        ? { side: 'left', x: first - NOTE_GAP, width: leftNotes }
        : { side: 'right', x: last + NOTE_GAP, width: rightNotes },
    ),
  };
}
