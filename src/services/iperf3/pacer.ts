/** A stream that shall not be faster than so many bits per second on average: iperf3's --bitrate. */
import type { Micros } from '../../stack/index.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';

/** Pauses are no shorter: what became due meanwhile goes out together. iperf3: --pacing-timer, 1000 µs. */
const SHORTEST_PAUSE: Micros = 1 * MILLISECOND;

export class Pacer {
  readonly #time: Timekeeper;
  readonly #bytesPerSecond: number;
  #startedAt: Micros = 0;
  #cancel: (() => void) | undefined = undefined;

  /** @param rate bits per second; 0: without limit */
  constructor(time: Timekeeper, rate: number) {
    this.#time = time;
    this.#bytesPerSecond = rate / 8;
  }

  start(): void {
    this.#startedAt = this.#time.now();
  }

  /** Whether more may follow when so many bytes have been sent. If not, calls when it may. */
  admits(sent: number, resume: () => void): boolean {
    if (this.#bytesPerSecond === 0) return true;
    const wait = this.#startedAt + (sent / this.#bytesPerSecond) * SECOND - this.#time.now();
    if (wait <= 0) return true;
    this.#cancel ??= this.#time.after(Math.ceil(Math.max(wait, SHORTEST_PAUSE)), () => {
      this.#cancel = undefined;
      resume();
    });
    return false;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
