/** Path MTU discovery's memory: the longest packet that gets through to a destination in one piece, RFC 1191. */
import type { Micros } from '../time.ts';
import { MINUTE } from '../time.ts';

/** RFC 1191 §3: "A host MUST never reduce its estimate of the Path MTU below 68 octets." */
export const MIN_MTU = 68;

/** RFC 1191 §7.1, table 7-1: the MTUs that links have, for routers that do not say theirs. */
const PLATEAUS = [65_535, 32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, 508, 296, 68] as const;

/** The next smaller common MTU. */
export const plateauBelow = (length: number): number => PLATEAUS.find((plateau) => plateau < length) ?? MIN_MTU;

export interface PathMtuOptions {
  /**
   * The smallest MTU that a message can talk us into: below it a forger would have us send many small packets
   * (CVE-2005-1065). A path that really is narrower still works, because its packets then go without DF. At least 68.
   * @default 552, as Linux's min_pmtu
   */
  readonly floor: number;
  /** How long a reduction is believed: RFC 1191 §6.3 recommends ten minutes. @default 10 minutes */
  readonly timeout: Micros;
  /** Destinations remembered; of more the one learnt longest ago goes. @default 1024 */
  readonly maxEntries: number;
}

export const PATH_MTU_DEFAULTS: PathMtuOptions = { floor: 552, timeout: 10 * MINUTE, maxEntries: 1024 };

interface Estimate {
  readonly mtu: number;
  /** True when the path's MTU lies below our floor. */
  readonly isBelowFloor: boolean;
  readonly expiresAt: Micros;
}

export class PathMtu {
  /** In the order in which they were learnt. */
  readonly #estimates = new Map<number, Estimate>();
  readonly #options: PathMtuOptions;

  constructor(options: Partial<PathMtuOptions> = {}) {
    this.#options = { ...PATH_MTU_DEFAULTS, ...options };
    if (this.#options.floor < MIN_MTU)
      throw new RangeError(`the floor of the path MTU is at least ${MIN_MTU}, not ${this.#options.floor}`);
  }

  get size(): number {
    return this.#estimates.size;
  }

  /** @param linkMtu of the first hop: the estimate of whoever has heard nothing */
  mtuFor(destination: number, linkMtu: number, now: Micros): number {
    if (this.#estimates.size === 0) return linkMtu;
    const estimate = this.#current(destination, now);
    return estimate === undefined ? linkMtu : Math.min(estimate.mtu, linkMtu);
  }

  /** False when packets to this destination must go without DF, because its path is narrower than we believe paths to be. */
  mayForbidFragments(destination: number, now: Micros): boolean {
    return this.#current(destination, now)?.isBelowFloor !== true;
  }

  /**
   * A router says that a packet of ours was too long. Whether the quoted packet was ours is for the caller to check.
   *
   * @param reportedMtu of the next hop; 0 from a router that does not say (RFC 1191 §4)
   * @param quotedTotalLength of the packet that did not fit
   * @returns true when the estimate went down; a message never raises it (§3)
   */
  onFragmentationNeeded(destination: number, reportedMtu: number, quotedTotalLength: number, now: Micros): boolean {
    const reported = reportedMtu === 0 ? plateauBelow(quotedTotalLength) : reportedMtu;
    // a link that takes what it refused tells nothing: an old message or a forged one
    if (reported >= quotedTotalLength) return false;
    const { floor, timeout } = this.#options;
    const mtu = Math.max(reported, floor);
    const known = this.#current(destination, now);
    if (known !== undefined && mtu > known.mtu) return false;
    const isBelowFloor = reported < floor || known?.isBelowFloor === true;
    const isLower = known === undefined || mtu < known.mtu;
    this.#remember(destination, { mtu, isBelowFloor, expiresAt: now + timeout });
    return isLower;
  }

  /** Somebody found out by trying (RFC 4821): packets of this size arrive, and longer ones are not known to. */
  learn(destination: number, mtu: number, now: Micros): void {
    const { floor, timeout } = this.#options;
    this.#remember(destination, { mtu: Math.max(mtu, floor), isBelowFloor: mtu < floor, expiresAt: now + timeout });
  }

  #remember(destination: number, estimate: Estimate): void {
    this.#estimates.delete(destination); // so that it is the youngest again
    this.#estimates.set(destination, estimate);
    if (this.#estimates.size > this.#options.maxEntries) this.#forgetOldest();
  }

  #current(destination: number, now: Micros): Estimate | undefined {
    const estimate = this.#estimates.get(destination);
    if (estimate === undefined || now < estimate.expiresAt) return estimate;
    this.#estimates.delete(destination);
    return undefined;
  }

  #forgetOldest(): void {
    for (const destination of this.#estimates.keys()) {
      this.#estimates.delete(destination);
      return;
    }
  }
}
