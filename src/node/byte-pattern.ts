/** The bytes of `/bytes/N`: byte i is i modulo 251, so any client can check any part of them. */

/**
 * A prime: a shift by a segment, a block or a power of two shows at once, which a period of 256 would hide. To check with
 * standard tools: `python3 -c "d=open('f','rb').read(); print(all(b == i % 251 for i, b in enumerate(d)))"`.
 */
export const PERIOD = 251;

/** A whole number of periods, so that every block is the same bytes; about a mebibyte. */
const BLOCK_LENGTH = PERIOD * 4_096;
/** Filled by the period: a number at a time it took 30 ms of every start. */
const BLOCK: Buffer = Buffer.alloc(
  BLOCK_LENGTH,
  Uint8Array.from({ length: PERIOD }, (_, i) => i),
);

/** The longest prefix of the pattern that is one buffer, cut to what is left. Shared: do not write into it. */
export const patternBlock = (left: number): Buffer => (left < BLOCK_LENGTH ? BLOCK.subarray(0, left) : BLOCK);
