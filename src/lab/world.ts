/** A world: one virtual clock, the machines that live by it and the cables between them. */
import type { SeriesSink } from '../capture/series/sample.ts';
import type { Random } from '../stack/random.ts';
import { SeededRandom } from '../stack/random.ts';
import type { Micros } from '../stack/time.ts';
import { NEVER, SECOND } from '../stack/time.ts';
import type { CableOptions } from './cable.ts';
import { Cable } from './cable.ts';
import type { Clock, Machine, Timed } from './machine.ts';
import { QueueWatch } from './queue-watch.ts';
import { Schedule, Station } from './schedule.ts';

export interface WorldOptions {
  /** Everything random in the world comes from it; the same seed gives the same run. @default 1 */
  readonly seed?: number;
  /** Where the clock starts. @default 0 */
  readonly start?: Micros;
  /**
   * Resolves once every promise that can settle has settled: a turn of the event loop (Node: `setImmediate`, 1.7 µs; a page:
   * a `MessageChannel`). Undefined when the caller knows that nothing has to settle. Without it only the synchronous verbs work.
   */
  readonly settle?: () => Promise<void> | undefined;
}

export interface RunOptions {
  /** Fail after so much virtual time. @default one hour */
  readonly limit?: Micros;
}

const DEFAULT_LIMIT: Micros = 3_600 * SECOND;

/** Passes over the machines at one instant before we say that time stands still. */
const MAX_PASSES = 100_000;

/**
 * At each instant the machines that are due run, in the order in which they were added, until none is due; then promises
 * settle, which may wake machines again; only then does the clock move, to the next timeout.
 */
