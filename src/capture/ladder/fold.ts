/** Long runs of ordinary segments as one row: what everybody sees first, and what nobody wants to scroll past. */

import { readComment } from '../words/comment.ts';
import { bytesPhrase, grouped } from '../words/phrases.ts';
import type { LadderRow } from './ladder.ts';

/** Rows left standing at the beginning and at the end of a run. */
const SHOWN_BEFORE = 2;
const SHOWN_AFTER = 1;

/** @param shortest run of ordinary segments that is worth folding */
export function foldRuns(rows: readonly LadderRow[], shortest = 10): LadderRow[] {
  const folded: LadderRow[] = [];
  let at = 0;
  while (at < rows.length) {
    const end = endOfRun(rows, at, shortest);
    folded.push(...(end - at >= shortest ? foldRun(rows.slice(at, end)) : rows.slice(at, end)));
    at = end;
  }
  return folded;
}

/** One past the last row that belongs to the run beginning at `first`; at least one row further. */
function endOfRun(rows: readonly LadderRow[], first: number, shortest: number): number {
  const run = runAt(rows[first]!);
  if (run === undefined) return first + 1;
  const notes = new Map<string, string>(); // one for each direction: another reason is worth a row
  let end = first;
  while (end < rows.length && belongs(rows[end]!, run, notes)) end++;
  // what is too short to be folded may be the beginning of a run of the other kind
  return end - first < shortest ? first + 1 : end;
}

interface Run {
  /** The direction in which data flows. */
  readonly flow: string;
  readonly withData: boolean;
}

/** A run of data takes the acknowledgments of it along; before the first data there may be a run of acknowledgments alone. */
function runAt({ segment, lost }: LadderRow): Run | undefined {
  if (segment === undefined || lost || !segment.isOrdinary) return undefined;
  const withData = segment.payloadLength > 0;
  return { flow: withData ? segment.flow : segment.reverseFlow, withData };
}

function belongs({ segment, note, lost, arrivals }: LadderRow, run: Run, notes: Map<string, string>): boolean {
  if (segment === undefined || lost || !segment.isOrdinary) return false;
  const isData = segment.payloadLength > 0;
  if ((isData ? segment.flow : segment.reverseFlow) !== run.flow || (isData && !run.withData)) return false;
  const news = [note, ...arrivals.map((arrival) => arrival.note)].map(newsOf).join(' | ');
  const known = notes.get(segment.flow) ?? news;
  notes.set(segment.flow, known);
  return known === news;
}

/** How much is acknowledged is ordinary, and so is what ordinary acknowledgments say of themselves. */
const ORDINARY = /^(?:acknowledges [\d,]+ bytes?|quick ACK.*|ACK of the second segment)$/;

/** That a number has changed happens all the time. */
function newsOf(note: string): string {
  const { happened, change } = readComment(note);
  const news = happened.filter((words) => !ORDINARY.test(words));
  const words = [...news, ...(change === undefined ? [] : [`${change.from} to ${change.to}`])];
  return words.join('; ').replace(/\d[\d,.]*/g, '#');
}

function foldRun(run: readonly LadderRow[]): LadderRow[] {
  const inside = run.slice(SHOWN_BEFORE, run.length - SHOWN_AFTER);
  const data = inside.filter(({ segment }) => (segment?.payloadLength ?? 0) > 0);
  const first = data[0] ?? inside[0]!;
  const bytes = data.reduce((sum, { segment }) => sum + (segment?.payloadLength ?? 0), 0);
  const acks = inside.length - data.length;
  const parts = [
    ...(data.length > 0 ? [`${grouped(data.length)} ${data.length === 1 ? 'segment' : 'segments'}, ${bytesPhrase(bytes)}`] : []),
    ...(acks > 0 ? [`${grouped(acks)} ${acks === 1 ? 'ACK' : 'ACKs'}`] : []),
  ];
  const fold: LadderRow = { ...first, at: inside[0]!.at, parts: [parts.join(', ')], note: '', packets: inside.length };
  return [...run.slice(0, SHOWN_BEFORE), fold, ...run.slice(run.length - SHOWN_AFTER)];
}
