/** Ephemeral ports, RFC 6056: where a connection starts from when its application does not care. */
import { nextBelow, type Random } from './random.ts';

/** RFC 6335 §6: the Dynamic Ports, which nobody registers. */
export const FIRST_EPHEMERAL = 49_152;
export const LAST_PORT = 65_535;

/** RFC 6056 §3.3.5: how far one step goes at most. More is harder to guess, less is longer until a port comes again. */
const STEP = 500;

/** Steps at random before the search goes port by port, which finds the last free one too. */
const STEPS = 64;

export interface PortRange {
  /** @default 49152 */
  readonly first?: number;
  /** The last one, inclusive. @default 65535 */
  readonly last?: number;
}

/**
 * The random-increments algorithm, RFC 6056 §3.3.5 (algorithm 5): every choice lies a random step of 1 to 500 beyond the
 * one before.
 *
 * Why this one: the hash-based algorithms 3 and 4 need the destination, which a UDP socket does not know, and 3 counts
 * visibly across destinations; algorithm 1 may choose a port again that was closed a moment ago, whose last packets are
 * still under way. A step needs no table and no key, is not predictable as long as `random` is not, and reuses a port
 * soon only with probability 1/500 a lap.
 */
export class EphemeralPorts {
  readonly #random: Random;
  readonly #first: number;
  readonly #count: number;
  #offset = 0;

  /** @throws RangeError when the range is not one of ports */
  constructor(random: Random, { first = FIRST_EPHEMERAL, last = LAST_PORT }: PortRange = {}) {
    const isRange = Number.isInteger(first) && Number.isInteger(last) && first >= 1 && first <= last && last <= LAST_PORT;
    if (!isRange)
      throw new RangeError(`ephemeral ports ${first} to ${last}: write two numbers from 1 to 65535 in ascending order`);
    this.#random = random;
    this.#first = first;
    this.#count = last - first + 1;
    this.#offset = nextBelow(random, this.#count);
  }

  /** @returns a port for which `isFree` said true; 0 when there is none in the range */
  pick(isFree: (port: number) => boolean): number {
    for (let step = 0; step < STEPS; step++) {
      const port = this.#advance(1 + nextBelow(this.#random, STEP));
      if (isFree(port)) return port;
    }
    for (let tried = 0; tried < this.#count; tried++) {
      const port = this.#advance(1);
      if (isFree(port)) return port;
    }
    return 0;
  }

  #advance(step: number): number {
    this.#offset = (this.#offset + step) % this.#count;
    return this.#first + this.#offset;
  }
}
