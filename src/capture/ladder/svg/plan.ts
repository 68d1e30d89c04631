/** A ladder with a place for everything in it: what `ladderSvg` draws, and what a test measures. In pixels. */
import type { Micros } from '../../../stack/time.ts';
import { textWidth } from '../../picture/text-width.ts';
import type { CommentParts } from '../../words/comment.ts';
import type { Ladder, LadderRow } from '../ladder.ts';
import type { Columns } from './columns.ts';
import { columnsOf } from './columns.ts';
import type { Box, Line } from './labels.ts';
import { LABEL_SIZE } from './labels.ts';
import type { NoteBlock } from './notes.ts';
import { noteBlock, notesOf, noteWidth } from './notes.ts';
import { Occupied } from './occupied.ts';
import type { Label, LabelWish } from './place-labels.ts';
import { placeLabels } from './place-labels.ts';
import type { StateSpan } from './states.ts';
import { statesOf } from './states.ts';
import { type TimeUnit, timeUnit } from './time-unit.ts';
import type { Moment, Placed, Timeline } from './timeline.ts';
import { timeline } from './timeline.ts';
import type { LabelWord } from './words.ts';
import { LOST_WORD, runningWidths, wordsOf } from './words.ts';

export interface PlannedRow {
  readonly row: LadderRow;
  /** Of the departure; where the time stands. */
  readonly y: number;
  /** One for each host it reached, or the way it went until it got lost. */
  readonly lines: readonly Line[];
  /** How much of the line is drawn: less than all where the packet got lost. */
  readonly reach: number;
  readonly words: readonly LabelWord[];
  readonly label: Label;
}

export interface PlannedNote {
  readonly row: LadderRow;
  readonly column: number;
  readonly y: number;
  readonly block: NoteBlock;
}

export interface Plan {
  readonly ladder: Ladder;
  readonly columns: Columns;
  readonly unit: TimeUnit;
  readonly top: number;
  readonly bottom: number;
  readonly rows: readonly PlannedRow[];
  readonly notes: readonly PlannedNote[];
  readonly states: readonly StateSpan[];
  readonly pauses: Timeline['pauses'];
}

/** A lost packet gets so far; further or less far where another one has got lost at the same place. */
const LOST_AT = [0.62, 0.55, 0.69, 0.48, 0.76, 0.41, 0.83, 0.34, 0.27];

/** @param top where the first row stands */
export function planLadder(ladder: Ladder, width: number, top: number): Plan {
  const { hosts, rows } = ladder;
  const withStates = isOneConversation(rows);
  const said = rows.map((row) => sayings(row, withStates));
  const unit = timeUnit(rows);
  // the outermost hosts have a side to themselves; what the others say stands on the right, with their names
  const owners = hosts.map(({ name }, index) => (index === 0 || index === hosts.length - 1 ? '' : name));
  const columns = columnsOf({
    hosts,
    width,
    timeWidth: Math.max(40, ...widthsOf(rows.map(({ at }) => unit.text(at)))),
    noteWidths: owners.map((owner, column) => widest(said, column, owner)),
  });
  const moments = rows.flatMap((row, index) => momentsOf(row, index, said[index]!, columns, owners));
  const transits = rows.flatMap(({ at, arrivals }) => arrivals.map((arrival) => arrival.at - at));
  const time = timeline(moments, transits, top);
  const planned = planRows(ladder, columns, time.placed);
  const notes = time.placed.flatMap(({ row, column, y, note }) =>
    note === undefined ? [] : [{ row: rows[row]!, column, y, block: note }],
  );
  const bottom = time.bottom + 26;
  const states = withStates ? statesOf(time.placed, { top, bottom }) : [];
  return { ladder, columns, unit, top, bottom, rows: planned, notes, states, pauses: time.pauses };
}

/** What is said beside one lifeline, about one end of one row. */
interface Saying {
  readonly kind: Moment['kind'];
  readonly at: Micros;
  readonly column: number;
  readonly said: CommentParts;
}

/** A state belongs to one connection: with several in the picture a bar beside the lifeline would tell nothing. */
function isOneConversation(rows: readonly LadderRow[]): boolean {
  return new Set(rows.flatMap(({ segment }) => (segment === undefined ? [] : [segment.conversation]))).size === 1;
}

function sayings(row: LadderRow, withStates: boolean): Saying[] {
  const atStart: Saying = {
    kind: 'send',
    at: row.at,
    column: row.seenAtEnd && row.to >= 0 ? row.to : row.from,
    said: notesOf(row.note, row, withStates),
  };
  const atEnds = row.arrivals.map(({ at, to, note }): Saying => {
    return { kind: 'arrive', at, column: Math.max(to, 0), said: notesOf(note, row, withStates) };
  });
  return [atStart, ...atEnds];
}

const widthsOf = (texts: readonly string[]): number[] =>
  [...new Set(texts.map((text) => text.length))].map((length) => textWidth('0'.repeat(length), LABEL_SIZE));

