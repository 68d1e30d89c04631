/** The seeded source: the same numbers everywhere, and none preferred. */
import { expect, test } from 'vitest';
import { chance, nextBelow, nextUnit, type Random, SeededRandom } from '../../src/stack/random.ts';

const take = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.nextUint32());
const fixed = (...values: number[]): Random => ({ nextUint32: () => values.shift() ?? 0 });

test('the first numbers of seed 1 are these, on every machine and for ever: recorded runs depend on them', () => {
  expect(take(new SeededRandom(1), 6)).toEqual([735300085, 1700164413, 3086246636, 3772798603, 1684823615, 2607181773]);
});

test('the same seed gives the same numbers, another seed others', () => {
  expect(take(new SeededRandom(42), 100)).toEqual(take(new SeededRandom(42), 100));
  const firsts = Array.from({ length: 1_000 }, (_, seed) => new SeededRandom(seed).nextUint32());
  expect(new Set(firsts).size).toBe(1_000);
});

test('two sources do not disturb each other', () => {
  const alone = take(new SeededRandom(7), 10);
  const [a, b] = [new SeededRandom(7), new SeededRandom(8)];
  const together = Array.from({ length: 10 }, () => [a.nextUint32(), b.nextUint32()][0]);
  expect(together).toEqual(alone);
});

test('numbers are unsigned 32-bit integers, each bit set about half of the time', () => {
  const random = new SeededRandom(3);
  const ones = new Array<number>(32).fill(0);
  for (const value of take(random, 10_000)) {
    expect(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff).toBe(true);
    for (let bit = 0; bit < 32; bit++) ones[bit]! += (value >>> bit) & 1;
  }
  // 10,000 throws of a coin: a deviation of 250 is five standard deviations
  for (const count of ones) expect(Math.abs(count - 5_000)).toBeLessThan(250);
});

test('nextBelow fills its range evenly and never reaches the limit', () => {
  const random = new SeededRandom(4);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) counts[nextBelow(random, 10)]!++;
  expect(counts).toHaveLength(10);
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  expect([nextBelow(fixed(0), 6), nextBelow(fixed(0xffff_ffff), 6)]).toEqual([0, 5]);
});

test('nextUnit lies in [0, 1)', () => {
  expect([nextUnit(fixed(0)), nextUnit(fixed(0x8000_0000))]).toEqual([0, 0.5]);
  expect(nextUnit(fixed(0xffff_ffff))).toBeLessThan(1);
});

test('chance 0 never happens, 1 always, and each asks once', () => {
  let asked = 0;
  const counting = (value: number): Random => ({
    nextUint32: () => {
      asked++;
      return value;
    },
  });
  expect([chance(counting(0), 0), chance(counting(0xffff_ffff), 1), chance(counting(0), 0.1)]).toEqual([false, true, true]);
  expect(asked).toBe(3);
});
