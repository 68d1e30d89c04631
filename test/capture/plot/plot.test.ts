/** Plots as data: the numbers that a capture shows, of a conversation made by hand and recorded at both ends. */
import { describe, expect, test } from 'vitest';
import { Repeats } from '../../../src/capture/analyse/repeats.ts';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import type { Tcp } from '../../../src/capture/dissect/dissected.ts';
import { plotRequest } from '../../../src/capture/plot/make.ts';
import type { Plot, PlotKind } from '../../../src/capture/plot/plot.ts';
import { PLOT_KINDS } from '../../../src/capture/plot/plot.ts';
import { plot } from '../../../src/capture/plot/plot-of.ts';
import { rttSamples } from '../../../src/capture/plot/rtt.ts';
import { scaleTo } from '../../../src/capture/plot/units.ts';
import { windowLevels } from '../../../src/capture/plot/window.ts';
import type { SeriesSample } from '../../../src/capture/series/sample.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { crossing, inOrder, STORY } from '../both-ends.ts';
import { pattern, recorded, tcpFrame } from '../frames.ts';

const request = plotRequest(STORY)!;
const layer = ({ panels }: Plot, name: string): number[][] =>
  (panels.flatMap(({ layers }) => layers).find((one) => one.name === name)?.points ?? []).map((point) => [...point] as number[]);

describe('time-sequence', () => {
  test('after tcptrace: segments, what is acknowledged, what was sent again and what was lost', () => {
    const drawn = plot('time-sequence', request);
    expect(layer(drawn, 'segment')).toEqual([
      [21, 1, 101],
      [21.1, 101, 201],
      [21.2, 201, 301],
      [21.3, 301, 401],
      [21.4, 401, 501],
    ]);
    expect(layer(drawn, 'retransmission')).toEqual([[250, 201, 301]]);
    expect(layer(drawn, 'lost')).toEqual([[21.2, 251]]);
    expect(layer(drawn, 'acknowledged')).toEqual([
      [20, 1],
      [41.3, 201],
      [270, 501],
    ]);
    expect(layer(drawn, 'SYN')).toEqual([[0, 1]]);
    expect(drawn.events).toEqual([{ x: 250, name: 'RTO', color: 'vermillion' }]);
    expect(drawn.x).toMatchObject({ name: 'time', unit: 'ms' });
  });

  test('after Stevens: a dot a segment', () => {
    const drawn = plot('time-sequence', plotRequest(STORY, { style: 'stevens' })!);
    expect(layer(drawn, 'segment').map(([, y]) => y)).toEqual([1, 101, 201, 301, 401, 501]);
    expect(layer(drawn, 'retransmission')).toEqual([[250, 301]]);
  });

  test('sequence numbers go on beyond 2^32', () => {
    const start = 2 ** 32 - 150;
    const frames = [0, 1, 2].map((index) =>
      recorded(tcpFrame({ seq: (start + index * 100) % 2 ** 32, payload: pattern(100) }), index * 1000),
    );
    expect(layer(plot('time-sequence', plotRequest(frames)!), 'segment').map(([, from]) => from)).toEqual([1, 101, 201]);
  });
});

test('round-trip times: the newest segment that is acknowledged counts, and none that was sent twice (Karn)', () => {
  expect(rttSamples(request.lead).map(({ at, rtt, from }) => [at, rtt, from])).toEqual([
    [20_000, 20_000, 'ack'],
    [41_300, 20_200, 'ack'],
  ]);
});

test('round-trip times by time stamps, where sequence numbers are ambiguous', () => {
  const stamp = (tsValue: number, tsEcho = 0) => ({ hasTimestamps: true, tsValue, tsEcho });
  const frames = inOrder([
    ...crossing({ seq: 1, payload: pattern(10), segment: stamp(1000) }, { at: 0, lost: true }),
    ...crossing({ seq: 1, payload: pattern(10), segment: stamp(1200) }, { at: 200_000 }),
    ...crossing({ seq: 1, ack: 11, segment: stamp(7, 1200) }, { by: 'B', at: 210_000 }),
  ]);
  expect(rttSamples(plotRequest(frames)!.lead)).toEqual([{ at: 220_000, rtt: 20_000, from: 'timestamp' }]);
});

test('bytes in flight, and the window that is offered, scaled', () => {
  const { flight } = windowLevels(request.lead);
  expect(Math.max(...flight.map(({ bytes }) => bytes))).toBe(500);
  expect(flight.at(-1)).toEqual({ at: 270_000, bytes: 0 });
  const scaled = inOrder([
    ...crossing({ flags: tcp.SYN, segment: { windowShift: 2 } }, { at: 0 }),
    ...crossing({ seq: 9, ack: 1, flags: tcp.SYN | tcp.ACK, window: 1000, segment: { windowShift: 3 } }, { by: 'B', at: 10_000 }),
    ...crossing({ seq: 1, ack: 10, payload: pattern(5) }, { at: 20_000 }),
    ...crossing({ seq: 10, ack: 6, window: 1000 }, { by: 'B', at: 30_000 }),
  ]);
  expect(windowLevels(plotRequest(scaled)!.lead).window.map(({ bytes }) => bytes)).toEqual([1000, 8000]);
});

test('throughput: the area below the curve is what was sent, and goodput has each byte once', () => {
  const drawn = plot('throughput', request);
  const [sent, good] = ['sent', 'goodput'].map((name) => layer(drawn, `${request.lead.name}: ${name}`));
  const area = (points: readonly (readonly number[])[]): number => {
    const step = points[1]![0]! - points[0]![0]!;
    return points.reduce((sum, [, rate = 0]) => sum + (rate * step) / 8, 0); // kbit/s and ms: bits
  };
  expect(drawn.panels[0]?.y.unit).toBe('kbit/s');
  expect(area(sent!)).toBeGreaterThan(550);
  expect(area(sent!)).toBeLessThan(650);
  expect(area(good!)).toBeGreaterThan(450);
  expect(area(good!)).toBeLessThan(550);
});

