/** Linux's variation of the round-trip time: never below the minimum timeout, and falling once a round trip (tcp_rtt_estimator). */
import type { Micros } from '../../time.ts';
import { MILLISECOND } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { after, seq } from '../../wire/seq.ts';

/** Integers as in the kernel: SRTT times eight, the mean deviation times four. */
export class LinuxVariance {
  #srtt8 = 0;
  #deviation4: Micros = 0;
  /** The largest deviation of the round. */
  #largest: Micros = 0;
  /** What is added to SRTT. */
  #variance: Micros = 0;
  #roundEnd: Seq = seq(0);
  readonly #floor: Micros;

  constructor(floor: Micros) {
    this.#floor = floor;
  }

  /** SRTT, rounded down. */
  get smoothed(): Micros {
    return Math.max(Math.floor(this.#srtt8 / 8), 1);
  }

  /** SRTT plus the variance, rounded up to the tick of a kernel with HZ=1000. */
  get rto(): Micros {
    return Math.ceil((Math.floor(this.#srtt8 / 8) + this.#variance) / MILLISECOND) * MILLISECOND;
  }

  /** A quarter of it is what TCP_INFO shows. */
  get deviation4(): Micros {
    return this.#deviation4;
  }

  sample(rtt: Micros, una: Seq, nxt: Seq): void {
    if (this.#srtt8 === 0) {
      this.#srtt8 = Math.max(rtt * 8, 1);
      this.#deviation4 = rtt * 2;
      this.#variance = Math.max(this.#deviation4, this.#floor);
      this.#largest = this.#variance;
      this.#roundEnd = nxt;
      return;
    }
    let error = rtt - (this.#srtt8 >> 3);
    this.#srtt8 = Math.max(this.#srtt8 + error, 1);
    const shrinks = error < 0;
    error = Math.abs(error) - (this.#deviation4 >> 2);
    if (shrinks && error > 0) error >>= 3; // a round trip that got faster says little about the next slow one
    this.#deviation4 += error;
    this.#largest = Math.max(this.#largest, this.#deviation4);
    this.#variance = Math.max(this.#variance, this.#largest);
    if (!after(una, this.#roundEnd)) return;
    if (this.#largest < this.#variance) this.#variance -= (this.#variance - this.#largest) >> 2;
    this.#roundEnd = nxt;
    this.#largest = this.#floor;
  }
}
