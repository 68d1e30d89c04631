/** Slow start, congestion avoidance and the reaction to loss, RFC 5681, with the recovery exit of RFC 6582. */
import type { AckSample, CongestionControl } from './control.ts';
import { afterSilence, initialWindow, NO_THRESHOLD } from './control.ts';

/** How far the window falls for a loss, RFC 5681 §3.1 (4), and where RFC 8511 §3 applies for a mark. */
const BETA = 0.5;
const GENTLE_BETA = 0.8;

export class Reno implements CongestionControl {
  window: number;
  threshold: number = NO_THRESHOLD;
  #mss: number;
  readonly #initialSegments: number;
  /** Bytes acknowledged in congestion avoidance that have not yet earned a segment, RFC 5681 §3.1 after (3). */
  #acked = 0;
  /** Before the last reduction, to return to when it was a mistake. */
  #priorWindow = 0;
  #priorThreshold = 0;

  /** @param initialSegments the initial window; 0: by RFC 6928 */
  constructor(mss: number, initialSegments = 0) {
    this.#mss = mss;
    this.#initialSegments = initialSegments;
    this.window = initialWindow(mss, this.#initialSegments);
  }

  get name(): string {
    return 'reno';
  }

  get mss(): number {
    return this.#mss;
  }

  set mss(mss: number) {
    // nothing has been sent when the handshake decides the MSS; later, the window stays what it is in bytes
    if (this.window === initialWindow(this.#mss, this.#initialSegments)) this.window = initialWindow(mss, this.#initialSegments);
    this.#mss = mss;
  }

  onAck({ acked }: Readonly<AckSample>): void {
    let rest = acked;
    if (this.window < this.threshold) {
      // (2), counted in bytes as RFC 3465 has it, but without its limit of two segments: one acknowledgment here often
      // answers a burst of forty, and Linux counts them all for the same reason. What leads beyond ssthresh counts below
      const before = this.window;
      this.window = Math.min(before + acked, this.threshold);
      rest -= this.window - before;
    }
    this.#acked += rest;
    if (this.#acked < this.window) return;
    this.#acked -= this.window;
    this.window += this.#mss;
  }

  onLoss(flight: number): void {
    this.#remember();
    this.threshold = this.#times(BETA, flight);
    this.window = this.threshold;
  }

  onEcnEcho(flight: number, gentle: boolean): void {
    this.threshold = this.#times(gentle ? GENTLE_BETA : BETA, flight);
    this.window = this.threshold;
    this.#acked = 0;
  }

  onRecovered(flight: number): void {
    // RFC 6582 §3.2 step 3 (1): no burst out of what little is left in flight
    this.window = Math.min(this.threshold, Math.max(flight, this.#mss) + this.#mss);
    this.#acked = 0;
  }

  onTimeout(flight: number, again: boolean): void {
    // RFC 5681 §3.1: ssthresh is held constant when the same segment times out again
    if (!again) {
      this.#remember();
      this.threshold = this.#times(BETA, flight);
    }
    this.window = this.#mss;
    this.#acked = 0;
  }

  onSpurious(): void {
    this.window = Math.max(this.window, this.#priorWindow); // RFC 4015 §3.2
    this.threshold = Math.max(this.threshold, this.#priorThreshold);
  }

  onIdle(halvings = 0): void {
    this.window = afterSilence(this.window, initialWindow(this.#mss, this.#initialSegments), halvings); // RFC 5681 §4.1: RW = min(IW, cwnd)
  }

  #remember(): void {
    this.#priorWindow = this.window;
    this.#priorThreshold = this.threshold;
  }

  #times(beta: number, flight: number): number {
    return Math.max(Math.floor(flight * beta), 2 * this.#mss); // (4)
  }
}
