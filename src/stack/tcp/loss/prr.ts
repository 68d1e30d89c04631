/** Proportional rate reduction: what may be sent while the window comes down to ssthresh. RFC 9937, before it RFC 6937. */

/**
 * The window of a recovery is not halved at once, which would silence the sender for half a round trip. For what arrives at the
 * peer something is sent, in the proportion of ssthresh to what was in flight; and when losses have emptied the path below
 * ssthresh, it is filled again no faster than slow start would, or not at all when still more is lost.
 */
export class Prr {
  /** RecoverFS of RFC 9937 §6: what was in flight when the reduction began; 0: none is under way. Bytes, as all here. */
  #flight = 0;
  /** prr_delivered and prr_out. */
  #delivered = 0;
  #out = 0;

  get isActive(): boolean {
    return this.#flight > 0;
  }

  /** @param flight what was in flight and had not arrived yet, or cwnd where that is what ssthresh is taken from */
  begin(flight: number): void {
    this.#flight = Math.max(flight, 1);
    this.#delivered = 0;
    this.#out = 0;
  }

  end(): void {
    this.#flight = 0;
  }

  /** So much was sent, for the first time or again. */
  sent(length: number): void {
    this.#out += length;
  }

  /**
   * RFC 9937 §6.2, on each acknowledgment during the reduction.
   * @param delivered what the acknowledgment says has arrived
   * @param isSafe SND.UNA has advanced and nothing more was found lost: the slow start bound (SSRB) instead of the conservative one
   * @param burst what may be sent at once beyond what arrives: an application that pauses and goes on would else catch up on all
   *   of its share in one burst, which no pacing spreads
   * @returns cwnd; undefined when the acknowledgment delivered nothing and the window stays
   */
  window(pipe: number, threshold: number, delivered: number, isSafe: boolean, mss: number, burst: number): number | undefined {
    if (delivered <= 0) return undefined;
    this.#delivered += delivered;
    let count: number;
    // in whole segments, rounded up: in bytes the share of one acknowledgment would send nothing until the next one comes
    if (pipe > threshold) count = Math.ceil((this.#delivered * threshold) / this.#flight / mss) * mss - this.#out;
    else {
      count = Math.max(this.#delivered - this.#out, delivered) + (isSafe ? mss : 0);
      count = Math.min(threshold - pipe, count, delivered + burst);
    }
    return pipe + Math.max(count, this.#out === 0 ? mss : 0); // the fast retransmit goes out whatever the proportion says
  }
}
