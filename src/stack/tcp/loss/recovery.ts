/** Where the sender stands between loss and repair: RFC 5681 §3.2, RFC 6582. */
import type { Seq } from '../../wire/seq.ts';
import { seq } from '../../wire/seq.ts';

export type RecoveryPhase = 'open' | 'fast recovery' | 'timeout recovery';

/** RFC 5681 §3.2: so many duplicates mean a loss and not a reordering. */
export const DUPLICATE_THRESHOLD = 3;

/** More than any window; a small integer, which an object of V8 holds without a box. */
const UNBOUNDED = 0x7fff_ffff;

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
  /**
   * RFC 6937 §3.1, the slow start reduction bound: what may be in flight until the next acknowledgment, namely a segment more
   * than it says was delivered. A hole that held the whole receive window back would else be followed by a burst of all of it.
   */
  bound: number = UNBOUNDED;

  enter(phase: 'fast recovery' | 'timeout recovery', nxt: Seq): void {
    this.phase = phase;
    this.recover = nxt;
    this.partialSeen = false;
    this.bound = UNBOUNDED;
    this.urgent = phase === 'fast recovery';
    if (phase === 'timeout recovery') this.duplicates = 0;
  }

  leave(): void {
    this.phase = 'open';
    this.duplicates = 0;
    this.urgent = false;
    this.bound = UNBOUNDED;
  }

  /** Segments that duplicates say have left the network. RFC 3042: outside recovery only the first two let new text out. */
  get departed(): number {
    return this.phase === 'open' ? Math.min(this.duplicates, DUPLICATE_THRESHOLD - 1) : this.duplicates;
  }

  /** A partial acknowledgment removed so many segments: the lost one, and those whose duplicates were counted. */
  forgetDuplicates(segments: number): void {
    this.duplicates = Math.max(this.duplicates - (segments - 1), 0);
  }
}
