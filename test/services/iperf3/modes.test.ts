/** iperf3: our client against our server in virtual time, in every mode, and what both say about it. */
import { expect, test } from 'vitest';
import type { Half } from '../../../src/services/iperf3/halves.ts';
import { halvesOf } from '../../../src/services/iperf3/halves.ts';
import type { Summary } from '../../../src/services/iperf3/observer.ts';
import type { Iperf3Parameters } from '../../../src/services/iperf3/parameters.ts';
import { MINUTE, SECOND } from '../../../src/stack/index.ts';
import { LAN, Notes, twoEnds } from './two-ends.ts';

/** Sender and receiver of each stream, by its number. */
function ends(summary: Summary): { id: number; isSender: boolean; sender: Half; receiver: Half }[] {
  return halvesOf(summary).map(({ sample, sender, receiver }) => {
    if (sender === undefined || receiver === undefined) throw new Error(`stream ${sample.stream.id} has one end`);
    return { id: sample.stream.id, isSender: sample.stream.isSender, sender, receiver };
  });
}

const MODES: readonly { name: string; given: Partial<Iperf3Parameters>; streams: readonly [id: number, sends: boolean][] }[] = [
  { name: 'tcp', given: {}, streams: [[1, true]] },
  { name: 'tcp -R', given: { direction: 'reverse' }, streams: [[1, false]] },
  {
    name: 'tcp --bidir',
    given: { direction: 'both' },
    streams: [
      [1, true],
      [3, false],
    ],
  },
  {
    name: 'tcp -P 3',
    given: { parallel: 3 },
    streams: [
      [1, true],
      [3, true],
      [4, true],
    ],
  },
  {
    name: 'tcp --bidir -P 2',
    given: { direction: 'both', parallel: 2 },
    streams: [
      [1, true],
      [3, true],
      [4, false],
      [5, false],
    ],
  },
  { name: 'udp', given: { protocol: 'udp' }, streams: [[1, true]] },
  { name: 'udp -R', given: { protocol: 'udp', direction: 'reverse' }, streams: [[1, false]] },
  {
    name: 'udp --bidir -P 2',
    given: { protocol: 'udp', direction: 'both', parallel: 2 },
    streams: [
      [1, true],
      [3, true],
      [4, false],
      [5, false],
    ],
  },
  { name: 'udp, counted in 32 bits', given: { protocol: 'udp', wideCounters: false }, streams: [[1, true]] },
  { name: 'udp -l 4000, in fragments', given: { protocol: 'udp', blockSize: 4000 }, streams: [[1, true]] },
  {
    name: 'tcp -l 1000 -N -M 500 -w 50000',
    given: { blockSize: 1000, noDelay: true, mss: 500, window: 50_000 },
    streams: [[1, true]],
  },
  { name: 'tcp -b 10M', given: { rate: 10e6 }, streams: [[1, true]] },
];

test.each(MODES)('$name: bytes move, both ends agree, and nothing is left', async ({ given, streams }) => {
  const { world, alice, bob, measure, service, outcomes } = twoEnds();
  const summary = await world.finish(measure(given));
  const all = ends(summary);
  expect(all.map(({ id, isSender }) => [id, isSender])).toEqual(streams);
  for (const { sender, receiver } of all) {
    expect(receiver.bytes).toBeGreaterThan(10_000);
    expect(receiver.bytes).toBeLessThanOrEqual(sender.bytes);
    expect([receiver.lost, receiver.outOfOrder]).toEqual([0, 0]);
    expect(receiver.packets).toBeLessThanOrEqual(sender.packets);
    expect(sender.seconds).toBeCloseTo(1, 1);
    expect(receiver.seconds).toBeCloseTo(1, 1);
  }
  await world.runFor(3 * MINUTE);
  expect(outcomes).toEqual([undefined]);
  expect(service.connections).toBe(0);
  expect([alice.tcp.connectionCount, bob.tcp.connectionCount, alice.udp.size, bob.udp.size]).toEqual([0, 0, 0, 0]);
});

