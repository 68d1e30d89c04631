/** Claiming and defending an address of our own: probes, announcements and conflicts, RFC 5227. */
import type { Micros } from '../time.ts';
import { NEVER, SECOND } from '../time.ts';

/** RFC 5227 §1.1. */
export const PROBE_WAIT: Micros = 1 * SECOND;
export const PROBE_NUM = 3;
export const PROBE_MIN: Micros = 1 * SECOND;
export const PROBE_MAX: Micros = 2 * SECOND;
export const ANNOUNCE_WAIT: Micros = 2 * SECOND;
export const ANNOUNCE_NUM = 2;
export const ANNOUNCE_INTERVAL: Micros = 2 * SECOND;
export const DEFEND_INTERVAL: Micros = 10 * SECOND;

/** How an address is asked for before it is ours: RFC 5227 §1.1, which lets faster links have shorter times. */
export interface ProbeTimes {
  /** The first probe comes within this time. */
  readonly wait: Micros;
  readonly count: number;
  /** From one probe to the next. */
  readonly min: Micros;
  readonly max: Micros;
  /** After the last probe, until the address is ours. */
  readonly announceWait: Micros;
}

export const PROBE_TIMES: ProbeTimes = {
  wait: PROBE_WAIT,
  count: PROBE_NUM,
  min: PROBE_MIN,
  max: PROBE_MAX,
  announceWait: ANNOUNCE_WAIT,
};

/**
 * - probing: asking whether somebody else has it; not ours yet
 * - announcing: ours, and being told to everybody
 * - settled: ours
 * - lost: somebody else had it first
 */
export type ClaimState = 'probing' | 'announcing' | 'settled' | 'lost';

/** What is to be sent, if anything. */
export type ClaimStep = 'probe' | 'announce' | 'nothing';

/** A number in [0, 1): where in its interval a probe falls. */
export type Jitter = () => number;

export class OwnAddress {
  /** 32-bit word. */
  readonly address: number;
  state: ClaimState = 'settled';
  dueAt: Micros = NEVER;
  #left = 0; // probes or announcements still to send
  #defendAgainAt: Micros = 0;
  #jitter: Jitter = () => 0;
  #times: ProbeTimes = PROBE_TIMES;

  constructor(address: number) {
    this.address = address;
  }

  /** True when we answer for it and send from it. */
  get isUsable(): boolean {
    return this.state === 'announcing' || this.state === 'settled';
  }

  /** §2.1.1: asks first whether the address is free; then announces it. */
  probe(now: Micros, jitter: Jitter, times: ProbeTimes = PROBE_TIMES): void {
    this.state = 'probing';
    this.#jitter = jitter;
    this.#times = times;
    this.#left = times.count;
    this.dueAt = now + Math.floor(jitter() * times.wait);
  }

  /** §2.3: says at once that the address is ours now, and again two seconds later for those who missed it. */
  announce(now: Micros): void {
    this.state = 'announcing';
    this.#left = ANNOUNCE_NUM;
    this.dueAt = now;
  }

  onTimeout(now: Micros): ClaimStep {
    if (now < this.dueAt) return 'nothing';
    if (this.state === 'probing') {
      if (this.#left > 0) return this.#sendProbe(now);
      this.announce(now);
    }
    return this.#sendAnnouncement(now);
  }

  /**
   * Another station uses the address, or probes for it while we do (§2.1.1). §2.4 leaves three ways to one who holds the
   * address; we take (c), never give it up: a stack whose address was written by its user has no other to go to.
   *
   * @returns true when it is to be defended by one announcement, at most every ten seconds
   */
  onConflict(now: Micros): boolean {
    if (this.state === 'probing') {
      this.state = 'lost';
      this.dueAt = NEVER;
    }
    if (this.state === 'lost' || now < this.#defendAgainAt) return false;
    this.#defendAgainAt = now + DEFEND_INTERVAL;
    return true;
  }

  #sendProbe(now: Micros): ClaimStep {
    this.#left--;
    const { min, max, announceWait } = this.#times;
    const wait = this.#left > 0 ? min + Math.floor(this.#jitter() * (max - min)) : announceWait;
    this.dueAt = now + wait;
    return 'probe';
  }

  #sendAnnouncement(now: Micros): ClaimStep {
    this.#left--;
    this.dueAt = this.#left > 0 ? now + ANNOUNCE_INTERVAL : NEVER;
    if (this.#left === 0) this.state = 'settled';
    return 'announce';
  }
}
