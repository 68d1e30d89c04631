/** Whole transfers in virtual time: every pair of loss, reordering and delay, both directions at once, byte for byte. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { FrameLog } from '../../src/capture/record/frame-log.ts';
import type { FrameSink } from '../../src/capture/record/frame-sink.ts';
import { host } from '../../src/lab/host.ts';
import { World } from '../../src/lab/world.ts';
import { MILLISECOND, SECOND } from '../../src/stack/time.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import { Pump } from './pump.ts';

interface Conditions {
  readonly loss: number;
  readonly reorder: number;
  readonly delay: number;
  readonly bytes: number;
  readonly seed?: number;
  readonly duplicate?: number;
  readonly corrupt?: number;
  readonly capture?: FrameSink;
  readonly offload?: boolean;
}

/** Both hosts send `bytes` at once and close. @returns virtual seconds */
function transfer({
  loss,
  reorder,
  delay,
  bytes,
  seed = 1,
  duplicate = 0,
  corrupt = 0,
  capture,
  offload = false,
}: Conditions): number {
  const world = new World({ seed });
  const cable = world.cable({ delay: (delay / 2) * MILLISECOND, rate: offload ? 40e9 : 1e9, offload });
  const faults = offload ? {} : { faults: { loss, reorder, duplicate, corrupt } };
  const alice = host(world, 'alice', cable.a, {
    address: '10.0.0.1/24',
    ...faults,
    ...(capture === undefined ? {} : { capture }),
  });
  const bob = host(world, 'bob', cable.b, { address: '10.0.0.2/24' });
  const listener = bob.tcp.listen(80);
  let there: Pump | undefined;
  listener.owner = {
    notify: () => {
      const connection = listener.accept();
      if (connection !== undefined) there = new Pump(connection, bytes);
    },
  };
  const here = new Pump(alice.tcp.connect(ipv4('10.0.0.2'), 80, world.now), bytes);
  world.stepUntil(() => here.isDone && there?.isDone === true, { limit: 1e6 * SECOND });
  expect(here.isWrong || there?.isWrong).toBe(false);
  return world.now / SECOND;
}

for (const loss of [0, 0.01, 0.05, 0.2])
  for (const reorder of [0, 0.1])
    for (const delay of [1, 50, 300])
      test(`20 MB both ways: loss ${loss * 100} %, reordering ${reorder * 100} %, delay ${delay} ms`, () => {
        const seconds = transfer({ loss, reorder, delay, bytes: 20_000_000 });
        expect(seconds).toBeGreaterThan(0);
        if (process.env.SHOW_TRANSFERS) console.log(loss, reorder, delay, seconds.toFixed(2));
      });

test('4.5 GB in super-segments: further than the circle of sequence numbers goes round', () => {
  transfer({ loss: 0, reorder: 0, delay: 0.2, bytes: 4_500_000_000, offload: true });
});

test('duplicates and corrupted frames change nothing either', () => {
  transfer({ loss: 0.01, reorder: 0.05, delay: 10, bytes: 2_000_000, duplicate: 0.05, corrupt: 0.02 });
});

test('the same seed gives the same capture, byte for byte; another seed another', () => {
  const digest = (seed: number): string => {
    const log = new FrameLog({ maxFrames: 10_000 });
    transfer({ loss: 0.02, reorder: 0.05, delay: 20, bytes: 300_000, seed, capture: log });
    const hash = createHash('sha256');
    for (const frame of log.frames()) hash.update(`${frame.at} ${frame.direction} ${frame.comment}`).update(frame.bytes);
    return hash.digest('hex');
  };
  expect(digest(5)).toBe(digest(5));
  expect(digest(5)).not.toBe(digest(6));
});
