/** A drop-tail queue in front of a line of a given rate: says when each frame has left, without a clock of its own. */
import type { Micros } from '../stack/time.ts';
import { NEVER, SECOND } from '../stack/time.ts';

export interface QueueLimits {
  /** Frames that may wait while another is on the line. @default 1000, as on a Linux interface */
  readonly packets?: number;
  /** Bytes that may wait, without line overhead. @default no limit */
  readonly bytes?: number;
  /**
   * Frames that find more than this waiting, packets or bytes, are marked as having experienced congestion (CE of RFC 3168) where
   * their sender allows it, long before any is dropped. The others wait as ever. @default none is marked
   */
  readonly markAbove?: QueueLevel;
}

export interface QueueLevel {
  readonly packets?: number;
  readonly bytes?: number;
}

/**
 * The line is busy from `#busySince` for as long as `#bits` take. Both are whole numbers, so a thousand frames of 1230.4 µs
 * end exactly at 1,230,400 µs instead of a rounding error later. What waits is known by the time at which it will start.
 */
export class DropTailQueue {
  readonly #rate: number;
  readonly #maxPackets: number;
  readonly #maxBytes: number;
  readonly #markAbovePackets: number;
  readonly #markAboveBytes: number;
  #busySince: Micros = 0;
  #bits = 0;
  #startAt: Float64Array<ArrayBuffer> = new Float64Array(16);
  #lengths: Float64Array<ArrayBuffer> = new Float64Array(16);
  #head = 0;
  #waiting = 0;
  #waitingBytes = 0;

  /** @param rate bits per second; infinite: nothing ever waits */
  constructor(rate: number, limits: QueueLimits = {}) {
    if (!(rate > 0)) throw new RangeError(`a rate is a positive number of bits per second, not ${rate}`);
    this.#rate = rate;
    this.#maxPackets = limits.packets ?? 1000;
    this.#maxBytes = limits.bytes ?? Number.POSITIVE_INFINITY;
    this.#markAbovePackets = limits.markAbove?.packets ?? Number.POSITIVE_INFINITY;
    this.#markAboveBytes = limits.markAbove?.bytes ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Offers a frame to the line.
   * @param length what counts against the byte limit
   * @param lineLength bytes that the line carries for it
   * @returns when its last bit has left, rounded up to a whole microsecond; NEVER when the queue is full and it is dropped
   */
  admit(length: number, lineLength: number, now: Micros): Micros {
    if (this.#rate === Number.POSITIVE_INFINITY) return now;
    this.#leave(now);
    const free = this.#freeAt();
    if (free <= now) {
      this.#busySince = now;
      this.#bits = 0;
    } else {
      if (this.#waiting >= this.#maxPackets || this.#waitingBytes + length > this.#maxBytes) return NEVER;
      this.#wait(free, length);
    }
    this.#bits += lineLength * 8;
    while (this.#bits >= this.#rate) {
      this.#bits -= this.#rate;
      this.#busySince += SECOND;
    }
    return Math.ceil(this.#freeAt());
  }

  /** What is offered now finds more waiting than `markAbove` says. */
  isAboveMark(now: Micros): boolean {
    this.#leave(now);
    return this.#waiting > this.#markAbovePackets || this.#waitingBytes > this.#markAboveBytes;
  }

  /** Frames that wait for the line, the one on it not counted. */
  packets(now: Micros): number {
    this.#leave(now);
    return this.#waiting;
  }

  bytes(now: Micros): number {
    this.#leave(now);
    return this.#waitingBytes;
  }

  /** When the line takes the next frame that waits, rounded up to a whole microsecond; NEVER when none waits. */
  nextChange(): Micros {
    return this.#waiting === 0 ? NEVER : Math.ceil(this.#startAt[this.#head]!);
  }

  #freeAt(): number {
    return this.#busySince + (this.#bits * SECOND) / this.#rate;
  }

  #wait(startAt: number, length: number): void {
    if (this.#waiting === this.#startAt.length) this.#grow();
    const place = (this.#head + this.#waiting) & (this.#startAt.length - 1);
    this.#startAt[place] = startAt;
    this.#lengths[place] = length;
    this.#waiting++;
    this.#waitingBytes += length;
  }

  /** Forgets the frames whose first bit is on the line by now. */
  #leave(now: Micros): void {
    while (this.#waiting > 0 && this.#startAt[this.#head]! <= now) {
      this.#waitingBytes -= this.#lengths[this.#head]!;
      this.#head = (this.#head + 1) & (this.#startAt.length - 1);
      this.#waiting--;
    }
  }

  #grow(): void {
    const size = this.#startAt.length;
    const turn = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(size * 2);
      larger.set(old.subarray(this.#head), 0);
      larger.set(old.subarray(0, this.#head), size - this.#head);
      return larger;
    };
    this.#startAt = turn(this.#startAt);
    this.#lengths = turn(this.#lengths);
    this.#head = 0;
  }
}
