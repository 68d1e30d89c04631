/** The send and receive sequence variables, RFC 9293 §3.3.1. */
import type { Seq } from '../wire/seq.ts';
import { diff, seq } from '../wire/seq.ts';

export class SendSpace {
  /** Our initial sequence number. */
  iss: Seq = seq(0);
  /** Oldest number not yet acknowledged. */
  una: Seq = seq(0);
  /** Next number to send for the first time. Never runs back: retransmissions are taken from the list of what was sent. */
  nxt: Seq = seq(0);
  /** What the peer will take beyond `una`, in bytes, already scaled. */
  wnd = 0;
  /** Sequence and acknowledgment numbers of the segment that last updated the window. */
  wl1: Seq = seq(0);
  wl2: Seq = seq(0);
  /** The largest window the peer ever offered: RFC 9293 §3.8.6.2.1 calls it Max(SND.WND), RFC 5961 §5.2 MAX.SND.WND. */
  maxWnd = 0;
  /**
   * The SYN has been sent, and acknowledged. Flags, because no comparison with `iss` can tell: after 2^31 bytes the circle
   * has turned half around, and after 2^32 the same number comes again.
   */
  synSent = false;
  synAcknowledged = false;

  start(iss: Seq): void {
    this.iss = iss;
    this.una = iss;
    this.nxt = iss;
    this.synSent = false;
    this.synAcknowledged = false;
  }

  /** Sequence space sent and not acknowledged. */
  get flight(): number {
    return diff(this.nxt, this.una);
  }
}

export class ReceiveSpace {
  /** The peer's initial sequence number. */
  irs: Seq = seq(0);
  /** Next number expected. */
  nxt: Seq = seq(0);
  /** The right edge we have advertised: the first number beyond the window. It never moves to the left (SHLD-14). */
  edge: Seq = seq(0);
  /** RCV.NXT as of the last segment we sent: Last.ACK.sent of RFC 7323 §4.3. */
  lastAckSent: Seq = seq(0);

  /** The receive window in bytes. */
  get wnd(): number {
    return Math.max(diff(this.edge, this.nxt), 0);
  }
}
