/** Timestamps and what they protect from: RFC 7323 §3 to §5. */
import type { Micros } from '../../time.ts';
import { MILLISECOND, SECOND } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { atOrBefore } from '../../wire/seq.ts';

/** RFC 7323 §5.5: a timestamp this old may have wrapped and says nothing any more. */
const OUTDATED: Micros = 24 * 24 * 3600 * SECOND;

export class Timestamps {
  /** Both SYNs carried the option (§3.2). */
  enabled = false;
  /** TS.Recent: the value to echo, and the oldest acceptable one. */
  recent = 0;
  #recentAt: Micros = 0;
  /** Added to the clock so that its value does not tell how long this host has been up (§7.1). */
  #offset = 0;

  constructor(offset: number) {
    this.#offset = offset;
  }

  /** Our clock in its unit of one millisecond, within what §5.4 allows (1 ms to 1 s). */
  value(now: Micros): number {
    return (Math.floor(now / MILLISECOND) + this.#offset) >>> 0;
  }

  /** How long ago our clock showed `echo`. */
  since(echo: number, now: Micros): Micros {
    return ((this.value(now) - echo) | 0) * MILLISECOND;
  }

  /** §5.3 R1: the segment is older than what has been accepted. */
  isOld(value: number, now: Micros): boolean {
    return ((value - this.recent) | 0) < 0 && now - this.#recentAt <= OUTDATED;
  }

  /** §4.3 (2): "If: SEG.TSval >= TS.Recent and SEG.SEQ <= Last.ACK.sent". */
  accept(value: number, segmentSeq: Seq, lastAckSent: Seq, now: Micros): void {
    if (((value - this.recent) | 0) < 0 && now - this.#recentAt <= OUTDATED) return;
    if (atOrBefore(segmentSeq, lastAckSent)) this.start(value, now);
  }

  start(value: number, now: Micros): void {
    this.recent = value;
    this.#recentAt = now;
  }
}
