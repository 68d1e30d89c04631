/** The machine's clock and timers, for services that do things by the clock. */
import type { Timekeeper } from '../services/timekeeper.ts';
import type { Micros } from '../stack/index.ts';
import { MILLISECOND } from '../stack/index.ts';
import type { Clock } from './host-clock.ts';

/**
 * Node's timers count milliseconds and may be early by a part of one: nothing happens before its time, and it may be late. Who
 * asks for less than a millisecond gets it, and the process does not sleep meanwhile.
 */
export const hostTimekeeper = (clock: Clock): Timekeeper => ({
  now: () => clock.now(),
  after(delay, call) {
    if (delay < MILLISECOND) return afterTurns(clock, delay, call);
    const due = clock.now() + delay;
    const wait = (): NodeJS.Timeout => setTimeout(look, Math.ceil((due - clock.now()) / 1_000));
    const look = (): void => {
      if (clock.now() < due) timer = wait();
      else call();
    };
    let timer = wait();
    return () => clearTimeout(timer);
  },
});

/** Looks at the clock once in every turn of Node's loop. */
function afterTurns(clock: Clock, delay: Micros, call: () => void): () => void {
  const due = clock.now() + delay;
  const look = (): void => {
    if (clock.now() < due) turn = setImmediate(look);
    else call();
  };
  let turn = setImmediate(look);
  return () => clearImmediate(turn);
}
