/** A filter as a row of tokens. */
import { FilterError } from './filter-error.ts';

/** 'word': a name, a number or an address; 'text': what stood in quotes; 'end': behind the last. */
export type TokenKind = 'word' | 'text' | 'operator' | '(' | ')' | '{' | '}' | ',' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

/** The longer ones first. */
const OPERATORS: readonly string[] = ['==', '!=', '>=', '<=', '&&', '||', '>', '<', '!', '&'];
const BRACKETS = '(){},';
const WORD = /[^\s(){},!=<>&|"']+/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

/** @throws FilterError at a character that begins nothing */
export function tokensOf(filter: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < filter.length) {
    if (/\s/.test(filter[at]!)) {
      at++;
      continue;
    }
    const token = tokenAt(filter, at);
    tokens.push(token.token);
    at = token.next;
  }
  return [...tokens, { kind: 'end', text: '', column: filter.length + 1 }];
}

function tokenAt(filter: string, at: number): { token: Token; next: number } {
  const [first, column] = [filter[at]!, at + 1];
  if (BRACKETS.includes(first)) return { token: { kind: first as TokenKind, text: first, column }, next: at + 1 };
  if (first === '"' || first === "'") return quoted(filter, at);
  const operator = OPERATORS.find((one) => filter.startsWith(one, at));
  if (operator !== undefined) return { token: { kind: 'operator', text: operator, column }, next: at + operator.length };
  WORD.lastIndex = at;
  const word = WORD.exec(filter)?.[0];
  if (word === undefined) throw new FilterError(column, `"${first}" alone means nothing; expected == or ||`);
  return { token: { kind: 'word', text: word, column }, next: at + word.length };
}

/** A backslash takes the next character as it is, but for n, t, r and 0. */
function quoted(filter: string, from: number): { token: Token; next: number } {
  const quote = filter[from]!;
  let text = '';
  for (let at = from + 1; at < filter.length; at++) {
    const character = filter[at]!;
    if (character === quote) return { token: { kind: 'text', text, column: from + 1 }, next: at + 1 };
    if (character !== '\\') {
      text += character;
      continue;
    }
    at++;
    text += ESCAPES[filter[at] ?? ''] ?? filter[at] ?? '';
  }
  throw new FilterError(from + 1, `this ${quote} is never closed`);
}
