/** One heap of deadlines for everything in a stack that has a timer. */
import { type Micros, NEVER } from './time.ts';

/**
 * A machine with timers. The last field belongs to the heap: it stands in the machine so that an entry costs no object of its
 * own. Begin it with -1 and leave it alone.
 */
export interface Timed {
  /** When the machine wants to be called next; NEVER when it is waiting for nothing. */
  nextTimeout(): Micros;
  onTimeout(now: Micros): void;
  /** The place in the heap; -1 when absent. */
  deadlineIndex: number;
}

/**
 * A binary heap whose keys may lag. A connection moves its retransmission deadline later with every acknowledgment, and
 * that costs nothing here: the entry comes to the top early once and is then put where it belongs. Only a deadline that
 * moved earlier must move its entry at once.
 */
export class Deadlines<T extends Timed = Timed> {
  readonly #heap: T[] = [];
  /** The deadlines as the heap knows them: never later than the true ones. Side by side, so that sifting follows no pointer. */
  readonly #keys: Micros[] = [];

  /** How many machines are waiting for something, as far as the heap knows. */
  get size(): number {
    return this.#heap.length;
  }

  /** Takes note of an item's deadline: to be called after anything that may have moved it earlier. */
  schedule(item: T): void {
    const due = item.nextTimeout();
    if (item.deadlineIndex < 0) {
      if (due === NEVER) return;
      this.#heap.push(item);
      this.#keys.push(due);
      this.#siftUp(item, due, this.#heap.length - 1);
    } else if (due < this.#keys[item.deadlineIndex]!) {
      this.#siftUp(item, due, item.deadlineIndex);
    }
  }

  /** Forgets an item; does nothing when it is absent. */
  remove(item: T): void {
    const index = item.deadlineIndex;
    if (index < 0) return;
    item.deadlineIndex = -1;
    const last = this.#heap.pop()!;
    const key = this.#keys.pop()!;
    if (last !== item) this.#place(last, key, index);
  }

  /** The earliest true deadline; NEVER when there is none. */
  next(): Micros {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      const due = top.nextTimeout();
      if (due === this.#keys[0]) return due;
      this.#refresh(top, due);
    }
    return NEVER;
  }

  /** Removes what is due first; undefined: nothing is. For who calls it in an order of its own. */
  takeDue(now: Micros): T | undefined {
    if (this.next() > now) return undefined;
    const item = this.#heap[0];
    if (item !== undefined) this.remove(item);
    return item;
  }

  /**
   * Calls `onTimeout` of what is due, the earliest deadline first. The call may schedule and remove any item, itself too.
   *
   * @param limit calls at most; by default as many as there are items, so that a machine whose deadline stays in the past
   *   cannot hold the stack for ever. What is left over is still due: `next` says so.
   * @returns how many calls were made
   */
  runDue(now: Micros, limit: number = this.#heap.length): number {
    let calls = 0;
    while (calls < limit && this.next() <= now) {
      const item = this.#heap[0]!;
      item.onTimeout(now);
      calls++;
      if (item.deadlineIndex >= 0) this.#refresh(item, item.nextTimeout());
    }
    return calls;
  }

  #refresh(item: T, due: Micros): void {
    if (due === NEVER) this.remove(item);
    else this.#place(item, due, item.deadlineIndex);
  }

  /** Puts an item where its key belongs, starting from a place that is its own or free. */
  #place(item: T, key: Micros, index: number): void {
    if (index > 0 && key < this.#keys[(index - 1) >>> 1]!) this.#siftUp(item, key, index);
    else this.#siftDown(item, key, index);
  }

  #siftUp(item: T, key: Micros, from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >>> 1;
      const aboveKey = this.#keys[above]!;
      if (aboveKey <= key) break;
      this.#put(this.#heap[above]!, aboveKey, index);
      index = above;
    }
    this.#put(item, key, index);
  }

  #siftDown(item: T, key: Micros, from: number): void {
    const length = this.#heap.length;
    let index = from;
    for (let below = 2 * index + 1; below < length; below = 2 * index + 1) {
      const right = below + 1;
      if (right < length && this.#keys[right]! < this.#keys[below]!) below = right;
      const belowKey = this.#keys[below]!;
      if (belowKey >= key) break;
      this.#put(this.#heap[below]!, belowKey, index);
      index = below;
    }
    this.#put(item, key, index);
  }

  #put(item: T, key: Micros, index: number): void {
    this.#heap[index] = item;
    this.#keys[index] = key;
    item.deadlineIndex = index;
  }
}
