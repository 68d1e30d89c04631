/** The elements of a ladder's picture. Looks are given by classes, places by the plan. */
import type { Color } from '../../picture/palette.ts';
import { textWidth } from '../../picture/text-width.ts';
import { escapeXml, num } from '../../picture/xml.ts';
import type { LadderRow, Tone } from '../ladder.ts';
import type { Line } from './labels.ts';
import { LABEL_SIZE } from './labels.ts';
import type { NoteLine } from './notes.ts';
import { NOTE_SIZE, NOTE_STEP, STATE_PADDING } from './notes.ts';
import type { Plan, PlannedNote, PlannedRow } from './plan.ts';
import { lostBoxes, until } from './plan.ts';
import { stateColor } from './states.ts';
import { spanPhrase } from './time-unit.ts';
import { NOTE_RISE } from './timeline.ts';
import { LOST_WORD, PART_GAP } from './words.ts';

const COLORS: Readonly<Record<Tone, Color>> = {
  resolve: 'orange',
  open: 'green',
  data: 'blue',
  acknowledge: 'grey',
  close: 'purple',
  reset: 'vermillion',
  message: 'sky',
  malformed: 'vermillion',
};

/** A head's length and half of its width. */
const HEAD = 9;
const HEAD_HALF = 3.6;
/** Half of the cross of a lost packet. */
const CROSS = 5;
/** Of the bar that shows a state, and its distance from the lifeline. */
const BAR = 6;
const BAR_GAP = 4;

const colorOf = ({ tone, mark, lost }: LadderRow): Color =>
  lost || mark === 'retransmission' ? 'vermillion' : mark === undefined ? COLORS[tone] : 'orange';

/** Lines first, then words, then heads: so that no word hides where an arrow ends. */
export function drawRows(plan: Plan): string[] {
  const group = ({ row }: PlannedRow, content: string): string[] =>
    content === '' ? [] : [`<g class="row" data-row="${row.number}">${content}</g>`];
  return [
    ...plan.rows.flatMap((planned) => group(planned, lines(planned, plan))),
    ...plan.rows.flatMap((planned) => group(planned, label(planned))),
    ...plan.rows.flatMap((planned) => group(planned, heads(planned))),
  ];
}

function lines({ row, y, lines, reach }: PlannedRow, { columns, unit }: Plan): string {
  // a copy was sent with its original, whose time stands there
  const time =
    row.sentAt === undefined
      ? `<text class="time" x="${num(columns.timeRight)}" y="${num(y + 4)}">${unit.text(row.at)}</text>`
      : '';
  const kind = row.packets > 1 ? ' fold' : row.sentAt !== undefined ? ' copy' : row.mark === 'retransmission' ? ' again' : '';
  const strokes = lines.map((line) => {
    const { x1, y1, x2, y2 } = row.lost ? until(line, reach) : beforeHead(line);
    return `<path class="arrow s-${colorOf(row)}${kind}" d="M${num(x1)} ${num(y1)}L${num(x2)} ${num(y2)}"/>`;
  });
  return `<title>${escapeXml(titleOf(row))}</title>${time}${strokes.join('')}`;
}

/** All the words, those too that found no room on the arrow. */
const titleOf = ({ parts, mark }: LadderRow): string => [...(mark === undefined ? [] : [mark]), ...parts].join('  ');

function beforeHead(line: Line): Line {
  const length = Math.hypot(line.x2 - line.x1, line.y2 - line.y1);
  return until(line, length > HEAD ? 1 - (HEAD - 1) / length : 0);
}

const heads = ({ row, lines, reach }: PlannedRow): string =>
  lines.map((line) => (row.lost ? cross(line, reach) : head(line, colorOf(row)))).join('');

function head({ x1, y1, x2, y2 }: Line, color: Color): string {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [bx, by] = [x2 - dx * HEAD, y2 - dy * HEAD];
  const points = [
    [x2, y2],
    [bx - dy * HEAD_HALF, by + dx * HEAD_HALF],
    [bx + dy * HEAD_HALF, by - dx * HEAD_HALF],
  ].map(([x, y]) => `${num(x!)} ${num(y!)}`);
  return `<path class="f-${color}" d="M${points.join('L')}Z"/>`;
}

function cross(line: Line, reach: number): string {
  const [{ x, y }, word] = lostBoxes(line, reach);
  const [left, right, up, down] = [x - CROSS, x + CROSS, y - CROSS, y + CROSS].map(num);
  return (
    `<path class="arrow again s-vermillion" d="M${left} ${up}L${right} ${down}M${left} ${down}L${right} ${up}"/>` +
    `<text class="lost" x="${num(word.x - word.halfWidth)}" y="${num(word.y + 4)}">${LOST_WORD}</text>`
  );
}

