/** Script tests: every public name of the runner, and the one function that most callers need. */

import { run } from './run/run.ts';
import { settingsOf } from './run/settings.ts';
import { statementOf } from './run/statement.ts';
import type { Level, Verdict } from './run/verdict.ts';
import type { Dialect } from './script/ast.ts';
import { detectDialect } from './script/dialect.ts';
import type { Symbols } from './script/parse.ts';
import { parse } from './script/parse.ts';
import type { PersonalityName } from './sut/personality.ts';
import { PERSONALITIES } from './sut/personality.ts';
import { StackSut } from './sut/stack-sut.ts';
import type { Sut } from './sut/sut.ts';
import { Unsupported } from './unsupported.ts';

export { reportOn } from './run/report.ts';
export type { Failure, Level, Row, Verdict } from './run/verdict.ts';
export type { Dialect, Script } from './script/ast.ts';
export { detectDialect } from './script/dialect.ts';
export type { Symbols } from './script/parse.ts';
export { parse } from './script/parse.ts';
export { ParseError } from './script/parse-error.ts';
export { print } from './script/print.ts';
export { echoing, NullSut } from './sut/false-suts.ts';
export type { PersonalityName } from './sut/personality.ts';
export type { Sut } from './sut/sut.ts';

export interface RunOptions {
  /** @default what the script's text tells */
  readonly dialect?: Dialect | 'auto';
  /** @default what the script states, or that of its dialect: google's is linux */
  readonly personality?: PersonalityName;
  /** The most lenient level that still passes. @default what the script states, or 1 */
  readonly level?: Level;
  /** `-D NAME=value`, added to what google's runner always defines. */
  readonly symbols?: Symbols;
  /** Other initial sequence numbers and ports. @default 1 */
  readonly seed?: number;
  /** Puts another host around the stack, or in its place: for the checks of the runner itself. */
  readonly host?: (stack: Sut) => Sut;
}

/** What google's own runner defines for every script. */
const USUAL_SYMBOLS: Symbols = {
  TFO_COOKIE: '3021b9d889017eeb',
  TFO_COOKIE_ZERO: 'b7c12350a90dc8f5',
  CODE: 'host_unreachable',
  CMSG_LEVEL_IP: 'SOL_IP',
  CMSG_TYPE_RECVERR: 'IP_RECVERR',
};

/**
 * Runs a script against a stack of its own, in virtual time.
 * @throws ParseError when the text is no script
 */
export function runScript(text: string, options: RunOptions = {}): Verdict {
  const dialect = options.dialect === undefined || options.dialect === 'auto' ? detectDialect(text) : options.dialect;
  const script = parse(text, { ...USUAL_SYMBOLS, ...options.symbols });
  const stated = statementOf(text);
  const personality = PERSONALITIES[options.personality ?? stated.personality ?? (dialect === 'google' ? 'linux' : 'freebsd')];
  try {
    const settings = settingsOf(script.options);
    const stack = new StackSut({ ...settings, personality, seed: options.seed ?? 1 });
    const host = options.host?.(stack) ?? stack;
    return run(script, host, { ...settings, maxLevel: options.level ?? stated.level ?? 1 });
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    return { kind: 'unsupported', line: script.options[0]?.line ?? 1, reason: error.message, warnings: [] };
  }
}
