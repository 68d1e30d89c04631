/** A device that loses, duplicates, reorders, corrupts and delays. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FaultOptions } from '../../src/lab/faults.ts';
import { FaultyDevice } from '../../src/lab/faulty-device.ts';
import { World } from '../../src/lab/world.ts';
import { Packet } from '../../src/stack/bytes/packet.ts';
import type { LinkDevice } from '../../src/stack/device.ts';
import { NO_OFFLOAD } from '../../src/stack/device.ts';
import { SeededRandom } from '../../src/stack/random.ts';
import type { Micros } from '../../src/stack/time.ts';
import { MILLISECOND, NEVER, SECOND } from '../../src/stack/time.ts';
import { bytesOf, testFrame } from '../link-device-suite.ts';

interface Arrival {
  readonly at: Micros;
  readonly number: number;
  readonly bytes: number[];
}

interface Run {
  readonly arrivals: Arrival[];
  readonly numbers: number[];
  readonly device: FaultyDevice;
}

interface Traffic {
  readonly frames: number;
  readonly every?: Micros;
  readonly length?: number;
  readonly seed?: number;
  readonly direction?: 'transmit' | 'receive';
}

/**
 * Sends numbered frames through a faulty device, at a fixed pace in virtual time, and records what comes out when.
 * The number of a frame stands in bytes 14 to 17.
 */
function run(faults: FaultOptions, { frames, every = 100, length = 60, seed = 7, direction = 'transmit' }: Traffic): Run {
  const world = new World();
  const cable = world.cable({ delay: 0 });
  const device = new FaultyDevice(cable.a, world, new SeededRandom(seed), faults);
  const [from, to]: LinkDevice[] = direction === 'transmit' ? [device, cable.b] : [cable.b, device];
  const arrivals: Arrival[] = [];
  const packet = new Packet();
  let sent = 0;
  const sender = {
    run: (now: Micros): void => {
      while (sent < frames && sent * every <= now) from!.transmit(testFrame(length, ++sent));
    },
    nextTimeout: () => (sent < frames ? sent * every : NEVER),
  };
  const receiver = {
    run: (now: Micros): void => {
      for (packet.reset(); to!.receive(packet); packet.reset()) {
        arrivals.push({ at: now, number: packet.view.getUint32(packet.start + 14), bytes: bytesOf(packet) });
      }
    },
    nextTimeout: () => NEVER,
  };
  world.add('sender', sender, direction === 'transmit' ? [device] : []);
  world.add('receiver', receiver, direction === 'transmit' ? [cable.b] : [cable.a, device]);
  world.runForSync(frames * every + 10 * SECOND);
  return { arrivals, numbers: arrivals.map(({ number }) => number), device };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const both = ['transmit', 'receive'] as const;
const everything: FaultOptions = { loss: 0.1, duplicate: 0.1, corrupt: 0.1, reorder: 0.1, delay: 3000, jitter: 1000 };

for (const direction of both) {
  test(`${direction}: the same seed does the same to the same frames, byte for byte and to the microsecond`, () => {
    const once = run(everything, { frames: 500, direction });
    expect(run(everything, { frames: 500, direction }).arrivals).toEqual(once.arrivals);
    expect(run(everything, { frames: 500, direction, seed: 8 }).arrivals).not.toEqual(once.arrivals);
  });

  test(`${direction}: of 20,000 frames each fault hits about as many as asked for`, () => {
    const rates = { loss: 0.05, duplicate: 0.02, corrupt: 0.01, reorder: 0.03 };
    const counts = run(rates, { frames: 20_000, direction }).device.counts[direction];
    expect(counts.frames).toBe(20_000);
    expect(counts.lost / 20_000).toBeGreaterThan(0.04);
    expect(counts.lost / 20_000).toBeLessThan(0.06);
    // The other faults happen to what was not lost.
    expect(Math.abs(counts.duplicated / (20_000 * 0.95) - 0.02)).toBeLessThan(0.004);
    expect(Math.abs(counts.corrupted / (20_000 * 0.95) - 0.01)).toBeLessThan(0.003);
    expect(Math.abs(counts.reordered / (20_000 * 0.95) - 0.03)).toBeLessThan(0.005);
    expect(counts.delayed).toBe(0);
  });

  test(`${direction}: a property: without corruption, what arrives is what was sent, less the lost, plus the duplicates`, () => {
    const probability = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
    const faults = fc.record({
      loss: probability,
      duplicate: probability,
      reorder: probability,
      reorderBy: fc.integer({ min: 1, max: 9 }),
      delay: fc.integer({ min: 0, max: 5000 }),
      jitter: fc.integer({ min: 0, max: 5000 }),
    });
    fc.assert(
      fc.property(
        faults,
        fc.integer(),
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 1, max: 500 }),
        (options, seed, frames, every) => {
          const { arrivals, device } = run(options, { frames, every, seed, direction });
          const counts = device.counts[direction];
          const copies = new Map<number, number>();
          for (const { number, bytes } of arrivals) {
            expect(bytes).toEqual(bytesOf(testFrame(60, number)));
            copies.set(number, (copies.get(number) ?? 0) + 1);
          }
          expect(copies.size).toBe(frames - counts.lost);
          expect([...copies.values()].filter((times) => times === 2)).toHaveLength(counts.duplicated);
          expect(arrivals).toHaveLength(frames - counts.lost + counts.duplicated);
        },
      ),
      { numRuns: 60 },
    );
  });
}