export class World implements Clock {
  readonly random: Random;
  /** Told that a machine has something to do sooner than was planned, while no run goes on: in real time somebody has to begin one. */
  onWake: (() => void) | undefined = undefined;
  readonly #settle: (() => Promise<void> | undefined) | undefined;
  readonly #schedule = new Schedule(() => {
    if (!this.#running) this.onWake?.();
  });
  readonly #byMachine = new Map<Machine, Station>();
  #now: Micros;
  #passes = 0;
  #running = false;

  constructor(options: WorldOptions = {}) {
    this.random = new SeededRandom(options.seed ?? 1);
    this.#now = options.start ?? 0;
    this.#settle = options.settle;
  }

  get now(): Micros {
    return this.#now;
  }

  /**
   * Adds a machine.
   * @param parts what else makes it run, from the wire inwards: its cable ends, a faulty device. A part that can run is run first
   */
  add(name: string, machine: Machine, parts: readonly Timed[] = []): void {
    if (this.#byMachine.has(machine)) throw new RangeError(`${name} is in this world already`);
    const station = new Station(name, machine, parts);
    this.#byMachine.set(machine, station);
    this.#schedule.add(station);
  }

  /** A machine loses its power: it does not run any more, and what it had to do is not done. */
  remove(machine: Machine): void {
    const station = this.#byMachine.get(machine);
    if (station === undefined) return;
    this.#byMachine.delete(machine);
    this.#schedule.remove(station);
  }

  /** A cable that lives by this clock. Its ends are to be parts of the machines that use them. */
  cable(options: CableOptions = {}, back: CableOptions = options): Cable {
    return new Cable(this, options, back);
  }

  /** Samples the queues of a cable of this world from now on. @param name of the cable in the samples */
  watchQueues(cable: Cable, name: string, sink: SeriesSink): void {
    this.add(`${name} from a`, new QueueWatch(cable.a, { cable: name, end: 'a' }, sink));
    this.add(`${name} from b`, new QueueWatch(cable.b, { cable: name, end: 'b' }, sink));
  }

  /**
   * The machine has something to do at this instant, whatever its timeout says: an application wrote to a socket. One that
   * is still to be added (its interfaces are configured first, say) runs then anyway.
   */
  wake(machine: Machine): void {
    const station = this.#byMachine.get(machine);
    if (station !== undefined) this.#schedule.wake(station);
    if (!this.#running) this.onWake?.();
  }

  /** When something is to happen next; not later than now: at once; NEVER: nothing will unless a machine is woken. */
  nextTimeout(): Micros {
    return this.#schedule.next(this.#now);
  }

  /** Lets time pass until `done()` is true, which is asked after every instant. */
  async runUntil(done: () => boolean, options: RunOptions = {}): Promise<void> {
    const deadline = this.#after(options.limit ?? DEFAULT_LIMIT);
    await this.#runAsync(done, deadline);
    if (!done()) throw this.#notDone(deadline);
  }

  /** Lets time pass until the promise settles, and gives what it gives. */
  async finish<T>(work: Promise<T>, options: RunOptions = {}): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    work.then(mark, mark);
    await this.runUntil(() => settled, options);
    return work;
  }

  /** Lets this much time pass. */
  async runFor(duration: Micros): Promise<void> {
    const deadline = this.#after(duration);
    await this.#runAsync(() => false, deadline);
    this.#now = deadline;
  }

  /** `runUntil` for machines without promises. */
  stepUntil(done: () => boolean, options: RunOptions = {}): void {
    const deadline = this.#after(options.limit ?? DEFAULT_LIMIT);
    this.#runSync(done, deadline);
    if (!done()) throw this.#notDone(deadline);
  }

  /** `runFor` for machines without promises. */
  runForSync(duration: Micros): void {
    const deadline = this.#after(duration);
    this.#runSync(() => false, deadline);
    this.#now = deadline;
  }

  async #runAsync(done: () => boolean, deadline: Micros): Promise<void> {
    const settle = this.#settle;
    if (settle === undefined) throw new Error('this world was given no `settle`: use stepUntil and runForSync, or give one');
    this.#enter();
    try {
      for (;;) {
        this.#runInstant(done);
        await settle();
        if (done()) return;
        if (!this.#advance(deadline)) return;
      }
    } finally {
      this.#running = false;
    }
  }

  #runSync(done: () => boolean, deadline: Micros): void {
    this.#enter();
    try {
      do this.#runInstant(done);
      while (!done() && this.#advance(deadline));
    } finally {
      this.#running = false;
    }
  }

  #enter(): void {
    if (this.#running) throw new Error('this world is running already: one run at a time');
    this.#running = true;
    this.#passes = 0;
    this.#schedule.review(); // between two runs anything may have happened
  }

  #after(duration: Micros): Micros {
    if (!(Number.isFinite(duration) && duration >= 0))
      throw new RangeError(`a duration is zero or more microseconds, not ${duration}`);
    return this.#now + duration;
  }

  /** Runs what is due now until nothing is, or until it is done. */
  #runInstant(done: () => boolean): void {
    while (!done() && this.#schedule.pass(this.#now)) {
      this.#passes++;
      if (this.#passes > MAX_PASSES) throw new Error(`time stands still at ${seconds(this.#now)}: ${this.#pending()}`);
    }
  }

  /** Moves the clock to what is due next. False when that lies beyond the deadline. */
  #advance(deadline: Micros): boolean {
    const next = this.nextTimeout();
    if (next > deadline || next === NEVER) return false;
    if (next > this.#now) {
      this.#now = next;
      this.#passes = 0;
    }
    return true;
  }

  #notDone(deadline: Micros): Error {
    const idle = this.#stations().every((station) => station.nextTimeout() === NEVER);
    const why = idle ? 'nothing is left that could happen' : `the limit is ${seconds(deadline)}`;
    return new Error(`not done at ${seconds(this.#now)} of virtual time, and ${why} (${this.#pending()})`);
  }

  #pending(): string {
    const stations = this.#stations();
    if (stations.length === 0) return 'no machines';
    return stations.map((station) => `${station.name}: ${pendingOf(station)}`).join(', ');
  }

  #stations(): Station[] {
    return [...this.#byMachine.values()];
  }
}

function pendingOf(station: Station): string {
  const due = station.nextTimeout();
  return due === NEVER ? 'idle' : `due at ${seconds(due)}`;
}

const seconds = (time: Micros): string => `${(time / SECOND).toFixed(6)} s`;
