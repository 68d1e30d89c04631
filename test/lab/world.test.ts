/** Virtual time. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { CableEnd } from '../../src/lab/cable.ts';
import { FaultyDevice } from '../../src/lab/faulty-device.ts';
import type { Machine } from '../../src/lab/machine.ts';
import { World } from '../../src/lab/world.ts';
import { Packet } from '../../src/stack/bytes/packet.ts';
import type { LinkDevice } from '../../src/stack/device.ts';
import type { Micros } from '../../src/stack/time.ts';
import { MILLISECOND, NEVER, SECOND } from '../../src/stack/time.ts';
import { bytesOf, testFrame } from '../link-device-suite.ts';

const settle = async (): Promise<void> => {
  await setImmediate();
};

/** Acts at given times and notes when it ran. */
class Alarm implements Machine {
  readonly ran: Micros[] = [];
  times: Micros[];
  constructor(...times: Micros[]) {
    this.times = times;
  }
  run(now: Micros): void {
    this.ran.push(now);
    this.times = this.times.filter((time) => time > now);
  }
  nextTimeout(): Micros {
    return Math.min(NEVER, ...this.times);
  }
}

/** Sends back what it gets, until it has had enough. */
class Echo implements Machine {
  readonly heard: string[] = [];
  readonly #device: LinkDevice;
  readonly #packet = new Packet();
  #left: number;
  constructor(device: LinkDevice, left: number) {
    this.#device = device;
    this.#left = left;
  }
  run(now: Micros): void {
    for (this.#packet.reset(); this.#device.receive(this.#packet); this.#packet.reset()) {
      this.heard.push(`${now}: ${bytesOf(this.#packet).join(' ')}`);
      if (this.#left-- > 0) this.#device.transmit(this.#packet);
    }
  }
  nextTimeout(): Micros {
    return NEVER;
  }
}

test('a machine runs once when it is added, then at its times, and time ends where it was told to', () => {
  const world = new World();
  const alarm = new Alarm(500, 2000, 2001);
  world.add('alarm', alarm);
  world.runForSync(2000);
  expect([alarm.ran, world.now]).toEqual([[0, 500, 2000], 2000]);
  world.runForSync(10);
  expect([alarm.ran, world.now]).toEqual([[0, 500, 2000, 2001], 2010]);
});

test('only the machine that is due runs', () => {
  const world = new World();
  const [early, late] = [new Alarm(10), new Alarm(20)];
  world.add('early', early);
  world.add('late', late);
  world.runForSync(100);
  expect([early.ran, late.ran]).toEqual([
    [0, 10],
    [0, 20],
  ]);
});

test('at one instant machines run in the order in which they were added', () => {
  const world = new World();
  const order: string[] = [];
  for (const name of ['c', 'a', 'b']) {
    let done = false;
    world.add(name, {
      run: (now) => {
        if (now < 5) return;
        order.push(name);
        done = true;
      },
      nextTimeout: () => (done ? NEVER : 5),
    });
  }
  world.runForSync(10);
  expect(order).toEqual(['c', 'a', 'b']);
});

test('a frame wakes the machine at the other end when it arrives, and its round trips take what the cable takes', () => {
  const world = new World();
  const cable = world.cable({ delay: 3 * MILLISECOND });
  const [left, right] = [new Echo(cable.a, 2), new Echo(cable.b, 2)];
  world.add('left', left, [cable.a]);
  world.add('right', right, [cable.b]);
  cable.a.transmit(testFrame(60));
  world.runForSync(SECOND);
  const times = (echo: Echo): number[] => echo.heard.map((line) => Number.parseInt(line, 10));
  expect([times(right), times(left)]).toEqual([
    [3000, 9000, 15_000],
    [6000, 12_000],
  ]);
});

test('a part that can run is run before its machine', () => {
  const world = new World();
  const cable = world.cable({ delay: 0 });
  const faulty = new FaultyDevice(cable.a, world, world.random, { transmit: { delay: 4000 } });
  const [near, far] = [new Echo(faulty, 0), new Echo(cable.b, 0)];
  world.add('near', near, [cable.a, faulty]);
  world.add('far', far, [cable.b]);
  faulty.transmit(testFrame(60));
  world.runForSync(5000);
  expect(far.heard).toEqual([`4000: ${bytesOf(testFrame(60)).join(' ')}`]);
});

function chatter(seed: number): string[] {
  const world = new World({ seed });
  const machines: Echo[] = [];
  const ends: CableEnd[] = [];
  for (let i = 0; i < 5; i++) {
    const cable = world.cable({ delay: 100 * (i + 1), rate: 1_000_000, queue: { packets: 5 } });
    ends.push(cable.a);
    for (const end of [cable.a, cable.b]) {
      const faulty = new FaultyDevice(end, world, world.random, {
        loss: 0.02,
        duplicate: 0.1,
        corrupt: 0.1,
        reorder: 0.1,
        jitter: 50,
      });
      const echo = new Echo(faulty, 40);
      machines.push(echo);
      world.add(`echo ${machines.length}`, echo, [end, faulty]);
    }
  }
  for (let i = 0; i < 40; i++) ends[i % 5]!.transmit(testFrame(60 + i, i));
  world.runForSync(5 * SECOND);
  return machines.flatMap(({ heard }) => heard);
}

test('the same seed gives the same run to the byte, another seed another', () => {
  const once = chatter(3);
  expect(once.length).toBeGreaterThan(100);
  expect(chatter(3)).toEqual(once);
  expect(chatter(4)).not.toEqual(once);
});

test('stepUntil stops at the very instant', () => {
  const world = new World();
  const alarm = new Alarm(10, 20, 30);
  world.add('alarm', alarm);
  world.stepUntil(() => alarm.ran.includes(20));
  expect([world.now, alarm.ran]).toEqual([20, [0, 10, 20]]);
  world.stepUntil(() => true);
  expect(world.now).toBe(20);
});

test('a limit that passes is an error that says when and what was due', () => {
  const world = new World();
  world.add('client', new Alarm(5 * SECOND, 11 * SECOND));
  world.add('server', new Alarm());
  expect(() => world.stepUntil(() => false, { limit: 10 * SECOND })).toThrow(
    'not done at 5.000000 s of virtual time, and the limit is 10.000000 s (client: due at 11.000000 s, server: idle)',
  );
});

test('an end of all events is an error at once, not after an hour', () => {
  const world = new World();
  world.add('client', new Alarm(5));
  expect(() => world.stepUntil(() => false)).toThrow(
    'not done at 0.000005 s of virtual time, and nothing is left that could happen (client: idle)',
  );
});

test('a machine that never lets time pass is an error that names it', () => {
  const world = new World();
  world.add('eager', { run: () => undefined, nextTimeout: () => 7 });
  expect(() => world.runForSync(10)).toThrow('time stands still at 0.000007 s: eager: due at 0.000007 s');
});

test('any number of runs is fine as long as time passes', () => {
  const world = new World();
  let next = 0;
  const ticker: Machine = {
    run: (now) => {
      next = now + 1;
    },
    nextTimeout: () => next,
  };
  world.add('ticker', ticker);
  world.runForSync(150_000);
  expect(next).toBe(150_001);
});

test('a frame that its owner never takes is such an error too', () => {
  const world = new World();
  const cable = world.cable({ delay: 1 });
  world.add('deaf', new Alarm(), [cable.b]);
  cable.a.transmit(testFrame(60));
  expect(() => world.runForSync(10)).toThrow('time stands still at 0.000001 s: deaf');
});

test('promises settle between two instants, before time moves', async () => {
  const world = new World({ settle });
  const log: string[] = [];
  let ring = (): void => undefined;
  const rung = new Promise<void>((resolve) => {
    ring = resolve;
  });
  const alarm = new Alarm(10, 20);
  const bell: Machine = {
    run: (now) => {
      log.push(`machine at ${now}`);
      alarm.run(now);
      if (now === 10) ring();
    },
    nextTimeout: () => alarm.nextTimeout(),
  };
  world.add('bell', bell);
  const application = async (): Promise<void> => {
    await rung;
    for (let i = 0; i < 50; i++) await undefined;
    log.push(`application at ${world.now}`);
  };
  void application();
  await world.runFor(30);
  expect(log).toEqual(['machine at 0', 'machine at 10', 'application at 10', 'machine at 20']);
});

test('a machine that the application woke runs at the same instant', async () => {
  const world = new World({ settle });
  const alarm = new Alarm(100, 200);
  world.add('alarm', alarm);
  const application = async (): Promise<void> => {
    while (world.now < 100) await setImmediate();
    world.wake(alarm);
  };
  void application();
  await world.runFor(300);
  expect(alarm.ran).toEqual([0, 100, 100, 200]);
});

test('finish runs until a promise settles, and gives or throws what it does', async () => {
  const world = new World({ settle });
  const alarm = new Alarm(1000, 2000, 3000);
  world.add('alarm', alarm);
  const at = async (time: Micros): Promise<string> => {
    while (world.now < time) await setImmediate();
    if (time > 2000) throw new Error('too late');
    return `it is ${world.now}`;
  };
  expect(await world.finish(at(2000))).toBe('it is 2000');
  await expect(world.finish(at(2500))).rejects.toThrow('too late');
  expect(world.now).toBe(3000);
});

test('runUntil fails like stepUntil', async () => {
  const world = new World({ settle });
  world.add('client', new Alarm(5));
  await expect(world.runUntil(() => false)).rejects.toThrow('nothing is left that could happen (client: idle)');
  await expect(world.finish(new Promise(() => undefined))).rejects.toThrow('nothing is left');
});

test('settle may say that there is nothing to settle', async () => {
  let asked = 0;
  const world = new World({ settle: () => (++asked % 2 === 0 ? settle() : undefined) });
  const alarm = new Alarm(1, 2, 3);
  world.add('alarm', alarm);
  await world.runUntil(() => alarm.ran.length === 4);
  expect(asked).toBe(4);
});

test('an error in a machine comes out of the run, and the world can go on', async () => {
  const world = new World({ settle });
  let runs = 0;
  const faulty: Machine = {
    run: () => {
      if (++runs === 2) throw new Error('a bug');
    },
    nextTimeout: () => (runs < 3 ? 10 : NEVER),
  };
  world.add('faulty', faulty);
  await expect(world.runFor(20)).rejects.toThrow('a bug');
  await world.runFor(20);
  expect(runs).toBe(3);
});

test('waking a machine before it is added is no mistake: it runs once it is', () => {
  const world = new World();
  const alarm = new Alarm();
  world.wake(alarm);
  world.add('alarm', alarm);
  world.runForSync(1);
  expect(alarm.ran).toEqual([0]);
});

test('misuse is told in one line', async () => {
  const world = new World();
  const alarm = new Alarm();
  world.add('alarm', alarm);
  expect(() => world.add('again', alarm)).toThrow('again is in this world already');
  expect(() => world.runForSync(-1)).toThrow('a duration is zero or more microseconds, not -1');
  await expect(world.runFor(1)).rejects.toThrow('no `settle`');
  const settling = new World({ settle });
  const first = settling.runFor(1);
  await expect(settling.runFor(1)).rejects.toThrow('one run at a time');
  await first;
});

test('a machine that is removed does not run any more, may be added again, and nobody minds one that is not there', () => {
  const world = new World();
  const [gone, stays] = [new Alarm(500, 1500), new Alarm(500, 1500)];
  world.add('gone', gone);
  world.add('stays', stays);
  world.runForSync(1000);
  world.remove(gone);
  world.remove(gone);
  world.wake(gone);
  world.runForSync(1000);
  expect([gone.ran, stays.ran]).toEqual([
    [0, 500],
    [0, 500, 1500],
  ]);
  world.add('back', gone);
  world.runForSync(10);
  expect(gone.ran).toEqual([0, 500, 2000]);
});

test('whoever runs the world by a clock of theirs learns when, and that a machine was woken between two runs', () => {
  const world = new World();
  const alarm = new Alarm(500);
  const woken: Micros[] = [];
  world.onWake = () => woken.push(world.now);
  expect(world.nextTimeout()).toBe(NEVER);
  world.add('alarm', alarm);
  expect(world.nextTimeout()).toBe(0);
  world.runForSync(0);
  expect(world.nextTimeout()).toBe(500);
  world.runForSync(600);
  expect([world.nextTimeout(), woken]).toEqual([NEVER, []]);
  world.wake(alarm);
  expect([world.nextTimeout(), woken]).toEqual([600, [600]]);
  world.add('another', { run: () => world.wake(alarm), nextTimeout: () => NEVER });
  world.runForSync(0);
  expect([world.nextTimeout(), woken]).toEqual([NEVER, [600]]);
});
