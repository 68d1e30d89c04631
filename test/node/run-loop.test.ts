import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Clock } from '../../src/node/host-clock.ts';
import { configureInterface } from '../../src/node/interface-config.ts';
import { type Machine, RunLoop } from '../../src/node/run-loop.ts';
import { TapDevice } from '../../src/node/tap.ts';
import type { Watchable } from '../../src/node/wait.ts';
import { MILLISECOND, type Micros, NEVER } from '../../src/stack/time.ts';
import { EchoHost } from './echo-host.ts';
import { requirePrivateNamespace } from './private.ts';
import { until } from './until.ts';

beforeAll(requirePrivateNamespace);

/** Notes when it ran; `next` decides when it wants to run again. */
class Recorder implements Machine {
  readonly runs: Micros[] = [];
  /** Runs to come that will find frames. */
  frames = 0;
  next: (now: Micros, runs: number) => Micros = () => NEVER;

  run(now: Micros): boolean {
    this.runs.push(now);
    return this.frames-- > 0;
  }

  nextTimeout(): Micros {
    return this.next(this.runs.at(-1) ?? 0, this.runs.length);
  }
}

/** A device that says "readable" when told to. */
class Bell implements Watchable {
  readonly #callbacks = new Set<() => void>();
  get watchers(): number {
    return this.#callbacks.size;
  }
  ring(): void {
    for (const callback of this.#callbacks) callback();
  }
  watch(onReadable: () => void): { close(): void } {
    this.#callbacks.add(onReadable);
    return { close: () => this.#callbacks.delete(onReadable) };
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

const ping = (...args: string[]): Promise<{ stdout: string }> => promisify(execFile)('ping', ['-n', ...args]);

const loops: RunLoop[] = [];
function started(machine: Machine, devices: readonly Watchable[] = []): RunLoop {
  const loop = new RunLoop({ machine, devices });
  loops.push(loop);
  loop.start();
  return loop;
}
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop();
  vi.restoreAllMocks();
});

describe('when the machine runs', () => {
  test('once at the start, then not again without a reason', async () => {
    const machine = new Recorder();
    started(machine);
    await turns(5);
    expect(machine.runs).toHaveLength(1);
  });

  test('many calls of wake in one turn are one run, and never inside the call', async () => {
    const machine = new Recorder();
    const loop = started(machine);
    await turns(2);
    for (let i = 0; i < 100; i++) loop.wake();
    expect(machine.runs).toHaveLength(1);
    await turns(5);
    expect(machine.runs).toHaveLength(2);
  });

  test('when a device rings', async () => {
    const [machine, bell] = [new Recorder(), new Bell()];
    started(machine, [bell]);
    await turns(2);
    bell.ring();
    await turns(2);
    expect(machine.runs).toHaveLength(2);
  });

  test('again at once while its budget is used up, letting others have their turn', async () => {
    const machine = new Recorder();
    machine.next = (now, runs) => (runs < 500 ? now : NEVER);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    let others = 0;
    const other = setInterval(() => others++, 0);
    started(machine);
    while (machine.runs.length < 500 && others < 10_000) await turn();
    await turns(5);
    clearInterval(other);
    expect(timers).not.toHaveBeenCalled();
    expect(machine.runs).toHaveLength(500);
    expect(others).toBeGreaterThan(0);
  });
});

/** Time that moves when it is told to. */
class HandClock implements Clock {
  time: Micros = 1_000_000;
  now(): Micros {
    return this.time;
  }
}

describe('within a turn', () => {
  /** A machine that has just found frames in a turn that began at the clock's time. */
  function inTurn(): { machine: Recorder; loop: RunLoop; clock: HandClock; ring: () => void } {
    const [machine, bell, clock] = [new Recorder(), new Bell(), new HandClock()];
    const loop = new RunLoop({ machine, devices: [bell], clock });
    loops.push(loop);
    loop.start();
    return { machine, loop, clock, ring: () => bell.ring() };
  }

  test('runs follow each other while they find frames', async () => {
    const { machine, ring } = inTurn();
    await turns(2);
    machine.frames = 3;
    ring();
    await turns(2);
    expect(machine.runs).toHaveLength(1 + 4);
  });

  test('the next one is behind what promises and nextTick put off, and what they ask for is in it', async () => {
    const { machine, loop, ring } = inTurn();
    await turns(2);
    const order: string[] = [];
    machine.next = (_, runs) => {
      order.push(`run ${runs}`);
      if (runs === 2) {
        process.nextTick(() => order.push('tick'));
        void (async () => {
          for (let hop = 0; hop < 10; hop++) await undefined;
          order.push('promise');
          loop.wake();
        })();
      }
      return NEVER;
    };
    machine.frames = 1;
    ring();
    await turns(2);
    expect(order).toEqual(['run 2', 'tick', 'promise', 'run 3']);
  });

  test('not for longer than 200 µs: then others have their turn', async () => {
    const { machine, clock, ring } = inTurn();
    await turns(2);
    const order: string[] = [];
    machine.next = (_, runs) => {
      order.push(`run ${runs}`);
      clock.time += 100;
      return NEVER;
    };
    machine.frames = 3;
    ring();
    setImmediate(() => order.push('another'));
    await turns(4);
    expect(order).toEqual(['run 2', 'run 3', 'another', 'run 4', 'run 5']);
  });
});

describe('after frames the process stays awake for a while', () => {
  /** Turns of Node's loop that were asked for without the machine running. */
  async function looks(frames: boolean, elapsed: Micros): Promise<number> {
    const [machine, bell, clock] = [new Recorder(), new Bell(), new HandClock()];
    const loop = new RunLoop({ machine, devices: [bell], clock });
    loops.push(loop);
    loop.start();
    await turns(3);
    if (frames) machine.frames = 1;
    if (frames) bell.ring();
    else loop.wake();
    await turns(3);
    const { length } = machine.runs;
    clock.time += elapsed;
    await turns(3);
    const asked = vi.spyOn(globalThis, 'setImmediate');
    await turns(10);
    const count = asked.mock.calls.length - 10;
    asked.mockRestore();
    expect(machine.runs).toHaveLength(length);
    return count;
  }

  test('turn by turn, and the machine does not run without a reason', async () => {
    expect(await looks(true, 99)).toBe(10);
  });

  test('not longer: an idle process costs nothing', async () => {
    expect(await looks(true, 100)).toBe(0);
  });

  test('not after a wake that no frame caused', async () => {
    expect(await looks(false, 0)).toBe(0);
  });

  test('stopped, it looks no more', async () => {
    const [machine, bell, clock] = [new Recorder(), new Bell(), new HandClock()];
    const loop = new RunLoop({ machine, devices: [bell], clock });
    loop.start();
    machine.frames = 1;
    bell.ring();
    await turns(3);
    await loop.stop();
    const asked = vi.spyOn(globalThis, 'setImmediate');
    await turns(5);
    expect(asked).toHaveBeenCalledTimes(5);
  });
});

describe('deadlines', () => {
  test('it runs when one is due, not before', async () => {
    const machine = new Recorder();
    const due: Micros[] = [];
    machine.next = (now, runs) => {
      if (runs === 1) due.push(now + 20 * MILLISECOND);
      return (machine.runs.at(-1) ?? 0) >= (due[0] ?? 0) ? NEVER : due[0]!;
    };
    started(machine);
    await until(() => machine.runs.at(-1)! >= due[0]!);
    await sleep(10);
    expect(machine.runs.at(-1)).toBeGreaterThanOrEqual(due[0]!);
    expect(machine.runs.length).toBeLessThanOrEqual(4); // Node may fire a timer a little early; that is seen and set again
  });

  test('one after the other, each later than the one before', async () => {
    const machine = new Recorder();
    machine.next = (now, runs) => (runs <= 5 ? now + MILLISECOND : NEVER);
    started(machine);
    await until(() => machine.runs.length > 5);
    expect(machine.runs).toHaveLength(6);
  });

  test('a timer is set when a deadline moves earlier, and left alone when it moves later', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const machine = new Recorder();
    const deadlines = [500, 500, 600, 700, 300, 400].map((ms) => ms * MILLISECOND);
    machine.next = (_, runs) => 1e15 + deadlines[runs - 1]!;
    const loop = started(machine);
    for (let i = 1; i < deadlines.length; i++) {
      await turns(2);
      loop.wake();
    }
    await turns(2);
    expect(machine.runs).toHaveLength(deadlines.length);
    expect(set).toHaveBeenCalledTimes(2); // at 500, and at 300
  });

  test('a deadline beyond what a timer of Node can hold does not fire at once', async () => {
    const machine = new Recorder();
    machine.next = (now) => now + 2 ** 33 * MILLISECOND;
    started(machine);
    await sleep(5);
    await turns(3);
    expect(machine.runs).toHaveLength(1);
  });

  test('time never runs backwards', async () => {
    const machine = new Recorder();
    machine.next = (now, runs) => (runs < 100 ? now : NEVER);
    started(machine);
    await until(() => machine.runs.length === 100);
    expect(machine.runs).toEqual([...machine.runs].sort((a, b) => a - b));
    expect(machine.runs.every(Number.isInteger)).toBe(true);
  });
});

describe('stopping', () => {
  test('nothing runs afterwards, nothing is watched, and wake is without effect', async () => {
    const [machine, bell] = [new Recorder(), new Bell()];
    machine.next = (now) => now + MILLISECOND;
    const loop = started(machine, [bell]);
    await turns(3);
    expect(bell.watchers).toBe(1);
    await loop.stop();
    const { length } = machine.runs;
    loop.wake();
    bell.ring();
    await sleep(5);
    expect(machine.runs).toHaveLength(length);
    expect(bell.watchers).toBe(0);
  });

  test('from inside the machine', async () => {
    const machine = new Recorder();
    const loop = new RunLoop({ machine, devices: [] });
    machine.next = (now) => {
      void loop.stop();
      return now;
    };
    loop.start();
    await turns(5);
    expect(machine.runs).toHaveLength(1);
  });

  test('over a TAP: it can be started again at once', async () => {
    const tap = TapDevice.open({ name: 'again1' });
    configureInterface('again1', { address: '10.125.0.1', isUp: true });
    const loop = started(new EchoHost(tap, '10.125.0.2'), [tap]);
    await loop.stop();
    loop.start();
    const { stdout } = await ping('-c', '1', '10.125.0.2');
    expect(stdout).toContain('1 received');
    tap.close();
  });

  test('it can be started again, and starting twice is starting once', async () => {
    const [machine, bell] = [new Recorder(), new Bell()];
    const loop = started(machine, [bell]);
    await turns(2);
    await loop.stop();
    loop.start();
    loop.start();
    await turns(3);
    expect(machine.runs).toHaveLength(2);
    expect(bell.watchers).toBe(1);
  });
});

describe('over a TAP', () => {
  test.each([
    ['with a virtio-net header', true, 'ping1', 121],
    ['without', false, 'ping2', 122],
  ])('the real ping gets its answers, %s', async (_, offload, name, net) => {
    const tap = TapDevice.open({ name, offload });
    configureInterface(name, { address: `10.${net}.0.1`, isUp: true });
    started(new EchoHost(tap, `10.${net}.0.2`), [tap]);
    const { stdout } = await ping('-c', '5', '-i', '0.01', '-s', '1400', `10.${net}.0.2`);
    expect(stdout).toContain('5 packets transmitted, 5 received, 0% packet loss');
    tap.close();
  });

  test('an idle TAP costs nothing: the machine does not run', async () => {
    const tap = TapDevice.open({ name: 'idle0' }); // down: not even IPv6 speaks
    const host = new EchoHost(tap, '10.123.0.2');
    started(host, [tap]);
    await until(() => host.runs === 1);
    await sleep(50);
    expect(host.runs).toBe(1);
    tap.close();
  });

  test('a TAP that is deleted under us closes itself and does not make the loop spin', async () => {
    const tap = TapDevice.open({ name: 'gone0' });
    const host = new EchoHost(tap, '10.124.0.2');
    started(host, [tap]);
    await promisify(execFile)('ip', ['link', 'del', 'gone0']);
    await until(() => !tap.isOpen);
    await turns(3);
    const { runs } = host;
    await sleep(20);
    expect(host.runs).toBe(runs);
  });
});

test('a precise loop keeps deadlines of less than a millisecond, awake, and sets no timer for them', async () => {
  const [machine, clock] = [new Recorder(), new HandClock()];
  const timers = vi.spyOn(globalThis, 'setTimeout');
  machine.next = (now, runs) => (runs === 1 ? now + 100 : NEVER);
  const loop = new RunLoop({ machine, devices: [], clock, isPrecise: true });
  loops.push(loop);
  loop.start();
  await turns(5);
  expect(machine.runs).toEqual([1_000_000]);
  clock.time += 99;
  await turns(5);
  expect(machine.runs).toHaveLength(1);
  clock.time += 1;
  await turns(3);
  expect(machine.runs).toEqual([1_000_000, 1_000_100]);
  await turns(5);
  expect([machine.runs.length, timers.mock.calls.length]).toEqual([2, 0]);
});
