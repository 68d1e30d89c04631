/**
 * How fast the network delivers: for each acknowledgment, what arrived since the segment it tells of was sent, by the longer of
 * the time in which it was sent and the time in which it was acknowledged. The estimator of BBR (draft-cheng-iccrg-delivery-rate-estimation).
 */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { SentSegment } from '../loss/sent-segment.ts';

export class DeliveryRate {
  /** Segments that the peer has, by acknowledgment or selectively. */
  delivered = 0;
  /** Of those, reported by acknowledgments that echo a congestion mark. */
  deliveredMarked = 0;
  /** The latest sample: so many segments in so long; 0 before the first. */
  segments = 0;
  interval: Micros = 0;
  /** It was taken while the application had too little to send. */
  isAppLimited = false;
  /** `delivered` when the last acknowledgment had been looked at. */
  #seen = 0;
  #deliveredAt: Micros = 0;
  #firstSentAt: Micros = 0;
  /** `delivered` at which what was sent while the application was the limit is all delivered; 0: it is not. */
  #appLimitedUntil = 0;
  /** Of the newest segment that the acknowledgment at hand delivers: `delivered` when it was sent; -1: none so far. */
  #prior = -1;
  #priorAt: Micros = 0;
  #sendTime: Micros = 0;
  #priorIsAppLimited = false;

  /** @param isFirst nothing else was in flight: the clock starts anew */
  sent(record: SentSegment, isFirst: boolean, now: Micros): void {
    if (isFirst) {
      this.#firstSentAt = now;
      this.#deliveredAt = now;
    }
    record.deliveredBefore = this.delivered;
    record.deliveredAt = this.#deliveredAt;
    record.firstSentAt = this.#firstSentAt;
    record.isAppLimited = this.#appLimitedUntil > 0;
  }

  /** @param segments that the record stands for */
  arrived(record: SentSegment, segments: number): void {
    this.delivered += segments;
    if (record.deliveredAt === NEVER || record.deliveredBefore < this.#prior) return;
    this.#prior = record.deliveredBefore;
    this.#priorAt = record.deliveredAt;
    this.#priorIsAppLimited = record.isAppLimited;
    this.#sendTime = record.sentAt - record.firstSentAt;
    this.#firstSentAt = record.sentAt;
  }

  /**
   * The acknowledgment has been looked at.
   * @param minRtt an interval shorter than it is none
   * @param echoes it echoes a congestion mark
   */
  end(minRtt: Micros, now: Micros, echoes: boolean): void {
    if (echoes) this.deliveredMarked += this.delivered - this.#seen;
    this.#seen = this.delivered;
    if (this.#appLimitedUntil > 0 && this.delivered > this.#appLimitedUntil) this.#appLimitedUntil = 0;
    const prior = this.#prior;
    if (prior < 0) return;
    this.#prior = -1;
    this.#deliveredAt = now;
    const interval = Math.max(this.#sendTime, now - this.#priorAt);
    if (interval <= 0 || interval < minRtt) return;
    const segments = this.delivered - prior;
    // what the application held back says nothing of the network, unless it is more than was known
    if (this.#priorIsAppLimited && segments * this.interval < this.segments * interval) return;
    this.segments = segments;
    this.interval = interval;
    this.isAppLimited = this.#priorIsAppLimited;
  }

  /** There is room to send and nothing to send. @param inFlight segments */
  applicationIsTheLimit(inFlight: number): void {
    this.#appLimitedUntil = Math.max(this.delivered + inFlight, 1);
  }

  /** Bytes a second; 0 before the first sample. */
  bytesPerSecond(mss: number): number {
    return this.interval === 0 ? 0 : Math.floor((this.segments * mss * 1_000_000) / this.interval);
  }
}
