/** When slow start should end although nothing was lost: HyStart++, RFC 9406. */
import type { Micros } from '../../time.ts';
import { MILLISECOND, NEVER } from '../../time.ts';

/** §4.3, the recommended constants. */
const MIN_RTT_THRESHOLD: Micros = 4 * MILLISECOND;
const MAX_RTT_THRESHOLD: Micros = 16 * MILLISECOND;
const MIN_RTT_DIVISOR = 8;
const RTT_SAMPLES = 8;
/** In conservative slow start the window grows by a quarter of what slow start would give ... */
export const CSS_GROWTH_DIVISOR = 4;
/** ... for so many rounds, the one in which it began counted too; then congestion avoidance begins. */
const CSS_ROUNDS = 5;

export type SlowStartPhase = 'slow start' | 'conservative' | 'over';

/**
 * Watches the smallest round-trip time of each round. When it rises, a queue is filling: the window goes on growing, slowly, and
 * when the rise turns out to be noise, slow start goes on as if nothing had been.
 */
export class HyStart {
  phase: SlowStartPhase = 'slow start';
  #lastRoundMin: Micros = NEVER;
  #currentRoundMin: Micros = NEVER;
  #samples = 0;
  /** The smallest round-trip time of the round in which conservative slow start began. */
  #baseline: Micros = NEVER;
  #cssRounds = 0;

  /** @param rtt a sample, or 0 when the acknowledgment gave none */
  onAck(rtt: Micros, roundEnded: boolean): void {
    if (this.phase === 'over') return;
    if (rtt > 0) {
      this.#currentRoundMin = Math.min(this.#currentRoundMin, rtt);
      this.#samples++;
    }
    if (this.phase === 'slow start') this.#look();
    else this.#lookBack();
    if (roundEnded) this.#startRound();
  }

  #look(): void {
    if (this.#samples < RTT_SAMPLES || this.#lastRoundMin === NEVER) return;
    const threshold = Math.max(MIN_RTT_THRESHOLD, Math.min(this.#lastRoundMin / MIN_RTT_DIVISOR, MAX_RTT_THRESHOLD));
    if (this.#currentRoundMin < this.#lastRoundMin + threshold) return;
    this.#baseline = this.#currentRoundMin;
    this.phase = 'conservative';
    this.#cssRounds = 0;
  }

  #lookBack(): void {
    if (this.#samples < RTT_SAMPLES || this.#currentRoundMin >= this.#baseline) return;
    this.#baseline = NEVER; // the rise was noise
    this.phase = 'slow start';
  }

  #startRound(): void {
    if (this.phase === 'conservative' && ++this.#cssRounds === CSS_ROUNDS) this.phase = 'over';
    this.#lastRoundMin = this.#currentRoundMin;
    this.#currentRoundMin = NEVER;
    this.#samples = 0;
  }
}
