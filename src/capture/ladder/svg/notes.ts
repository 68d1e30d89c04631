/** What stands beside a lifeline at one moment: a state that was entered, what happened in words, and the numbers that changed. */
import { textWidth, wrapText } from '../../picture/text-width.ts';
import type { CommentParts } from '../../words/comment.ts';
import { readComment } from '../../words/comment.ts';
import type { LadderRow } from '../ladder.ts';

export type NoteKind = 'state' | 'words' | 'numbers';

export interface NoteLine {
  readonly kind: NoteKind;
  readonly text: string;
}

export interface NoteBlock {
  readonly lines: readonly NoteLine[];
  readonly height: number;
}

export const NOTE_SIZE: Readonly<Record<NoteKind, number>> = { state: 10.5, words: 11.5, numbers: 10.5 };
/** From one baseline to the next. */
export const NOTE_STEP: Readonly<Record<NoteKind, number>> = { state: 19, words: 14, numbers: 13 };
/** What a state's box is wider than its name. */
export const STATE_PADDING = 12;

/** @param withStates a change of state has a box of its own, instead of being told in words */
export function notesOf(comment: string, row: LadderRow, withStates: boolean): CommentParts {
  const parts = readComment(comment);
  const said = new Set(row.parts[0]?.split(' '));
  const happened = parts.happened.filter((words) => !words.split(' ').every((word) => said.has(word)));
  if (withStates || parts.change === undefined) return { ...parts, happened };
  return { ...parts, happened: [...happened, `${parts.change.from} to ${parts.change.to}`], change: undefined };
}

/** Lines that fit the width; undefined when there is nothing to say. @param owner in front of the words, where it is not clear */
export function noteBlock({ happened, change, numbers }: CommentParts, width: number, owner = ''): NoteBlock | undefined {
  const lines: NoteLine[] = [];
  if (change !== undefined) lines.push({ kind: 'state', text: stateBy(owner, change.to) });
  for (const text of wrapText(wordsBy(owner, happened), width, NOTE_SIZE.words)) lines.push({ kind: 'words', text });
  for (const text of wrapText(numbers, width, NOTE_SIZE.numbers)) lines.push({ kind: 'numbers', text });
  if (lines.length === 0) return undefined;
  return { lines, height: lines.reduce((sum, { kind }) => sum + NOTE_STEP[kind], 0) };
}

const stateBy = (owner: string, state: string): string => (owner === '' ? state : `${owner} ${state}`);

function wordsBy(owner: string, happened: readonly string[]): string {
  const words = happened.join('; ');
  return owner === '' || words === '' ? words : `${owner}: ${words}`;
}

/** The width that the note would take without being wrapped. @param owner as for `noteBlock` */
export function noteWidth({ happened, change, numbers }: CommentParts, owner = ''): number {
  return Math.max(
    change === undefined ? 0 : textWidth(stateBy(owner, change.to), NOTE_SIZE.state, true) + STATE_PADDING,
    textWidth(wordsBy(owner, happened), NOTE_SIZE.words),
    textWidth(numbers, NOTE_SIZE.numbers),
  );
}
