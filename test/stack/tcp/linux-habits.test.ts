/** What Linux does where the RFCs leave room: pushes, the variance of the round trip, the use of the window, the answers it owes. */
import { expect, test } from 'vitest';
import { ChallengeLimit } from '../../../src/stack/tcp/arrive/challenge.ts';
import { afterSilence, initialWindow } from '../../../src/stack/tcp/congestion/control.ts';
import { PushMarks } from '../../../src/stack/tcp/send/push-marks.ts';
import { WindowUsage } from '../../../src/stack/tcp/send/window-usage.ts';
import { RttEstimator } from '../../../src/stack/tcp/time/rtt.ts';
import { MILLISECOND, SECOND } from '../../../src/stack/time.ts';
import type { Seq } from '../../../src/stack/wire/seq.ts';
import { add, seq } from '../../../src/stack/wire/seq.ts';

/** Just below the wrap. */
const BASE = seq(0xffff_fff0);
const at = (n: number): Seq => add(BASE, n);

/** Writes one behind the other; the places where a push stands, found octet by octet. */
function marksOf(writes: readonly { length: number; nxt?: number; more?: boolean }[], maxWindow = 32_896): number[] {
  const marks = new PushMarks(BASE);
  let end = 0;
  for (const { length, nxt = 0, more = false } of writes) {
    marks.write({ from: at(end), to: at(end + length), nxt: at(nxt), mss: 1000, maxWindow, more });
    end += length;
  }
  return Array.from({ length: end }, (_, n) => n + 1).filter((n) => marks.isIn(at(n - 1), at(n)));
}

test.each([
  ['one write, one push at its end', [{ length: 2500 }], [2500]],
  ['what waits is joined by the next write', [{ length: 500 }, { length: 700 }], [1200]],
  ['what has left keeps its push', [{ length: 500 }, { length: 700, nxt: 500 }], [500, 1200]],
  ['cut in the middle, the rest is joined', [{ length: 2000 }, { length: 700, nxt: 1000 }], [2700]],
  ['MSG_MORE does not push', [{ length: 500, more: true }], []],
  ['half of the window without a push: the chunk gets one', [{ length: 50_000 }], [32_000, 50_000]],
  ['a full chunk is not joined', [{ length: 16_000 }, { length: 100 }], [16_000, 16_100]],
])('RFC 9293 §3.9.1.2, MUST-61, by write: %s', (_, writes, places) => expect(marksOf(writes)).toEqual(places));

test('marks are forgotten with what is acknowledged', () => {
  const marks = new PushMarks(BASE);
  marks.write({ from: at(0), to: at(10), nxt: at(0), mss: 1000, maxWindow: 65_535, more: false });
  marks.write({ from: at(10), to: at(20), nxt: at(10), mss: 1000, maxWindow: 65_535, more: false });
  marks.acknowledge(at(10));
  expect([marks.isIn(at(0), at(10)), marks.isIn(at(10), at(20))]).toEqual([false, true]);
});

test.each([
  ['the first: R + max(2 R, 200 ms)', [50], 250],
  ['the first of a long path', [150], 450],
  ['steady', [50, 50, 50], 250],
  ['a slower one: 7/8 50 + 1/8 450, variance 4 * (3/4 * 25 + 1/4 * 400)', [50, 450], 575],
  ['a faster one counts an eighth: SRTT 400, variance 900 + (400 - 225) / 8', [450, 50], 1322],
])('RFC 6298 (2.2), (2.3) as Linux counts: %s', (_, samples, rto) => {
  const rtt = new RttEstimator({ minRto: 200 * MILLISECOND, maxRto: 120 * SECOND, initialRto: SECOND, minRtoBounds: 'variance' });
  for (const sample of samples) rtt.sample(sample * MILLISECOND, at(0), at(1));
  expect(rtt.rto / MILLISECOND).toBe(rto);
});

test('RFC 6298 as Linux counts: once a round trip the variance falls by a quarter of what is too much', () => {
  const rtt = new RttEstimator({ minRto: 200 * MILLISECOND, maxRto: 120 * SECOND, initialRto: SECOND, minRtoBounds: 'variance' });
  rtt.sample(300 * MILLISECOND, at(0), at(10));
  expect(rtt.rto / MILLISECOND).toBe(900);
  rtt.sample(300 * MILLISECOND, at(20), at(30)); // the largest deviation of the first round is the first sample's
  rtt.sample(300 * MILLISECOND, at(40), at(50));
  expect(rtt.rto / MILLISECOND).toBeLessThan(900);
  expect(rtt.smoothed).toBe(300 * MILLISECOND);
});

test('RFC 7661: the window is used when it was full in the round, or in slow start when half of it was in flight', () => {
  const usage = new WindowUsage();
  usage.sent(at(0), at(4000), 4000, false);
  expect(usage.isWell({ window: 10_000, threshold: 1e9 })).toBe(false);
  expect(usage.isWell({ window: 7999, threshold: 1e9 })).toBe(true);
  expect(usage.isWell({ window: 7999, threshold: 5000 })).toBe(false);
  usage.sent(at(0), at(10_000), 10_000, true);
  usage.sent(at(5000), at(11_000), 6000, false); // the same round: full once is full
  expect(usage.isWell({ window: 30_000, threshold: 5000 })).toBe(true);
  usage.sent(at(10_000), at(12_000), 2000, false);
  expect(usage.isWell({ window: 30_000, threshold: 5000 })).toBe(false);
});

test.each([
  [40_000, 0, 10_000],
  [40_000, 1, 20_000],
  [40_000, 5, 10_000],
  [5000, 3, 5000],
])('RFC 2861 §2, RFC 5681 §4.1: a window of %d after silence, halved %d times: %d', (window, halvings, left) =>
  expect(afterSilence(window, 10_000, halvings)).toBe(left),
);

test('RFC 6928 §2: ten segments of any size where it is said so', () =>
  expect([initialWindow(8960), initialWindow(8960, 10), initialWindow(100, 10)]).toEqual([17_920, 89_600, 1000]));

test('RFC 5961 §7: one challenge in half a second', () => {
  const limit = new ChallengeLimit(1, 500 * MILLISECOND);
  expect([0, 100, 499, 500, 999, 1000].map((ms) => limit.take(ms * MILLISECOND))).toEqual([
    true,
    false,
    false,
    true,
    false,
    true,
  ]);
});
