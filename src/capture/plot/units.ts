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

/** An axis from 0 to what is needed: a whole number of steps that read well, which are 1, 2, 2.5 or 5 times a power of ten. */
export function scaleTo(most: number): { readonly max: number; readonly step: number } {
  if (!(most > 0)) return { max: 1, step: 1 };
  const least = most / 6.5;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= least * 0.999999) ?? 10) * power;
  return { max: Number((Math.ceil((most / step) * 0.999999) * step).toPrecision(6)), step: Number(step.toPrecision(6)) };
}

/** Short, and the same on every machine. */
export const rounded = (value: number): number => Number(value.toPrecision(9));