test('TCP fills a path of 100 Mbit/s, one way and both at once', async () => {
  const { world, measure } = twoEnds();
  const rate = ({ bytes, seconds }: Half): number => (bytes * 8) / seconds / 1e6;
  const [one] = ends(await world.finish(measure({ duration: 3 * SECOND })));
  expect(rate(one!.receiver)).toBeGreaterThan(85); // 94.9 is what Ethernet leaves of it
  const both = ends(await world.finish(measure({ duration: 3 * SECOND, direction: 'both' })));
  for (const { receiver } of both) expect(rate(receiver)).toBeGreaterThan(70);
});

test.each([
  { protocol: 'udp' as const, rate: 20e6 },
  { protocol: 'tcp' as const, rate: 8e6, blockSize: 10_000 },
])('-b: $protocol keeps to $rate bits per second', async (given) => {
  const { world, measure } = twoEnds();
  const [stream] = ends(await world.finish(measure({ ...given, duration: 2 * SECOND })));
  const rate = ((stream?.sender.bytes ?? 0) * 8) / 2;
  expect(rate / given.rate).toBeGreaterThan(0.98);
  expect(rate / given.rate).toBeLessThan(1.02);
});

test.each([
  { name: '-n', given: { bytes: 3_000_000 }, expected: 23 * 131_072 },
  { name: '-k', given: { blocks: 7 }, expected: 7 * 131_072 },
  { name: '-n -R', given: { bytes: 1_000_000, direction: 'reverse' as const }, expected: undefined },
  { name: '-n -u', given: { bytes: 100_000, protocol: 'udp' as const, blockSize: 1000 }, expected: 100_000 },
])('$name: the test ends with its amount, all of it delivered', async ({ given, expected }) => {
  const { world, measure, outcomes } = twoEnds();
  const [stream] = ends(await world.finish(measure({ ...given, duration: 0 })));
  if (expected === undefined) expect(stream?.receiver.bytes).toBeGreaterThanOrEqual(1_000_000);
  else expect([stream?.sender.bytes, stream?.receiver.bytes]).toEqual([expected, expected]);
  await world.runFor(SECOND);
  expect(outcomes).toEqual([undefined]);
});

test('-O: what is omitted counts at neither end, and intervals begin again', async () => {
  const { world, measure } = twoEnds();
  const notes = new Notes();
  const given = { protocol: 'udp' as const, rate: 8e6, blockSize: 1000, omit: 2 * SECOND };
  const [stream] = ends(await world.finish(measure(given, { observer: notes })));
  expect(notes.intervals.map(({ start, omitted }) => [Math.round(start / SECOND), omitted])).toEqual([
    [0, true],
    [1, true],
    [0, false],
  ]);
  for (const half of [stream!.sender, stream!.receiver]) {
    expect(half.bytes).toBeGreaterThan(980_000);
    expect(half.bytes).toBeLessThan(1_020_000);
    expect(half.packets).toBe(half.bytes / 1000);
  }
});

test('UDP over a lossy path: the receiver counts exactly what the cable dropped', async () => {
  // 20 Mbit/s into 10: half of it finds the queue full
  const { world, measure, cable } = twoEnds({ cable: { rate: 10e6, queue: { packets: 20 } } });
  const [stream] = ends(await world.finish(measure({ protocol: 'udp', rate: 20e6, duration: 2 * SECOND })));
  const dropped = cable.a.dropped['queue full'];
  expect(dropped).toBeGreaterThan(1000);
  const { sender, receiver } = stream!;
  // the last ones may have been dropped too, or have come behind the end of the test: only a later number would tell
  expect(receiver.packets - receiver.lost).toBe(receiver.bytes / 1448);
  expect(receiver.lost).toBeLessThanOrEqual(dropped);
  expect(receiver.lost).toBeGreaterThan(dropped - 60);
  expect(receiver.jitter).toBeGreaterThan(0);
  expect(sender.packets).toBeGreaterThan(receiver.packets - 1);
});

