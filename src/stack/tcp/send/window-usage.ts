/** Is the congestion window what limits the sender? RFC 9293 §3.8.2, RFC 7661: one that nobody fills says nothing about the path. */
import type { Seq } from '../../wire/seq.ts';
import { atOrAfter, seq } from '../../wire/seq.ts';
import type { CongestionControl } from '../congestion/control.ts';

/** Looked at when something is sent, and remembered for a round trip, as Linux does (tcp_cwnd_validate). */
export class WindowUsage {
  /** The window was full at some time of the round. */
  isLimited = false;
  /** The most that was in flight in the round, in bytes. */
  mostInFlight = 0;
  #roundEnd: Seq = seq(0);

  /** @param full nothing more fits the congestion window */
  sent(una: Seq, nxt: Seq, inFlight: number, full: boolean): void {
    if (!atOrAfter(una, this.#roundEnd) && !full && (this.isLimited || inFlight <= this.mostInFlight)) return;
    this.isLimited = full;
    this.mostInFlight = inFlight;
    this.#roundEnd = nxt;
  }

  /** May the window grow? In slow start up to twice what was in flight: it may be half a step ahead of the application. */
  isWell({ window, threshold }: Pick<CongestionControl, 'window' | 'threshold'>): boolean {
    return this.isLimited || (window < threshold && window < 2 * this.mostInFlight);
  }
}
