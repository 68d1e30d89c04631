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

test('one microsecond of it is one microsecond of the system', () => {
  const clock = new HostClock();
  const [from, fromNs] = [clock.now(), process.hrtime.bigint()];
  while (clock.now() < from + 5_000);
  const [to, toNs] = [clock.now(), process.hrtime.bigint()];
  expect(to - from).toBeGreaterThanOrEqual(5_000);
  expect(to - from).toBeLessThanOrEqual(Number(toNs - fromNs) / 1_000 + 1);
});

test('with the offset it is the time of day, in microseconds', () => {
  const clock = new HostClock();
  expect(Number.isInteger(clock.wallOffset)).toBe(true);
  expect(Math.abs(clock.toWall(clock.now()) - Date.now() * 1_000)).toBeLessThan(2 * SECOND);
  expect(clock.toWall(5)).toBe(clock.wallOffset + 5);
});
