/** Round-trip time estimation and the retransmission timeout, RFC 6298. */
import type { Micros } from '../../time.ts';
import { MILLISECOND } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { seq } from '../../wire/seq.ts';
import { TEXTBOOK_HABITS } from '../options/habits.ts';
import type { TcpOptions } from '../options.ts';
import { LinuxVariance } from './linux-variance.ts';

/** The clock granularity G of (2.2). Ours is a microsecond; a millisecond keeps the variance term alive on a quiet link. */
const GRANULARITY: Micros = 1 * MILLISECOND;

/** Longer than any round trip; a small integer, which V8 keeps without a box. */
export const NO_SAMPLE: Micros = 0x7fff_ffff;

/** With a `fixedRto` other than 0 the others do not matter. */
export type RtoLimits = Pick<TcpOptions, 'minRto' | 'maxRto' | 'initialRto'> &
  Partial<Pick<TcpOptions, 'minRtoBounds' | 'fixedRto' | 'rtoSlop' | 'habits'>>;

export class RttEstimator {
  /** SRTT; zero until the first sample. */
  smoothed: Micros = 0;
  /** RTTVAR. */
  variation: Micros = 0;
  /** The smallest sample seen. */
  minimum: Micros = NO_SAMPLE;
  /** The latest sample. */
  latest: Micros = 0;
  /** The timeout in force, back-off included. */
  rto: Micros;
  /** How often in a row the timer has expired since the last sample: only a sample ends the back-off (the last of §5). */
  backOffs = 0;
  limits: RtoLimits;
  /** The slop of FreeBSD is part of `rto`. */
  #hasSlop = false;
  /** Counts in place of (2.2) to (2.4) where the options say so. */
  #linux: LinuxVariance | undefined = undefined;

  constructor(limits: RtoLimits) {
    this.limits = limits;
    this.rto = limits.fixedRto || limits.initialRto; // (2.1)
  }

  /**
   * @param una SND.UNA behind the acknowledgment that gave the sample, and SND.NXT: where rounds begin and end
   * @param latest the round trip of the newest segment acknowledged, where `rtt` is that of another one
   */
  sample(rtt: Micros, una: Seq = seq(0), nxt: Seq = seq(0), latest: Micros = rtt): void {
    this.latest = latest;
    this.minimum = Math.min(this.minimum, latest);
    if (this.limits.minRtoBounds === 'variance') {
      this.#sampleAsLinux(rtt, una, nxt);
      return;
    }
    if (this.smoothed === 0) {
      this.smoothed = Math.max(rtt, 1); // (2.2); zero would read as "no sample yet"
      this.variation = rtt / 2;
    } else {
      this.variation += (Math.abs(this.smoothed - rtt) - this.variation) / 4; // (2.3): RTTVAR before SRTT
      this.smoothed += (rtt - this.smoothed) / 8;
    }
    this.#computeRto();
  }

  /** (5.5): "back off the timer". @param keepsRto this time-out is counted and does not double the next */
  backOff(keepsRto = false): void {
    this.backOffs++;
    if (keepsRto) return;
    const { fixedRto, maxRto, rtoSlop = 0 } = this.limits;
    const exact = this.#hasSlop ? this.rto - rtoSlop : this.rto;
    this.rto = fixedRto || Math.min(exact * 2 + rtoSlop, maxRto);
    this.#hasSlop = true;
  }

  /** As if nothing had been sent yet. */
  startAnew(): void {
    this.backOffs = 0;
    this.#hasSlop = false;
    this.rto = this.limits.fixedRto || this.limits.initialRto;
  }

  /** (5.7): the handshake is over; was its SYN retransmitted, the timeout for data starts anew. */
  handshakeDone(synRetransmitted: boolean): void {
    this.backOffs = 0;
    if (this.smoothed > 0) return;
    const { fixedRto, initialRto, habits = TEXTBOOK_HABITS } = this.limits;
    this.rto = fixedRto || (synRetransmitted ? habits.rtoAfterSynTimeout : initialRto);
    this.#hasSlop = false;
  }

  #sampleAsLinux(rtt: Micros, una: Seq, nxt: Seq): void {
    this.#linux ??= new LinuxVariance(this.limits.minRto);
    this.#linux.sample(rtt, una, nxt);
    this.smoothed = this.#linux.smoothed;
    this.variation = this.#linux.deviation4 / 4;
    this.#computeRto();
  }

  #computeRto(): void {
    this.backOffs = 0;
    if (this.#linux !== undefined) {
      this.rto = this.limits.fixedRto || Math.min(this.#linux.rto, this.limits.maxRto);
      return;
    }
    const { fixedRto, minRto, maxRto, rtoSlop = 0 } = this.limits;
    const rto = Math.ceil(this.smoothed + Math.max(GRANULARITY, 4 * this.variation)) + rtoSlop;
    this.rto = fixedRto || Math.min(Math.max(rto, minRto), maxRto); // (2.4), (2.5)
    this.#hasSlop = true;
  }
}
