/** Sequence numbers: algebra on a circle, RFC 9293 §3.4. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as sequence from '../../../src/stack/wire/seq.ts';

const { add, after, atOrAfter, atOrBefore, before, diff, inWindow, max, min, seq } = sequence;

/** Every point of the circle, those beside the wrap more often. */
const points = fc
  .oneof(
    fc.integer(),
    fc.integer({ min: -3, max: 3 }),
    fc.integer({ min: 0x7fff_fffd, max: 0x8000_0003 }),
    fc.constant(0xffff_ffff),
  )
  .map(seq);
const forward = fc.integer({ min: 1, max: 0x7fff_ffff });

test('a number is kept as int32 whatever it is made of', () => {
  expect([seq(0xffff_ffff), seq(-1), seq(2 ** 32), seq(2 ** 31)]).toEqual([-1, -1, 0, -(2 ** 31)]);
});

test('a later number is after an earlier one, wherever on the circle', () =>
  fc.assert(
    fc.property(points, forward, (a, n) => {
      const b = add(a, n);
      expect([after(b, a), before(a, b), atOrAfter(b, a), atOrBefore(a, b)]).toEqual([true, true, true, true]);
      expect([after(a, b), before(b, a), atOrAfter(a, b), atOrBefore(b, a)]).toEqual([false, false, false, false]);
      expect([diff(b, a), diff(a, b)]).toEqual([n, -n]);
      expect([max(a, b), max(b, a), min(a, b), min(b, a)]).toEqual([b, b, a, a]);
    }),
  ));

test('a number is neither before nor after itself', () =>
  fc.assert(
    fc.property(points, (a) => {
      expect([before(a, a), after(a, a), atOrBefore(a, a), atOrAfter(a, a)]).toEqual([false, false, true, true]);
      expect([diff(a, a), max(a, a), min(a, a)]).toEqual([0, a, a]);
    }),
  ));

test('adding in two steps is adding at once, and going back comes back', () =>
  fc.assert(
    fc.property(points, fc.integer(), fc.integer(), (a, m, n) => {
      expect(add(add(a, m), n)).toBe(add(a, m + n));
      expect(add(add(a, n), -n)).toBe(a);
      expect(diff(add(a, n), a)).toBe(n | 0);
    }),
  ));

test('a window of n numbers holds the first and the n-th, not the one before nor the one behind', () =>
  fc.assert(
    fc.property(points, fc.integer({ min: 1, max: 0x4000_0000 }), (low, length) => {
      expect(inWindow(low, low, length)).toBe(true);
      expect(inWindow(add(low, length - 1), low, length)).toBe(true);
      expect(inWindow(add(low, length), low, length)).toBe(false);
      expect(inWindow(add(low, -1), low, length)).toBe(false);
    }),
  ));

test('an empty window holds nothing', () =>
  fc.assert(
    fc.property(points, points, (x, low) => {
      expect(inWindow(x, low, 0)).toBe(false);
    }),
  ));

test('audit 325: at a distance of exactly 2^31 each is before the other and neither is after (RFC 1982 §3.2 leaves it open)', () =>
  fc.assert(
    fc.property(points, (a) => {
      const b = add(a, 2 ** 31);
      expect([before(a, b), before(b, a), after(a, b), after(b, a)]).toEqual([true, true, false, false]);
      expect([diff(a, b), diff(b, a)]).toEqual([-(2 ** 31), -(2 ** 31)]);
    }),
  ));

test('every result is an int32, which V8 keeps unboxed', () =>
  fc.assert(
    fc.property(points, fc.integer(), (a, n) => {
      for (const value of [a, add(a, n), diff(a, seq(n)), max(a, seq(n)), min(a, seq(n))]) expect(value).toBe(value | 0);
    }),
  ));
