/** Bytes of a stream, addressed by their offset from the oldest byte kept; grows by doubling up to a limit. */
import type { Packet } from './packet.ts';

/** What a ring holds that was never written to: most connections of a busy host are idle, and a buffer each would be most of them. */
const NOTHING = new Uint8Array(0);

export class RingBuffer {
  #bytes: Uint8Array<ArrayBuffer>;
  #head = 0; // where offset 0 lives
  #length = 0;

  /** @param capacity initial size in bytes; rounded up to a power of two so that wrapping is a mask */
  constructor(capacity: number) {
    this.#bytes = allocate(capacity);
  }

  /** Bytes that can be stored without growing. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** Bytes from offset 0 that are in use. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for at least `capacity` bytes, keeping every byte written so far, beyond `length` too. */
  reserve(capacity: number): void {
    if (capacity <= this.#bytes.length) return;
    const larger = new Uint8Array(powerOfTwo(capacity));
    const first = this.#bytes.subarray(this.#head);
    larger.set(first, 0);
    larger.set(this.#bytes.subarray(0, this.#head), first.length);
    this.#bytes = larger;
    this.#head = 0;
  }

  /** Gives the memory back when nothing is stored. */
  shrink(capacity: number): void {
    if (this.#length > 0 || this.#bytes.length <= capacity) return;
    this.#bytes = allocate(capacity);
    this.#head = 0;
  }

  /** Writes `source[from, to)` at an offset within the capacity; does not change `length`. */
  writeAt(offset: number, source: Uint8Array, from: number, to: number): void {
    if (to === from) return; // also where there is no buffer yet to wrap around in
    const at = (this.#head + offset) & (this.#bytes.length - 1);
    const first = Math.min(to - from, this.#bytes.length - at);
    copy(source, from, first, this.#bytes, at);
    copy(source, from + first, to - from - first, this.#bytes, 0);
  }

  /** Copies `length` bytes from an offset to `target[at]`. */
  readAt(offset: number, length: number, target: Uint8Array, at: number): void {
    if (length === 0) return;
    const from = (this.#head + offset) & (this.#bytes.length - 1);
    const first = Math.min(length, this.#bytes.length - from);
    copy(this.#bytes, from, first, target, at);
    copy(this.#bytes, 0, length - first, target, at + first);
  }

  /** Lends `length` bytes from an offset to a packet, as the rest of its payload: good until the ring is written to. */
  lendTo(packet: Packet, offset: number, length: number): void {
    packet.lend(this.#bytes, (this.#head + offset) & (this.#bytes.length - 1), length);
  }

  /** Declares the next `count` bytes behind `length` valid: they were written by `writeAt`. */
  extend(count: number): void {
    this.#length += count;
  }

  /** Drops the oldest `count` bytes. */
  discard(count: number): void {
    this.#head = (this.#head + count) & (this.#bytes.length - 1);
    this.#length -= count;
  }
}

const allocate = (capacity: number): Uint8Array<ArrayBuffer> => (capacity === 0 ? NOTHING : new Uint8Array(powerOfTwo(capacity)));

const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(n, 16)));

/** Below this a loop beats `set(subarray)`, whose 34 ns go into making the view. */
const LOOP_BELOW = 32;

function copy(source: Uint8Array, from: number, length: number, target: Uint8Array, at: number): void {
  if (length <= 0) return;
  if (length < LOOP_BELOW) {
    for (let i = 0; i < length; i++) target[at + i] = source[from + i]!;
    return;
  }
  target.set(from === 0 && length === source.length ? source : source.subarray(from, from + length), at);
}

/** For all who have nothing to store yet: to be read and discarded from, and replaced by a ring of one's own before a write. */
export const EMPTY_RING: RingBuffer = new RingBuffer(0);
