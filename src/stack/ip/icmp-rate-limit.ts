/** How many ICMP errors we send at most, RFC 1812 §4.3.2.8: token buckets, one for each destination and one for all. */
import type { Random } from '../random.ts';
import { nextBelow } from '../random.ts';
import type { Micros } from '../time.ts';
import { SECOND } from '../time.ts';

/** A bucket: a right to send `burst` at once, which comes back at a rate. */
class TokenBucket {
  #tokens: number;
  #filledAt: Micros;

  constructor(burst: number, now: Micros) {
    this.#tokens = burst;
    this.#filledAt = now;
  }

  /** @returns false when less than one token is there; then nothing is taken */
  take(count: number, perSecond: number, burst: number, now: Micros): boolean {
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) * perSecond) / SECOND);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= count; // may go below zero: what was taken too much now is missing later
    return true;
  }
}

export interface IcmpRateLimitOptions {
  /** To all destinations together. @default 1000, as in Linux */
  readonly perSecond: number;
  /** @default 50, as in Linux */
  readonly burst: number;
  /** To one destination. @default 1, as in Linux */
  readonly perSecondPerDestination: number;
  /** @default 6, as in Linux */
  readonly burstPerDestination: number;
  /** Destinations remembered; of more the one seen first goes. @default 256 */
  readonly maxDestinations: number;
}

export const ICMP_RATE_LIMIT_DEFAULTS: IcmpRateLimitOptions = {
  perSecond: 1_000,
  burst: 50,
  perSecondPerDestination: 1,
  burstPerDestination: 6,
  maxDestinations: 256,
};

export class IcmpRateLimit {
  readonly #random: Random;
  readonly #options: IcmpRateLimitOptions;
  readonly #all: TokenBucket;
  readonly #destinations = new Map<number, TokenBucket>();

  constructor(random: Random, options: Partial<IcmpRateLimitOptions> = {}) {
    this.#random = random;
    this.#options = { ...ICMP_RATE_LIMIT_DEFAULTS, ...options };
    this.#all = new TokenBucket(this.#options.burst, 0);
  }

  /**
   * Asks for the right to send one error now, and uses it up.
   *
   * The bucket of the destination is asked first, so that one destination cannot use up what is for all. What is for all is
   * used up in random steps of 0 to 2, one on average: with exact steps a forger who has other errors sent to other
   * hosts could count them by how many are left for itself (CVE-2020-25705, "SAD DNS").
   */
  allow(destination: number, now: Micros): boolean {
    const { perSecond, burst, perSecondPerDestination, burstPerDestination } = this.#options;
    if (!this.#bucketOf(destination, now).take(1, perSecondPerDestination, burstPerDestination, now)) return false;
    return this.#all.take(nextBelow(this.#random, 3), perSecond, burst, now);
  }

  #bucketOf(destination: number, now: Micros): TokenBucket {
    const known = this.#destinations.get(destination);
    if (known !== undefined) return known;
    const { maxDestinations, burstPerDestination } = this.#options;
    if (this.#destinations.size >= maxDestinations) this.#forgetOldest();
    const bucket = new TokenBucket(burstPerDestination, now);
    this.#destinations.set(destination, bucket);
    return bucket;
  }

  #forgetOldest(): void {
    for (const destination of this.#destinations.keys()) {
      this.#destinations.delete(destination);
      return;
    }
  }
}
