/** The words of a sentence about faults, read one after the other. */
import type { Micros } from '../../stack/time.ts';
import { MICROSECOND, MILLISECOND, MINUTE, SECOND } from '../../stack/time.ts';

const UNITS: Readonly<Record<string, Micros>> = { us: MICROSECOND, ms: MILLISECOND, s: SECOND, min: MINUTE };
/** More would be a typing error, and no list shall be made of it. */
const LONGEST_RANGE = 10_000;

/** What is wrong with a sentence, and what would be right. */
export class FaultSentenceError extends RangeError {
  override readonly name = 'FaultSentenceError';
  /** Without the sentence itself, for where it stands beside the message anyway. */
  readonly problem: string;

  constructor(sentence: string, problem: string) {
    super(`"${sentence}": ${problem}`);
    this.problem = problem;
  }
}

export class Words {
  readonly sentence: string;
  readonly #words: readonly string[];
  #at = 0;

  constructor(sentence: string) {
    this.sentence = sentence;
    // a comma belongs to a list of numbers: "3, 5" is the word "3,5"
    this.#words = sentence
      .trim()
      .replaceAll(/\s*,\s*/g, ',')
      .split(/\s+/)
      .filter((word) => word !== '');
  }

  /** The next word in small letters; undefined at the end. */
  peek(ahead = 0): string | undefined {
    return this.#words[this.#at + ahead]?.toLowerCase();
  }

  /** Takes the next words when they are these. */
  take(...wanted: readonly string[]): boolean {
    if (!wanted.every((word, i) => this.peek(i) === word)) return false;
    this.#at += wanted.length;
    return true;
  }

  /** Takes words that change nothing. */
  skip(...fillers: readonly string[]): void {
    while (fillers.some((filler) => this.take(filler)));
  }

  /** The next word as it was written. @param what it should be, for the message */
  next(what: string): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw this.error(`it ends where ${what} is expected`);
    this.#at++;
    return word;
  }

  expect(word: string, example: string): void {
    if (this.take(word)) return;
    const found = this.#words[this.#at];
    throw this.error(`"${word}" is expected ${found === undefined ? 'at its end' : `before "${found}"`}, such as "${example}"`);
  }

  end(): void {
    const word = this.#words[this.#at];
    if (word !== undefined) throw this.error(`nothing is known of "${word}" here`);
  }

  /** A whole number from 1 on. */
  number(what: string): number {
    const word = this.next(what);
    if (!/^[1-9]\d{0,8}$/.test(word)) throw this.error(`${what} is a whole number from 1 on, not "${word}"`);
    return Number(word);
  }

  /** `20ms`, `1.5s`, `300us`. */
  time(): Micros {
    const word = this.next('a time such as 20ms');
    const match = /^(\d{1,9}(?:\.\d{1,6})?)(us|ms|s|min)$/.exec(word.toLowerCase());
    if (match === null) throw this.error(`a time is written 20ms, 1.5s or 300us, not "${word}"`);
    return Math.round(Number(match[1]) * UNITS[match[2]!]!);
  }

  /** `7`, `3,5`, `3-8`, `3 and 4`; empty when the next word is no number. */
  numbers(): number[] {
    const numbers: number[] = [];
    for (let first = true; isList(this.peek(first ? 0 : 1)) && (first || this.peek() === 'and'); first = false) {
      if (!first) this.take('and');
      for (const part of this.next('a number').split(',')) numbers.push(...this.#range(part));
    }
    return numbers;
  }

  /** `7th`, `3rd and 4th`, `1st`; empty when the next word is none. */
  ordinals(): number[] {
    const numbers: number[] = [];
    for (;;) {
      const isFirst = numbers.length === 0;
      const match = /^([1-9]\d{0,8})(st|nd|rd|th)$/.exec(this.peek(isFirst ? 0 : 1) ?? '');
      if (match === null || !(isFirst || this.peek() === 'and')) return numbers;
      if (!isFirst) this.take('and');
      this.next('a number');
      numbers.push(Number(match[1]));
    }
  }

  error(what: string): FaultSentenceError {
    return new FaultSentenceError(this.sentence, what);
  }

  #range(part: string): number[] {
    const [from, to = from] = part.split('-').map(Number) as [number, number?];
    if (!(from >= 1 && to >= from && to - from < LONGEST_RANGE)) throw this.error(`"${part}" is no range of numbers such as 3-8`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  }
}

const isList = (word: string | undefined): boolean =>
  word !== undefined && /^\d{1,9}(-\d{1,9})?(,\d{1,9}(-\d{1,9})?)*$/.test(word);
