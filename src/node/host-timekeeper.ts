/** The machine's clock and timers, for services that do things by the clock. */
import type { Timekeeper } from '../services/timekeeper.ts';
import type { Clock } from './host-clock.ts';

/** Node's timers count milliseconds and may be early by a part of one: nothing happens before its time, and it may be late. */
export const hostTimekeeper = (clock: Clock): Timekeeper => ({
  now: () => clock.now(),
  after(delay, call) {
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