describe('with a series', () => {
  const connection = (at: number, cwnd: number, more = {}): SeriesSample => ({
    kind: 'connection',
    at,
    host: 'alice',
    local: request.lead.trace.ends[0],
    remote: request.lead.trace.ends[1],
    cause: 'sent',
    state: 'ESTABLISHED',
    cwnd,
    flight: 100,
    rto: 200_000,
    receiveWindow: 1,
    sendWindow: 1,
    sendQueue: 0,
    receiveQueue: 0,
    ...more,
  });
  const queue = (at: number, packets: number, dropped = 0): SeriesSample => ({
    kind: 'queue',
    at,
    cable: 'wire',
    end: 'a',
    packets,
    bytes: packets * 100,
    dropped,
  });

  test('the congestion window of the sender', () => {
    const samples = [
      connection(0, 1000),
      connection(100_000, 2000, { ssthresh: 1500 }),
      connection(5, 9, { local: 'another:1' }),
    ];
    const drawn = plot('cwnd', request, samples);
    expect(layer(drawn, 'congestion window')).toEqual([
      [0, 1000],
      [100, 2000],
    ]);
    expect(layer(drawn, 'slow start threshold')).toEqual([[100, 1500]]);
  });

  test('queues above, round-trip times below', () => {
    const drawn = plot('queue', request, [queue(1000, 1), queue(2000, 4), queue(3000, 4, 1), queue(999_000, 1)]);
    expect(drawn.panels).toHaveLength(2);
    expect(layer(drawn, 'packets in the queue')).toEqual([
      [1, 1],
      [2, 4],
      [3, 4],
    ]);
    expect(layer(drawn, 'dropped: queue full')).toEqual([[3, 4]]);
    expect(layer(drawn, 'round-trip time')).toHaveLength(2);
  });
});

test('no connection is no plot, and one segment is a plot of each kind', () => {
  expect(plotRequest([])).toBeUndefined();
  expect(plotRequest([recorded(pattern(60))])).toBeUndefined();
  const one = plotRequest([recorded(tcpFrame({ flags: tcp.SYN }))])!;
  for (const kind of PLOT_KINDS) {
    const { panels, x } = plot(kind as PlotKind, one);
    for (const { max } of [x, ...panels.map(({ y }) => y)]) expect(max).toBeGreaterThan(0);
  }
});

test('an axis ends at a whole number of steps, not far beyond what is needed', () => {
  for (const most of [1e-3, 0.7, 1, 6.4, 6.6, 31, 99, 100, 1234, 5e9]) {
    const { max, step } = scaleTo(most);
    expect(max).toBeGreaterThanOrEqual(most * 0.999);
    expect(max).toBeLessThan(most * 1.4);
    expect(Math.abs(max / step - Math.round(max / step))).toBeLessThan(1e-6);
    expect(max / step).toBeLessThanOrEqual(8);
  }
});

describe('what was sent before', () => {
  const segment = (seq: number, flags: number = tcp.ACK): Tcp => dissect(tcpFrame({ seq, flags })).transport as Tcp;

  test.each<[string, [seq: number, length: number, at: number][], string | undefined]>([
    [
      'new data',
      [
        [1, 10, 0],
        [11, 10, 1],
      ],
      undefined,
    ],
    [
      'the same again',
      [
        [1, 10, 0],
        [1, 10, 9000],
      ],
      'retransmission',
    ],
    [
      'a part again, with more',
      [
        [1, 10, 0],
        [5, 10, 9000],
      ],
      'retransmission',
    ],
    [
      'a gap that is filled at once',
      [
        [1, 10, 0],
        [21, 10, 100],
        [11, 10, 200],
      ],
      'late',
    ],
    [
      'a gap that is filled later',
      [
        [1, 10, 0],
        [21, 10, 100],
        [11, 10, 9000],
      ],
      'retransmission',
    ],
    [
      'a gap that is filled twice',
      [
        [1, 10, 0],
        [21, 10, 100],
        [11, 10, 200],
        [11, 10, 300],
      ],
      'retransmission',
    ],
    [
      'a keep-alive',
      [
        [1, 10, 0],
        [10, 1, 9000],
      ],
      undefined,
    ],
    [
      'across 2^32',
      [
        [2 ** 32 - 5, 10, 0],
        [5, 10, 1],
      ],
      undefined,
    ],
    [
      'again, across 2^32',
      [
        [2 ** 32 - 5, 10, 0],
        [2 ** 32 - 5, 10, 1],
      ],
      'retransmission',
    ],
  ])('%s', (_name, sent, expected) => {
    const repeats = new Repeats();
    expect(sent.map(([seq, length, at]) => repeats.read('a > b', segment(seq), length, at, false)).at(-1)).toBe(expected);
  });

  test('at the sender nothing has been overtaken', () => {
    const repeats = new Repeats();
    for (const seq of [1, 21]) repeats.read('a > b', segment(seq), 10, 0, true);
    expect(repeats.read('a > b', segment(11), 10, 1, true)).toBe('retransmission');
  });

  test('another SYN begins another connection', () => {
    const repeats = new Repeats();
    repeats.read('a > b', segment(1, tcp.SYN), 0, 0, true);
    expect(repeats.read('a > b', segment(1, tcp.SYN), 0, 1, true)).toBe('retransmission');
    expect(repeats.read('a > b', segment(0, tcp.SYN), 0, 2, true)).toBeUndefined();
  });
});
