/** Byte buffers in sizes of powers of two, used again, for datagrams whose length nobody knows before the end. */

const SMALLEST = 2_048;

export class BufferPool {
  readonly #free = new Map<number, Uint8Array<ArrayBuffer>[]>();
  readonly #keep: number;
  #lent = 0;
  #kept = 0;

  /** @param keep bytes of unused buffers that stay allocated; the rest is left to the collector */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Bytes of all buffers that are out. */
  get lent(): number {
    return this.#lent;
  }

  /** The size of the buffer that `take(length)` gives. */
  sizeFor(length: number): number {
    let size = SMALLEST;
    while (size < length) size *= 2;
    return size;
  }

  /** A buffer of at least `length` bytes; what is in it is of no meaning. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const size = this.sizeFor(length);
    this.#lent += size;
    const used = this.#free.get(size)?.pop();
    if (used === undefined) return new Uint8Array(size);
    this.#kept -= size;
    return used;
  }

  /** Takes a buffer back. Whoever gives it must not touch it again. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    this.#lent -= buffer.length;
    if (this.#kept + buffer.length > this.#keep) return;
    this.#kept += buffer.length;
    const list = this.#free.get(buffer.length);
    if (list === undefined) this.#free.set(buffer.length, [buffer]);
    else list.push(buffer);
  }
}
