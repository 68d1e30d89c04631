/** A command line, cut into words and options. */
import { CommandError } from './command-error.ts';

/** Words are separated by spaces; what stands in '...' or "..." is one word. @throws CommandError when a quotation does not end */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  const pattern = /\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))(?=\s|$)/y;
  for (let at = 0; line.slice(at).trim() !== ''; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match === null) throw new CommandError(`a quotation does not end, or begins inside of a word: ${line.slice(at).trim()}`);
    words.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return words;
}

/** What an option makes of its value; without `value` it has none. */
export interface OptionRule {
  readonly flag: string;
  /** Such as "count", for the help and for errors. */
  readonly value?: string;
  /** What numbers it takes. */
  readonly from?: number;
  readonly to?: number;
}

export interface Arguments {
  /** By flag: its number, or true where it has none. */
  readonly options: ReadonlyMap<string, number>;
  /** What is no option. */
  readonly words: readonly string[];
}

/**
 * Options end with the first word that is none.
 * @param command for errors
 * @throws CommandError
 */
export function argumentsOf(command: string, words: readonly string[], rules: readonly OptionRule[]): Arguments {
  const options = new Map<string, number>();
  let at = 0;
  for (; at < words.length && /^-./.test(words[at] ?? ''); at++) {
    const word = words[at] ?? '';
    const rule = rules.find(({ flag }) => flag === word);
    if (rule === undefined) throw new CommandError(`${command} has no option ${word}: ${optionsOf(rules)}`);
    options.set(rule.flag, rule.value === undefined ? 1 : numberOf(rule, words[++at]));
  }
  return { options, words: words.slice(at) };
}

/** "-c COUNT, -i SECONDS" */
const optionsOf = (rules: readonly OptionRule[]): string =>
  rules.length === 0 ? 'it has none' : `it has ${rules.map(({ flag, value = '' }) => `${flag} ${value}`.trim()).join(', ')}`;

function numberOf({ flag, value = '', from = 1, to = Number.MAX_SAFE_INTEGER }: OptionRule, text: string | undefined): number {
  const number = /^\d{1,9}(\.\d{1,6})?$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw new CommandError(
    `${flag} wants ${value}, a number from ${from} to ${to}, not ${text === undefined ? 'nothing' : `"${text}"`}`,
  );
}

/** @throws CommandError unless it is the number of a port */
export function portOf(text: string | undefined): number {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new CommandError(`a port is a number from 1 to 65535, not ${text === undefined ? 'nothing' : `"${text}"`}`);
}
