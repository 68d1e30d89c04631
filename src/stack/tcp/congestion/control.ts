/** Congestion control as the sender sees it: a window, and the four things that can happen to it. */
import type { Micros } from '../../time.ts';

/** What one acknowledgment says. One instance is reused. All amounts are bytes. */
export class AckSample {
  /** By how much SND.UNA has advanced. */
  acked = 0;
  /** What has newly arrived at the peer, cumulatively or selectively acknowledged; without SACK, as duplicates let us guess. */
  delivered = 0;
  /** What the blocks of RFC 2018 have newly reported. */
  sacked = 0;
  /** When the first and the last of that were sent which were sent only once; -1 when there is none. */
  sackedFirstAt: Micros = -1;
  sackedLastAt: Micros = -1;
  /** What was found lost by it. */
  lost = 0;
  /** Outstanding before it. */
  flight = 0;
  /** A duplicate in the sense of RFC 5681 §2. */
  isRepeated = false;
  /** It reports that something arrived twice (RFC 2883). */
  reportsDuplicate = false;
  now: Micros = 0;
  /** A round-trip sample; 0 when it gave none. */
  rtt: Micros = 0;
  /** SRTT. */
  smoothedRtt: Micros = 0;
  /** Everything that was in flight when the round began is acknowledged. */
  roundEnded = false;

  /** Before an acknowledgment is looked at. */
  begin(now: Micros, flight: number): void {
    this.now = now;
    this.flight = flight;
    this.acked = 0;
    this.delivered = 0;
    this.sacked = 0;
    this.sackedFirstAt = -1;
    this.sackedLastAt = -1;
    this.lost = 0;
    this.rtt = 0;
    this.isRepeated = false;
    this.reportsDuplicate = false;
    this.roundEnded = false;
  }
}

/** Owns its numbers and knows nothing of the sender. All amounts are bytes. */
export interface CongestionControl {
  readonly name: string;
  /** cwnd. While the window is being reduced it is PRR that sets it (loss/prr.ts). */
  window: number;
  /** ssthresh. */
  threshold: number;
  /** The sender's maximum segment size; set when the handshake or the path decides it. */
  mss: number;
  /** New data was acknowledged, outside recovery, while the window was what limited the sender. */
  onAck(sample: Readonly<AckSample>): void;
  /** A loss: the window shall come down from `from`, FlightSize or cwnd. */
  onLoss(from: number, now: Micros): void;
  /**
   * The peer echoes a router's mark (RFC 3168 §6.1.2): once for `flight` bytes outstanding.
   * @param gentle less than for a loss, RFC 8511
   */
  onEcnEcho(flight: number, gentle: boolean, now: Micros): void;
  /** Recovery is over. */
  onRecovered(flight: number): void;
  /** The retransmission timer expired. `again`: for data that had timed out, or a flight for which ssthresh came down, before. */
  onTimeout(from: number, again: boolean, now: Micros): void;
  /** The last `onLoss` or `onTimeout` was a mistake: nothing had been lost. The window does not become smaller by it. */
  onSpurious(): void;
  /** The connection was idle for longer than a retransmission timeout. @param halvings 0: back to the initial window at once */
  onIdle(halvings?: number): void;
}

/** ssthresh before anything was lost: "arbitrarily high", RFC 5681 §3.1; Linux: TCP_INFINITE_SSTHRESH. */
export const NO_THRESHOLD = 0x7fff_ffff;

/** RFC 6928 §2: min (10*MSS, max (2*MSS, 14600)). @param segments the window in segments of any size, as in Linux; 0: by the RFC */
export const initialWindow = (mss: number, segments = 0): number =>
  segments > 0 ? segments * mss : Math.min(10 * mss, Math.max(2 * mss, 14_600));

/** RFC 2861 §2: half of the window for each timeout that passed in silence, down to the initial one. */
export const afterSilence = (window: number, initial: number, halvings: number): number =>
  halvings === 0 ? Math.min(window, initial) : Math.max(Math.floor(window / 2 ** halvings), Math.min(window, initial));
