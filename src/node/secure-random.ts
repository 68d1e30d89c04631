/** Random numbers that nobody can predict: initial sequence numbers, ports and transaction ids hang on them (RFC 6528, RFC 6056). */
import { randomFillSync } from 'node:crypto';
import type { Random } from '../stack/random.ts';

/** One word costs 1 to 5 µs when it is asked for alone, and a few nanoseconds as one of 1024. */
const WORDS = 1024;

export class SecureRandom implements Random {
  readonly #words = new Uint32Array(WORDS);
  #used = WORDS;

  nextUint32(): number {
    if (this.#used === WORDS) {
      randomFillSync(this.#words);
      this.#used = 0;
    }
    const word = this.#words[this.#used]!;
    this.#words[this.#used++] = 0; // what was given out is not kept
    return word;
  }
}
