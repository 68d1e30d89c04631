/** The words on an arrow, in the order of what matters most. */
import { textWidth } from '../../picture/text-width.ts';
import type { LadderRow } from '../ladder.ts';
import { LABEL_SIZE } from './labels.ts';

export interface LabelWord {
  readonly text: string;
  readonly style: 'mark' | 'first' | 'rest';
}

/** Between two of them, in pixels. */
export const PART_GAP = 7;
/** At the cross where a packet ends that never arrived. */
export const LOST_WORD = 'lost';

/** Time stamps are long numbers that mean nothing to people: they are told where there is room for all. */
export const isStory = (part: string): boolean => !part.startsWith('TS ');

export function wordsOf(row: LadderRow): LabelWord[] {
  const mark: LabelWord[] = row.mark === undefined ? [] : [{ text: row.mark, style: 'mark' }];
  const isFold = row.packets > 1;
  const words = row.parts.filter(isStory).map((text, index): LabelWord => {
    return { text: isFold ? `… ${text} …` : text, style: index === 0 && !isFold ? 'first' : 'rest' };
  });
  return [...mark, ...words];
}

/** Of the first word, of the first two, ... */
export function runningWidths(words: readonly LabelWord[]): number[] {
  let sum = -PART_GAP;
  return words.map(({ text, style }) => {
    sum += PART_GAP + textWidth(text, LABEL_SIZE, style !== 'rest');
    return sum;
  });
}
