/** The options of a block of pcapng: code, length, value, and padding to four bytes. */

import { decodeUtf8 } from '../../stack/bytes/utf8.ts';
import { OPTION } from './pcapng-numbers.ts';

/** Where a block's options stand, and how to read them. */
export class Options {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly little: boolean;

  constructor(bytes: Uint8Array, view: DataView, little: boolean) {
    this.#bytes = bytes;
    this.#view = view;
    this.little = little;
  }

  /** Calls `visit` for each. One that reaches beyond the block ends the list: what came before it still holds. */
  each(from: number, end: number, visit: (code: number, at: number, length: number) => void): void {
    let at = from;
    while (at + 4 <= end) {
      const code = this.#view.getUint16(at, this.little);
      const length = this.#view.getUint16(at + 2, this.little);
      if (code === OPTION.end || at + 4 + length > end) return;
      visit(code, at + 4, length);
      at += 4 + length + (-length & 3);
    }
  }

  text(at: number, length: number): string {
    return decodeUtf8(this.#bytes.subarray(at, at + length));
  }

  /** A copy. */
  bytes(at: number, length: number): Uint8Array {
    return this.#bytes.slice(at, at + length);
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, this.little);
  }

  /** A count; beyond 2^53 not exact. */
  u64(at: number): number {
    return Number(this.#view.getBigUint64(at, this.little));
  }

  i64(at: number): bigint {
    return this.#view.getBigInt64(at, this.little);
  }
}
