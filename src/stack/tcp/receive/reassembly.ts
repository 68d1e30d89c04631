/** Which bytes beyond RCV.NXT have arrived: ranges only, the bytes already lie at their final place in the receive ring. */
import type { Seq } from '../../wire/seq.ts';
import { after, atOrAfter, atOrBefore, before, max, min, seq } from '../../wire/seq.ts';

/** A peer that sends every second byte could make the list long; what needs one more island than this is dropped. */
const MAX_ISLANDS = 1024;

/** No island yet: most connections never have one. */
const NONE = new Int32Array(0);

/** What may be asked of islands without changing them. */
export type Islands = Pick<Reassembly, 'islands' | 'left' | 'right' | 'latest' | 'covers'>;

/**
 * Sorted, disjoint, non-touching islands `[left, right)`. Kept as two flat arrays of int32: there are few of them, and
 * moving a few hundred numbers is cheaper than following a list.
 */
export class Reassembly {
  #left = NONE;
  #right = NONE;
  #count = 0;
  /** Left edge of the island that grew last: RFC 2018 §4 wants it reported first. */
  #latest: Seq = seq(0);

  get islands(): number {
    return this.#count;
  }

  left(index: number): Seq {
    return seq(this.#left[index]!);
  }

  right(index: number): Seq {
    return seq(this.#right[index]!);
  }

  /** Index of the island that grew last; -1 when there is none. */
  get latest(): number {
    for (let i = 0; i < this.#count; i++)
      if (atOrBefore(this.left(i), this.#latest) && after(this.right(i), this.#latest)) return i;
    return this.#count > 0 ? 0 : -1;
  }

  /** True when `[from, to)` lies wholly inside one island: nothing new arrived. */
  covers(from: Seq, to: Seq): boolean {
    for (let i = 0; i < this.#count; i++) if (atOrBefore(this.left(i), from) && atOrAfter(this.right(i), to)) return true;
    return false;
  }

  /**
   * Remembers `[from, to)`, joining every island that it touches.
   * @returns false when it would be one island too many; nothing is remembered then
   */
  insert(from: Seq, to: Seq): boolean {
    let first = 0;
    while (first < this.#count && before(this.right(first), from)) first++;
    let last = first; // islands [first, last) touch the new range
    let left = from;
    let right = to;
    while (last < this.#count && atOrBefore(this.left(last), to)) {
      left = min(left, this.left(last));
      right = max(right, this.right(last));
      last++;
    }
    if (last === first && !this.#makeRoom(first)) return false;
    if (last > first + 1) this.#remove(first + 1, last);
    this.#left[first] = left;
    this.#right[first] = right;
    this.#latest = from;
    return true;
  }

  /**
   * RCV.NXT has reached `next`: takes the islands that it touches away.
   * @returns where RCV.NXT may go on to: the end of the last island it ran into, or `next` itself
   */
  advance(next: Seq): Seq {
    let reached = next;
    let gone = 0;
    while (gone < this.#count && atOrBefore(this.left(gone), reached)) {
      reached = max(reached, this.right(gone));
      gone++;
    }
    if (gone > 0) this.#remove(0, gone);
    return reached;
  }

  /** Forgets what lies at or behind `end`. */
  truncate(end: Seq): void {
    while (this.#count > 0 && atOrAfter(this.left(this.#count - 1), end)) this.#count--;
    if (this.#count > 0) this.#right[this.#count - 1] = min(this.right(this.#count - 1), end);
  }

  clear(): void {
    this.#count = 0;
  }

  #makeRoom(at: number): boolean {
    if (this.#count === MAX_ISLANDS) return false;
    if (this.#count === this.#left.length) {
      this.#left = doubled(this.#left);
      this.#right = doubled(this.#right);
    }
    this.#left.copyWithin(at + 1, at, this.#count);
    this.#right.copyWithin(at + 1, at, this.#count);
    this.#count++;
    return true;
  }

  #remove(from: number, to: number): void {
    this.#left.copyWithin(from, to, this.#count);
    this.#right.copyWithin(from, to, this.#count);
    this.#count -= to - from;
  }
}

/** Of a connection that never saw a hole. Nobody can insert: the type has no verb for it. */
export const NO_ISLANDS: Islands = new Reassembly();

function doubled(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(old.length * 2, 8));
  larger.set(old);
  return larger;
}