function label({ words, label: { box, width } }: PlannedRow): string {
  if (words.length === 0) return '';
  const spans = words.map(({ text, style }, index) => {
    const gap = index === 0 ? '' : ` dx="${PART_GAP}"`;
    return `<tspan class="${style}"${gap}>${escapeXml(text)}</tspan>`;
  });
  const turn = box.angle === 0 ? '' : ` transform="rotate(${num((box.angle * 180) / Math.PI)} ${num(box.x)} ${num(box.y)})"`;
  const back = `<rect class="back" x="${num(box.x - width / 2 - 3)}" y="${num(box.y - box.halfHeight)}" width="${num(width + 6)}" height="${num(box.halfHeight * 2)}"/>`;
  return `<g${turn}>${back}<text class="label" x="${num(box.x)}" y="${num(box.y + LABEL_SIZE * 0.35)}">${spans.join('')}</text></g>`;
}

export function drawNotes({ notes, columns }: Plan): string[] {
  return notes.map((note) => {
    const place = columns.notes[note.column] ?? columns.notes[0]!;
    return `<g class="row" data-row="${note.row.number}">${noteLines(note, place.x, place.side === 'left')}</g>`;
  });
}

function noteLines({ block, y }: PlannedNote, x: number, isLeft: boolean): string {
  let top = y - NOTE_RISE;
  return block.lines
    .map((line) => {
      const at = top;
      top += NOTE_STEP[line.kind];
      return line.kind === 'state' ? pill(line.text, x, at, isLeft) : noteLine(line, x, at, isLeft);
    })
    .join('');
}

function noteLine({ kind, text }: NoteLine, x: number, top: number, isLeft: boolean): string {
  const anchor = isLeft ? ' text-anchor="end"' : '';
  return `<text class="${kind === 'words' ? 'note' : 'numbers'}" x="${num(x)}" y="${num(top + NOTE_SIZE[kind] + 2)}"${anchor}>${escapeXml(text)}</text>`;
}

function pill(state: string, x: number, top: number, isLeft: boolean): string {
  const width = textWidth(state, NOTE_SIZE.state, true) + STATE_PADDING;
  const left = isLeft ? x - width : x;
  const color = stateColor(state.split(' ').at(-1) ?? '');
  return (
    `<rect class="pill s-${color} f-${color}" x="${num(left)}" y="${num(top)}" width="${num(width)}" height="17" rx="8.5"/>` +
    `<text class="state" x="${num(left + width / 2)}" y="${num(top + 12.3)}" text-anchor="middle">${escapeXml(state)}</text>`
  );
}

export function drawStates({ states, columns }: Plan): string[] {
  return states.map(({ column, state, y1, y2, isFirst }) => {
    const x = columns.xs[column]!;
    const { side, x: noteX } = columns.notes[column]!;
    const isLeft = side === 'left';
    const left = isLeft ? x - BAR_GAP - BAR : x + BAR_GAP;
    const bar = `<rect class="bar f-${stateColor(state)}" x="${num(left)}" y="${num(y1)}" width="${BAR}" height="${num(Math.max(y2 - y1 - 1, 1))}"><title>${escapeXml(state)}</title></rect>`;
    const hasOwnSide = column === 0 || column === columns.xs.length - 1;
    return isFirst && hasOwnSide ? bar + pill(state, noteX, y1 - 26, isLeft) : bar;
  });
}

/** Two slanted strokes through every lifeline, and how long nothing happened. */
export function drawPauses({ pauses, columns }: Plan): string[] {
  const [first, last] = [columns.xs[0]!, columns.xs.at(-1)!];
  return pauses.map(({ y, length }) => {
    const breaks = columns.xs.map((x) => {
      const stroke = (dy: number): string => `M${num(x - 8)} ${num(y + dy + 4)}L${num(x + 8)} ${num(y + dy - 4)}`;
      return `<path class="gap" d="M${num(x - 12)} ${num(y)}H${num(x + 12)}"/><path class="break" d="${stroke(-3.5)}${stroke(3.5)}"/>`;
    });
    const rule = `<path class="rule" d="M${num(first + 16)} ${num(y)}H${num(last - 16)}"/>`;
    const words = spanPhrase(length);
    const middle = (first + last) / 2;
    const half = textWidth(words, 11) / 2 + 10;
    const back = `<rect class="paper" x="${num(middle - half)}" y="${num(y - 8)}" width="${num(half * 2)}" height="16"/>`;
    return `${rule}${breaks.join('')}${back}<text class="pause" x="${num(middle)}" y="${num(y + 4)}">${words}</text>`;
  });
}
