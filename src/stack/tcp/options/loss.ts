/** How losses are found and repaired; each mechanism can be switched off for a lecture. */

export interface LossOptions {
  /** Three duplicate acknowledgments, or selective ones that say as much, mean a loss (RFC 5681 §3.2); off: only the timer does. @default true */
  readonly fastRetransmit: boolean;
  /** After a fast retransmit go on with half the window (RFC 5681 §3.2); off: with one segment, as Tahoe did in 1988. @default true */
  readonly fastRecovery: boolean;
  /** New text on the first two duplicates, RFC 3042; off: a capture of a small window shows a time-out instead. @default true */
  readonly limitedTransmit: boolean;
  /**
   * Find losses by time, RFC 8985 §6; off: by three segments above the hole, RFC 6675 §4. A capture then shows a lost
   * retransmission wait for the time-out, and a fast retransmit for every segment that three others have overtaken. @default true
   */
  readonly rack: boolean;
  /** Probe the end of a flight, RFC 8985 §7; off: a capture shows a lost tail wait for the time-out. @default true */
  readonly tailLossProbe: boolean;
  /** Report what arrived twice, RFC 2883; off: a capture shows no block below the acknowledgment. @default true */
  readonly dsack: boolean;
  /** Ask after a time-out whether it was spurious, RFC 5682; off: the whole flight follows the first segment. @default true */
  readonly frto: boolean;
  /**
   * Take a reduction back when timestamps (RFC 3522) or reported duplicates (RFC 3708) show that nothing was lost; off: a
   * capture of a path that reorders shows the flight halved each time. @default true
   */
  readonly undo: boolean;
  /**
   * Proportional rate reduction, RFC 9937: `sack` where acknowledgments are selective and the arithmetic of RFC 6582 elsewhere,
   * `always` as Linux, which reduces so for the marks of ECN too, `never`: a capture shows half a round trip of silence after
   * a loss. @default 'sack'
   */
  readonly prr: 'sack' | 'always' | 'never';
  /** What ssthresh is taken from: `flight` as RFC 5681 (4) has it, `window` as Linux and FreeBSD do, in whole segments. @default 'flight' */
  readonly reduceFrom: 'flight' | 'window';
  /** After a loss everything from the hole on is sent again, what the peer has already too: for teaching. @default false */
  readonly goBackN: boolean;
}

export const LOSS_DEFAULTS: LossOptions = {
  fastRetransmit: true,
  fastRecovery: true,
  limitedTransmit: true,
  rack: true,
  tailLossProbe: true,
  dsack: true,
  frto: true,
  undo: true,
  prr: 'sack',
  reduceFrom: 'flight',
  goBackN: false,
};
