import { expect, test } from 'vitest';
import { SecureRandom } from '../../src/node/secure-random.ts';

test('unsigned 32-bit words, different ones, across several fillings of the buffer', () => {
  const random = new SecureRandom();
  const words = Array.from({ length: 5_000 }, () => random.nextUint32());
  expect(words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
  expect(new Set(words).size).toBeGreaterThan(4_980); // 0.003 pairs are expected to be equal by chance
  expect(Math.max(...words)).toBeGreaterThan(2 ** 31); // the top bit is used
});

test('two sources do not agree', () => {
  const [a, b] = [new SecureRandom(), new SecureRandom()];
  expect(Array.from({ length: 8 }, () => a.nextUint32())).not.toEqual(Array.from({ length: 8 }, () => b.nextUint32()));
});

test('every bit is one half of the time', () => {
  const random = new SecureRandom();
  const ones = new Array<number>(32).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const word = random.nextUint32();
    for (let bit = 0; bit < 32; bit++) ones[bit]! += (word >>> bit) & 1;
  }
  for (const count of ones) expect(Math.abs(count - 10_000)).toBeLessThan(700); // ten standard deviations
});
