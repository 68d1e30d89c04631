/** Sequence numbers: points on a circle of 2^32 (RFC 9293 §3.4). They have no `<`; they have `before` and `after`. */

/** Kept as int32, which V8 stores unboxed; print it with `>>> 0`. */
export type Seq = number & { readonly __unit: 'seq' };

export const seq = (n: number): Seq => (n | 0) as Seq;
export const add = (a: Seq, n: number): Seq => ((a + n) | 0) as Seq;
/** How far `a` lies after `b`; negative when it lies before. */
export const diff = (a: Seq, b: Seq): number => (a - b) | 0;
export const before = (a: Seq, b: Seq): boolean => ((a - b) | 0) < 0;
export const after = (a: Seq, b: Seq): boolean => ((a - b) | 0) > 0;
export const atOrBefore = (a: Seq, b: Seq): boolean => ((a - b) | 0) <= 0;
export const atOrAfter = (a: Seq, b: Seq): boolean => ((a - b) | 0) >= 0;
/** True when `x` is one of the `length` numbers from `low` on. */
export const inWindow = (x: Seq, low: Seq, length: number): boolean => (x - low) >>> 0 < length;
export const max = (a: Seq, b: Seq): Seq => (after(a, b) ? a : b);
export const min = (a: Seq, b: Seq): Seq => (before(a, b) ? a : b);
