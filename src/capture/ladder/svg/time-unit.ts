/** Times of one picture in one unit, so that they can be compared at a glance. */
import type { Micros } from '../../../stack/time.ts';
import { SECOND } from '../../../stack/time.ts';

export interface TimeUnit {
  readonly name: 'ms' | 's';
  /** Without the unit, which stands above all of them. */
  readonly text: (at: Micros) => string;
}

/** Milliseconds, or seconds where the numbers would grow long. */
export function timeUnit(rows: readonly { readonly at: Micros }[]): TimeUnit {
  const longest = rows.reduce((most, { at }) => Math.max(most, at), 0);
  return longest < 10 * SECOND
    ? { name: 'ms', text: (at) => (at / 1000).toFixed(3) }
    : { name: 's', text: (at) => (at / SECOND).toFixed(3) };
}

/** "250 ms", "1.02 s", "3 min 20 s": a pause, as people say it. */
export function spanPhrase(span: Micros): string {
  if (span < 1000) return `${span} µs`;
  if (span < 999_500) return `${Number((span / 1000).toPrecision(3))} ms`;
  if (span < 119.5 * SECOND) return `${Number((span / SECOND).toPrecision(3))} s`;
  const seconds = Math.round(span / SECOND);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
