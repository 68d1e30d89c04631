/** Initial sequence numbers, RFC 6528: a clock whose origin differs for each four-tuple, so that nobody can read it off. */
import { SipHash } from '../../bytes/siphash.ts';
import type { Random } from '../../random.ts';
import type { Micros } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { seq } from '../../wire/seq.ts';
import type { FourTuple } from '../connection.ts';

/** RFC 9293 §3.4.1: the clock ticks "roughly every 4 microseconds" (MUST-8). */
const TICK: Micros = 4;
/** Keeps the hashes for the two purposes apart. */
const FOR_ISN = 1;
const FOR_TIMESTAMPS = 2;

export class IsnGenerator {
  /** Keyed for this stack alone. */
  readonly hash: SipHash;

  constructor(random: Random) {
    this.hash = new SipHash([random.nextUint32(), random.nextUint32(), random.nextUint32(), random.nextUint32()]);
  }

  /**
   * ISN = M + F(localip, localport, remoteip, remoteport, secretkey): SHLD-1, MUST-9.
   * @param fixed the option `initialSequence`: this number instead, when it is not negative
   */
  next(id: FourTuple, now: Micros, fixed = -1): Seq {
    if (fixed >= 0) return seq(fixed);
    return seq(Math.floor(now / TICK) + this.#of(id, FOR_ISN));
  }

  /** Where the timestamp clock of this four-tuple begins, RFC 7323 §7.1. */
  timestampOffset(id: FourTuple): number {
    return this.#of(id, FOR_TIMESTAMPS);
  }

  /** A key for another purpose, which tells nothing about this one. */
  keyFor(purpose: number): readonly [number, number, number, number] {
    const word = (i: number): number => this.hash.words(0, 0, 0, purpose, i);
    return [word(0), word(1), word(2), word(3)];
  }

  #of(id: FourTuple, purpose: number): number {
    return this.hash.words(id.local.w3, id.remote.w3, (id.localPort << 16) | id.remotePort, purpose);
  }
}
