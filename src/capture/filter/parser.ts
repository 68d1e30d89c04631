/** Makes a tree of a filter: "not" binds closest, then "and", then "or". */
import { allNames, findField, isProtocol } from '../dissect/layers/registry.ts';
import type { Comparison, Expression, Literal, Member, Operand } from './expression.ts';
import { FilterError } from './filter-error.ts';
import type { Token } from './lexer.ts';
import { tokensOf } from './lexer.ts';
import { nearest } from './nearest.ts';

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '==': '==',
  eq: '==',
  '!=': '!=',
  ne: '!=',
  '<': '<',
  lt: '<',
  '<=': '<=',
  le: '<=',
  '>': '>',
  gt: '>',
  '>=': '>=',
  ge: '>=',
};
/** Brackets in brackets: enough for people, and no danger to the stack of calls. */
const DEEPEST = 100;

/** @throws FilterError */
export function parse(filter: string): Expression {
  const parser = new Parser(tokensOf(filter));
  return parser.whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    if (this.#tokens.length === 1) return { kind: 'all' };
    const expression = this.#or();
    const { kind, text, column } = this.#next;
    if (kind !== 'end') throw new FilterError(column, `expected "and", "or" or the end, found "${text}"`);
    return expression;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #take(): Token {
    const token = this.#next;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  /** Takes one of these words or operators, if it is next. */
  #accept(...words: readonly string[]): boolean {
    const { kind, text } = this.#next;
    if (kind === 'text' || !words.includes(text)) return false;
    this.#at++;
    return true;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#accept('or', '||')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#accept('and', '&&')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    const { column } = this.#next;
    if (++this.#depth > DEEPEST) throw new FilterError(column, `more than ${DEEPEST} brackets in each other`);
    const expression: Expression = this.#accept('not', '!') ? { kind: 'not', inner: this.#not() } : this.#primary();
    this.#depth--;
    return expression;
  }

  #primary(): Expression {
    if (!this.#accept('(')) return this.#relation();
    const inner = this.#or();
    const { kind, text, column } = this.#take();
    if (kind !== ')') throw new FilterError(column, `expected ")", found ${kind === 'end' ? 'the end' : `"${text}"`}`);
    return inner;
  }

  #relation(): Expression {
    const operand = this.#operand();
    const { kind, text } = this.#next;
    const comparison = kind === 'text' ? undefined : COMPARISONS[text];
    if (comparison !== undefined) {
      this.#at++;
      return { kind: 'compare', operand, comparison, with: this.#right(text) };
    }
    if (this.#accept('contains')) return { kind: 'contains', operand, part: this.#literal('contains') };
    return this.#accept('in') ? { kind: 'in', operand, members: this.#members() } : { kind: 'exists', operand };
  }

  #operand(): Operand {
    const { kind, text, column } = this.#take();
    if (kind !== 'word') throw new FilterError(column, `expected a field or a protocol, found ${found(kind, text)}`);
    const operand = operandOf(text);
    if (operand === undefined) throw new FilterError(column, unknownName(text));
    if (operand.kind === 'field' && this.#accept('&')) return { ...operand, mask: this.#mask() };
    return operand;
  }

  #mask(): number {
    const { kind, text, column } = this.#take();
    const value = kind === 'word' && /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
    if (!(value <= 0xffff_ffff)) throw new FilterError(column, `expected a number behind "&", found ${found(kind, text)}`);
    return value;
  }

  /** A value, or another field. */
  #right(operator: string): Literal | Operand {
    const { kind, text } = this.#next;
    const operand = kind === 'word' ? operandOf(text) : undefined;
    if (operand?.kind !== 'field') return this.#literal(operator);
    this.#at++;
    return operand;
  }

  #literal(operator: string): Literal {
    const { kind, text, column } = this.#take();
    if (kind !== 'word' && kind !== 'text')
      throw new FilterError(column, `expected a value behind "${operator}", found ${found(kind, text)}`);
    return { text, isQuoted: kind === 'text', column };
  }

  /** {80, 443} or {80 443}, with ranges such as 1..1023. */
  #members(): Member[] {
    const opening = this.#take();
    if (opening.kind !== '{') throw new FilterError(opening.column, `expected "{" behind "in", such as {80 443}`);
    const members: Member[] = [];
    while (!this.#accept('}')) {
      if (this.#next.kind === 'end') throw new FilterError(this.#next.column, 'expected "}", found the end');
      members.push(memberOf(this.#literal('{')));
      this.#accept(',');
    }
    if (members.length === 0) throw new FilterError(opening.column, 'a set needs at least one value, such as {80 443}');
    return members;
  }
}

const found = (kind: Token['kind'], text: string): string => (kind === 'end' ? 'the end' : `"${text}"`);

function memberOf(literal: Literal): Member {
  const { text, isQuoted, column } = literal;
  const dots = isQuoted ? -1 : text.indexOf('..');
  if (dots <= 0) return { first: literal, last: undefined };
  const first: Literal = { text: text.slice(0, dots), isQuoted, column };
  return { first, last: { text: text.slice(dots + 2), isQuoted, column: column + dots + 2 } };
}

function operandOf(name: string): Operand | undefined {
  const field = findField(name);
  if (field !== undefined) return { kind: 'field', name, field, mask: undefined };
  return isProtocol(name) ? { kind: 'protocol', name } : undefined;
}

function unknownName(name: string): string {
  const near = nearest(name, allNames());
  const meant =
    near.length === 0 ? 'a field is written as in Wireshark, such as tcp.port or ip.addr' : `did you mean ${near.join(' or ')}?`;
  return `there is no field or protocol "${name}"; ${meant}`;
}
