/** Linux's delayed acknowledgments: how many are quick, what makes them slow, how long they wait. */
import { expect, test } from 'vitest';
import { LinuxAcks } from '../../../src/stack/tcp/receive/linux-acks.ts';
import { MILLISECOND, NEVER } from '../../../src/stack/time.ts';

const context = (ms: number, window = 65_535) => ({
  now: 1_000_000 + ms * MILLISECOND,
  window,
  announcedMss: 1460,
  optionsLength: 0,
  rto: 300 * MILLISECOND,
});

/** How many acknowledgments in a row go out at once. */
function quickInARow(window: number, size: number): number {
  const acks = new LinuxAcks();
  for (let n = 0; ; n++) {
    acks.received(size, false, context(n, window));
    if (!acks.isDue(size)) return n;
    acks.sent();
  }
}

test.each([
  [65_535, 1000, 16],
  [65_535, 1460, 16],
  [10_000, 1000, 5],
  [1000, 1000, 2],
])('RFC 9293 §3.8.6.3: window %d, segments of %d: %d quick ones', (window, size, quick) =>
  expect(quickInARow(window, size)).toBe(quick),
);

test('SHLD-19: more than one full segment is due at once', () => {
  const acks = new LinuxAcks();
  acks.received(1000, false, context(0));
  acks.isInteractive = true;
  expect([acks.isDue(1000), acks.isDue(1001)]).toEqual([false, true]);
});

test('two small segments of a length say what is full; of different lengths they do not', () => {
  const acks = new LinuxAcks();
  acks.received(1400, false, context(0));
  acks.received(700, false, context(1));
  expect(acks.segmentSize).toBe(1400);
  acks.received(700, false, context(2));
  expect(acks.segmentSize).toBe(700);
  acks.received(9000, false, context(3));
  expect(acks.segmentSize).toBe(1460);
});

test.each([
  ['segments in a row: 40 ms', [0, 1, 2], 0, 40],
  ['pauses of 30 ms: half of the old and all of the pause', [0, 30], 0, 50],
  ['no longer than the round trip', [0, 30], 45, 45],
  ['a round trip below 40 ms counts as 40', [0, 30], 10, 40],
])('the delay adapts to the pauses between segments: %s', (_, times, srtt, delay) => {
  const acks = new LinuxAcks();
  for (const ms of times) acks.received(1000, false, context(ms));
  const { now } = context(times.at(-1) ?? 0);
  expect((acks.dueAt(now, NEVER, srtt * MILLISECOND) - now) / MILLISECOND).toBe(delay);
});

test('a timer that is about to expire does not wait; one that is set is not put off', () => {
  const acks = new LinuxAcks();
  acks.received(1000, false, context(0));
  const { now } = context(0);
  expect(acks.dueAt(now, now + 10 * MILLISECOND, 0)).toBe(now);
  expect(acks.dueAt(now, now + 20 * MILLISECOND, 0)).toBe(now + 20 * MILLISECOND);
});

test('a missed chance doubles the delay of one-way traffic and ends the patience with a conversation', () => {
  const acks = new LinuxAcks();
  acks.received(1000, false, context(0));
  const { now } = context(0);
  acks.missed(context(0).rto);
  expect(acks.dueAt(now, NEVER, 0) - now).toBe(80 * MILLISECOND);
  acks.answered(now + 70 * MILLISECOND);
  expect(acks.isInteractive).toBe(true);
  acks.missed(context(0).rto);
  expect([acks.isInteractive, acks.dueAt(now, NEVER, 0) - now]).toEqual([false, 40 * MILLISECOND]);
});

test('reading: one write of the peer drained acknowledges outside of a conversation, two always', () => {
  const acks = new LinuxAcks();
  acks.received(100, true, context(0));
  expect([acks.isDueAfterRead(100, false), acks.isDueAfterRead(100, true)]).toEqual([false, true]);
  acks.isInteractive = true;
  expect(acks.isDueAfterRead(100, true)).toBe(false);
  acks.received(110, true, context(1));
  expect(acks.isDueAfterRead(210, true)).toBe(true);
  acks.sent();
  expect(acks.isDueAfterRead(0, true)).toBe(false);
});
