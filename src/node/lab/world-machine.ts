/** A world as one machine of the run loop: virtual time follows the clock of the host, and frames come in through its TAPs. */
import type { TapPort } from '../../lab/tap-port.ts';
import type { World } from '../../lab/world.ts';
import type { Micros } from '../../stack/time.ts';
import type { Clock } from '../host-clock.ts';
import type { Machine } from '../run-loop.ts';

export class WorldMachine implements Machine {
  /** While it runs, what is woken runs too. */
  isRunning = false;
  readonly #world: World;
  readonly #ports: readonly TapPort[];

  constructor(world: World, ports: readonly TapPort[]) {
    this.#world = world;
    this.#ports = ports;
  }

  /**
   * What was due since the last run happens at its own time, one instant after the other; then, at `now`, the TAPs are looked at.
   * Each gives some of its frames only, so that a flood from outside cannot make an instant endless.
   */
  run(now: Micros): boolean {
    const world = this.#world;
    const before = this.#received();
    this.isRunning = true;
    try {
      world.runForSync(Math.max(0, now - world.now));
      for (const port of this.#ports) world.wake(port);
      world.runForSync(0);
    } finally {
      this.isRunning = false;
    }
    return this.#received() > before;
  }

  nextTimeout(): Micros {
    return this.#ports.some((port) => port.hasMore) ? this.#world.now : this.#world.nextTimeout();
  }

  #received(): number {
    let sum = 0;
    for (const port of this.#ports) sum += port.received;
    return sum;
  }
}

/** A clock that goes on where the world's stands, at the speed of another. */
export const clockFrom = (world: World, clock: Clock): Clock => {
  const ahead = world.now - clock.now();
  return { now: () => clock.now() + ahead };
};
