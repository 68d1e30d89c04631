/** pcapng by hand, for what our writer never writes. */

/** Blocks in either byte order. */
export class Blocks {
  readonly #bytes: number[] = [];
  readonly #little: boolean;
  constructor(little: boolean) {
    this.#little = little;
  }
  static word(value: number, little: boolean): number[] {
    const bytes = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
    return little ? bytes.reverse() : bytes;
  }
  /** @param body words, or bytes as they are */
  add(type: number, ...body: (number | readonly number[])[]): this {
    const content = body.flatMap((item) => (typeof item === 'number' ? Blocks.word(item, this.#little) : [...item]));
    const length = Blocks.word(content.length + 12, this.#little);
    this.#bytes.push(...Blocks.word(type, this.#little), ...length, ...content, ...length);
    return this;
  }
  half(high: number, low: number): number[] {
    const both = [...Blocks.word(high, this.#little).slice(this.#little ? 0 : 2, this.#little ? 2 : 4)];
    return [...both, ...Blocks.word(low, this.#little).slice(this.#little ? 0 : 2, this.#little ? 2 : 4)];
  }
  word(value: number): number[] {
    return Blocks.word(value, this.#little);
  }
  /** An option of any block, padded. */
  option(code: number, ...value: readonly number[]): number[] {
    return [...this.half(code, value.length), ...value, ...Array<number>(-value.length & 3).fill(0)];
  }
  /** A count in 64 bits, as options hold it. */
  count(value: number): number[] {
    const words = [Blocks.word(0, this.#little), Blocks.word(value, this.#little)];
    return (this.#little ? words.reverse() : words).flat();
  }
  section(): this {
    return this.add(0x0a0d0d0a, 0x1a2b3c4d, this.half(1, 0), 0xffffffff, 0xffffffff);
  }
  take(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
