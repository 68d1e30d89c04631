/** A stream that shall not be faster than so many bits per second on average: iperf3's --bitrate. */
import type { Micros } from '../../stack/index.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';

/** A pause is no longer for the sake of fewer bursts: what became due meanwhile goes out together. iperf3: --pacing-timer, 1000 µs. */
const LONGEST_GATHERING: Micros = 1 * MILLISECOND;
/**
 * Nor is a burst longer: a receiver's buffer holds 92 datagrams of 1448 bytes by Linux's default, and a packet of many fills it
 * within microseconds. 2 Gbit/s in bursts of a millisecond lost 58 %, in these under 1 %.
 */
const LONGEST_BURST = 65_536;

export class Pacer {
  readonly #time: Timekeeper;
  readonly #bytesPerSecond: number;
  readonly #shortestPause: Micros;
  #startedAt: Micros = 0;
  #cancel: (() => void) | undefined = undefined;

  /** @param rate bits per second; 0: without limit */
  constructor(time: Timekeeper, rate: number) {
    this.#time = time;
    this.#bytesPerSecond = rate / 8;
    this.#shortestPause = Math.min(LONGEST_GATHERING, (LONGEST_BURST / this.#bytesPerSecond) * SECOND);
  }

  start(): void {
    this.#startedAt = this.#time.now();
  }

  /** Whether more may follow when so many bytes have been sent. If not, calls when it may. */
  admits(sent: number, resume: () => void): boolean {
    if (this.#bytesPerSecond === 0) return true;
    const wait = this.#startedAt + (sent / this.#bytesPerSecond) * SECOND - this.#time.now();
    if (wait <= 0) return true;
    this.#cancel ??= this.#time.after(Math.ceil(Math.max(wait, this.#shortestPause)), () => {
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
