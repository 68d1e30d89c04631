/** A bound on answers to segments that should not have come: RFC 5961 §7, and two ends that would answer each other for ever. */
import type { Micros } from '../../time.ts';
import { SECOND } from '../../time.ts';

/** Per connection, so that nobody can count from outside what another connection used up. */
const PER_SECOND = 10;

export class ChallengeLimit {
  #left = PER_SECOND;
  #periodEnds: Micros = 0;
  readonly #interval: Micros;

  /** @param interval least time between two answers; 0: ten a second */
  constructor(interval: Micros = 0) {
    this.#interval = interval;
  }

  /** True when one more answer may be sent now. */
  take(now: Micros): boolean {
    if (this.#interval > 0) {
      if (now < this.#periodEnds) return false;
      this.#periodEnds = now + this.#interval;
      return true;
    }
    if (now >= this.#periodEnds) {
      this.#left = PER_SECOND;
      this.#periodEnds = now + SECOND;
    }
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }
}
