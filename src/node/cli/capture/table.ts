/** Columns that line up, and numbers as people read them. */
import { grouped } from '../../../capture/words/phrases.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. @default 'left' */
  readonly align?: 'left' | 'right';
}

/** @param rows as many cells as there are columns */
export function tableText(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) => rows.reduce((widest, row) => Math.max(widest, row[i]!.length), title.length));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (columns[i]!.align === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [columns.map(({ title }) => title), ...rows].map((cells) => `${line(cells)}\n`).join('');
}

/** With commas between thousands, whatever the machine's language is. */
export const number = (value: number): string => grouped(Math.round(value));

/** "1 packet", "2,000 packets". */
export const plural = (value: number, word: string): string => `${number(value)} ${word}${value === 1 ? '' : 's'}`;

/** Microseconds as seconds with six digits, or as much as that. */
export const seconds = (micros: number): string => (micros / 1_000_000).toFixed(6);

const UNITS = ['', 'k', 'M', 'G', 'T'];

/** "1.25 M": three digits and the letter of the thousands. */
export function scaled(value: number): string {
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(value, 1)) / 3), 0), UNITS.length - 1);
  const digits = value / 1000 ** power;
  return `${digits >= 100 || power === 0 ? digits.toFixed(0) : digits.toPrecision(3)} ${UNITS[power]}`;
}
