/** Who sleeps in virtual time: a machine that does nothing but wake those whose time has come. */
import type { Micros } from '../stack/time.ts';
import { NEVER } from '../stack/time.ts';
import type { Machine } from './machine.ts';

interface Sleep {
  readonly until: Micros;
  readonly wake: () => void;
}

export class Sleepers implements Machine {
  onSooner: (() => void) | undefined = undefined;
  readonly #asleep = new Set<Sleep>();

  run(now: Micros): void {
    for (const one of this.#asleep) {
      if (one.until > now) continue;
      this.#asleep.delete(one);
      one.wake();
    }
  }

  nextTimeout(): Micros {
    let next = NEVER;
    for (const { until } of this.#asleep) next = Math.min(next, until);
    return next;
  }

  /** Resolves when the clock has come there. */
  until(time: Micros): Promise<void> {
    return new Promise((wake) => {
      this.#asleep.add({ until: time, wake });
      this.onSooner?.();
    });
  }
}
