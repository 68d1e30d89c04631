/** The verdict of a replay as a person wants to read it. */

import { dissect } from '../capture/dissect/dissect.ts';
import { foldRuns } from '../capture/ladder/fold.ts';
import { ladder } from '../capture/ladder/ladder.ts';
import { drawLadder } from '../capture/ladder/text.ts';
import type { RecordedFrame } from '../capture/record/frame-sink.ts';
import { describe } from '../capture/words/describe.ts';
import { SequenceTracker } from '../capture/words/sequence-tracker.ts';
import type { Micros } from '../stack/time.ts';
import { SECOND } from '../stack/time.ts';
import type { Row } from './compare.ts';
import type { Difference, ReplayResult } from './difference.ts';

const LAST_EVENTS = 10;
const LADDER_WIDTH = 110;
/** More than this nobody reads. */
const LADDER_ROWS = 40;

export interface ReportContext {
  readonly host: string;
  /** When the capture begins. */
  readonly begin: Micros;
}

export function reportOn(result: Omit<ReplayResult, 'report'>, { host, begin }: ReportContext): string {
  const { difference, compared, expected, fed, notes, frames } = result;
  const tail = notes.map((note) => `  note: ${note}`);
  if (difference === undefined)
    return [`${host} answers as recorded: ${compared} of ${expected} frames compared, ${fed} fed`, ...tail].join('\n');
  const { conversation, reason, frame } = difference;
  const where = frame === undefined ? '' : `frame ${frame} of the capture, `;
  return [
    `${host} does not answer as recorded: ${difference.text}`,
    `  ${where}${seconds(difference.at)} after its beginning, ${conversation}${reason === '' ? '' : ` (${reason})`}`,
    `  ${compared} frames before it were as recorded`,
    ...sideBySide(difference),
    '',
    '  the last events:',
    ...lastEvents(frames, begin),
    '',
    '  the ladder up to there:',
    ...ladderLines(frames, host),
    ...(tail.length > 0 ? ['', ...tail] : []),
  ].join('\n');
}

/** The last rows; what came before is in the numbers. */
function ladderLines(frames: readonly RecordedFrame[], host: string): string[] {
  const { hosts, rows } = ladder(frames, { names: new Map([[host, `${host} (the stack)`]]) });
  const text = drawLadder({ hosts, rows: foldRuns(rows).slice(-LADDER_ROWS) }, { width: LADDER_WIDTH, all: true });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
}

/** What differs is marked; what is masked is in brackets. */
function sideBySide({ rows }: Difference): string[] {
  if (rows.length === 0) return [];
  const head: Pick<Row, 'field' | 'recorded' | 'sent'> = { field: 'time', recorded: 'recorded', sent: 'sent' };
  const shown = (row: Row, value: string): string => (row.masked ? `(${value})` : value);
  const width = Math.max(head.recorded.length, ...rows.map((row) => shown(row, row.recorded).length));
  const name = Math.max(...rows.map(({ field }) => field.length));
  const line = (mark: string, field: string, recorded: string, sent: string): string =>
    `  ${mark} ${field.padEnd(name)}  ${recorded.padEnd(width)}  ${sent}`.trimEnd();
  return [
    '',
    line(' ', '', head.recorded, head.sent),
    ...rows.map((row) => line(row.differs ? '*' : ' ', row.field, shown(row, row.recorded), shown(row, row.sent))),
  ];
}

function lastEvents(frames: readonly RecordedFrame[], begin: Micros): string[] {
  const relative = new SequenceTracker();
  const lines = frames.map(({ bytes, at, direction, comment }) => {
    const sentence = describe(dissect(bytes), { relative });
    const arrow = direction === 'out' ? '>' : '<';
    return `  ${seconds(at - begin).padStart(12)} ${arrow} ${sentence}${comment === '' ? '' : `   [${comment.split('\n')[0]}]`}`;
  });
  return lines.slice(-LAST_EVENTS);
}

const seconds = (time: Micros): string => `${(time / SECOND).toFixed(6)} s`;
