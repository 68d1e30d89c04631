/** Rings that hold nothing, lent to whoever has something to put in one. */
import { RingBuffer } from './ring-buffer.ts';

/**
 * Bytes that wait here at most. Who brings more is left with a ring that the collector takes: so much, and no more, the silent
 * connections of a host hold together, however much they have moved before.
 */
const KEPT = 8 << 20;

/**
 * The last one that came back is the first to go: a transfer whose reader keeps up gets its own large ring again and again, still
 * in the cache. Measured: 700 bytes less for each connection that once carried a hundred.
 */
export class RingPool {
  readonly #free: RingBuffer[] = [];
  #bytes = 0;

  /** A ring without bytes and with room for `capacity`. */
  take(capacity: number): RingBuffer {
    const ring = this.#free.pop();
    if (ring === undefined) return new RingBuffer(capacity);
    this.#bytes -= ring.capacity;
    ring.reserve(capacity);
    return ring;
  }

  /** @param ring holds nothing, and whoever brings it forgets it */
  give(ring: RingBuffer): void {
    if (this.#bytes + ring.capacity > KEPT) return;
    this.#bytes += ring.capacity;
    this.#free.push(ring);
  }
}
