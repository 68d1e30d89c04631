/** How much may be under way, and what the marks of routers do to it. */

export interface CongestionOptions {
  /** CUBIC (RFC 9438) with HyStart++ (RFC 9406), Reno (RFC 5681), or none. @default 'cubic' */
  readonly congestionControl: 'cubic' | 'reno' | 'unlimited';
  /** The initial window in segments of any size; 0: by the bytes of RFC 6928 §2. @default 0 */
  readonly initialWindow: number;
  /** In slow start the window grows while more than half of it is used, as in Linux; else only while all of it is. @default false */
  readonly growsWhenHalfUsed: boolean;
  /**
   * The congestion window after silence of more than a retransmission timeout: the initial one (RFC 5681 §4.1), half of it for
   * each timeout (RFC 2861, Linux), or as it was. @default 'initial window'
   */
  readonly idleRestart: 'initial window' | 'halve' | 'none';
  /** The initial window stays what it is when one SYN of ours was lost, as in Linux, and shrinks with the second. @default false */
  readonly forgivesLostSyn: boolean;
  /**
   * Explicit Congestion Notification, RFC 3168: routers with a queue mark packets where they would else drop them. `on` asks for
   * it, `passive` agrees when the peer asks, `off` does neither: tcp_ecn 1, 2 and 0 of Linux. A capture shows SYN with ECE and
   * CWR, SYN-ACK with ECE, then ECT(0) in the IP header of all new text; behind a mark (CE) acknowledgments with ECE until
   * the other side says CWR. @default 'passive', as Linux: some paths still drop a SYN that asks
   */
  readonly ecn: 'off' | 'passive' | 'on';
  /**
   * How often a SYN that was not answered asks for ECN again before it goes without (RFC 3168 §6.1.1.1). Linux gives up with
   * the first retransmission, FreeBSD with the second. @default 0
   */
  readonly ecnSynRetries: number;
  /** The same for the SYN-ACK. Linux always repeats it as it was, FreeBSD takes ECE out of the second. @default no limit */
  readonly ecnSynAckRetries: number;
  /**
   * Alternative Backoff with ECN, RFC 8511: a mark comes from a short queue, so the window falls less than for a loss: to 0.85
   * with CUBIC (0.7 else), to 0.8 with Reno (0.5 else). Experimental, and off in kernels. @default false
   */
  readonly abe: boolean;
}

export const CONGESTION_DEFAULTS: CongestionOptions = {
  congestionControl: 'cubic',
  initialWindow: 0,
  growsWhenHalfUsed: false,
  idleRestart: 'initial window',
  forgivesLostSyn: false,
  ecn: 'passive',
  ecnSynRetries: 0,
  ecnSynAckRetries: Number.POSITIVE_INFINITY,
  abe: false,
};