test('nothing asked for: every frame passes at once', () => {
  const { arrivals, device } = run({}, { frames: 50 });
  expect(arrivals.map(({ number, at }) => [number, at])).toEqual(range(50).map((n) => [n, (n - 1) * 100]));
  expect(device.counts.transmit).toEqual({
    frames: 50,
    lost: 0,
    duplicated: 0,
    corrupted: 0,
    reordered: 0,
    delayed: 0,
    marked: 0,
    injected: 0,
  });
});

test('everything asked for: nothing passes', () => {
  const { numbers, device } = run({ loss: 1 }, { frames: 50 });
  expect([numbers, device.counts.transmit.lost]).toEqual([[], 50]);
});

test('which frames are lost does not depend on the other faults', () => {
  const lostWith = (faults: FaultOptions): number[] => {
    const arrived = new Set(run({ loss: 0.2, ...faults }, { frames: 300, length: 1000 }).numbers);
    return range(300).filter((number) => !arrived.has(number));
  };
  expect(lostWith({ duplicate: 0.5, reorder: 0.3, delay: 500, jitter: 400 })).toEqual(lostWith({}));
});

test('the directions do not disturb each other: what is received changes nothing about what is sent', () => {
  const countsAfter = (received: number): unknown => {
    const world = new World();
    const cable = world.cable({ delay: 0 });
    const device = new FaultyDevice(cable.a, world, new SeededRandom(7), everything);
    for (let i = 0; i < received; i++) cable.b.transmit(testFrame(60, i));
    device.receive(new Packet());
    for (let i = 1; i <= 200; i++) device.transmit(testFrame(60, i));
    return device.counts.transmit;
  };
  expect(countsAfter(50)).toEqual(countsAfter(0));
});

test('one direction only', () => {
  expect(run({ receive: { loss: 1 } }, { frames: 20 }).numbers).toEqual(range(20));
  expect(run({ receive: { loss: 1 } }, { frames: 20, direction: 'receive' }).numbers).toEqual([]);
});

test('a duplicate comes right behind its original, and is the same', () => {
  const { numbers, arrivals } = run({ duplicate: 1, delay: 40 }, { frames: 3 });
  expect(numbers).toEqual([1, 1, 2, 2, 3, 3]);
  expect(arrivals[0]).toEqual(arrivals[1]);
});

