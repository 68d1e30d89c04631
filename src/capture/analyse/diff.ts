/** Two captures side by side: which frames are the same, which differ and in what, which only one of them has. */
import type { CapturedFrame } from '../dissect/captured-frame.ts';
import type { IgnoredFields } from './frame-fields.ts';
import { fieldsOf } from './frame-fields.ts';

export interface FieldDifference {
  /** As display filters call it. */
  readonly field: string;
  /** Empty where the frame has no such field. */
  readonly a: string;
  readonly b: string;
}

/** A frame of one capture, of the other, or of both. */
export interface DiffRow {
  readonly a: CapturedFrame | undefined;
  readonly b: CapturedFrame | undefined;
  /** Empty where they are the same, and where one of them is missing. */
  readonly differences: readonly FieldDifference[];
}

/** So many frames that only one capture has are stepped over to find where both go on alike. */
const LOOK_AHEAD = 32;

interface Seen {
  readonly frame: CapturedFrame;
  readonly fields: ReadonlyMap<string, string>;
}

/** Rows in order; the memory does not grow with the captures. */
export function* diff(
  a: Iterable<CapturedFrame>,
  b: Iterable<CapturedFrame>,
  ignored: IgnoredFields,
): Generator<DiffRow, void, undefined> {
  const [left, right] = [new Window(a, ignored), new Window(b, ignored)];
  while (left.at(0) !== undefined || right.at(0) !== undefined) yield* step(left, right);
}

/** The next row, or the next few that only one side has. */
function step(left: Window, right: Window): DiffRow[] {
  const [one, other] = [left.at(0), right.at(0)];
  if (one === undefined) return [{ a: undefined, b: right.take(), differences: [] }];
  if (other === undefined) return [{ a: left.take(), b: undefined, differences: [] }];
  const differences = compare(one.fields, other.fields);
  const skip = differences.length === 0 ? { a: 0, b: 0 } : skipOf(left, right);
  if (skip.a === 0 && skip.b === 0) return [{ a: left.take(), b: right.take(), differences }];
  return [
    ...Array.from({ length: skip.a }, () => ({ a: left.take(), b: undefined, differences: [] })),
    ...Array.from({ length: skip.b }, () => ({ a: undefined, b: right.take(), differences: [] })),
  ];
}

/** How many frames of one side have to be left out for the next two to be the same; none when that does not help. */
function skipOf(left: Window, right: Window): { a: number; b: number } {
  for (let count = 1; count <= LOOK_AHEAD; count++) {
    if (isSame(left.at(count), right.at(0))) return { a: count, b: 0 };
    if (isSame(left.at(0), right.at(count))) return { a: 0, b: count };
    if (isSame(left.at(count), right.at(count))) return { a: 0, b: 0 };
  }
  return { a: 0, b: 0 };
}

const isSame = (a: Seen | undefined, b: Seen | undefined): boolean =>
  a !== undefined && b !== undefined && compare(a.fields, b.fields).length === 0;

/** In the order of the headers. */
function compare(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): FieldDifference[] {
  const found: FieldDifference[] = [];
  for (const [field, value] of a) {
    const other = b.get(field) ?? '';
    if (other !== value) found.push({ field, a: value, b: other });
  }
  for (const [field, value] of b) if (!a.has(field)) found.push({ field, a: '', b: value });
  return found;
}

/** The next frames of one side, as far as they had to be looked at. */
class Window {
  readonly #frames: Iterator<CapturedFrame>;
  readonly #ignored: IgnoredFields;
  readonly #seen: Seen[] = [];

  constructor(frames: Iterable<CapturedFrame>, ignored: IgnoredFields) {
    this.#frames = frames[Symbol.iterator]();
    this.#ignored = ignored;
  }

  at(index: number): Seen | undefined {
    while (this.#seen.length <= index) {
      const { done, value } = this.#frames.next();
      if (done === true) return undefined;
      this.#seen.push({ frame: value, fields: fieldsOf(value, this.#ignored) });
    }
    return this.#seen[index];
  }

  take(): CapturedFrame | undefined {
    return this.#seen.shift()?.frame;
  }
}
