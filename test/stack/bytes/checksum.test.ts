/** The Internet checksum against RFC 1071's example and a loop over byte pairs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, finish, fold, isZero, pseudoHeader } from '../../../src/stack/bytes/checksum.ts';

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** One's complement addition of 16-bit words, as RFC 1071 §1 says it, with every carry brought back at once. */
function naive(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += bytes[i]! * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

/** Two representations of zero are one number. */
const sameSum = (a: number, b: number): boolean => a % 0xffff === b % 0xffff;

test('RFC 1071 §3: 0001 f203 f4f5 f6f7 sums to ddf2', () => {
  const bytes = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  expect(fold(add(viewOf(bytes), 0, 8))).toBe(0xddf2);
  expect(finish(add(viewOf(bytes), 0, 8))).toBe(0x220d);
});

test('RFC 1071 §4.1: an odd last byte is the high half of a word', () => {
  expect(fold(add(viewOf(Uint8Array.of(0x12)), 0, 1))).toBe(0x1200);
  expect(fold(add(viewOf(Uint8Array.of(0x00, 0x01, 0x12)), 0, 3))).toBe(0x1201);
});

test('nothing sums to zero, and its checksum is all ones', () => {
  const view = viewOf(new Uint8Array(0));
  expect([add(view, 0, 0), finish(add(view, 0, 0))]).toEqual([0, 0xffff]);
});

test('the longest packet of all ones sums right: no carry is lost in 64 KiB', () => {
  const bytes = new Uint8Array(65_535).fill(0xff);
  expect(fold(add(viewOf(bytes), 0, 65_535))).toBe(naive(bytes));
  expect(naive(bytes)).toBe(0xff00);
});

test('RFC 1071 §1: the sum of any bytes of any length at any alignment is that of the pairs', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(9), fc.nat(9), (bytes, before, after) => {
      const padded = new Uint8Array(before + bytes.length + after).fill(0xa7); // what stands around must not count
      padded.set(bytes, before);
      expect(fold(add(viewOf(padded), before, before + bytes.length))).toBe(naive(bytes));
    }),
    { numRuns: 500 },
  ));

test('RFC 1071 §2 (A): a message may be summed in ranges, as long as all but the last are even', () =>
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 200 }), fc.nat(), (bytes, where) => {
      const cut = 2 * (where % Math.ceil(bytes.length / 2));
      const view = viewOf(bytes);
      const inParts = fold(add(view, cut, bytes.length, add(view, 0, cut)));
      expect(sameSum(inParts, naive(bytes))).toBe(true);
    }),
  ));

test('folding keeps the value modulo 2^16 - 1, for sums far beyond 32 bits', () =>
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 47 }), (sum) => {
      const folded = fold(sum);
      expect(folded).toBeLessThanOrEqual(0xffff);
      expect(sameSum(folded, sum)).toBe(true);
      expect(folded === 0).toBe(sum === 0); // only nothing at all folds to the other zero
    }),
    { numRuns: 1_000 },
  ));

test('a message with its checksum in it sums to all ones, and one flipped bit is noticed', () =>
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 100 }), fc.nat(), fc.nat(7), (bytes, where, bit) => {
      const view = viewOf(bytes);
      view.setUint16(0, 0);
      view.setUint16(0, finish(add(view, 0, bytes.length)));
      expect(isZero(view, 0, bytes.length)).toBe(true);
      bytes[where % bytes.length]! ^= 1 << bit;
      expect(isZero(view, 0, bytes.length)).toBe(false);
    }),
  ));

test('the pseudo-header is the sum of its 12 bytes, RFC 9293 §3.1', () =>
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.nat(255), fc.nat(65_535), (source, destination, protocol, length) => {
      const bytes = new Uint8Array(12);
      const view = viewOf(bytes);
      view.setInt32(0, source);
      view.setInt32(4, destination);
      view.setUint8(9, protocol);
      view.setUint16(10, length);
      expect(fold(pseudoHeader(source, destination, protocol, length))).toBe(naive(bytes));
    }),
  ));