test('corruption turns over one to three bits of one word, and over many frames reaches every byte behind the Ethernet header', () => {
  const { arrivals, device } = run({ corrupt: 1 }, { frames: 3000 });
  const touched = new Set<number>();
  const sizes = new Set<number>();
  for (const [i, { bytes }] of arrivals.entries()) {
    const original = bytesOf(testFrame(60, i + 1));
    let bits = 0;
    const words = new Set<number>();
    for (const [place, byte] of bytes.entries()) {
      const difference = byte ^ original[place]!;
      if (difference !== 0) {
        touched.add(place);
        words.add(place >> 1);
      }
      for (let rest = difference; rest > 0; rest &= rest - 1) bits++;
    }
    sizes.add(bits);
    expect(words.size).toBe(1);
  }
  expect([...sizes].sort((a, b) => a - b)).toEqual([1, 2, 3]);
  expect(touched.size).toBe(46);
  expect(device.counts.transmit.corrupted).toBe(3000);
});

test('corruption happens to a copy: the sender keeps its frame as it was', () => {
  const world = new World();
  const device = new FaultyDevice(world.cable().a, world, new SeededRandom(1), { corrupt: 1 });
  const frame = testFrame(60);
  device.transmit(frame);
  expect(bytesOf(frame)).toEqual(bytesOf(testFrame(60)));
});

test('a corrupted frame is no longer vouched for', () => {
  const vouching: LinkDevice = {
    mtu: 1500,
    offload: NO_OFFLOAD,
    transmit: () => true,
    receive: (into) => {
      into.copyFrom(testFrame(60));
      into.checksumVouched = true;
      return true;
    },
  };
  const into = new Packet();
  const vouched = [0, 1].map((corrupt) => {
    new FaultyDevice(vouching, { now: 0 }, new SeededRandom(1), { corrupt }).receive(into);
    return into.checksumVouched;
  });
  expect(vouched).toEqual([true, false]);
});

test('a delay makes every frame late by as much', () => {
  const { arrivals, device } = run({ delay: 20 * MILLISECOND }, { frames: 10 });
  expect(arrivals.map(({ at }) => at)).toEqual(range(10).map((n) => (n - 1) * 100 + 20 * MILLISECOND));
  expect(device.counts.transmit.delayed).toBe(10);
});

test('jitter spreads the delay evenly around its value and leaves the order alone', () => {
  const calm = run({ delay: 20_000, jitter: 5_000 }, { frames: 2000, every: 20_000 });
  const delays = calm.arrivals.map(({ at }, i) => at - i * 20_000);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(15_000);
  expect(Math.min(...delays)).toBeLessThan(15_100);
  expect(Math.max(...delays)).toBeLessThanOrEqual(25_000);
  expect(Math.max(...delays)).toBeGreaterThan(24_900);
  const mean = delays.reduce((a, b) => a + b) / delays.length;
  expect(Math.abs(mean - 20_000)).toBeLessThan(200);
  expect(run({ delay: 20_000, jitter: 20_000 }, { frames: 2000, every: 10 }).numbers).toEqual(range(2000));
});

test('a reordered frame is overtaken by one to reorderBy others', () => {
  const { numbers, device } = run({ reorder: 0.05, reorderBy: 4 }, { frames: 2000 });
  expect([...numbers].sort((a, b) => a - b)).toEqual(range(2000));
  const overtakers = range(2000).map((number) => {
    const place = numbers.indexOf(number);
    return numbers.slice(Math.max(0, place - 50), place).filter((earlier) => earlier > number).length;
  });
  const distances = new Set(overtakers);
  for (const distance of [1, 2, 3, 4]) expect(distances).toContain(distance);
  expect(overtakers.filter((n) => n > 0)).toHaveLength(device.counts.transmit.reordered);
});

test('a frame that nobody overtakes goes after reorderWithin, and does not count as reordered', () => {
  const { arrivals, device } = run({ reorder: 1, reorderWithin: 7 * MILLISECOND, delay: 1000 }, { frames: 1 });
  expect(arrivals.map(({ at }) => at)).toEqual([8 * MILLISECOND]);
  expect(device.counts.transmit.reordered).toBe(0);
});

