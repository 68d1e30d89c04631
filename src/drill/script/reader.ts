/** The lexer: walks over the text, skips spaces and comments, puts in defined symbols, and knows where it stands. */
import { ParseError } from './parse-error.ts';

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const INTEGER = /0[xX][0-9a-fA-F]+|\d+/y;
/** A point that belongs to `...` is not part of the number in front of it. */
const DECIMAL = /\d+(?:\.(?!\.)\d*)?|\.\d+/y;
/** How much of the text an error shows. */
const SHOWN = 24;

/** A symbol that was replaced: everything behind it on its line has moved. */
interface Replacement {
  readonly at: number;
  readonly longer: number;
}

export class Reader {
  at = 0;
  #text: string;
  readonly #symbols: ReadonlyMap<string, string>;
  readonly #replacements: Replacement[] = [];
  /** Text up to here came from a symbol and is not looked up again. */
  #replacedUntil = 0;

  constructor(text: string, symbols: ReadonlyMap<string, string>) {
    this.#text = text;
    this.#symbols = symbols;
  }

  get text(): string {
    return this.#text;
  }

  /** Where the next token begins. */
  get line(): number {
    this.skip();
    return this.lineOf(this.at);
  }

  lineOf(at: number): number {
    let line = 1;
    for (let i = this.#text.indexOf('\n'); i >= 0 && i < at; i = this.#text.indexOf('\n', i + 1)) line++;
    return line;
  }

  get isAtEnd(): boolean {
    this.skip();
    return this.at >= this.#text.length;
  }

  /** Spaces and the three kinds of comments; then a symbol, if one stands there, gives way to its value. */
  skip(): void {
    for (;;) {
      const c = this.#text.charCodeAt(this.at);
      if (c === 32 || (c >= 9 && c <= 13) || c === 0xfeff || c === 0xa0) this.at++;
      else if (c === 35 || this.#text.startsWith('//', this.at)) this.#skipLine();
      else if (this.#text.startsWith('/*', this.at)) this.#skipBlock();
      else break;
    }
    this.#replaceSymbol();
  }

  /** True when `token` comes next. */
  sees(token: string): boolean {
    this.skip();
    return this.#text.startsWith(token, this.at);
  }

  /** Takes `token` when it comes next. */
  takes(token: string): boolean {
    if (!this.sees(token)) return false;
    this.at += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.takes(token)) this.fail(`"${token}"`);
  }

  /** The text that a sticky expression matches here, taken; undefined and nothing taken when it does not. */
  match(pattern: RegExp): string | undefined {
    this.skip();
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  word(): string | undefined {
    return this.match(WORD);
  }

  /** Takes this very word, and not one that merely begins with it. */
  takesWord(name: string): boolean {
    const before = this.at;
    if (this.word() === name) return true;
    this.at = before;
    return false;
  }

  /** A whole number, decimal or hexadecimal. */
  integer(what: string): number {
    const digits = this.match(INTEGER);
    return digits === undefined ? this.fail(what) : Number(digits);
  }

  /** A number with or without a fraction. */
  decimal(): number | undefined {
    const digits = this.match(DECIMAL);
    return digits === undefined ? undefined : Number(digits);
  }

  /** Everything up to `close`, which is taken too. No comments and no symbols in there. */
  raw(close: string, what: string): string {
    const from = this.at;
    const end = this.#text.indexOf(close, from);
    if (end < 0) {
      this.at = this.#text.length;
      this.fail(what, from);
    }
    this.at = end + close.length;
    return this.#text.slice(from, end);
  }

  /** @param at where the fault lies; here by default */
  fail(expected: string, at?: number): never {
    this.skip();
    const place = at ?? this.at;
    const lineStart = this.#text.lastIndexOf('\n', place - 1) + 1;
    let column = place - lineStart + 1;
    for (const { at: moved, longer } of this.#replacements) if (moved >= lineStart && moved < place) column -= longer;
    throw new ParseError(this.lineOf(place), Math.max(column, 1), expected, this.#shown(place));
  }

  #shown(at: number): string {
    if (at >= this.#text.length) return 'the end of the script';
    const end = this.#text.indexOf('\n', at);
    const rest = this.#text.slice(at, end < 0 ? undefined : end).trimEnd();
    return `"${rest.length > SHOWN ? `${rest.slice(0, SHOWN)}...` : rest}"`;
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.at);
    this.at = end < 0 ? this.#text.length : end;
  }

  #skipBlock(): void {
    const from = this.at;
    const end = this.#text.indexOf('*/', from + 2);
    if (end < 0) {
      this.at = this.#text.length;
      throw new ParseError(
        this.lineOf(from),
        from - this.#text.lastIndexOf('\n', from - 1),
        'a comment that ends with */',
        this.#shown(from),
      );
    }
    this.at = end + 2;
  }

  #replaceSymbol(): void {
    if (this.#symbols.size === 0 || this.at < this.#replacedUntil) return;
    if (this.at > 0 && /[A-Za-z0-9_]/.test(this.#text[this.at - 1] ?? '')) return;
    WORD.lastIndex = this.at;
    const name = WORD.exec(this.#text)?.[0];
    const value = name === undefined ? undefined : this.#symbols.get(name);
    if (name === undefined || value === undefined) return;
    this.#text = this.#text.slice(0, this.at) + value + this.#text.slice(this.at + name.length);
    this.#replacements.push({ at: this.at, longer: value.length - name.length });
    this.#replacedUntil = this.at + value.length;
  }
}
