/** SipHash-2-4, a keyed hash whose outputs tell nothing about its key: Aumasson and Bernstein, 2012. */

/** Words that a message may have. */
const MAX_WORDS = 16;

/**
 * For hashes that a stranger must not predict: initial sequence numbers (RFC 6528 §3), SYN cookies, hash tables that the
 * network fills. A 64-bit number is a pair of int32 here, because a BigInt would cost an allocation for every step.
 */
export class SipHash {
  /** The message in little-endian words. What stands behind its last byte does not count. */
  readonly input: Int32Array = new Int32Array(MAX_WORDS);
  /** The two halves of the last digest, as int32. */
  low = 0;
  high = 0;
  readonly #key: Int32Array;

  /** @param key 128 secret bits as four words; the first is made of the key's first four bytes, lowest first */
  constructor(key: readonly [number, number, number, number]) {
    this.#key = Int32Array.from(key, (word) => word | 0);
  }

  /** Hashes six words, absent ones as zero. @returns the low 32 bits, as int32 */
  words(w0: number, w1 = 0, w2 = 0, w3 = 0, w4 = 0, w5 = 0): number {
    const input = this.input;
    input[0] = w0;
    input[1] = w1;
    input[2] = w2;
    input[3] = w3;
    input[4] = w4;
    input[5] = w5;
    return this.digest(24);
  }

  /** Hashes the first `length` bytes of `input`, at most 63. @returns the low 32 bits, as int32 */
  digest(length: number): number {
    this.#pad(length);
    const input = this.input;
    const key = this.#key;
    // v0 is (a, A), low half and high half, and so on; the constants spell "somepseudorandomlygeneratedbytes" (section 2.2)
    let a = key[0]! ^ 0x70736575;
    let A = key[1]! ^ 0x736f6d65;
    let b = key[2]! ^ 0x6e646f6d;
    let B = key[3]! ^ 0x646f7261;
    let c = key[0]! ^ 0x6e657261;
    let C = key[1]! ^ 0x6c796765;
    let d = key[2]! ^ 0x79746573;
    let D = key[3]! ^ 0x74656462;
    const compression = 2 * ((length >>> 3) + 1); // two rounds a block
    for (let round = 0; round < compression + 4; round++) {
      const isFirstOfBlock = round < compression && (round & 1) === 0;
      if (isFirstOfBlock) {
        d ^= input[round]!; // block round / 2 is the words `round` and `round + 1`
        D ^= input[round + 1]!;
      } else if (round === compression) {
        c ^= 0xff;
      }
      let sum = (a >>> 0) + (b >>> 0); // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
      A = (A + B + Number(sum > 0xffff_ffff)) | 0;
      a = sum | 0;
      let half = b;
      b = ((b << 13) | (B >>> 19)) ^ a;
      B = ((B << 13) | (half >>> 19)) ^ A;
      half = a;
      a = A;
      A = half;
      sum = (c >>> 0) + (d >>> 0); //     v2 += v3; v3 <<<= 16; v3 ^= v2
      C = (C + D + Number(sum > 0xffff_ffff)) | 0;
      c = sum | 0;
      half = d;
      d = ((d << 16) | (D >>> 16)) ^ c;
      D = ((D << 16) | (half >>> 16)) ^ C;
      sum = (a >>> 0) + (d >>> 0); //     v0 += v3; v3 <<<= 21; v3 ^= v0
      A = (A + D + Number(sum > 0xffff_ffff)) | 0;
      a = sum | 0;
      half = d;
      d = ((d << 21) | (D >>> 11)) ^ a;
      D = ((D << 21) | (half >>> 11)) ^ A;
      sum = (c >>> 0) + (b >>> 0); //     v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
      C = (C + B + Number(sum > 0xffff_ffff)) | 0;
      c = sum | 0;
      half = b;
      b = ((b << 17) | (B >>> 15)) ^ c;
      B = ((B << 17) | (half >>> 15)) ^ C;
      half = c;
      c = C;
      C = half;
      if (round < compression && (round & 1) === 1) {
        a ^= input[round - 1]!;
        A ^= input[round]!;
      }
    }
    this.low = a ^ b ^ c ^ d;
    this.high = A ^ B ^ C ^ D;
    return this.low;
  }

  /** The last block is what the whole blocks leave over, zeros, and the length in its last byte. */
  #pad(length: number): void {
    if (length >= 4 * MAX_WORDS) throw new RangeError(`a message of ${length} bytes: at most ${4 * MAX_WORDS - 1} are possible`);
    const last = 2 * (length >>> 3);
    const left = length & 7;
    const input = this.input;
    input[last] = left < 4 ? input[last]! & ((1 << (8 * left)) - 1) : input[last]!;
    input[last + 1] = (left > 4 ? input[last + 1]! & ((1 << (8 * left - 32)) - 1) : 0) | (length << 24);
  }
}
