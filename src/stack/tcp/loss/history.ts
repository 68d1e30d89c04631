/** What a connection remembers from its first loss on, and what it counts. Most connections never lose anything. */
import { Prr } from './prr.ts';
import { Undo } from './undo.ts';

/** Since the connection began. */
export class LossCounters {
  /** Segments sent again, probes of the tail included. */
  retransmitted = 0;
  /** Expiries of the retransmission timer. */
  timeouts = 0;
  /** Recoveries begun by duplicates, selective acknowledgments or time (RFC 5681 §3.2, RFC 8985 §6). */
  recoveries = 0;
  /** Tail loss probes, RFC 8985 §7. */
  probes = 0;
  /** Reductions taken back because nothing had been lost: by timestamps (RFC 3522) or reported duplicates (RFC 3708). */
  undone = 0;
  /** Time-outs that F-RTO has found to be spurious, RFC 5682. */
  spuriousTimeouts = 0;
}

/**
 * Where F-RTO stands, RFC 5682: `armed` after a time-out, `new text` while the answer to the first acknowledgment is text that
 * was never sent instead of what is believed lost, `waiting` for what the next acknowledgment says about it.
 */
export type FrtoStep = 'off' | 'armed' | 'new text' | 'waiting';

export class LossHistory {
  readonly prr: Prr = new Prr();
  readonly undo: Undo = new Undo();
  frto: FrtoStep = 'off';
  readonly counters: LossCounters = new LossCounters();
}
