/**
 * How many answers an address gets over UDP: who forges the address of another shall not drown it with ours. Every second one
 * beyond that is an empty answer that asks to come by TCP, which forgers cannot.
 */
import type { Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';

export type RateVerdict = 'answer' | 'truncate' | 'drop';

interface Bucket {
  tokens: number;
  filledAt: Micros;
  refused: number;
}

/** Addresses that are remembered at once; the one that was longest silent is forgotten first. */
const MAX_BUCKETS = 4_096;

export class RateLimit {
  readonly #perSecond: number;
  readonly #buckets = new Map<number, Bucket>();

  /** @param perSecond also how many may come at once */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @param address as a word */
  verdict(address: number, now: Micros): RateVerdict {
    const bucket = this.#buckets.get(address) ?? { tokens: this.#perSecond, filledAt: now, refused: 0 };
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket); // the last to have spoken stands last
    if (this.#buckets.size > MAX_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value!);
    bucket.tokens = Math.min(this.#perSecond, bucket.tokens + ((now - bucket.filledAt) * this.#perSecond) / SECOND);
    bucket.filledAt = now;
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return 'answer';
    }
    bucket.refused++;
    return bucket.refused % 2 === 0 ? 'truncate' : 'drop';
  }
}
