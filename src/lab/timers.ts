/** Things to be done at some time of a world: the clock by which services live in a lab (`Timekeeper` of the services). */
import type { Micros } from '../stack/time.ts';
import { NEVER } from '../stack/time.ts';
import type { Clock, Machine } from './machine.ts';

interface Timer {
  readonly due: Micros;
  readonly call: () => void;
}

/** To be added to the world whose clock it is given. What is due at one time is called in the order in which it was set. */
export class Timers implements Machine {
  onSooner: (() => void) | undefined = undefined;
  readonly #clock: Clock;
  readonly #waiting = new Set<Timer>();
  #next: Micros = NEVER;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly now = (): Micros => this.#clock.now;

  /** Calls once, so much later. @returns takes it back */
  readonly after = (delay: Micros, call: () => void): (() => void) => {
    const timer = { due: this.#clock.now + delay, call };
    this.#waiting.add(timer);
    this.#next = Math.min(this.#next, timer.due);
    this.onSooner?.();
    return () => this.#waiting.delete(timer);
  };

  /** Resolves after so much time. */
  readonly sleep = (duration: Micros): Promise<void> => new Promise((resolve) => this.after(duration, resolve));

  run(now: Micros): void {
    if (now < this.#next) return;
    const due = [...this.#waiting].filter((timer) => timer.due <= now).sort((a, b) => a.due - b.due);
    for (const timer of due) {
      if (!this.#waiting.delete(timer)) continue; // another one took it back
      timer.call();
    }
    this.#next = NEVER;
    for (const timer of this.#waiting) this.#next = Math.min(this.#next, timer.due);
  }

  nextTimeout(): Micros {
    return this.#next;
  }
}
