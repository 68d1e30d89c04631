/** Linux's receive window: where it begins, how it opens, what it takes for an opening worth telling. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LinuxWindow } from '../../../src/stack/tcp/receive/linux-window.ts';

const FULL = 270_000;

test('RFC 9293 §3.8.6: behind the SYN as much as it said, in whole units', () => {
  expect(new LinuxWindow(65_535).next(FULL, FULL, 536, 8, 65_535)).toBe(65_536);
  expect(new LinuxWindow(64_240).next(65_536, 65_536, 536, 7, 64_240)).toBe(64_256);
});

test.each([
  ['a full segment: two of ours', 1000, 2920],
  ['a large one: twice its length', 9000, 18_000],
  ["a middling one that the buffer pays for twice: two of the peer's", 400, 2000],
  ['a small one: nothing', 100, 0],
])('it opens with what arrives: %s', (_, length, growth) => {
  const window = new LinuxWindow(65_535);
  expect(window.grow(length, FULL, 1460, 1000)).toBe(growth > 0);
  expect(window.next(FULL, FULL, 1000, 1, 0)).toBe(Math.ceil((65_535 + growth) / 2) * 2);
});

test('it opens no further than the buffer', () => {
  const window = new LinuxWindow(65_535);
  expect(window.grow(1000, 66_000, 1460, 1000)).toBe(true);
  expect(window.grow(1000, 66_000, 1460, 1000)).toBe(false);
});

test('MUST-39: less than a segment, or than a sixteenth of the buffer, is nothing', () => {
  const window = new LinuxWindow(8000);
  expect([window.select(1500, 8000, 1000, 0), window.select(999, 8000, 1000, 0), window.select(499, 8000, 400, 0)]).toEqual([
    1000, 0, 0,
  ]);
});

test('SHLD-14: whatever is free, what was offered stays offered', () => {
  fc.assert(
    fc.property(fc.nat(FULL), fc.nat(FULL), fc.nat(10), (free, left, shift) => {
      const offered = Math.min(left, 0xffff * 2 ** shift);
      expect(new LinuxWindow(65_535).next(free, FULL, 1000, shift, offered)).toBeGreaterThanOrEqual(offered);
    }),
  );
});
