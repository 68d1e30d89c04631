/** CUBIC, RFC 9438: a window that grows with time and not with round trips, so that long paths are not starved. */
import type { Micros } from '../../time.ts';
import { NEVER, SECOND } from '../../time.ts';
import type { AckSample, CongestionControl } from './control.ts';
import { initialWindow } from './control.ts';
import { CSS_GROWTH_DIVISOR, HyStart } from './hystart.ts';

/** §4.6 and §5.1: how far the window falls, and how steep the curve is (segments per second cubed). */
const BETA = 0.7;
const C = 0.4;
/** §4.3: what makes the Reno-friendly window grow as fast as Reno on average in spite of the gentler fall. */
const ALPHA = (3 * (1 - BETA)) / (1 + BETA);

export class Cubic implements CongestionControl {
  readonly name = 'cubic';
  window: number;
  threshold = Number.POSITIVE_INFINITY;
  readonly #hystart: HyStart | undefined;
  #mss: number;
  /** W_max, in segments as all of the curve: the window just before it was reduced, or less (fast convergence). */
  #max = 0;
  /** cwnd_prior: the window just before it was reduced. */
  #prior = 0;
  /** K: how long the curve takes back to W_max, in seconds. */
  #k = 0;
  /** When the current stretch of congestion avoidance began; NEVER: not yet. */
  #epoch: Micros = NEVER;
  /** W_est: where Reno would be. */
  #estimate = 0;
  /** Bytes of growth that are not yet a whole one. */
  #credit = 0;

  /** @param hystart end slow start by delay too, RFC 9406 */
  constructor(mss: number, hystart = true) {
    this.#mss = mss;
    this.window = initialWindow(mss);
    this.#hystart = hystart ? new HyStart() : undefined;
  }

  get mss(): number {
    return this.#mss;
  }

  set mss(mss: number) {
    if (this.window === initialWindow(this.#mss)) this.window = initialWindow(mss);
    this.#mss = mss;
  }

  onAck(sample: Readonly<AckSample>): void {
    if (this.window < this.threshold) this.#slowStart(sample);
    else this.#avoidCongestion(sample);
  }

  onLoss(flight: number): void {
    this.#reduce(flight);
    this.window = this.threshold;
  }

  onRecovered(flight: number): void {
    // RFC 6582 §3.2 step 3: where a full receive window kept the flight small, no burst larger than a new connection may send
    this.window = Math.min(this.threshold, flight + initialWindow(this.#mss));
  }

  onTimeout(flight: number, again: boolean): void {
    if (!again) this.#reduce(flight);
    this.#max = 0; // §4.8: after a time-out the curve begins where slow start ends, with K = 0
    this.window = this.#mss;
  }

  onIdle(): void {
    this.window = Math.min(this.window, initialWindow(this.#mss));
    this.#epoch = NEVER; // §4.2: the time of silence is no time in which the window may have grown
  }

  /** RFC 9406 §4.3: only the first slow start needs help to find its end, later ones know the threshold. */
  #slowStart({ acked, rtt, roundEnded }: Readonly<AckSample>): void {
    const hystart = this.#hystart;
    if (hystart === undefined || this.threshold < Number.POSITIVE_INFINITY) {
      this.window = Math.min(this.window + acked, this.threshold);
      return;
    }
    hystart.onAck(rtt, roundEnded);
    if (hystart.phase === 'over') {
      this.threshold = this.window; // RFC 9406 §4.2: "enter congestion avoidance by setting ssthresh to cwnd"
      return;
    }
    this.window += hystart.phase === 'conservative' ? Math.floor(acked / CSS_GROWTH_DIVISOR) : acked;
  }

  /** §4.2 to §4.5. */
  #avoidCongestion({ acked, now, smoothedRtt }: Readonly<AckSample>): void {
    const cwnd = this.window / this.#mss;
    if (this.#epoch === NEVER) this.#begin(cwnd, now);
    const segments = acked / this.#mss;
    this.#estimate += (this.#estimate < this.#prior ? ALPHA : 1) * (segments / cwnd);
    const inOneRtt = this.#curve((now - this.#epoch + smoothedRtt) / SECOND);
    if (this.#curve((now - this.#epoch) / SECOND) < this.#estimate) {
      this.window = Math.max(this.window, Math.floor(this.#estimate * this.#mss)); // the Reno-friendly region
      return;
    }
    const target = Math.min(Math.max(inOneRtt, cwnd), 1.5 * cwnd);
    this.#credit += ((target - cwnd) / cwnd) * acked;
    const whole = Math.floor(this.#credit);
    this.#credit -= whole;
    this.window += whole;
  }

  /** A stretch of congestion avoidance begins: where from, and where to. */
  #begin(cwnd: number, now: Micros): void {
    this.#epoch = now;
    this.#estimate = cwnd;
    this.#max = Math.max(this.#max, cwnd);
    this.#k = Math.cbrt((this.#max - cwnd) / C); // figure 2
    this.#credit = 0;
  }

  /** W_cubic(t), figure 1, in segments. */
  #curve(seconds: number): number {
    return C * (seconds - this.#k) ** 3 + this.#max;
  }

  /**
   * §4.6, with the fast convergence of §4.7: a flow that has less than before makes room for newer ones. What was in flight
   * decides: a window that buffers kept from being filled would shrink and still not be the limit.
   */
  #reduce(flight: number): void {
    const full = Math.min(this.window, flight);
    const cwnd = full / this.#mss;
    this.#prior = cwnd;
    this.#max = cwnd < this.#max ? (cwnd * (1 + BETA)) / 2 : cwnd;
    this.threshold = Math.max(Math.floor(full * BETA), 2 * this.#mss);
    this.#epoch = NEVER;
  }
}
