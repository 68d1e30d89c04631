/** When to acknowledge: RFC 9293 §3.8.6.3 and RFC 5681 §4.2. */

import type { LinuxAcks } from './linux-acks.ts';

/** Acknowledge at once while the peer is in slow start: it grows with every acknowledgment it gets. Linux: TCP_MAX_QUICKACKS. */
const QUICK_ACKS = 16;
const QUICK_ACKS_FOR_LITTLE = 2;

export class AckPolicy {
  /** An acknowledgment must go out at the next opportunity. */
  immediate = false;
  /**
   * Duplicate acknowledgments owed beyond that one. A batch of input is answered once, but each segment above a hole must
   * be answered by itself: the peer counts three of them (RFC 5681 §3.2, §4.2).
   */
  duplicatesOwed = 0;
  /** See `answer`. */
  isAnswer = false;
  /** Why, in the words that the capture shows. */
  reason = '';
  /** With Linux's policy, from the first text on. */
  linux: LinuxAcks | undefined = undefined;
  #unacknowledged = 0;
  #quick = QUICK_ACKS;

  /** Something is waiting for an acknowledgment that may be delayed. */
  get isPending(): boolean {
    return this.immediate || this.duplicatesOwed > 0 || this.#unacknowledged > 0 || this.linux?.isScheduled === true;
  }

  /**
   * Text arrived in order.
   * @param segmentSize the peer's full segment as estimated so far
   */
  inOrder(length: number, segmentSize: number): void {
    this.#unacknowledged += length;
    // SHLD-19: at least every second full-sized segment
    if (this.#unacknowledged >= 2 * segmentSize) this.now('ACK');
    else if (this.#quick > 0) {
      this.#quick--;
      this.now('quick ACK');
    }
  }

  /** The peer may be able to send very little: its next segments are acknowledged at once. As many as Linux: two. */
  quicken(): void {
    this.#quick = Math.max(this.#quick, QUICK_ACKS_FOR_LITTLE);
    this.linux?.quicken(QUICK_ACKS_FOR_LITTLE);
  }

  /** The application asks for it (TCP_QUICKACK). */
  setQuick(on: boolean): void {
    this.#quick = on ? QUICK_ACKS : 0;
  }

  /** FreeBSD: every second segment is acknowledged at once, however small. @param isSecond one waits already, or this is a long one */
  inTurn(isSecond: boolean): void {
    if (isSecond) this.now('ACK');
  }

  /** FreeBSD's answer to a segment that was not taken: its window is not rounded up, and promises nothing. */
  answer(reason: string): void {
    this.now(reason);
    this.isAnswer = true;
  }

  /** RFC 5681 §4.2: a segment above a hole is acknowledged at once, so that the peer can count duplicates. */
  outOfOrder(): void {
    if (this.immediate) this.duplicatesOwed++;
    this.now('duplicate ACK: segment missing');
  }

  /** RCV.NXT moved: the duplicates of the same batch would say something that is no longer true. */
  holeFilled(): void {
    this.duplicatesOwed = 0;
  }

  now(reason: string): void {
    this.immediate = true;
    this.isAnswer = false;
    this.reason = reason;
  }

  /** A segment with ACK has left. */
  sent(): void {
    this.#unacknowledged = 0;
    this.linux?.sent();
    if (this.duplicatesOwed > 0) this.duplicatesOwed--;
    else this.immediate = false;
  }
}
