/** Which islands were reported first by the last few acknowledgments: RFC 2018 §4 has them repeated, in case one was lost. */
import type { Seq } from '../../wire/seq.ts';
import { inWindow, seq } from '../../wire/seq.ts';

/** As many as one segment can report. */
const REMEMBERED = 4;

export class RecentIslands {
  /** The left edge that each had when it was reported; it may have grown or gone since. */
  readonly #marks = new Int32Array(REMEMBERED);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  mark(index: number): Seq {
    return seq(this.#marks[index]!);
  }

  /** The island `[left, left + length)` is being reported first: it moves to the front. */
  note(left: Seq, length: number): void {
    let carried = left;
    for (let i = 0; i < this.#count; i++) {
      const old = this.mark(i);
      this.#marks[i] = carried;
      if (inWindow(old, left, length)) return;
      carried = old;
    }
    if (this.#count < REMEMBERED) this.#marks[this.#count++] = carried;
  }
}
