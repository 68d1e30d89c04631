/** Bytes that came and were not asked for yet: one buffer that grows with what is really there, never with what was announced. */

const SMALL = 4 * 1024;
/** An empty buffer beyond this is given back. */
const KEPT = 64 * 1024;

export class Intake {
  #bytes = new Uint8Array(SMALL);
  #from = 0;
  #to = 0;

  get length(): number {
    return this.#to - this.#from;
  }

  push(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  /**
   * Where something ends that begins with the first byte: as an offset from there.
   * @param endOf gives the offset in `bytes[from, to)` behind the end, or -1
   * @param looked so many bytes were searched before
   */
  find(endOf: (bytes: Uint8Array, from: number, to: number) => number, looked: number): number {
    const end = endOf(this.#bytes, this.#from + looked, this.#to);
    return end < 0 ? -1 : end - this.#from;
  }

  /** The first bytes, which belong to the caller then. */
  take(length: number): Uint8Array {
    const end = this.#from + length;
    const isAll = end === this.#to;
    // what is large is handed over and not copied
    const taken = isAll && length > KEPT ? this.#bytes.subarray(this.#from, end) : this.#bytes.slice(this.#from, end);
    this.#from = end;
    if (isAll) this.#reset();
    return taken;
  }

  #reset(): void {
    if (this.#bytes.length > KEPT) this.#bytes = new Uint8Array(SMALL);
    this.#from = 0;
    this.#to = 0;
  }

  #makeRoom(count: number): void {
    if (this.#to + count <= this.#bytes.length) return;
    const length = this.length;
    const bytes = new Uint8Array(Math.max(2 * length, length + count, SMALL));
    bytes.set(this.#bytes.subarray(this.#from, this.#to));
    this.#bytes = bytes;
    this.#from = 0;
    this.#to = length;
  }
}
