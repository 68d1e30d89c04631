/** What moves in a lab: machines that act when their time has come, and the clock that they share. */
import type { Micros } from '../stack/time.ts';

/**
 * Whoever owns machines runs each of them when its timeout is due: a world in virtual time, a run loop in real time. A timeout
 * moves earlier only inside of `run`; what moves it otherwise wakes the machine (`World.wake`) or calls `onSooner`.
 */
export interface Machine {
  /** Takes what arrived, does what is due at `now`, sends what is ready. May be called early and often. */
  run(now: Micros): void;
  /** When to run it next; not later than now: at once; NEVER: only when something arrives. */
  nextTimeout(): Micros;
  /** Set by the owner of a machine that has this field, to be told that the timeout has moved earlier while nobody ran it. */
  onSooner?: (() => void) | undefined;
}

/** What makes a machine run: a cable end has frames to be taken at some time, but nothing to do by itself. */
export type Timed = Pick<Machine, 'nextTimeout' | 'onSooner'> & Partial<Machine>;

/** The time of whoever runs the machines. A device between two machines reads it when a frame is handed to it. */
export interface Clock {
  readonly now: Micros;
}
