/** The parts that are a number or two: timeouts, windows, clocks, limits, the table of connections. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeededRandom } from '../../../src/stack/random.ts';
import { ChallengeLimit } from '../../../src/stack/tcp/arrive/challenge.ts';
import { AckSample, initialWindow } from '../../../src/stack/tcp/congestion/control.ts';
import { Reno } from '../../../src/stack/tcp/congestion/reno.ts';
import { Unlimited } from '../../../src/stack/tcp/congestion/unlimited.ts';
import { Connection } from '../../../src/stack/tcp/connection.ts';
import { Demux } from '../../../src/stack/tcp/demux.ts';
import { shiftFor } from '../../../src/stack/tcp/open/handshake.ts';
import { IsnGenerator } from '../../../src/stack/tcp/open/isn.ts';
import type { TcpOptions } from '../../../src/stack/tcp/options.ts';
import { DEFAULTS } from '../../../src/stack/tcp/options.ts';
import { probeDelay } from '../../../src/stack/tcp/send/persist.ts';
import { RttEstimator } from '../../../src/stack/tcp/time/rtt.ts';
import { Timestamps } from '../../../src/stack/tcp/time/timestamps.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../../src/stack/time.ts';
import { fromV4, ipv4 } from '../../../src/stack/wire/ip-address.ts';
import { diff } from '../../../src/stack/wire/seq.ts';

const acknowledges = (acked: number): AckSample => Object.assign(new AckSample(), { acked });

const limits = DEFAULTS;

test.each([
  ['(2.1) before a sample', [], 1000],
  ['(2.2) the first: R + 4 * R/2', [100], 300],
  ['(2.3) the second: RTTVAR 3/4 * 50 + 1/4 * 100, SRTT 7/8 * 100 + 1/8 * 200', [100, 200], 112.5 + 4 * 62.5],
  ['(2.4) the floor', [1], 200],
  ['(2.5) the ceiling', [50_000], 60_000],
  ['(2.3) Linux: 200 ms above the round trip', [100, 100, 100], 300, { minRtoBounds: 'variance' }],
  ['(2.3) FreeBSD: 200 ms of slop on top', [100, 100], 100 + 4 * 37.5 + 200, { rtoSlop: 200 * MILLISECOND }],
] as const)('MUST-18, RFC 6298 %s', (_, samples, rto, changes?: Partial<TcpOptions>) => {
  const rtt = new RttEstimator({ ...limits, ...changes });
  for (const sample of samples) rtt.sample(sample * MILLISECOND);
  expect(rtt.rto).toBe(rto * MILLISECOND);
});

test('MUST-18, MUST-19, RFC 6298 (5.5), (5.7): back-off doubles to the ceiling; a sample ends it; a lost SYN means 3 s', () => {
  const rtt = new RttEstimator(limits);
  const seen = Array.from({ length: 8 }, () => {
    rtt.backOff();
    return rtt.rto / SECOND;
  });
  expect(seen).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  rtt.handshakeDone(true);
  expect([rtt.rto, rtt.backOffs]).toEqual([3 * SECOND, 0]);
  rtt.sample(100 * MILLISECOND);
  rtt.backOff();
  expect(rtt.rto).toBe(600 * MILLISECOND);
  rtt.sample(100 * MILLISECOND);
  expect([rtt.rto, rtt.backOffs]).toEqual([250 * MILLISECOND, 0]);
  expect([rtt.minimum, rtt.latest]).toEqual([100 * MILLISECOND, 100 * MILLISECOND]);
});

test('RFC 6298 (2.4), (2.5): whatever the samples, SRTT lies among them and the timeout between floor and ceiling, above SRTT', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 * SECOND }), { minLength: 1 }), (samples) => {
      const rtt = new RttEstimator(limits);
      for (const sample of samples) rtt.sample(sample);
      expect(rtt.smoothed).toBeGreaterThanOrEqual(Math.min(...samples) - 1e-6);
      expect(rtt.smoothed).toBeLessThanOrEqual(Math.max(...samples) + 1e-6);
      expect(rtt.rto).toBeGreaterThanOrEqual(Math.min(Math.max(rtt.smoothed, limits.minRto), limits.maxRto));
      expect(rtt.rto).toBeLessThanOrEqual(limits.maxRto);
    }),
  );
});

test.each([
  [536, 5360],
  [1000, 10_000],
  [1460, 14_600],
  [8960, 17_920],
])('RFC 6928 §2: the initial window of MSS %i is %i', (mss, window) => {
  expect(initialWindow(mss)).toBe(window);
  expect(new Reno(mss).window).toBe(window);
});

test('MUST-19, RFC 5681 §3.1: slow start to ssthresh, then one segment a window; halving, timeout, idle', () => {
  const reno = new Reno(536);
  reno.mss = 1000; // the handshake
  expect(reno.window).toBe(10_000);
  reno.onAck(acknowledges(3000));
  expect(reno.window).toBe(13_000);
  reno.onLoss(13_000);
  expect([reno.threshold, reno.window]).toEqual([6500, 6500]);
  reno.onRecovered(2000);
  expect(reno.window).toBe(3000); // RFC 6582: no burst
  reno.onAck(acknowledges(3500));
  expect(reno.window).toBe(6500);
  for (let i = 0; i < 6; i++) reno.onAck(acknowledges(1000));
  expect(reno.window).toBe(6500);
  reno.onAck(acknowledges(1000));
  expect(reno.window).toBe(7500);
  reno.onTimeout(7500, false);
  expect([reno.threshold, reno.window]).toEqual([3750, 1000]);
  reno.onTimeout(1000, true);
  expect([reno.threshold, reno.window]).toEqual([3750, 1000]);
  reno.onTimeout(1000, false);
  expect(reno.threshold).toBe(2000); // (4): two segments at least
  const fresh = new Reno(1000);
  fresh.onAck(acknowledges(40_000));
  fresh.onIdle();
  expect(fresh.window).toBe(10_000); // §4.1: RW = min(IW, cwnd)
});

test('no congestion control does not change its mind', () => {
  const control = new Unlimited();
  const before = control.window;
  control.onAck();
  control.onLoss();
  control.onTimeout();
  control.onIdle();
  expect(control.window).toBe(before);
});

test.each([
  [0, 0],
  [65_535, 0],
  [65_536, 1],
  [4_194_304, 7],
  [2 ** 31, 14],
])('RFC 7323 §2.3: a buffer of %i needs a shift of %i', (buffer, shift) => expect(shiftFor(buffer)).toBe(shift));

test('SHLD-29, SHLD-30: probes after 1, 2, 4 RTOs and so on up to the ceiling, however many', () => {
  expect([0, 1, 2, 3, 9, 5000].map((sent) => probeDelay(SECOND, sent, MINUTE) / SECOND)).toEqual([1, 2, 4, 8, 60, 60]);
});

test('RFC 7323 §5.4, §7.1: our clock ticks each millisecond, wraps, and begins where the secret says', () => {
  const clock = new Timestamps(0xffff_ffff);
  expect(clock.value(0)).toBe(0xffff_ffff);
  expect(clock.value(1 * MILLISECOND)).toBe(0);
  expect(clock.since(0xffff_fff0, 5 * MILLISECOND)).toBe(20 * MILLISECOND);
});

test.each([
  ['the same', 1000, 0, false],
  ['newer', 1001, 0, false],
  ['older', 999, 0, true],
  ['older by half the circle', (1000 + 0x8000_0001) >>> 0, 0, true],
  ['older, but nothing was heard for 24 days', 999, 24 * 24 * 3600 * SECOND + 1, false],
  ['older, and exactly 24 days', 999, 24 * 24 * 3600 * SECOND, true],
])('RFC 7323 §5.3, §5.5, PAWS: a timestamp that is %s', (_, value, now, old) => {
  const timestamps = new Timestamps(0);
  timestamps.start(1000, 0);
  expect(timestamps.isOld(value, now)).toBe(old);
});

const four = (remotePort: number) => ({ local: ipv4('10.0.0.1'), localPort: 80, remote: ipv4('10.0.0.2'), remotePort });

test('MUST-8, MUST-9, SHLD-1, RFC 6528 §3: the initial number follows a clock of 4 us and begins elsewhere for each four-tuple and each key', () => {
  const isn = new IsnGenerator(new SeededRandom(1));
  const same = new IsnGenerator(new SeededRandom(1));
  const other = new IsnGenerator(new SeededRandom(2));
  expect(diff(isn.next(four(1), 4_000_000), isn.next(four(1), 0))).toBe(1_000_000);
  expect(diff(isn.next(four(1), 3), isn.next(four(1), 0))).toBe(0);
  expect(same.next(four(1), 0)).toBe(isn.next(four(1), 0));
  expect(other.next(four(1), 0)).not.toBe(isn.next(four(1), 0));
  const ports = Array.from({ length: 1000 }, (_, port) => isn.next(four(port), 0));
  expect(new Set(ports).size).toBe(1000);
  expect(isn.timestampOffset(four(1)) | 0).not.toBe(isn.next(four(1), 0));
  const { local, localPort, remote, remotePort } = four(1);
  expect(isn.next({ local: remote, localPort: remotePort, remote: local, remotePort: localPort }, 0)).not.toBe(
    isn.next(four(1), 0),
  );
  expect(isn.next(four(1), 4 * 2 ** 32)).toBe(isn.next(four(1), 0)); // a lap of 4.77 hours
});

test('RFC 5961 §7: a new second, a new allowance', () => {
  const limit = new ChallengeLimit();
  const taken = (now: number): number => Array.from({ length: 20 }, () => limit.take(now)).filter(Boolean).length;
  expect([taken(0), taken(SECOND - 1), taken(SECOND), taken(9 * SECOND)]).toEqual([10, 0, 10, 10]);
});

test('demux: against a map, connections come and go', () => {
  const path = { source: ipv4('10.0.0.1'), interfaceMtu: 1500, pathMtu: 1500, gsoMaxSize: 0 };
  const random = new SeededRandom(3);
  const demux = new Demux();
  const model = new Map<string, Connection>();
  for (let step = 0; step < 3000; step++) {
    const remote = random.nextUint32() % 20;
    const port = random.nextUint32() % 40;
    const key = `${remote}:${port}`;
    const known = model.get(key);
    expect(demux.find(path.source.w3, 80, remote, port)).toBe(known);
    if (known !== undefined) {
      demux.remove(known);
      demux.remove(known); // twice is once
      model.delete(key);
    } else {
      const id = { local: path.source, localPort: 80, remote: fromV4(remote), remotePort: port };
      const connection = new Connection(id, DEFAULTS, path, 0);
      demux.add(connection);
      model.set(key, connection);
    }
    expect(demux.count).toBe(model.size);
  }
  expect(new Set(demux)).toEqual(new Set(model.values()));
  expect(demux.find(path.source.w3, 81, 1, 1)).toBeUndefined();
});
