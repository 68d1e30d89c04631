/** Ephemeral ports, RFC 6056. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EphemeralPorts } from '../../src/stack/ports.ts';
import { SeededRandom } from '../../src/stack/random.ts';

const always = (): boolean => true;

test('RFC 6335 §6: ports come from 49152 to 65535 unless told otherwise, and reach all over the range', () => {
  const ports = new EphemeralPorts(new SeededRandom(1));
  const chosen = Array.from({ length: 5_000 }, () => ports.pick(always));
  expect(chosen.every((port) => port >= 49_152 && port <= 65_535 && Number.isInteger(port))).toBe(true);
  const quarters = new Set(chosen.map((port) => Math.floor((port - 49_152) / 4_096)));
  expect(quarters.size).toBe(4);
  expect(Math.min(...chosen)).toBeLessThan(49_160);
  expect(Math.max(...chosen)).toBeGreaterThan(65_527);
});

test('RFC 6056 §3.3.5: one choice lies 1 to 500 beyond the one before, around the end of the range', () => {
  const ports = new EphemeralPorts(new SeededRandom(2));
  const steps = new Set<number>();
  let before = ports.pick(always);
  for (let i = 0; i < 5_000; i++) {
    const port = ports.pick(always);
    const step = (port - before + 16_384) % 16_384;
    expect(step).toBeGreaterThanOrEqual(1);
    expect(step).toBeLessThanOrEqual(500);
    steps.add(step);
    before = port;
  }
  expect(steps.size).toBeGreaterThan(450); // not a habit
});

test('RFC 6056 §3.1: two hosts do not choose alike, and one host does not begin where it began before', () => {
  const first = (seed: number): number => new EphemeralPorts(new SeededRandom(seed)).pick(always);
  expect(new Set(Array.from({ length: 100 }, (_, seed) => first(seed))).size).toBeGreaterThan(95);
});

test('the last free port is found, wherever it is', () =>
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 65_535 }), fc.nat(3_000), fc.nat(), (seed, first, length, where) => {
      const last = Math.min(first + length, 65_535);
      const free = first + (where % (last - first + 1));
      const ports = new EphemeralPorts(new SeededRandom(seed), { first, last });
      expect(ports.pick((port) => port === free)).toBe(free);
      expect(ports.pick((port) => port === free)).toBe(free);
    }),
  ));

test('0 when none is free, after asking for each', () => {
  const ports = new EphemeralPorts(new SeededRandom(3), { first: 1_000, last: 2_999 });
  const asked = new Set<number>();
  const port = ports.pick((each) => {
    asked.add(each);
    return false;
  });
  expect([port, asked.size]).toEqual([0, 2_000]);
});

for (const { name, first, last } of [
  { name: 'zero is no port', first: 0, last: 10 },
  { name: 'backwards', first: 10, last: 9 },
  { name: 'beyond 16 bits', first: 1, last: 65_536 },
  { name: 'half a port', first: 1.5, last: 10 },
  { name: 'not a number', first: Number.NaN, last: 10 },
]) {
  test(`a range that is none is refused in one line: ${name}`, () => {
    expect(() => new EphemeralPorts(new SeededRandom(1), { first, last })).toThrow(
      `ephemeral ports ${first} to ${last}: write two numbers from 1 to 65535 in ascending order`,
    );
  });
}
