/** How many ICMP errors go out. */
import { expect, test } from 'vitest';
import { IcmpRateLimit } from '../../../src/stack/ip/icmp-rate-limit.ts';
import { SeededRandom } from '../../../src/stack/random.ts';
import { MILLISECOND, SECOND } from '../../../src/stack/time.ts';

test('RFC 1812 §4.3.2.8 (072): one destination gets a burst, then one a second', () => {
  const limit = new IcmpRateLimit(new SeededRandom(1));
  const allowed = (now: number): number => Array.from({ length: 100 }, () => limit.allow(1, now)).filter(Boolean).length;
  expect(allowed(0)).toBe(6);
  expect(allowed(SECOND - 1)).toBe(0);
  expect(allowed(SECOND)).toBe(1);
  expect(allowed(3 * SECOND)).toBe(2);
  expect(allowed(1000 * SECOND)).toBe(6);
});

test('(100) all destinations together get about a thousand a second', () => {
  const limit = new IcmpRateLimit(new SeededRandom(2));
  let allowed = 0;
  for (let i = 0; i < 40_000; i++) if (limit.allow(i, Math.floor(i / 4) * MILLISECOND)) allowed++;
  expect(allowed).toBeGreaterThan(9_000);
  expect(allowed).toBeLessThan(11_000);
});

test('one destination that asks without end does not use up what is for all', () => {
  const limit = new IcmpRateLimit(new SeededRandom(3));
  for (let i = 0; i < 10_000; i++) limit.allow(1, 0);
  expect(limit.allow(2, 0)).toBe(true);
});

test('CVE-2020-25705: how many are left for the asker is not exactly what others have not used', () => {
  const leftAfter = (used: number, seed: number): number => {
    const limit = new IcmpRateLimit(new SeededRandom(seed));
    for (let i = 0; i < used; i++) limit.allow(i, 0);
    return Array.from({ length: 200 }, (_, i) => limit.allow(1_000 + i, 0)).filter(Boolean).length;
  };
  const left = new Set(Array.from({ length: 20 }, (_, seed) => leftAfter(20, seed)));
  expect(left.size).toBeGreaterThan(5);
});

test('destinations are forgotten, not collected', () => {
  const limit = new IcmpRateLimit(new SeededRandom(4), { maxDestinations: 2, burstPerDestination: 1 });
  expect([1, 1, 2, 3, 3, 1].map((destination) => limit.allow(destination, 0))).toEqual([true, false, true, true, false, true]);
});
