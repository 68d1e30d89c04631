/** Times in the words that captures and logs show. */
import type { Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** "1 h", "90 s", "for ever": in the largest unit of which it is a whole number, days from two on. */
export function timeWords(time: Micros): string {
  if (time === Number.POSITIVE_INFINITY) return 'ever';
  const seconds = Math.round(time / SECOND);
  const [name, unit] = UNITS.find(([, size]) => seconds >= size * (size === 86_400 ? 2 : 1) && seconds % size === 0) ?? ['s', 1];
  return `${seconds / unit} ${name}`;
}
