/** Who waits for a time to come. */
import type { Micros } from '../stack/time.ts';
import { NEVER } from '../stack/time.ts';

export class Sleepers {
  readonly #asleep = new Set<{ readonly until: Micros; readonly wake: () => void }>();

  sleep(until: Micros): Promise<void> {
    return new Promise((wake) => {
      this.#asleep.add({ until, wake });
    });
  }

  /** Wakes everybody whose time has come. */
  wake(now: Micros): void {
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
}
