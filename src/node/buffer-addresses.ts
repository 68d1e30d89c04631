/** Addresses of buffers for the C library: numbers, below 2^47, because a BigInt per call would be garbage. */
import koffi from 'koffi';

const NONE = new Uint8Array(0);

/** Where buffers live. An ArrayBuffer's memory does not move as long as somebody holds it. */
export class BufferAddresses {
  readonly #known = new WeakMap<Uint8Array, number>();
  /** The two that were asked for last: a stack uses few packets, often the same one, and lends from one ring at a time. */
  #latest: Uint8Array = NONE;
  #latestAddress = 0;
  #before: Uint8Array = NONE;
  #beforeAddress = 0;

  /** @param bytes not shorter than 64 bytes: V8 keeps smaller ones on its own heap, where they move */
  of(bytes: Uint8Array): number {
    if (bytes === this.#latest) return this.#latestAddress; // 15 ns saved
    if (bytes === this.#before) return this.#beforeAddress;
    let address = this.#known.get(bytes);
    if (address === undefined) {
      address = Number(koffi.address(bytes));
      this.#known.set(bytes, address);
    }
    this.#before = this.#latest;
    this.#beforeAddress = this.#latestAddress;
    this.#latest = bytes;
    this.#latestAddress = address;
    return address;
  }
}