test('intervals add up to the whole, with what TCP knows about itself', async () => {
  const { world, measure } = twoEnds();
  const notes = new Notes();
  const summary = await world.finish(measure({ duration: 2 * SECOND }, { observer: notes, interval: SECOND / 4 }));
  expect(notes.intervals).toHaveLength(8);
  const sum = notes.intervals.reduce((bytes, { samples }) => bytes + (samples[0]?.bytes ?? 0), 0);
  expect(sum).toBe(summary.samples[0]?.bytes);
  for (const { samples } of notes.intervals) {
    expect(samples[0]?.retransmits).toBeGreaterThanOrEqual(0);
    expect(samples[0]?.info?.tcpi_rtt).toBeGreaterThan(0);
  }
  const extremes = summary.extremes.get(1);
  expect(extremes?.maxWindow).toBeGreaterThan(14_480);
  expect(extremes?.minRtt).toBeGreaterThanOrEqual(1_000);
  expect(summary.congestion).toBe('cubic');
  expect(summary.peer?.congestion).toBe('cubic');
});

test('retransmissions are counted and reach the other end', async () => {
  const { world, measure } = twoEnds({ cable: { ...LAN, queue: { packets: 8 } } });
  const [forward] = ends(await world.finish(measure()));
  expect(forward?.sender.retransmits).toBeGreaterThan(0);
  const [reverse] = ends(await world.finish(measure({ direction: 'reverse' })));
  expect(reverse?.sender.retransmits).toBeGreaterThan(0);
});

test('several tests one after the other, and the words of the server with the last', async () => {
  const { world, measure, outcomes } = twoEnds();
  await world.finish(measure());
  await world.finish(measure({ protocol: 'udp', direction: 'both' }));
  const { peer } = await world.finish(measure({ wantsServerOutput: true }));
  expect(outcomes.slice(0, 2)).toEqual([undefined, undefined]);
  expect(peer?.serverOutput).toContain('Accepted connection from 10.0.0.1, port ');
  expect(peer?.serverOutput).toMatch(/\[ {2}1\] {3}0\.00-1\.\d\d {3}sec .* Mbits\/sec +receiver\n/);
});

test('a second client is told that the server is busy, and disturbs nobody', async () => {
  const { world, measure, outcomes } = twoEnds();
  const first = measure({ duration: 5 * SECOND });
  await world.runFor(SECOND);
  await expect(world.finish(measure())).rejects.toThrow('the server is busy running a test; try again later');
  const [stream] = ends(await world.finish(first));
  expect(stream?.receiver.bytes).toBeGreaterThan(40e6);
  await world.runFor(SECOND);
  expect(outcomes).toEqual([undefined]);
});

test('nobody listens: one line', async () => {
  const { world, measure } = twoEnds();
  await expect(world.finish(measure({}, { port: 999 }))).rejects.toThrow('cannot connect to 10.0.0.2:999: refused');
});

test('the server goes away in the middle: the client says so', async () => {
  const { world, measure, service } = twoEnds();
  const running = measure({ duration: 10 * SECOND });
  running.catch(() => {});
  await world.runFor(SECOND);
  service.close();
  await expect(world.finish(running)).rejects.toThrow(/the server has terminated|a stream broke off/);
});

test('the cable is pulled: both ends give up and are free again', async () => {
  const { world, measure, cable, outcomes, service } = twoEnds();
  const running = measure({ duration: 10 * SECOND, direction: 'reverse' });
  running.catch(() => {});
  await world.runFor(SECOND);
  cable.unplug();
  await expect(world.finish(running)).rejects.toThrow();
  await world.runFor(3 * MINUTE);
  expect(outcomes).toHaveLength(1);
  expect(outcomes[0]).not.toBe(undefined);
  expect(service.connections).toBe(0);
  cable.plug();
  expect(ends(await world.finish(measure()))[0]?.receiver.bytes).toBeGreaterThan(1_000_000);
});
