/** Which parts of a datagram have arrived: ranges that never overlap, and where the whole ends. */

/** What makes fragments impossible together. */
export const RANGE_DROPS = ['fragment overlaps', 'last fragments disagree', 'too many fragments'] as const;
export type RangeDrop = (typeof RANGE_DROPS)[number];

/**
 * Overlap is not resolved, it is refused. RFC 791 lets the later fragment win, other systems let the first; where two
 * disagree, a firewall sees another datagram than the host behind it. No sender makes overlapping fragments on purpose: a
 * retransmission has a new identification, a duplicate made by the network is exact. RFC 5722 drew this conclusion for IPv6.
 */
export class FragmentRanges {
  /** Sorted, parallel. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #maximum: number;
  #received = 0;
  #total = 0;

  /** @param maximum how many fragments a datagram may have */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Bytes of the whole payload; 0 as long as the last fragment is missing. */
  get total(): number {
    return this.#total;
  }

  get count(): number {
    return this.#starts.length;
  }

  get isComplete(): boolean {
    return this.#total > 0 && this.#received === this.#total;
  }

  /**
   * Adds `[start, end)`, which is not empty.
   * @param more false for the last fragment
   * @returns 'repeated' when exactly this range is there already
   */
  add(start: number, end: number, more: boolean): 'new' | 'repeated' | RangeDrop {
    if (this.#disagreesAboutEnd(end, more)) return 'last fragments disagree';
    const index = this.#firstEndingAfter(start);
    if (this.#starts[index] === start && this.#ends[index] === end) return 'repeated';
    if (index < this.#starts.length && this.#starts[index]! < end) return 'fragment overlaps';
    if (this.#starts.length === this.#maximum) return 'too many fragments';
    this.#starts.splice(index, 0, start);
    this.#ends.splice(index, 0, end);
    this.#received += end - start;
    if (!more) this.#total = end;
    return 'new';
  }

  #disagreesAboutEnd(end: number, more: boolean): boolean {
    if (this.#total > 0) return more ? end >= this.#total : end !== this.#total;
    const farthest = this.#ends.at(-1) ?? 0;
    return !more && farthest >= end; // something else was to follow what ends there
  }

  /** Where `start` belongs. Fragments mostly come in order, so the search begins at the end. */
  #firstEndingAfter(start: number): number {
    let index = this.#ends.length;
    while (index > 0 && this.#ends[index - 1]! > start) index--;
    return index;
  }
}
