/** A series has the numbers of the connections and of the queues, on the clock of the capture. */
import { expect, test } from 'vitest';
import type { ConnectionSample, QueueSample } from '../../src/capture/index.ts';
import { readSeries, SeriesLog, sampleLine, seriesHeaderLine } from '../../src/capture/index.ts';
import { connectTcp, ipv4, listenTcp, MILLISECOND, SECOND } from '../../src/stack/index.ts';
import { Explained } from './explained.ts';

/** 120,000 bytes over 8 Mbit/s with room for 10 frames. */
async function transfer(isWatched: boolean): Promise<{ lab: Explained; log: SeriesLog }> {
  const log = new SeriesLog();
  const watched = isWatched ? { series: log } : { explain: false };
  const lab = new Explained({ cable: { rate: 8_000_000, queue: { packets: 10 } }, a: watched, b: watched });
  if (isWatched) lab.world.watchQueues(lab.cable, 'link', log);
  const listener = listenTcp(lab.b, 80);
  const serve = async (): Promise<void> => {
    const socket = await listener.accept();
    while ((await socket?.read()) !== undefined);
  };
  const ask = async (): Promise<void> => {
    const socket = await connectTcp(lab.a, ipv4('10.0.0.2'), 80);
    await socket.write(new Uint8Array(120_000));
    socket.closeWrite();
  };
  await lab.world.finish(Promise.all([serve(), ask()]), { limit: 60 * SECOND });
  await lab.world.runFor(SECOND);
  return { lab, log };
}

test('connections: what changed at each frame, by host', async () => {
  const { lab, log } = await transfer(true);
  const all = log.samples.filter((sample): sample is ConnectionSample => sample.kind === 'connection');
  const times = new Set([...lab.logs.a.frames(), ...lab.logs.b.frames()].map(({ at }) => at));
  expect(all.filter(({ at, cause }) => cause !== 'timeout' && !times.has(at))).toEqual([]);
  const sender = all.filter(({ host }) => host === 'a');
  expect(sender[0]).toMatchObject({
    local: /^10\.0\.0\.1:\d+$/.exec(sender[0]!.local)?.[0],
    remote: '10.0.0.2:80',
    state: 'SYN-SENT',
  });
  expect(sender[0]?.srtt).toBeUndefined();
  expect(sender.at(-1)).toMatchObject({ flight: 0, sendQueue: 0, state: 'FIN-WAIT-2' });
  expect(Math.max(...sender.map(({ flight }) => flight))).toBeGreaterThan(10_000);
  const [first] = sender.filter(({ cause, srtt }) => cause === 'received' && srtt !== undefined);
  expect(first?.srtt).toBeGreaterThan(20 * MILLISECOND);
  const same = (one: ConnectionSample, other: ConnectionSample | undefined): boolean =>
    other !== undefined && sampleLine({ ...one, at: 0, cause: 'sent' }) === sampleLine({ ...other, at: 0, cause: 'sent' });
  expect(sender.filter((sample, i) => same(sample, sender[i + 1]))).toEqual([]);
});

test('queues: grow by one frame, shrink when the line takes one, and count what found no room', async () => {
  const { lab, log } = await transfer(true);
  const all = log.samples.filter((sample): sample is QueueSample => sample.kind === 'queue' && sample.end === 'a');
  expect(Math.max(...all.map(({ packets }) => packets))).toBe(10);
  expect(all.at(-1)).toMatchObject({ cable: 'link', packets: 0, bytes: 0, dropped: lab.cable.a.dropped['queue full'] });
  expect(all.at(-1)?.dropped).toBeGreaterThan(0);
  const steps = all.map(({ packets }, i) => packets - (all[i - 1]?.packets ?? 0));
  expect(steps.filter((step) => Math.abs(step) > 1)).toEqual([]);
});

test('the samples are in order, and what is written reads back equal', async () => {
  const { log } = await transfer(true);
  expect(log.samples.filter(({ at }, i) => at < (log.samples[i - 1]?.at ?? 0))).toEqual([]);
  const text = [seriesHeaderLine(7), ...log.samples.map(sampleLine), ''].join('\n');
  expect(readSeries(text)).toEqual({ epoch: 7, samples: log.samples, faults: [] });
});

test('whoever looks changes nothing', async () => {
  const [watched, plain] = [await transfer(true), await transfer(false)];
  const bare = ({ lab }: { lab: Explained }) =>
    lab.logs.a.frames().map(({ at, bytes, direction }) => [at, direction, Buffer.from(bytes).toString('hex')]);
  expect(bare(watched)).toEqual(bare(plain));
});
