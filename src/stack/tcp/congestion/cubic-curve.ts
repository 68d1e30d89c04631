/** How CUBIC's window grows in congestion avoidance, RFC 9438 §4: the curve, and Reno beside it. In segments and seconds. */
import type { Micros } from '../../time.ts';
import { NEVER, SECOND } from '../../time.ts';
import type { AckSample } from './control.ts';

/** §4.6 and §5.1: how far the window falls, and how steep the curve is (segments per second cubed). */
export const BETA = 0.7;
const C = 0.4;
/** §4.3: what makes the Reno-friendly window grow as fast as Reno on average in spite of the gentler fall. */
const ALPHA = (3 * (1 - BETA)) / (1 + BETA);

export class CubicCurve {
  /** W_max: the window just before it was reduced, or less (fast convergence). */
  #max = 0;
  /** cwnd_prior: the window just before it was reduced. */
  #prior = 0;
  /** K: how long the curve takes back to W_max. */
  #k = 0;
  /** When the current stretch of congestion avoidance began; NEVER: not yet. */
  #epoch: Micros = NEVER;
  /** W_est: where Reno would be. */
  #estimate = 0;
  /** Bytes of growth that are not yet a whole one. */
  #credit = 0;

  /** §4.2 to §4.5. @returns the new window in bytes */
  grow(window: number, mss: number, { acked, now, smoothedRtt }: Readonly<AckSample>): number {
    const cwnd = window / mss;
    if (this.#epoch === NEVER) this.#begin(cwnd, now);
    const segments = acked / mss;
    this.#estimate += (this.#estimate < this.#prior ? ALPHA : 1) * (segments / cwnd);
    const inOneRtt = this.#at((now - this.#epoch + smoothedRtt) / SECOND);
    if (this.#at((now - this.#epoch) / SECOND) < this.#estimate) {
      return Math.max(window, Math.floor(this.#estimate * mss)); // the Reno-friendly region
    }
    const target = Math.min(Math.max(inOneRtt, cwnd), 1.5 * cwnd);
    this.#credit += ((target - cwnd) / cwnd) * acked;
    const whole = Math.floor(this.#credit);
    this.#credit -= whole;
    return window + whole;
  }

  /** The window was reduced from `cwnd`. §4.7, fast convergence: a flow that has less than before makes room for newer ones. */
  reduce(cwnd: number): void {
    this.#prior = cwnd;
    this.#max = cwnd < this.#max ? (cwnd * (1 + BETA)) / 2 : cwnd;
    this.#epoch = NEVER;
  }

  /** What §4.9 returns to when the reduction was a mistake. */
  copy(): CubicCurve {
    const other = new CubicCurve();
    other.#max = this.#max;
    other.#prior = this.#prior;
    other.#k = this.#k;
    other.#epoch = this.#epoch;
    other.#estimate = this.#estimate;
    other.#credit = this.#credit;
    return other;
  }

  /** §4.8: after a time-out the curve begins where slow start ends, with K = 0. */
  forgetMaximum(): void {
    this.#max = 0;
  }

  /** §4.2: a time of silence is no time in which the window may have grown. */
  pause(): void {
    this.#epoch = NEVER;
  }

  /** A stretch of congestion avoidance begins: where from, and where to. */
  #begin(cwnd: number, now: Micros): void {
    this.#epoch = now;
    this.#estimate = cwnd;
    this.#max = Math.max(this.#max, cwnd);
    this.#k = Math.cbrt((this.#max - cwnd) / C); // figure 2
    this.#credit = 0;
  }

  /** W_cubic(t), figure 1. */
  #at(seconds: number): number {
    return C * (seconds - this.#k) ** 3 + this.#max;
  }
}
