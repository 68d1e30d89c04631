/** The time, for services that do things by the clock: handed in by whoever runs them, a world or a machine. */
import type { Micros } from '../stack/index.ts';

export interface Timekeeper {
  /** What time it is: a stack only knows when it last ran. */
  readonly now: () => Micros;
  /** Calls once, so much later; at once is not inside of this call. @returns takes it back */
  readonly after: (delay: Micros, call: () => void) => () => void;
}
