/** Loss, order and jitter of a stream of numbered datagrams, as iperf3 counts them. */
import type { Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';
import type { Tally } from './tally.ts';

/** RFC 1889 §6.3.1: "the interarrival jitter is ... J = J + (|D(i-1,i)| - J)/16". */
const GAIN = 16;

export class Reception {
  readonly #tally: Tally;
  #transit = 0;
  #isFirst = true;

  /** @param tally where it is counted; `bytes` is the caller's */
  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /**
   * A gap counts as lost; a number from behind fills one, whichever that was, and is out of order. So a datagram that the
   * network doubled hides a loss: the price of not remembering which were missing.
   * @param count the sender's number, from 1 on
   * @param sentAt on the sender's clock, whose zero does not matter
   */
  onDatagram(count: number, sentAt: Micros, arrivedAt: Micros): void {
    const tally = this.#tally;
    if (count > tally.packets) {
      tally.lost += count - tally.packets - 1;
      tally.packets = count;
    } else {
      tally.outOfOrder++;
      if (tally.lost > 0) tally.lost--;
    }
    const transit = arrivedAt - sentAt;
    if (this.#isFirst) this.#transit = transit;
    this.#isFirst = false;
    const difference = Math.abs(transit - this.#transit) / SECOND;
    this.#transit = transit;
    tally.jitter += (difference - tally.jitter) / GAIN;
  }
}
