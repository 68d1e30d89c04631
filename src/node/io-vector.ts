/** The `struct iovec` array of writev(2): pieces of memory that are written as one. */
import { BufferAddresses } from './buffer-addresses.ts';
import { LITTLE_ENDIAN } from './libc.ts';

/** An address and a length, 8 bytes each on a 64-bit machine. */
const ENTRY = 16;
const ENTRIES = 4;
const WORD = 2 ** 32;

export class IoVector {
  readonly #bytes = new Uint8Array(ENTRY * ENTRIES);
  readonly #view = new DataView(this.#bytes.buffer);
  /** Of the first entry, for the C library. */
  readonly address: number = new BufferAddresses().of(this.#bytes);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  /** @throws RangeError for more than four pieces */
  add(address: number, length: number): void {
    const at = ENTRY * this.#count++;
    this.#set(at, address);
    this.#set(at + 8, length);
  }

  #set(at: number, value: number): void {
    const low = value % WORD;
    const high = (value - low) / WORD;
    this.#view.setUint32(at, LITTLE_ENDIAN ? low : high, LITTLE_ENDIAN);
    this.#view.setUint32(at + 4, LITTLE_ENDIAN ? high : low, LITTLE_ENDIAN);
  }
}
