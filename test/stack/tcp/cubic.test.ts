/** CUBIC against the figures of RFC 9438, in virtual time. */
import { expect, test } from 'vitest';
import { Cubic } from '../../../src/stack/tcp/congestion/cubic.ts';
import type { Micros } from '../../../src/stack/time.ts';
import { MILLISECOND, SECOND } from '../../../src/stack/time.ts';
import { ACK } from '../../../src/stack/wire/tcp.ts';
import { sampleOf, selective } from './selective.ts';

const MSS = 1000;
const RTT = 100 * MILLISECOND;
/** RFC 9438 §4.6, §5.1, §4.3. */
const BETA = 0.7;
const C = 0.4;
const ALPHA = (3 * (1 - BETA)) / (1 + BETA);
const curve = (seconds: number, max: number, k: number): number => C * (seconds - k) ** 3 + max;

class Flow {
  readonly cubic = new Cubic(MSS, false);
  now: Micros = 0;

  get segments(): number {
    return this.cubic.window / MSS;
  }

  /** Slow start up to a window, and a loss there. */
  losesAt(segments: number): void {
    this.acknowledges(segments * MSS - this.cubic.window);
    expect(this.segments).toBe(segments);
    this.cubic.onLoss(segments * MSS);
    this.cubic.onRecovered(this.cubic.window);
  }

  acknowledges(acked: number, rtt: Micros = RTT): void {
    this.cubic.onAck(sampleOf({ acked, now: this.now, rtt, smoothedRtt: rtt, roundEnded: false }));
  }

  /** A window is acknowledged segment by segment in the course of a round trip. */
  round(rtt: Micros = RTT): void {
    const count = Math.floor(this.segments);
    const begun = this.now;
    for (let i = 0; i < count; i++) {
      this.now = begun + Math.floor((rtt * i) / count);
      this.acknowledges(MSS, rtt);
    }
    this.now = begun + rtt;
  }
}

test('MAY-18, §4.6: a loss leaves seven tenths of the window, never less than two segments', () => {
  const flow = new Flow();
  flow.losesAt(100);
  expect([flow.cubic.window, flow.cubic.threshold]).toEqual([70_000, 70_000]);
  for (let i = 0; i < 20; i++) flow.cubic.onLoss(flow.cubic.window);
  expect(flow.cubic.window).toBe(2 * MSS);
});

test('§4.6: what was in flight decides when that is less than the window', () => {
  const flow = new Flow();
  flow.acknowledges(190_000);
  flow.cubic.onLoss(100_000);
  expect(flow.cubic.threshold).toBe(70_000);
});

test('§4.2, figures 1 and 2: back at W_max after K seconds; concave before, convex after, as the curve says', () => {
  const flow = new Flow();
  flow.losesAt(400); // so large that Reno, at 5.3 segments a second, is out of the way
  const k = Math.cbrt((400 - 280) / C);
  expect(k).toBeCloseTo(6.694, 3);
  const windows: number[] = [];
  for (let second = 1; second <= 12; second++) {
    for (let i = 0; i < 10; i++) flow.round();
    windows.push(flow.segments);
    expect(Math.abs(flow.segments - curve(second, 400, k)), `after ${second} s`).toBeLessThan(2);
  }
  const growth = windows.map((window, i) => window - (windows[i - 1] ?? 280));
  expect(growth.slice(0, 6)).toEqual(growth.slice(0, 6).toSorted((x, y) => y - x));
  expect(growth.slice(7)).toEqual(growth.slice(7).toSorted((x, y) => x - y));
});

test('§4.3: a small window on a short path grows as Reno would: W_est, alpha below cwnd_prior and 1 above', () => {
  const flow = new Flow();
  flow.losesAt(20);
  let estimate = 14;
  for (let i = 0; i < 40; i++) {
    const cwnd = flow.segments;
    flow.round(10 * MILLISECOND);
    estimate += (estimate < 20 ? ALPHA : 1) * (Math.floor(cwnd) / cwnd);
    expect(Math.abs(flow.segments - estimate), `round ${i}`).toBeLessThan(0.6);
  }
  expect(flow.segments).toBeGreaterThan(curve(0.4, 20, Math.cbrt(6 / C)) + 10);
});

