/**
 * Rules for a capture: what must be in it, a line each, in a small language for graders.
 *
 *     # a comment
 *     at least 1: tcp.flags.syn == 1 && tcp.flags.ack == 0 -- the handshake begins
 *     none: tcp.flags.reset == 1 -- nobody resets
 *     order: icmp.type == 8 then icmp.type == 0 -- the answer comes behind the question
 *     handshake: 10.0.0.1 > 10.0.0.2:80
 *     retransmission after 3 duplicate ACKs
 *
 * What stands behind ` -- ` is what the student is told. Filters are those of `filter.ts`.
 */
import type { FrameFilter } from '../filter/filter.ts';
import { parseFilter } from '../filter/filter.ts';
import { FilterError } from '../filter/filter-error.ts';

export interface Part {
  readonly text: string;
  readonly filter: FrameFilter;
}

/** Who opens a connection to whom; undefined: anybody, to any port. */
export interface Opening {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly port: number | undefined;
}

export type Demand =
  | { readonly kind: 'count'; readonly least: number; readonly most: number; readonly part: Part }
  | { readonly kind: 'order'; readonly parts: readonly Part[] }
  | { readonly kind: 'handshake'; readonly opening: Opening }
  | { readonly kind: 'fast retransmission'; readonly duplicates: number };

export interface Rule {
  /** In the file, from 1. */
  readonly line: number;
  /** What the student is told: the words behind ` -- `, or the rule itself. */
  readonly words: string;
  readonly demand: Demand;
}

/** A mistake in a file of rules. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
  /** Both from 1. */
  readonly line: number;
  readonly column: number;

  constructor(line: number, column: number, words: string) {
    super(`line ${line}, column ${column}: ${words}`);
    this.line = line;
    this.column = column;
  }
}

/** More rules than anybody writes, and less than anything that would not end. */
const MOST_RULES = 1000;
const FORMS =
  'a rule begins with "at least 1:", "at most 3:", "exactly 2:", "2 to 5:", "none:", "order:", "handshake:", or is ' +
  '"retransmission after 3 duplicate ACKs"';

/** A piece of a line, and where it stands. */
interface Piece {
  readonly text: string;
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** @throws RuleError with line, column and what would be right */
export function parseRules(text: string): readonly Rule[] {
  const rules = text.split(/\r?\n/).flatMap((line, index) => {
    const piece = trimmed({ text: line, line: index + 1, column: 1 });
    return piece.text === '' || piece.text.startsWith('#') ? [] : [ruleOf(piece)];
  });
  if (rules.length === 0) throw new RuleError(1, 1, `there is no rule: ${FORMS}`);
  if (rules.length > MOST_RULES) throw new RuleError(rules[MOST_RULES]!.line, 1, `more than ${MOST_RULES} rules`);
  return rules;
}

function ruleOf(whole: Piece): Rule {
  const [rule = whole, ...told] = splitAt(whole, / -- /g);
  const words = told.map(({ text }) => text).join(' -- ') || rule.text;
  return { line: whole.line, words, demand: demandOf(rule) };
}

function demandOf(rule: Piece): Demand {
  const again = /^retransmission after (\d{1,3}) duplicate acks$/i.exec(rule.text);
  if (again !== null) return { kind: 'fast retransmission', duplicates: Math.max(Number(again[1]), 1) };
  const head = /^([^:]{1,40}?)\s*:/.exec(rule.text);
  if (head === null) throw new RuleError(rule.line, rule.column, FORMS);
  const rest = trimmed({ ...rule, text: rule.text.slice(head[0].length), column: rule.column + head[0].length });
  const name = head[1]!
    .trim()
    .toLowerCase()
    .replace(/ frames?$/, '');
  if (name === 'order') return orderOf(rest);
  if (name === 'handshake') return { kind: 'handshake', opening: openingOf(rest) };
  const bounds = boundsOf(name);
  if (bounds === undefined) throw new RuleError(rule.line, rule.column, FORMS);
  if (bounds.least > bounds.most) throw new RuleError(rule.line, rule.column, `${bounds.least} is more than ${bounds.most}`);
  return { kind: 'count', ...bounds, part: partOf(rest) };
}

function boundsOf(name: string): { least: number; most: number } | undefined {
  if (name === 'none') return { least: 0, most: 0 };
  const between = /^(\d{1,9}) to (\d{1,9})$/.exec(name);
  if (between !== null) return { least: Number(between[1]), most: Number(between[2]) };
  const [, word, digits] = /^(at least|at most|exactly) (\d{1,9})$/.exec(name) ?? [];
  const number = Number(digits);
  if (word === 'at least') return { least: number, most: Number.POSITIVE_INFINITY };
  if (word === 'at most') return { least: 0, most: number };
  return word === 'exactly' ? { least: number, most: number } : undefined;
}

function orderOf(rest: Piece): Demand {
  const pieces = splitAt(rest, / then /g);
  if (pieces.length < 2)
    throw new RuleError(rest.line, rest.column, 'an order has two filters or more: order: icmp.type == 8 then icmp.type == 0');
  return { kind: 'order', parts: pieces.map(partOf) };
}

function openingOf({ text, line, column }: Piece): Opening {
  const match = /^(any|[\d.]+|[\da-f:]+)\s*>\s*(any|[\d.]+|\[[\da-f:]+\])(?::(\d{1,5}))?$/i.exec(text);
  if (match === null)
    throw new RuleError(line, column, 'a handshake is written 10.0.0.1 > 10.0.0.2:80, or with "any" for an address');
  const [from, to] = [match[1], match[2]].map((word) =>
    word?.toLowerCase() === 'any' ? undefined : word?.replace(/[[\]]/g, ''),
  );
  return { from, to, port: match[3] === undefined ? undefined : Number(match[3]) };
}

function partOf({ text, line, column }: Piece): Part {
  if (text === '') throw new RuleError(line, column, 'a display filter is missing, such as tcp.flags.syn == 1');
  try {
    return { text, filter: parseFilter(text) };
  } catch (error) {
    if (error instanceof FilterError)
      throw new RuleError(line, column + error.column - 1, error.message.replace(/^column \d+: /, ''));
    throw error;
  }
}

/** Outside of quotation marks. */
function splitAt({ text, line, column }: Piece, separator: RegExp): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(separator)) {
    if (isQuoted(text, index)) continue;
    pieces.push(trimmed({ text: text.slice(from, index), line, column: column + from }));
    from = index + found.length;
  }
  return [...pieces, trimmed({ text: text.slice(from), line, column: column + from })];
}

const isQuoted = (text: string, index: number): boolean => (text.slice(0, index).match(/"/g) ?? []).length % 2 === 1;

const trimmed = ({ text, line, column }: Piece): Piece => ({
  text: text.trim(),
  line,
  column: column + text.length - text.trimStart().length,
});
