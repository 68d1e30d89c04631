/**
 * The code between %{ and }%: the small part of Python that scripts use. Assertions, assignments and print over integers,
 * comparison chains, `and`, `or`, `not`, arithmetic and bits. Anything else is unsupported, and never counts as true.
 */
import { Unsupported } from '../unsupported.ts';
import { Failed } from './verdict.ts';

/** Looks a name up. @throws Unsupported for a name that means nothing here */
export type Lookup = (name: string) => number;

/** @param variables what assignments have made so far; lives as long as the script */
export function execute(code: string, variables: Map<string, number>, lookup: Lookup): void {
  for (const statement of statementsOf(code)) new Evaluator(statement, variables, lookup).run();
}

/** One statement a line or semicolon; a backslash at the end of a line, or an open bracket, goes on. */
function statementsOf(code: string): string[] {
  const statements: string[] = [];
  let depth = 0;
  let current = '';
  for (const token of tokensOf(code.replace(/\\\r?\n/g, ' '))) {
    if (token === '(' || token === '[') depth++;
    if (token === ')' || token === ']') depth--;
    if (depth <= 0 && (token === ';' || token === '\n')) {
      statements.push(current);
      current = '';
    } else if (token !== '\n') current += ` ${token}`;
  }
  statements.push(current);
  return statements.filter((statement) => statement.trim() !== '');
}

const TOKEN =
  /\n|#[^\n]*|[ \t\r]+|[A-Za-z_]\w*|0[xX][0-9a-fA-F]+|\d+|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\*\*|\/\/|<<|>>|[<>=!+\-*|&]=|[-+*%|&^~<>=(),;[\]]|./gs;
const KNOWN = /^(?:\n|\w+|".*"|'.*'|\/\/|<<|>>|[<>=!+\-*|&]=|[-+*%|&^~<>=(),;])$/s;