test('§4.7: fast convergence: losing below the last W_max makes the next one lower than the window was', () => {
  const flow = new Flow();
  flow.losesAt(100);
  flow.cubic.onLoss(70_000);
  const max = (70 * (1 + BETA)) / 2;
  const k = Math.cbrt((max - 49) / C);
  for (let i = 0; i < 30; i++) flow.round();
  expect(Math.abs(flow.segments - Math.max(curve(3, max, k), 49 + ALPHA * 30))).toBeLessThan(1.5);
});

test('§4.4, §4.5: whatever time has passed, no more than half a window in a round trip', () => {
  const flow = new Flow();
  flow.losesAt(100);
  flow.round();
  flow.now += 60 * SECOND;
  const before = flow.segments;
  flow.round();
  expect(flow.segments / before).toBeGreaterThan(1.4);
  expect(flow.segments / before).toBeLessThanOrEqual(1.5);
});

test('§4.8: after a time-out slow start to ssthresh, then the curve with K = 0 from there', () => {
  const flow = new Flow();
  flow.losesAt(100);
  flow.acknowledges(MSS);
  flow.cubic.onTimeout(70_000, false);
  expect([flow.cubic.window, flow.cubic.threshold]).toEqual([MSS, 49_000]);
  flow.cubic.onTimeout(70_000, true);
  expect(flow.cubic.threshold).toBe(49_000);
  for (let i = 0; i < 5; i++) flow.round();
  expect(flow.segments).toBe(32);
  flow.acknowledges(60_000);
  expect(flow.segments).toBe(49);
  for (let i = 0; i < 60; i++) flow.round();
  // W_est passes cwnd_prior = 70 only later; the curve is beyond it
  expect(Math.abs(flow.segments - Math.max(curve(6, 49, 0), 49 + ALPHA * 60))).toBeLessThan(2);
});

test('§4.2, RFC 5681 §4.1: after silence slow start from the restart window to ssthresh; the silence itself earns nothing', () => {
  for (const hystart of [true, false]) {
    const cubic = new Cubic(MSS, hystart);
    const ack = (acked: number, now: Micros): void =>
      cubic.onAck(sampleOf({ acked, now, rtt: RTT, smoothedRtt: RTT, roundEnded: true }));
    ack(90_000, 0);
    cubic.onLoss(100_000);
    cubic.onRecovered(70_000);
    ack(MSS, RTT);
    cubic.onIdle();
    expect(cubic.window).toBe(10 * MSS);
    ack(10 * MSS, 100 * SECOND);
    expect(cubic.window).toBe(20 * MSS);
    ack(80 * MSS, 101 * SECOND);
    expect(cubic.window).toBe(70 * MSS);
    ack(10 * MSS, 102 * SECOND);
    expect(cubic.window).toBeLessThan(72 * MSS);
  }
});

test('RFC 6582 §3.2 step 3: a recovery that ends with little in flight is followed by no burst', () => {
  const flow = new Flow();
  flow.acknowledges(90_000);
  flow.cubic.onLoss(100_000);
  flow.cubic.onRecovered(5000);
  expect([flow.cubic.window, flow.cubic.threshold]).toEqual([15_000, 70_000]);
});

test(
  '§4.2: a window that the receiver keeps from being filled does not grow, in slow start neither: no burst when he opens his',
  selective({ congestionControl: 'cubic' }, (talk) => {
    const { peer, app } = talk;
    app.writes(20_000);
    peer.takes(10_001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 10_001, window: 10_000 });
    const { control } = talk.connection.sender;
    expect(control.window).toBe(20_000);
    peer.takes(20_001, 1000);
    peer.waits(RTT);
    app.writes(10_000);
    peer.sends(ACK, { ack: 20_001 });
    peer.takes(30_001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 30_001 });
    expect(control.window).toBe(20_000);
  }),
);
