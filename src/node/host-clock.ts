/** The machine's clock: monotonic for the stack, and what to add for the time of day. */
import type { Micros } from '../stack/time.ts';

export interface Clock {
  /** Never runs backwards. */
  now(): Micros;
}

export class HostClock implements Clock {
  /**
   * Microseconds from this clock's zero to 1970, measured once: a capture whose times follow this clock stays in order when
   * somebody sets the time of day.
   */
  readonly wallOffset: Micros;

  constructor() {
    this.wallOffset = Math.round((performance.timeOrigin + performance.now()) * 1_000) - this.now();
  }

  /** 43 ns; the other clocks of Node cost the same or make a BigInt. */
  now(): Micros {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1_000_000 + Math.floor(nanoseconds / 1_000);
  }

  /** A time of this clock as microseconds since 1970. */
  toWall(at: Micros): Micros {
    return at + this.wallOffset;
  }
}
