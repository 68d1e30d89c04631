/** What came of a script: passed and how strictly, failed and where, or not to be had here and why. */
import type { Micros } from '../../stack/time.ts';

/** How exactly packets are compared: 0 is exact, each further one forgives more. See compare.ts. */
export type Level = 0 | 1 | 2 | 3;
export const LEVELS: readonly Level[] = [0, 1, 2, 3];

export type Verdict = Pass | Fail | NotSupported;

interface Common {
  /** What is worth knowing and decides nothing: packets that nobody asked for, echoes that differ. */
  readonly warnings: readonly string[];
}

export interface Pass extends Common {
  readonly kind: 'pass';
  /** The strictest level at which the script passes. */
  readonly level: Level;
}

export interface Fail extends Common {
  readonly kind: 'fail';
  readonly failure: Failure;
}

export interface NotSupported extends Common {
  readonly kind: 'unsupported';
  readonly line: number;
  readonly reason: string;
}

export interface Failure {
  readonly line: number;
  /** The script's line as it was understood. */
  readonly event: string;
  /** Virtual time since the script began. */
  readonly at: Micros;
  /** The first thing that differs. */
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
  /** Two packets field by field; empty when it is not about packets. */
  readonly comparison: readonly Row[];
  /** What happened before, oldest first. */
  readonly history: readonly string[];
}

export interface Row {
  readonly field: string;
  readonly script: string;
  readonly stack: string;
  readonly differs: boolean;
  /** The level at which the difference does not matter; undefined: at none. */
  readonly forgivenAt: Level | undefined;
}

/** Ends a run: the engine's way out of the depth of an event. */
export class Failed extends Error {
  override readonly name = 'Failed';
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
  readonly comparison: readonly Row[];

  constructor(field: string, expected: string, actual: string, comparison: readonly Row[] = []) {
    super(`${field}: expected ${expected}, got ${actual}`);
    this.field = field;
    this.expected = expected;
    this.actual = actual;
    this.comparison = comparison;
  }
}
