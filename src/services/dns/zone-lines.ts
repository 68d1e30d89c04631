/** A master file cut into entries, RFC 1035 §5.1: words, quoted texts, escapes, comments, and parentheses across lines. */

/** What is wrong with a zone, and where. */
export class ZoneError extends Error {
  override readonly name = 'ZoneError';
  readonly line: number;
  readonly problem: string;

  /** @param line from 1 on; 0: the zone as a whole */
  constructor(line: number, problem: string) {
    super(line === 0 ? problem : `line ${line}: ${problem}`);
    this.line = line;
    this.problem = problem;
  }
}

export interface Word {
  /** A character for each byte; escapes are resolved. */
  readonly text: string;
  readonly isQuoted: boolean;
}

export interface ZoneLine {
  /** Where it begins, from 1 on. */
  readonly line: number;
  /** It begins with a blank: the owner is that of the line before. */
  readonly isContinued: boolean;
  readonly words: readonly Word[];
}

/** Enough for any zone that is written by hand; a file without an end is none. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** @throws ZoneError where quotes or parentheses are not closed or an escape is none */
export function zoneLines(text: string): ZoneLine[] {
  if (text.length > MAX_CHARACTERS) throw new ZoneError(0, `a zone has at most ${MAX_CHARACTERS} characters, not ${text.length}`);
  const reader = new ZoneReader(text);
  const lines: ZoneLine[] = [];
  for (let line = reader.next(); line !== undefined; line = reader.next()) if (line.words.length > 0) lines.push(line);
  return lines;
}

const BLANK = /[ \t\r]/;
const END_OF_WORD = /[\s;()"]/;

class ZoneReader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  /** The line of the parenthesis that is open; 0: none. */
  #opened = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): ZoneLine | undefined {
    if (this.#at >= this.#text.length) return undefined;
    const [line, isContinued] = [this.#line, BLANK.test(this.#text[this.#at] ?? '')];
    const words: Word[] = [];
    while (this.#at < this.#text.length && !(this.#text[this.#at] === '\n' && this.#opened === 0)) this.#step(words);
    if (this.#opened > 0) throw new ZoneError(this.#opened, 'the "(" of this line is not closed');
    this.#at++;
    this.#line++;
    return { line, isContinued, words };
  }

  #step(words: Word[]): void {
    const character = this.#text[this.#at]!;
    if (character === ';') this.#skipComment();
    else if (character === '"') words.push({ text: this.#quoted(), isQuoted: true });
    else if (!END_OF_WORD.test(character)) words.push({ text: this.#word(), isQuoted: false });
    else {
      if (character === '(') this.#opened = this.#line;
      if (character === ')') this.#close();
      if (character === '\n') this.#line++;
      this.#at++;
    }
  }

  #close(): void {
    if (this.#opened === 0) throw new ZoneError(this.#line, 'a ")" without a "(" before it');
    this.#opened = 0;
  }

  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end === -1 ? this.#text.length : end;
  }

  #quoted(): string {
    let text = '';
    for (this.#at++; this.#text[this.#at] !== '"'; ) {
      if (this.#at >= this.#text.length || this.#text[this.#at] === '\n')
        throw new ZoneError(this.#line, 'a quoted text ends with " on its own line');
      text += this.#character();
    }
    this.#at++;
    return text;
  }

  #word(): string {
    let text = '';
    while (this.#at < this.#text.length && !END_OF_WORD.test(this.#text[this.#at]!)) text += this.#character();
    return text;
  }

  /** One character as its bytes in UTF-8. `\DDD` is the byte of this number, `\X` the character X. */
  #character(): string {
    const first = this.#text[this.#at]!;
    if (first !== '\\') {
      const point = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
      this.#at += point.length;
      return utf8(point);
    }
    const digits = this.#text.slice(this.#at + 1, this.#at + 4);
    if (/^\d/.test(digits)) {
      if (!/^\d{3}$/.test(digits) || Number(digits) > 255)
        throw new ZoneError(this.#line, `"\\${digits}" is no escape: write three digits up to 255, such as \\032`);
      this.#at += 4;
      return String.fromCharCode(Number(digits));
    }
    this.#at += 2;
    const escaped = digits[0];
    if (escaped === undefined || escaped === '\n') throw new ZoneError(this.#line, 'nothing follows the "\\"');
    // in a name the dot would end the label: see `isLabelByte`
    return escaped === '.' ? '\\.' : utf8(escaped);
  }
}

/** A character for each byte of the text in UTF-8. */
export function utf8(text: string): string {
  const whole = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
  return encodeURIComponent(whole).replace(/%([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