function tokensOf(text: string): string[] {
  const tokens = (text.match(TOKEN) ?? []).filter((token) => !/^(?:[ \t\r]+|#.*)$/.test(token));
  const strange = tokens.find((token) => !KNOWN.test(token));
  if (strange !== undefined) throw new Unsupported(`"${strange}" in code`);
  return tokens;
}

class Evaluator {
  readonly #tokens: readonly string[];
  readonly #text: string;
  readonly #variables: Map<string, number>;
  readonly #lookup: Lookup;
  #at = 0;

  constructor(text: string, variables: Map<string, number>, lookup: Lookup) {
    this.#text = text.trim();
    this.#tokens = tokensOf(text);
    this.#variables = variables;
    this.#lookup = lookup;
  }

  run(): void {
    if (this.#takes('assert')) this.#assert();
    else if (this.#takes('print')) this.#message();
    else if (!this.#takes('pass')) this.#assign();
    if (this.#at < this.#tokens.length) this.#refuse();
  }

  #assert(): void {
    const from = this.#at;
    const holds = truth(this.#or());
    const condition = this.#tokens.slice(from, this.#at).join(' ');
    const values = this.#namesIn(from, this.#at);
    if (this.#takes(',')) this.#message();
    if (!holds) throw new Failed('assert', condition, values === '' ? 'false' : values);
  }

  /** `tcpi_rto = 200000, ...`: what the failed condition saw. */
  #namesIn(from: number, to: number): string {
    const names = [...new Set(this.#tokens.slice(from, to))].filter((token) => /^[a-z]\w*$/i.test(token) && !KEYWORDS.has(token));
    return names.map((name) => `${name} = ${this.#value(name)}`).join(', ');
  }

  /** Messages are for the reader of Python's trace; here they only have to be well-formed. */
  #message(): void {
    let depth = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      if (this.#tokens[this.#at] === '(') depth++;
      if (this.#tokens[this.#at] === ')') depth--;
    }
    if (depth !== 0) this.#refuse();
  }

  #assign(): void {
    const name = this.#tokens[this.#at] ?? '';
    const operator = this.#tokens[this.#at + 1] ?? '';
    if (!/^[A-Za-z_]\w*$/.test(name) || !['=', '+=', '-=', '*=', '|=', '&='].includes(operator)) this.#refuse();
    this.#at += 2;
    const value = integer(this.#or());
    const before = operator === '=' ? 0 : this.#value(name);
    this.#variables.set(name, operator === '=' ? value : combine(operator.slice(0, -1), before, value));
  }

  #or(): number {
    let value = this.#and();
    while (this.#takes('or')) {
      const right = this.#and();
      value = truth(value) ? value : right;
    }
    return value;
  }

  #and(): number {
    let value = this.#not();
    while (this.#takes('and')) {
      const right = this.#not();
      value = truth(value) ? right : value;
    }
    return value;
  }

  #not(): number {
    return this.#takes('not') ? Number(!truth(this.#not())) : this.#comparison();
  }

  /** `a <= b < c` compares neighbours. */
  #comparison(): number {
    let left = this.#binary(0);
    if (!COMPARISONS.has(this.#tokens[this.#at] ?? '')) return left;
    let holds = true;
    for (let compare = this.#comparator(); compare !== undefined; compare = this.#comparator()) {
      const right = this.#binary(0);
      holds &&= compare(integer(left), integer(right));
      left = right;
    }
    return Number(holds);
  }

  #comparator(): ((a: number, b: number) => boolean) | undefined {
    const compare = COMPARISONS.get(this.#tokens[this.#at] ?? '');
    if (compare !== undefined) this.#at++;
    return compare;
  }

  /** Python's precedence: | ^ & shifts sums products. */
  #binary(level: number): number {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (let operator = this.#tokens[this.#at] ?? ''; operators.includes(operator); operator = this.#tokens[this.#at] ?? '') {
      this.#at++;
      left = combine(operator, integer(left), integer(this.#binary(level + 1)));
    }
    return left;
  }

  #unary(): number {
    if (this.#takes('-')) return -integer(this.#unary());
    if (this.#takes('+')) return integer(this.#unary());
    if (this.#takes('~')) return -integer(this.#unary()) - 1;
    if (this.#takes('(')) {
      const value = this.#or();
      if (!this.#takes(')')) this.#refuse();
      return value;
    }
    const token = this.#tokens[this.#at++] ?? '';
    if (/^\d/.test(token)) return Number(token);
    if (/^[A-Za-z_]\w*$/.test(token) && !KEYWORDS.has(token)) return this.#value(token);
    return this.#refuse();
  }

  #value(name: string): number {
    if (name === 'True') return 1;
    if (name === 'False') return 0;
    return this.#variables.get(name) ?? this.#lookup(name);
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #refuse(): never {
    throw new Unsupported(`the code "${this.#text}"`);
  }
}

const KEYWORDS = new Set(['and', 'or', 'not', 'assert', 'print', 'if', 'else', 'for', 'in', 'is', 'import', 'lambda']);
const COMPARISONS = new Map<string, (a: number, b: number) => boolean>([
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
  ['<', (a, b) => a < b],
  ['<=', (a, b) => a <= b],
  ['>', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
]);
const PRECEDENCE: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '//', '%']];

const truth = (value: number): boolean => value !== 0;

function integer(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Unsupported('a number beyond 2^53 in code');
  return value;
}

function combine(operator: string, a: number, b: number): number {
  switch (operator) {
    case '|':
      return Number(BigInt(a) | BigInt(b));
    case '^':
      return Number(BigInt(a) ^ BigInt(b));
    case '&':
      return Number(BigInt(a) & BigInt(b));
    case '<<':
      return a * 2 ** b;
    case '>>':
      return Math.floor(a / 2 ** b);
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      return divide(operator, a, b);
  }
}

/** Python rounds towards minus infinity. */
function divide(operator: string, a: number, b: number): number {
  if (b === 0) throw new Failed('code', 'no division by zero', 'one');
  const quotient = Math.floor(a / b);
  return operator === '%' ? a - quotient * b : quotient;
}
