/** Was it a loss at all? What has to be known to take a reduction back: RFC 3522, RFC 4015, RFC 3708, RFC 9438 §4.9. */
import type { Seq } from '../../wire/seq.ts';
import { after } from '../../wire/seq.ts';

export class Undo {
  /** SND.UNA when the window was reduced; undefined: there is nothing to take back. */
  #marker: Seq | undefined = undefined;
  /** Retransmissions that the peer has not reported as duplicates; -1: none was sent yet. */
  #unreported = -1;
  /** Our clock as the first retransmission carried it. */
  #stamp: number | undefined = undefined;

  get isPossible(): boolean {
    return this.#marker !== undefined;
  }

  /** @param retransmitted segments that were sent again before and are still in flight */
  begin(una: Seq, retransmitted: number): void {
    this.#marker = una;
    this.#unreported = retransmitted > 0 ? retransmitted : -1;
    this.#stamp = undefined;
  }

  forget(): void {
    this.#marker = undefined;
    this.#stamp = undefined;
  }

  /** @param stamp the timestamp that the retransmission carries; undefined without the option */
  retransmitted(segments: number, stamp: number | undefined): void {
    if (this.#marker === undefined) return;
    this.#unreported = Math.max(this.#unreported, 0) + segments;
    this.#stamp ??= stamp;
  }

  /** RFC 2883: the peer has got something twice. What lies before the marker belongs to an earlier reduction. */
  reported(right: Seq, segments: number): void {
    if (this.#marker === undefined || this.#unreported <= 0 || !after(right, this.#marker)) return;
    this.#unreported = Math.max(this.#unreported - segments, 0);
  }

  /** All that was sent again arrived twice: none of it had been lost. */
  get allReported(): boolean {
    return this.#marker !== undefined && this.#unreported === 0;
  }

  /** RFC 3522 §3.2 (4): the acknowledgment echoes a timestamp from before the first retransmission: the original caused it. */
  isForOriginal(echo: number): boolean {
    return this.#marker !== undefined && this.#stamp !== undefined && ((echo - this.#stamp) | 0) < 0;
  }

  /** The retransmissions are acknowledged: a later one of the same reduction starts the comparison anew. */
  forgetStamp(): void {
    this.#stamp = undefined;
  }
}
