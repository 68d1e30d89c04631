/** Identifications: unique where it matters, silent about everybody else. */
import { expect, test } from 'vitest';
import { Identification } from '../../../src/stack/ip/identification.ts';
import { SeededRandom } from '../../../src/stack/random.ts';
import { ALICE, BOB } from './datagram.ts';

test('RFC 6864 §4.1: an atomic datagram has 0', () => {
  expect(new Identification(new SeededRandom(1)).next(ALICE, BOB, 6, true)).toBe(0);
});

test('RFC 6864 §4.3: a source, destination and protocol repeat none of 65,536', () => {
  const ids = new Identification(new SeededRandom(2));
  const seen = new Set(Array.from({ length: 65_536 }, () => ids.next(ALICE, BOB, 17, false)));
  expect(seen.size).toBe(65_536);
  expect(Math.max(...seen)).toBe(65_535);
});

test('RFC 6864 §4.3: numbers that a device gives to the pieces of one packet are nobody else’s', () => {
  const ids = new Identification(new SeededRandom(2));
  const first = ids.next(ALICE, BOB, 17, false, 45);
  expect(ids.next(ALICE, BOB, 17, false)).toBe((first + 45) & 0xffff);
  expect(ids.next(ALICE, BOB, 17, true, 45)).toBe(0);
});

test('(135) what goes to one destination does not show in what goes to another', () => {
  const quiet = new Identification(new SeededRandom(3));
  const busy = new Identification(new SeededRandom(3));
  const others = [1, 2, 3, 4, 5].map((i) => BOB + i);
  for (const ids of [quiet, busy]) for (const other of [BOB, ...others]) ids.next(ALICE, other, 17, false);
  for (let i = 0; i < 1_000; i++) for (const other of others) busy.next(ALICE, other, 17, false);
  expect(busy.next(ALICE, BOB, 17, false)).toBe(quiet.next(ALICE, BOB, 17, false));
});

test('counters of different flows start at different places', () => {
  const ids = new Identification(new SeededRandom(4));
  const starts = new Set(Array.from({ length: 100 }, (_, i) => ids.next(ALICE, BOB + i, 17, false)));
  expect(starts.size).toBeGreaterThan(95);
  expect(new Identification(new SeededRandom(5)).next(ALICE, BOB, 17, false)).not.toBe(
    new Identification(new SeededRandom(6)).next(ALICE, BOB, 17, false),
  );
});

test('flows never share a counter: each of three thousand starts with a random number of its own', () => {
  let taken = 0;
  const random = new SeededRandom(8);
  const counting = {
    nextUint32(): number {
      taken++;
      return random.nextUint32();
    },
  };
  const ids = new Identification(counting);
  const before = taken;
  for (let i = 0; i < 1_000; i++) ids.next(ALICE, BOB + i, 17, false);
  for (let i = 0; i < 1_000; i++) ids.next(ALICE + 1_000 + i, BOB, 17, false);
  for (let i = 0; i < 1_000; i++) ids.next(ALICE, BOB + 5_000 + (i >> 7), i & 127, false);
  expect(taken - before).toBe(3_000);
});

test('more flows than slots: every identification is still 16 bits, and a flow that lost its slot goes on', () => {
  const ids = new Identification(new SeededRandom(7));
  for (let i = 0; i < 5_000; i++) {
    const id = ids.next(ALICE, BOB + (i % 3_000), i & 1 ? 6 : 17, false);
    expect(id >= 0 && id <= 65_535 && Number.isInteger(id)).toBe(true);
  }
});
