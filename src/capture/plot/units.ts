/** Units that leave the numbers of an axis short. */
import type { Micros } from '../../stack/time.ts';
import { SECOND } from '../../stack/time.ts';

export interface Unit {
  readonly name: string;
  /** What a value is divided by. */
  readonly per: number;
}

export const timeUnitOf = (span: Micros): Unit => (span < 2 * SECOND ? { name: 'ms', per: 1000 } : { name: 's', per: SECOND });

/** Powers of two would be read as powers of ten beside megabits. */
export function bytesUnitOf(most: number): Unit {
  if (most < 10_000) return { name: 'bytes', per: 1 };
  return most < 10_000_000 ? { name: 'kB', per: 1000 } : { name: 'MB', per: 1e6 };
}

/** @param most in bits per second */
export function rateUnitOf(most: number): Unit {
  if (most < 1e6) return { name: 'kbit/s', per: 1000 };
  return most < 1e9 ? { name: 'Mbit/s', per: 1e6 } : { name: 'Gbit/s', per: 1e9 };
}

/** The next number that reads well: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten. */
export function niceMax(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= most * 0.999999) ?? 10;
  return Number((step * power).toPrecision(6));
}

/** Short, and the same on every machine. */
export const rounded = (value: number): number => Number(value.toPrecision(9));
