/** HyStart++: RFC 9406 §4.2 and §4.3. */
import { expect, test } from 'vitest';
import { NO_THRESHOLD } from '../../../src/stack/tcp/congestion/control.ts';
import { Cubic } from '../../../src/stack/tcp/congestion/cubic.ts';
import { HyStart } from '../../../src/stack/tcp/congestion/hystart.ts';
import { MILLISECOND } from '../../../src/stack/time.ts';
import { sampleOf } from './selective.ts';

/** A round with so many samples, in milliseconds. */
function round(hystart: HyStart, rtt: number, samples = 8): void {
  for (let i = 1; i <= samples; i++) hystart.onAck(rtt * MILLISECOND, i === samples);
}

for (const [name, before, after, expected] of [
  ['a rise of 4 ms counts at 20 ms', 20, 24, 'conservative'],
  ['a little less does not', 20, 23.9, 'slow start'],
  ['between: an eighth, at 80 ms', 80, 90, 'conservative'],
  ['less than an eighth does not', 80, 89.9, 'slow start'],
  ['16 ms are enough at 400 ms', 400, 416, 'conservative'],
  ['a little less is not', 400, 415.9, 'slow start'],
] as const)
  test(`§4.2: ${name}`, () => {
    const hystart = new HyStart();
    round(hystart, before);
    round(hystart, after);
    expect(hystart.phase).toBe(expected);
  });

test('§4.2: seven samples in a round say nothing, and one low one is enough to say that no queue stands', () => {
  const hystart = new HyStart();
  round(hystart, 20);
  round(hystart, 40, 7);
  expect(hystart.phase).toBe('slow start');
  hystart.onAck(20 * MILLISECOND, false);
  round(hystart, 60, 20);
  expect(hystart.phase).toBe('slow start');
});

test('§4.2: conservative for five rounds, the one in which it began counted, then congestion avoidance', () => {
  const hystart = new HyStart();
  round(hystart, 20);
  round(hystart, 30); // the first
  for (let i = 2; i <= 4; i++) round(hystart, 30);
  expect(hystart.phase).toBe('conservative');
  round(hystart, 30);
  expect(hystart.phase).toBe('over');
  round(hystart, 10);
  expect(hystart.phase).toBe('over');
});

test('§4.2: a false alarm returns to slow start, and the next rise is noticed again', () => {
  const hystart = new HyStart();
  round(hystart, 20);
  round(hystart, 30);
  expect(hystart.phase).toBe('conservative');
  round(hystart, 21);
  expect(hystart.phase).toBe('slow start');
  round(hystart, 30);
  expect(hystart.phase).toBe('conservative');
});

test('§4.2 in CUBIC: a quarter of the growth while conservative, then ssthresh = cwnd', () => {
  const cubic = new Cubic(1000);
  const acks = (rtt: number): void => {
    for (let i = 1; i <= 8; i++)
      cubic.onAck(sampleOf({ acked: 1000, rtt: rtt * MILLISECOND, smoothedRtt: 20 * MILLISECOND, roundEnded: i === 8 }));
  };
  acks(20);
  expect(cubic.window).toBe(18_000);
  acks(30);
  expect(cubic.window).toBe(18_000 + 7000 + 250);
  for (let i = 0; i < 3; i++) acks(30);
  expect([cubic.window, cubic.threshold]).toEqual([25_250 + 3 * 2000, NO_THRESHOLD]);
  acks(30);
  expect(cubic.threshold).toBe(cubic.window);
});

test('§4.3: a later slow start knows its threshold, and needs no other sign', () => {
  const cubic = new Cubic(1000);
  cubic.onTimeout(10_000, false);
  for (let i = 0; i < 30; i++)
    cubic.onAck(sampleOf({ acked: 200, rtt: (20 + 10 * i) * MILLISECOND, smoothedRtt: 20_000, roundEnded: true }));
  expect(cubic.window).toBe(7000);
});
