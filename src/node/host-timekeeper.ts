/** The machine's clock and timers, for services that do things by the clock. */
import type { Timekeeper } from '../services/timekeeper.ts';
import type { Clock } from './host-clock.ts';

/** Node's timers count milliseconds: nothing happens before its time, and up to one too late. */
export const hostTimekeeper = (clock: Clock): Timekeeper => ({
  now: () => clock.now(),
  after(delay, call) {
    const timer = setTimeout(call, Math.ceil(delay / 1_000));
    return () => clearTimeout(timer);
  },
});
