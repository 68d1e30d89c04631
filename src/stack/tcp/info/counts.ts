/** What went over a connection in each direction: plain numbers that only grow, for TCP_INFO. Segments are frames on the wire. */
import type { Micros } from '../../time.ts';

export class SendCounts {
  /** With text, retransmissions included. */
  segments = 0;
  /** Of text, retransmissions included. */
  bytes = 0;
  /** Sent again, SYN and FIN alone included. */
  segmentsAgain = 0;
  bytesAgain = 0;
  /** Of our sequence space behind the SYN that the peer acknowledged. */
  bytesAcknowledged = 0;
  /** Expiries of the retransmission timer, the flights that suffered one, and how long those waited for news. */
  timeouts = 0;
  timeoutRecoveries = 0;
  timeoutTime: Micros = 0;
  /** When the timer first expired since the last news. */
  timedOutAt: Micros = 0;
  #isTimedOut = false;

  again(segments: number, bytes: number): void {
    this.segmentsAgain += segments;
    this.bytesAgain += bytes;
  }

  timedOut(now: Micros): void {
    this.timeouts++;
    if (this.#isTimedOut) return;
    this.#isTimedOut = true;
    this.timedOutAt = now;
    this.timeoutRecoveries++;
  }

  acknowledged(bytes: number, now: Micros): void {
    this.bytesAcknowledged += bytes;
    if (!this.#isTimedOut) return;
    this.#isTimedOut = false;
    this.timeoutTime += now - this.timedOutAt;
  }
}

export class ReceiveCounts {
  /** With text, also such as was not taken. */
  segments = 0;
  /** Of text in order. */
  bytes = 0;
  /** Segments that arrived above a hole. */
  outOfOrder = 0;
  /** When text last arrived. */
  lastAt: Micros = 0;
}
