/** Where the sender stands between loss and repair: RFC 5681 §3.2, RFC 6582. */
import type { Seq } from '../../wire/seq.ts';
import { seq } from '../../wire/seq.ts';
import type { FrtoStep } from './history.ts';
import { LossHistory } from './history.ts';

export type RecoveryPhase = 'open' | 'fast recovery' | 'timeout recovery';

/** RFC 5681 §3.2: so many duplicates mean a loss and not a reordering. */
export const DUPLICATE_THRESHOLD = 3;

export class Recovery {
  phase: RecoveryPhase = 'open';
  /** RFC 6582 §3.2: SND.NXT when the loss was noticed; recovery ends when it is acknowledged. */
  recover: Seq = seq(0);
  /**
   * Duplicate acknowledgments that stand for segments which have left the network. The textbook inflates cwnd by as many
   * segments; taking them out of the amount in flight is the same sum, and it is how selective acknowledgments count too.
   */
  duplicates = 0;
  /** The segment at SND.UNA goes out whatever cwnd says: the fast retransmit, and the answer to a partial acknowledgment. */
  urgent = false;
  /** What was in flight at the first duplicate: limited transmit adds to it, and MUST NOT count (RFC 5681 §3.2 step 2). */
  flightAtLoss = 0;
  /** A partial acknowledgment has been seen: only the first restarts the timer, RFC 6582 §3.2 step 3 (2). */
  partialSeen = false;
  /** Expiries of the retransmission timer since SND.UNA last advanced. */
  expiries = 0;
  /** Undefined until something is sent again for the first time. */
  history: LossHistory | undefined = undefined;

  /** The memory of losses; it begins here where there was none. */
  remember(): LossHistory {
    this.history ??= new LossHistory();
    return this.history;
  }

  /** As it was in the beginning: there was never a loss, and nothing speaks for one. */
  get isUntouched(): boolean {
    return this.history === undefined && this.phase === 'open' && this.duplicates === 0 && this.expiries === 0;
  }

  enter(phase: 'fast recovery' | 'timeout recovery', nxt: Seq): void {
    this.phase = phase;
    this.recover = nxt;
    this.partialSeen = false;
    if (phase === 'timeout recovery') this.duplicates = 0;
  }

  leave(): void {
    this.phase = 'open';
    this.duplicates = 0;
    this.urgent = false;
    if (this.history === undefined) return;
    this.history.prr.end();
    this.history.frto = 'off';
  }

  /** PRR decides about the window. */
  get isReducing(): boolean {
    return this.history?.prr.isActive === true;
  }

  get frto(): FrtoStep {
    return this.history?.frto ?? 'off';
  }

  /** Segments that duplicates say have left the network. @param limited of those outside recovery, only the first two count (RFC 3042) */
  departed(limited: boolean): number {
    if (this.phase !== 'open') return this.duplicates;
    return limited ? Math.min(this.duplicates, DUPLICATE_THRESHOLD - 1) : 0;
  }

  /** A partial acknowledgment removed so many segments: the lost one, and those whose duplicates were counted. */
  forgetDuplicates(segments: number): void {
    this.duplicates = Math.max(this.duplicates - (segments - 1), 0);
  }
}