for (const direction of both) {
  test(`script, ${direction}: drop the third, swap five and six, double seven, delay nine by 250 µs`, () => {
    const script: NonNullable<FaultOptions['script']> = (index, way) => {
      if (way !== direction) return 'corrupt';
      if (index === 3) return 'drop';
      if (index === 5) return { behind: 1 };
      if (index === 7) return 'duplicate';
      return index === 9 ? { delay: 250 } : 'pass';
    };
    const { numbers, device } = run({ script }, { frames: 12, direction });
    expect(numbers).toEqual([1, 2, 4, 6, 5, 7, 7, 8, 10, 11, 9, 12]);
    expect(device.counts[direction]).toMatchObject({ lost: 1, reordered: 1, duplicated: 1, delayed: 1, corrupted: 0 });
  });
}

test('script: what it decides about one frame changes nothing for the others', () => {
  const plain = run({ loss: 0.3 }, { frames: 200 }).numbers;
  const scripted = run({ loss: 0.3, script: (index) => (index === plain[0] ? 'drop' : 'pass') }, { frames: 200 }).numbers;
  expect(scripted).toEqual(plain.slice(1));
});

test('script: corrupt', () => {
  const { arrivals } = run({ script: (index) => (index === 2 ? 'corrupt' : 'pass') }, { frames: 3 });
  const intact = arrivals.map(({ bytes }, i) => bytes.join() === bytesOf(testFrame(60, i + 1)).join());
  expect(intact).toEqual([true, false, true]);
});

/** A device whose queue can be full. */
class Stubborn implements LinkDevice {
  readonly mtu = 1500;
  readonly offload = NO_OFFLOAD;
  full = false;
  readonly sent: number[][] = [];
  transmit(packet: Packet): boolean {
    if (!this.full) this.sent.push(bytesOf(packet));
    return !this.full;
  }
  receive(): boolean {
    return false;
  }
}

test('a full inner queue loses nothing: what is due waits its turn, the caller is told, and it is offered again soon', () => {
  const clock = { now: 0 };
  const inner = new Stubborn();
  const device = new FaultyDevice(inner, clock, new SeededRandom(1), { delay: 1000 });
  const frames = [1, 2, 3, 4].map((seed) => testFrame(60, seed));
  expect(device.transmit(frames[0]!)).toBe(true);
  inner.full = true;
  expect(device.transmit(frames[1]!)).toBe(true);
  clock.now = 1000;
  device.run(1000);
  expect(device.transmit(frames[2]!)).toBe(false);
  expect(device.nextTimeout()).toBe(1000 + MILLISECOND);
  inner.full = false;
  device.run(2000);
  expect(device.nextTimeout()).toBe(NEVER);
  expect(device.transmit(frames[2]!)).toBe(true);
  clock.now = 3000;
  device.run(3000);
  expect(inner.sent).toEqual(frames.slice(0, 3).map(bytesOf));
});

test('a flood is taken in batches, so that run comes to an end', () => {
  let received = 0;
  const endless: LinkDevice = {
    mtu: 1500,
    offload: NO_OFFLOAD,
    transmit: () => true,
    receive: (into) => {
      received++;
      into.copyFrom(testFrame(60));
      return true;
    },
  };
  new FaultyDevice(endless, { now: 0 }, new SeededRandom(1), {}).run(0);
  expect(received).toBe(64);
});

test('faulty devices can be nested, and the outer one runs the inner', () => {
  const world = new World();
  const cable = world.cable({ delay: 0 });
  const inner = new FaultyDevice(cable.a, world, world.random, { delay: 1000 });
  const outer = new FaultyDevice(inner, world, world.random, { delay: 500 });
  const into = new Packet();
  world.add('sender', outer);
  outer.transmit(testFrame(60));
  world.runForSync(1499);
  expect(cable.b.receive(into)).toBe(false);
  world.runForSync(1);
  expect(cable.b.receive(into)).toBe(true);
});

test('a device with offload is refused: a lost super-segment would not be a lost frame', () => {
  const world = new World();
  const { a } = world.cable({ offload: true });
  expect(() => new FaultyDevice(a, world, world.random, {})).toThrow('open it with offload off');
});
