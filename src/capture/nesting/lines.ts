/** The rows of a box as lines of words beside lines of bytes: what terminal and picture have in common. */
import type { NestingRow } from './nesting.ts';

export interface NestingLine {
  readonly depth: number;
  /** Empty in all lines of a row but the first. */
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
  /** Of the first byte; undefined where there are none. */
  readonly at: number | undefined;
  /** "08 00", or bits. */
  readonly bytes: string;
}

/** So many lines of bytes are shown of one field. */
const MOST_LINES = 6;

/** @param perLine how many bytes stand side by side */
export function linesOf(row: NestingRow, perLine: number): NestingLine[] {
  const { depth, name, value, meaning, at, bits, bytes, isData } = row;
  const first: NestingLine = { depth, name, value, meaning, at: undefined, bytes: '' };
  if (bytes.length === 0) return [first];
  if (bits !== '') return [{ ...first, at, bytes: bits }];
  const chunks = Array.from({ length: Math.ceil(bytes.length / perLine) }, (_, i) =>
    bytes.subarray(i * perLine, (i + 1) * perLine),
  );
  const shown = chunks.slice(0, MOST_LINES).map((chunk, i): NestingLine => {
    const words = i === 0 ? first : { ...first, name: '', value: '', meaning: '' };
    return { ...words, at: at + i * perLine, bytes: hexText(chunk) };
  });
  const lines = isData ? [first, ...shown.map((line, i) => ({ ...line, ...charactersOf(chunks[i]!) }))] : shown;
  const rest = bytes.length - MOST_LINES * perLine;
  if (rest > 0) lines.push({ ...first, name: '', value: '', meaning: '', bytes: `… ${rest} more` });
  return lines;
}

const hexText = (bytes: Uint8Array): string => Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join(' ');

const charactersOf = (bytes: Uint8Array): Pick<NestingLine, 'name' | 'value' | 'meaning'> => ({
  name: '',
  value: asciiText(bytes),
  meaning: '',
});

/** Printable ASCII as it is, a point for the rest. */
export const asciiText = (bytes: Uint8Array): string =>
  Array.from(bytes, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·')).join('');
