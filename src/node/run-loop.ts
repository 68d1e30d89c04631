/** The heartbeat: runs a machine when frames arrive, when a deadline is due and when an application asked for something. */
import type { Micros } from '../stack/time.ts';
import { MILLISECOND, NEVER } from '../stack/time.ts';
import type { Clock } from './host-clock.ts';
import { HostClock } from './host-clock.ts';
import type { Watch, Watchable } from './wait.ts';

/** What is driven; a `Stack` is one. */
export interface Machine {
  /** Takes what arrived and does what is due, up to a budget of its own. @returns whether anything arrived */
  run(now: Micros): boolean;
  /** When to run again; not later than `now` when the budget was used up before the work was done; NEVER if nothing is planned. */
  nextTimeout(): Micros;
}

export interface RunLoopOptions {
  readonly machine: Machine;
  readonly devices: readonly Watchable[];
  /** @default the host's */
  readonly clock?: Clock;
  /**
   * Deadlines less than a millisecond away, which Node's timers do not know, are waited for awake: for machines in which a frame
   * takes 100 µs from one to the next. @default false: they are kept to the next millisecond
   */
  readonly isPrecise?: boolean;
}

/** A timer that runs longer wraps around in Node; looking once a day at nothing is cheap. */
const LONGEST_TIMER = 24 * 3_600_000;

/**
 * How long the process stays awake after frames came: the answer to what was sent is often only this far away, and a processor
 * that sleeps takes as long to wake as a whole exchange. Measured with 0, 50, 100 and 200 µs: a flood of pings 41, 12, 9 and
 * 10 µs each; requests and responses 1.0, 1.9, 2.1 and 2.2 times the kernel's. An idle process costs nothing.
 */
const STAY_AWAKE: Micros = 100;

/**
 * For how long one run may follow the other before Node's other input and output has its turn. A peer on the same machine has
 * often answered when a run ends, and applications that use promises write behind a run: both need not wait for a turn of
 * libuv. Measured on one core: 49,000 exchanges of one byte a second with a turn for each, 55,500 so.
 */
const RUNS_IN_A_ROW: Micros = 200;

const RESOLVED = Promise.resolve();

/** Runs begin in setImmediate, and go on behind what applications have put off: promises and process.nextTick. */
export class RunLoop {
  readonly #machine: Machine;
  readonly #devices: readonly Watchable[];
  readonly #clock: Clock;
  readonly #isPrecise: boolean;
  #watches: Watch[] = [];
  #isRunning = false;
  /** The next turn. */
  #scheduled: NodeJS.Immediate | undefined = undefined;
  /** A run will follow within this turn, as long as that lasts. */
  #follows = false;
  #turnEnds: Micros = 0;
  #looking: NodeJS.Immediate | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  /** When `#timer` fires; NEVER: it is not set. */
  #timerAt: Micros = NEVER;
  /** Frames have come: until when the process looks for more of them before it sleeps. */
  #awakeUntil: Micros = 0;
  /** A deadline that is waited for awake; NEVER: none is. */
  #nearAt: Micros = NEVER;

  constructor({ machine, devices, clock = new HostClock(), isPrecise = false }: RunLoopOptions) {
    this.#machine = machine;
    this.#devices = devices;
    this.#clock = clock;
    this.#isPrecise = isPrecise;
  }

  /** Begins to watch the devices; keeps the process alive as long as one of them does. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#watches = this.#devices.map((device) => device.watch(this.#atNextTurn));
    this.wake();
  }

  /** Stops at once; resolves when nothing of the loop keeps the process alive any more. It may be started again. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    for (const watch of this.#watches) watch.close();
    this.#watches = [];
    clearImmediate(this.#scheduled);
    clearImmediate(this.#looking);
    this.#scheduled = undefined;
    this.#looking = undefined;
    this.#disarm();
    await new Promise<void>((resolve) => setImmediate(resolve)); // libuv closes its handles at the end of a turn
  }

  /** Something happened: the machine will run before the process sleeps. Cheap, and many calls before that are one run. */
  readonly wake = (): void => {
    if (!this.#isRunning || this.#follows || this.#scheduled !== undefined) return;
    this.#follows = true;
    void RESOLVED.then(this.#behindPromises);
  };

  /** What promises set off is done when this is called back. */
  readonly #behindPromises = (): void => process.nextTick(this.#follow);

  readonly #follow = (): void => {
    this.#follows = false;
    const now = this.#clock.now();
    if (now < this.#turnEnds) this.#run(now);
    else this.#atNextTurn();
  };

  readonly #atNextTurn = (): void => {
    if (this.#isRunning) this.#scheduled ??= setImmediate(this.#turn);
  };

  readonly #turn = (): void => {
    this.#scheduled = undefined; // first, so that a machine that throws can be run again
    const now = this.#clock.now();
    this.#turnEnds = now + RUNS_IN_A_ROW;
    this.#run(now);
  };

  #run(now: Micros): void {
    if (!this.#isRunning) return;
    const cameFrames = this.#machine.run(now);
    const deadline = this.#machine.nextTimeout();
    if (cameFrames) this.#awakeUntil = now + STAY_AWAKE;
    if (cameFrames || deadline <= now) this.wake();
    const isNear = this.#isPrecise && deadline > now && deadline - now < MILLISECOND;
    this.#nearAt = isNear ? deadline : NEVER;
    if (deadline > now && !isNear) this.#arm(deadline, now);
    if (isNear || now < this.#awakeUntil) this.#look();
  }

  /** Turns of Node's loop without sleep, in which it sees frames; the machine runs only when there are some. */
  #look(): void {
    if (this.#isRunning) this.#looking ??= setImmediate(this.#looked);
  }

  readonly #looked = (): void => {
    this.#looking = undefined;
    if (this.#scheduled !== undefined) return;
    const now = this.#clock.now();
    if (now >= this.#nearAt) this.#atNextTurn();
    else if (this.#nearAt !== NEVER || now < this.#awakeUntil) this.#look();
  };

  /** An earlier timer is left alone: it runs the machine too soon, which sets the next one. Setting a timer costs 330 ns. */
  #arm(deadline: Micros, now: Micros): void {
    if (!this.#isRunning || deadline >= this.#timerAt) return;
    this.#disarm();
    this.#timerAt = deadline;
    const wait = (deadline - now) / MILLISECOND;
    const delay = Math.min(this.#isPrecise ? Math.floor(wait) : Math.ceil(wait), LONGEST_TIMER);
    this.#timer = setTimeout(this.#onTimer, delay);
  }

  readonly #onTimer = (): void => {
    this.#timerAt = NEVER;
    this.#atNextTurn();
  };

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = NEVER;
  }
}
