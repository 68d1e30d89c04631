/** What is learnt about the path MTU, and what is not believed. */
import { expect, test } from 'vitest';
import { PathMtu, plateauBelow } from '../../../src/stack/ip/path-mtu.ts';
import { MINUTE } from '../../../src/stack/time.ts';
import { BOB } from './datagram.ts';

test.each([
  [65_535, 32_000],
  [9_000, 8_166],
  [1_500, 1_492],
  [1_492, 1_006],
  [1_006, 508],
  [300, 296],
  [296, 68],
  [68, 68],
  [10, 68],
])('RFC 1191 §7.1: the plateau below %i is %i', (length, expected) => {
  expect(plateauBelow(length)).toBe(expected);
});

test.each([
  ['the router says how much', [[1400, 1500]], 1400],
  ['the router says nothing', [[0, 1500]], 1492],
  [
    'twice nothing',
    [
      [0, 1500],
      [0, 1492],
    ],
    1006,
  ],
  [
    'lower, then lower',
    [
      [1400, 1500],
      [1300, 1400],
    ],
    1300,
  ],
  [
    'RFC 1191 §3: never raised',
    [
      [1300, 1500],
      [1400, 1500],
    ],
    1300,
  ],
  ['as long as what did not fit', [[1500, 1500]], 1500],
  ['longer than what did not fit', [[1400, 1000]], 1500],
  ['below the floor', [[296, 1500]], 552],
  ['absurdly low (CVE-2005-1065)', [[1, 1500]], 552],
  ['nothing about a tiny packet', [[0, 40]], 1500],
] as const)('%s', (_, messages, expected) => {
  const paths = new PathMtu();
  for (const [reported, quoted] of messages) paths.onFragmentationNeeded(BOB, reported, quoted, 0);
  expect(paths.mtuFor(BOB, 1500, 1)).toBe(expected);
});

test('says whether the estimate went down', () => {
  const paths = new PathMtu();
  expect(paths.onFragmentationNeeded(BOB, 1400, 1500, 0)).toBe(true);
  expect(paths.onFragmentationNeeded(BOB, 1400, 1500, 0)).toBe(false);
  expect(paths.onFragmentationNeeded(BOB, 1450, 1500, 0)).toBe(false);
  expect(paths.onFragmentationNeeded(BOB, 1300, 1500, 0)).toBe(true);
});

test('one destination tells nothing about another, and a narrow link wins', () => {
  const paths = new PathMtu();
  paths.onFragmentationNeeded(BOB, 1400, 1500, 0);
  expect(paths.mtuFor(BOB + 1, 1500, 0)).toBe(1500);
  expect(paths.mtuFor(BOB, 1280, 0)).toBe(1280);
});

test('RFC 1191 §3: the floor is never below 68, and a path narrower than the floor goes without DF', () => {
  expect(() => new PathMtu({ floor: 67 })).toThrow('at least 68');
  const low = new PathMtu({ floor: 68 });
  low.onFragmentationNeeded(BOB, 20, 1500, 0);
  expect(low.mtuFor(BOB, 1500, 0)).toBe(68);
  const paths = new PathMtu();
  expect(paths.mayForbidFragments(BOB, 0)).toBe(true);
  paths.onFragmentationNeeded(BOB, 552, 1500, 0);
  expect(paths.mayForbidFragments(BOB, 0)).toBe(true);
  paths.onFragmentationNeeded(BOB, 551, 1500, 0);
  expect(paths.mayForbidFragments(BOB, 0)).toBe(false);
  paths.onFragmentationNeeded(BOB, 552, 1500, 0);
  expect(paths.mayForbidFragments(BOB, 0)).toBe(false);
});

test('RFC 1191 §6.3: after ten minutes larger packets are tried again; a repeated message keeps the estimate', () => {
  const paths = new PathMtu();
  paths.onFragmentationNeeded(BOB, 1400, 1500, 0);
  expect(paths.mtuFor(BOB, 1500, 10 * MINUTE - 1)).toBe(1400);
  paths.onFragmentationNeeded(BOB, 1400, 1500, 5 * MINUTE);
  expect(paths.mtuFor(BOB, 1500, 15 * MINUTE - 1)).toBe(1400);
  expect(paths.mtuFor(BOB, 1500, 15 * MINUTE)).toBe(1500);
  expect(paths.size).toBe(0);
});

test('entries are bounded: the one learnt longest ago goes', () => {
  const paths = new PathMtu({ maxEntries: 3 });
  for (const destination of [1, 2, 3]) paths.onFragmentationNeeded(destination, 1400, 1500, 0);
  paths.onFragmentationNeeded(1, 1300, 1400, 0);
  paths.onFragmentationNeeded(4, 1400, 1500, 0);
  expect([1, 2, 3, 4].map((destination) => paths.mtuFor(destination, 1500, 0))).toEqual([1300, 1500, 1400, 1400]);
  expect(paths.size).toBe(3);
});

test('RFC 4821 §5.2: what a connection has found out by trying counts for all, until it is ten minutes old, and may be raised', () => {
  const memory = new PathMtu();
  memory.learn(BOB, 1064, 0);
  expect([memory.mtuFor(BOB, 1500, 0), memory.mayForbidFragments(BOB, 0)]).toEqual([1064, true]);
  memory.learn(BOB, 1282, MINUTE);
  expect(memory.mtuFor(BOB, 1500, MINUTE)).toBe(1282);
  expect(memory.mtuFor(BOB, 1500, 11 * MINUTE - 1)).toBe(1282);
  expect(memory.mtuFor(BOB, 1500, 11 * MINUTE)).toBe(1500);
  memory.learn(BOB, 300, 0);
  expect([memory.mtuFor(BOB, 1500, 0), memory.mayForbidFragments(BOB, 0)]).toEqual([552, false]);
});
