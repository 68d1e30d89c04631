/** Bytes that are appended, little-endian, in a buffer that grows and is used again. */

export class ByteBuilder {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** What was appended, as a view that is good until the next change. */
  live(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What was appended, for keeps. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  /** Drops the first `count` bytes. */
  discard(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  u8(value: number): void {
    const at = this.#advance(1); // may exchange the view
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#advance(2); // may exchange the view
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#advance(4); // may exchange the view
    this.#view.setUint32(at, value, true);
  }

  /** A count in 64 bits, low word first. @param value an integer below 2^53 */
  u64(value: number): void {
    this.u32(value % 0x1_0000_0000);
    this.u32(Math.floor(value / 0x1_0000_0000));
  }

  append(source: Uint8Array): void {
    const at = this.#advance(source.length);
    this.#bytes.set(source, at);
  }

  /** With zeros behind it up to a multiple of four. */
  appendPadded(source: Uint8Array): void {
    this.append(source);
    for (let padded = source.length; padded % 4 !== 0; padded++) this.u8(0);
  }

  /** Overwrites a word that was appended before. */
  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  #advance(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) this.#grow();
    return at;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
