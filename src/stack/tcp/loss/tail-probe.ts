/** Tail loss probe: RFC 8985 §7, when to probe and what the answer means. */
import type { Micros } from '../../time.ts';
import { MILLISECOND, SECOND } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { after, atOrAfter, seq } from '../../wire/seq.ts';
import type { RttEstimator } from '../time/rtt.ts';

/** §7.2: TLP.max_ack_delay, how long a lone segment's acknowledgment may be delayed. */
const MAX_ACK_DELAY: Micros = 200 * MILLISECOND;

/** PTO, §7.2. @param single one segment is in flight, whose acknowledgment the peer may delay */
export function tailProbeDelay({ smoothed }: RttEstimator, single: boolean): Micros {
  if (smoothed === 0) return SECOND;
  return Math.ceil(2 * smoothed) + (single ? MAX_ACK_DELAY : 2 * MILLISECOND);
}

export type ProbeVerdict = 'nothing' | 'not lost' | 'repaired a loss';

/** One probe at a time. */
export class TailProbe {
  /** The timer has expired: the probe goes out at the next poll. */
  due = false;
  isOut = false;
  /** TLP.is_retrans and TLP.end_seq. */
  #isRetransmission = false;
  #end: Seq = seq(0);

  sent(nxt: Seq, isRetransmission: boolean): void {
    this.isOut = true;
    this.#end = nxt;
    this.#isRetransmission = isRetransmission;
  }

  /**
   * §7.4.2: was the probe the repair of a loss? Then the congestion window has to learn of it.
   * @param reportsDuplicate the acknowledgment says that something arrived twice (RFC 2883)
   */
  onAck(ack: Seq, reportsDuplicate: boolean, isPlainDuplicate: boolean): ProbeVerdict {
    if (!this.isOut || !atOrAfter(ack, this.#end)) return 'nothing';
    if (!this.#isRetransmission || reportsDuplicate || isPlainDuplicate) {
      this.isOut = false;
      return 'not lost';
    }
    if (!after(ack, this.#end)) return 'nothing'; // the original or the probe: the next one will tell
    this.isOut = false;
    return 'repaired a loss';
  }

  /** A time-out or a recovery makes the question moot. */
  forget(): void {
    this.due = false;
    this.isOut = false;
  }
}
