import { expect, test } from 'vitest';
import { HostClock } from '../../src/node/host-clock.ts';
import { SECOND } from '../../src/stack/time.ts';

test('integer microseconds that never run backwards', () => {
  const clock = new HostClock();
  let last = clock.now();
  for (let i = 0; i < 10_000; i++) {
    const now = clock.now();
    expect(Number.isInteger(now) && now >= last).toBe(true);
    last = now;
  }
});

/** A reading, and the system's nanoseconds just before and just after it. */
function sandwich(clock: HostClock): { before: number; at: number; after: number } {
  const before = process.hrtime.bigint();
  const at = clock.now();
  return { before: Number(before) / 1_000, at, after: Number(process.hrtime.bigint()) / 1_000 };
}

test('one microsecond of it is one microsecond of the system', () => {
  const clock = new HostClock();
  const from = sandwich(clock);
  while (clock.now() < from.at + 20_000);
  const to = sandwich(clock);
  expect(to.at - from.at).toBeGreaterThanOrEqual(to.before - from.after - 1);
  expect(to.at - from.at).toBeLessThanOrEqual(to.after - from.before + 1);
});

test('with the offset it is the time of day, in microseconds', () => {
  const clock = new HostClock();
  expect(Number.isInteger(clock.wallOffset)).toBe(true);
  expect(Math.abs(clock.toWall(clock.now()) - Date.now() * 1_000)).toBeLessThan(2 * SECOND);
  expect(clock.toWall(5)).toBe(clock.wallOffset + 5);
});
