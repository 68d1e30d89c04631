/** CUBIC, RFC 9438: a window that grows with time and not with round trips, so that long paths are not starved. */
import type { AckSample, CongestionControl } from './control.ts';
import { afterSilence, initialWindow, NO_THRESHOLD } from './control.ts';
import { BETA, CubicCurve } from './cubic-curve.ts';
import { CSS_GROWTH_DIVISOR, HyStart } from './hystart.ts';

/** RFC 8511 §3: how far the window falls for a mark. */
const GENTLE_BETA = 0.85;

/** What §4.9 wants back when a reduction was a mistake. */
interface Before {
  readonly window: number;
  readonly threshold: number;
  readonly curve: CubicCurve;
}

export class Cubic implements CongestionControl {
  window: number;
  threshold: number = NO_THRESHOLD;
  /** While the first slow start lasts, from its first acknowledgment on. */
  #hystart: HyStart | 'not yet' | 'off';
  #mss: number;
  readonly #initialSegments: number;
  /** From the first reduction on. */
  #curve: CubicCurve | undefined = undefined;
  #before: Before | undefined = undefined;

  /** @param hystart end slow start by delay too, RFC 9406 @param initialSegments the initial window; 0: by RFC 6928 */
  constructor(mss: number, hystart = true, initialSegments = 0) {
    this.#mss = mss;
    this.#initialSegments = initialSegments;
    this.window = initialWindow(mss, this.#initialSegments);
    this.#hystart = hystart ? 'not yet' : 'off';
  }

  get name(): string {
    return 'cubic';
  }

  get mss(): number {
    return this.#mss;
  }

  set mss(mss: number) {
    if (this.window === initialWindow(this.#mss, this.#initialSegments)) this.window = initialWindow(mss, this.#initialSegments);
    this.#mss = mss;
  }

  onAck(sample: Readonly<AckSample>): void {
    if (this.window < this.threshold) this.#slowStart(sample);
    else this.window = this.#theCurve().grow(this.window, this.#mss, sample);
  }

  onLoss(from: number): void {
    this.#reduce(from, BETA);
    this.window = this.threshold;
  }

  onEcnEcho(flight: number, gentle: boolean): void {
    this.#reduce(flight, gentle ? GENTLE_BETA : BETA);
    this.window = this.threshold;
  }

  onRecovered(flight: number): void {
    // RFC 6582 §3.2 step 3: where a full receive window kept the flight small, no burst larger than a new connection may send
    this.window = Math.min(this.threshold, flight + initialWindow(this.#mss, this.#initialSegments));
  }

  onTimeout(from: number, again: boolean): void {
    if (!again) this.#reduce(from, BETA);
    this.#curve?.forgetMaximum();
    this.window = this.#mss;
  }

  onSpurious(): void {
    const before = this.#before;
    if (before === undefined) return;
    this.#before = undefined;
    this.window = Math.max(this.window, before.window);
    this.threshold = Math.max(this.threshold, before.threshold);
    this.#curve = before.curve;
  }

  onIdle(halvings = 0): void {
    this.window = afterSilence(this.window, initialWindow(this.#mss, this.#initialSegments), halvings);
    this.#curve?.pause();
  }

  /** RFC 9406 §4.3: only the first slow start needs help to find its end, later ones know the threshold. */
  #slowStart({ acked, rtt, roundEnded }: Readonly<AckSample>): void {
    if (this.#hystart === 'off' || this.threshold < NO_THRESHOLD) {
      this.window = Math.min(this.window + acked, this.threshold);
      return;
    }
    if (this.#hystart === 'not yet') this.#hystart = new HyStart();
    const hystart = this.#hystart;
    hystart.onAck(rtt, roundEnded);
    if (hystart.phase === 'over') {
      this.#hystart = 'off';
      this.threshold = this.window; // RFC 9406 §4.2: "enter congestion avoidance by setting ssthresh to cwnd"
      return;
    }
    this.window += hystart.phase === 'conservative' ? Math.floor(acked / CSS_GROWTH_DIVISOR) : acked;
  }

  /** §4.6. What was in flight decides: a window that buffers kept from being filled would shrink and still not be the limit. */
  #reduce(from: number, beta: number): void {
    const full = Math.min(this.window, from);
    const curve = this.#theCurve();
    this.#before = { window: this.window, threshold: this.threshold, curve: curve.copy() };
    curve.reduce(full / this.#mss);
    this.threshold = Math.max(Math.floor(full * beta), 2 * this.#mss);
  }

  #theCurve(): CubicCurve {
    this.#curve ??= new CubicCurve();
    return this.#curve;
  }
}