function widest(said: readonly (readonly Saying[])[], column: number, owner: string): number {
  let width = 0;
  for (const saying of said.flat()) if (saying.column === column) width = Math.max(width, noteWidth(saying.said, owner));
  return width;
}

/** @param owners the names of hosts whose notes have to say whose they are */
function momentsOf(
  row: LadderRow,
  index: number,
  said: readonly Saying[],
  columns: Columns,
  owners: readonly string[],
): Moment[] {
  return said.map(({ kind, at, column, said: words }) => {
    const owner = owners[column] ?? '';
    return {
      at,
      row: index,
      kind: row.sentAt === undefined ? kind : 'arrive',
      column,
      lane: Math.min(column, 1),
      change: words.change,
      note: noteBlock(words, columns.notes[column]?.width ?? 0, owner),
    };
  });
}

function planRows({ rows }: Ladder, columns: Columns, placed: readonly Placed[]): PlannedRow[] {
  const byRow: Placed[][] = rows.map(() => []);
  for (const moment of placed) byRow[moment.row]!.push(moment);
  const starts = new Map<string, number>();
  const slopes = new Map<string, number>(); // of the last packet that arrived, by direction
  const drafts = rows.map((row, index) => {
    const [first, ...arrivals] = byRow[index]!.toSorted((a, b) => (a.kind === b.kind ? 0 : a.kind === 'send' ? -1 : 1));
    const y = first!.y;
    const route = `${row.from}>${row.to}`;
    if (row.sentAt === undefined) starts.set(`${route}@${row.at}`, y);
    const x1 = columns.xs[row.from]!;
    const ends = arrivals.map((arrival) => ({ x: columns.xs[arrival.column]!, y: arrival.y }));
    if (ends[0] !== undefined) slopes.set(route, ends[0].y - y);
    const x2 = columns.xs[goalOf(row, columns.xs.length)]!;
    const whole = Math.abs((columns.xs[row.to] ?? x2) - x1) || 1;
    if (row.sentAt !== undefined) return { row, y, lines: [{ x1, y1: starts.get(`${route}@${row.sentAt}`) ?? y, x2, y2: y }] };
    if (ends.length === 0) ends.push({ x: x2, y: y + (row.lost ? ((slopes.get(route) ?? 0) * Math.abs(x2 - x1)) / whole : 0) });
    return { row, y, lines: ends.map((end) => ({ x1, y1: y, x2: end.x, y2: end.y })) };
  });
  return labelled(drafts);
}

/** For one that was dropped, by whom. To everyone: as far as the columns go, on the side where there are any. */
const goalOf = ({ from, to, stoppedBy }: LadderRow, columns: number): number =>
  stoppedBy ?? (to >= 0 && to !== from ? to : from === columns - 1 ? 0 : columns - 1);

type Draft = Pick<PlannedRow, 'row' | 'y' | 'lines'>;

function labelled(drafts: readonly Draft[]): PlannedRow[] {
  const occupied = new Occupied();
  const isSloped = drafts.some(({ lines }) => lines.some(({ y1, y2 }) => y1 !== y2));
  const reaches = drafts.map(({ row, lines }) => (row.lost ? endOfLost(row, lines[0]!, occupied) : 1));
  const visible = drafts.map(({ lines }, index) => until(lines.at(-1)!, reaches[index]!));
  if (isSloped) for (const line of visible) occupied.addLine(line);
  const words = drafts.map(({ row }) => wordsOf(row));
  const labels = placeLabels(
    drafts.map(({ row }, index): LabelWish => {
      const share = isSloped && !row.lost ? 0.5 : 1;
      return { line: visible[index]!, widths: runningWidths(words[index]!), centered: !isSloped, share };
    }),
    occupied,
  );
  return drafts.map((draft, index) => ({
    ...draft,
    reach: reaches[index]!,
    words: words[index]!.slice(0, labels[index]!.parts),
    label: labels[index]!,
  }));
}

/** The first place on its way where the cross and its word stand free. */
function endOfLost({ stoppedBy }: LadderRow, line: Line, occupied: Occupied): number {
  const places = stoppedBy === undefined ? LOST_AT : [1];
  const reach = places.find((part) => lostBoxes(line, part).every((box) => occupied.isFree(box))) ?? places[0]!;
  for (const box of lostBoxes(line, reach)) occupied.add(box);
  return reach;
}

export const until = ({ x1, y1, x2, y2 }: Line, part: number): Line => ({
  x1,
  y1,
  x2: x1 + (x2 - x1) * part,
  y2: y1 + (y2 - y1) * part,
});

/** The cross of a packet that got lost, and the word beyond it. */
export function lostBoxes(line: Line, reach: number): readonly [cross: Box, word: Box] {
  const width = textWidth(LOST_WORD, LABEL_SIZE, true);
  const { x2: x, y2: y } = until(line, reach);
  const wordX = x + Math.sign(line.x2 - line.x1) * (12 + width / 2);
  return [
    { x, y, halfWidth: 7, halfHeight: 7, angle: 0 },
    { x: wordX, y, halfWidth: width / 2, halfHeight: 7, angle: 0 },
  ];
}
