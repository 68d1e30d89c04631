/** A bound on answers to segments that should not have come: RFC 5961 §7, and two ends that would answer each other for ever. */
import type { Micros } from '../../time.ts';
import { SECOND } from '../../time.ts';

/** Per connection, so that nobody can count from outside what another connection used up. */
const PER_SECOND = 10;

export class ChallengeLimit {
  readonly #most: number;
  readonly #period: Micros;
  #left = 0;
  #periodEnds: Micros = Number.NEGATIVE_INFINITY;

  /** @param most so many answers in one period */
  constructor(most = PER_SECOND, period: Micros = 1 * SECOND) {
    this.#most = most;
    this.#period = period;
  }

  /** True when one more answer may be sent now. */
  take(now: Micros): boolean {
    if (now >= this.#periodEnds) {
      this.#left = this.#most;
      this.#periodEnds = now + this.#period;
    }
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }
}
