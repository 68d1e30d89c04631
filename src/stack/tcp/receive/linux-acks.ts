/** Linux's delayed acknowledgments: quick at first, slower for who answers what it reads, as long as the peer's pauses let it. */
import type { Micros } from '../../time.ts';
import { MILLISECOND, NEVER } from '../../time.ts';

/** TCP_MAX_QUICKACKS: the most acknowledgments in a row that do not wait. */
const MOST_QUICK = 16;
/** TCP_ATO_MIN, TCP_DELACK_MIN, TCP_DELACK_MAX, and the limit of one-way traffic. */
const LEAST: Micros = 40 * MILLISECOND;
const MOST: Micros = 200 * MILLISECOND;
/** TCP_MSS_DEFAULT and TCP_MIN_MSS: what is taken for a full segment at first, and at least. */
const USUAL_SEGMENT = 536;
const LEAST_SEGMENT = 88;
const HEADER = 20;

export interface AckContext {
  readonly now: Micros;
  /** The window that we offer. */
  readonly window: number;
  /** The MSS that we announced. */
  readonly announcedMss: number;
  /** Options on every segment of the peer's. */
  readonly optionsLength: number;
  readonly rto: Micros;
}

export class LinuxAcks {
  /** Acknowledgments that still go out at once. */
  quick = 0;
  /** The application answers: its text can carry the acknowledgment. */
  isInteractive = false;
  /** Text or a FIN waits for its acknowledgment. */
  isScheduled = false;
  /** The peer's full segment, as far as known. */
  segmentSize = USUAL_SEGMENT;
  /** How long to wait; 0 before the first text. */
  #timeout: Micros = 0;
  #receivedAt: Micros = 0;
  /** The last small segment's length: two of a size are the size. */
  #lastSize = 0;
  /** Segments since the last acknowledgment that end a write of the peer's; two are as good as many. */
  #pushes = 0;

  /** Text has arrived in order. */
  received(length: number, hasPush: boolean, context: AckContext): void {
    const { now, rto } = context;
    this.isScheduled = true;
    this.measure(length, hasPush, context);
    const pause = now - this.#receivedAt;
    if (this.#timeout === 0) {
      this.#raise(context);
      this.#timeout = LEAST;
    } else if (pause <= LEAST / 2) this.#timeout = this.#timeout / 2 + LEAST / 2;
    else if (pause < this.#timeout) this.#timeout = Math.min(this.#timeout / 2 + pause, rto);
    else if (pause > rto) this.#raise(context); // the sender begins again and needs to grow
    this.#receivedAt = now;
  }

  /** What a full segment is: the largest seen; smaller ones when two of the same length come one behind the other. */
  measure(length: number, hasPush: boolean, { announcedMss, optionsLength }: AckContext): void {
    if (length >= this.segmentSize) {
      this.segmentSize = Math.min(length, announcedMss);
      if (hasPush) this.#pushes = Math.max(this.#pushes, 1);
      return;
    }
    const withOptions = length + optionsLength;
    if (withOptions >= USUAL_SEGMENT || (withOptions >= LEAST_SEGMENT && !hasPush)) {
      const isAgain = length === this.#lastSize;
      this.#lastSize = length;
      if (isAgain) {
        this.segmentSize = length;
        return;
      }
    }
    this.#pushes = Math.min(this.#pushes + 1, 2);
  }

  /** tcp_enter_quickack_mode: something is wrong, and the peer should hear of everything. */
  hurry(context: AckContext): void {
    this.#raise(context);
    this.isInteractive = false;
    this.#timeout = LEAST;
    this.isScheduled = true;
  }

  /** At least so many quick ones, conversation or not. */
  quicken(count: number): void {
    this.quick = Math.max(this.quick, count);
    this.isInteractive = false;
  }

  /** @param unacknowledged octets since the last acknowledgment */
  isDue(unacknowledged: number): boolean {
    return unacknowledged > this.segmentSize || (this.quick > 0 && !this.isInteractive);
  }

  /**
   * The application has read.
   * @param isDrained nothing is left to read
   */
  isDueAfterRead(unacknowledged: number, isDrained: boolean): boolean {
    if (!this.isScheduled) return false;
    const hasEnd = this.#pushes === 2 || (this.#pushes === 1 && !this.isInteractive);
    return unacknowledged > this.segmentSize || (isDrained && hasEnd);
  }

  /** When the acknowledgment has to leave. @param armed when it had to so far @param smoothed SRTT; 0: unknown */
  dueAt(now: Micros, armed: Micros, smoothed: Micros): Micros {
    const limit = this.isInteractive || this.#pushes > 0 ? MOST : 2.5 * MOST;
    const patience = smoothed > 0 ? Math.min(limit, Math.max(smoothed, LEAST)) : limit;
    const wait = Math.min(this.#timeout, this.#timeout > LEAST ? patience : LEAST, MOST);
    if (armed === NEVER) return now + wait;
    return armed <= now + wait / 4 ? now : Math.min(now + wait, armed);
  }

  /** The timer has expired: nobody had text that could carry it. */
  missed(rto: Micros): void {
    if (!this.isInteractive) this.#timeout = Math.min(this.#timeout * 2, rto);
    else {
      this.isInteractive = false;
      this.#timeout = LEAST;
    }
  }

  /** We sent text; soon behind the peer's it is an answer. */
  answered(now: Micros): void {
    if (now - this.#receivedAt < this.#timeout) this.isInteractive = true;
  }

  /** An acknowledgment has left. */
  sent(): void {
    if (this.quick > 0 && this.isScheduled && --this.quick === 0) this.#timeout = LEAST;
    this.isScheduled = false;
    this.#pushes = 0;
  }

  #raise({ window }: AckContext): void {
    const count = Math.floor(window / (2 * this.segmentSize)) || 2;
    this.quick = Math.max(this.quick, Math.min(count, MOST_QUICK));
  }
}

/** Segments shorter than the header options leave room for count with them. */
export const optionsLengthOf = (hasTimestamps: boolean): number => (hasTimestamps ? 32 - HEADER : 0);
