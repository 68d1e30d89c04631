/** How an interface of pcapng counts time: 64-bit counts in any unit. */
import type { Micros } from '../../stack/time.ts';

export interface Instant {
  readonly at: Micros;
  /** Below the microsecond, 0 to 999. */
  readonly nanoseconds: number;
}

export class InterfaceClock {
  readonly #ticksPerSecond: bigint;
  /** if_tsoffset, in seconds. */
  readonly #offset: bigint;
  /** Ticks in a microsecond, where plain numbers do; else 0. */
  readonly #quick: number;

  /** @param resolution if_tsresol: a negative power of ten, or of two when the highest bit is set */
  constructor(resolution = 6, offset = 0n) {
    this.#ticksPerSecond = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
    this.#offset = offset;
    this.#quick = offset === 0n ? (resolution === 6 ? 1 : resolution === 9 ? 1000 : 0) : 0;
  }

  /** @param high the upper word of the count, unsigned, and `low` the lower one */
  read(high: number, low: number): Instant {
    // exact below 2^53: the two units that everybody writes, for times before the year 2255
    if (this.#quick === 1 && high < 0x20_0000) return { at: high * 0x1_0000_0000 + low, nanoseconds: 0 };
    if (this.#quick === 1000 && high < 0x2000_0000) {
      const rest = high * 296 + low; // 2^32 is 4,294,967 times 1000 and 296
      return { at: high * 4_294_967 + Math.floor(rest / 1000), nanoseconds: rest % 1000 };
    }
    return this.#exactly((BigInt(high) << 32n) | BigInt(low));
  }

  #exactly(ticks: bigint): Instant {
    const total = (ticks * 1_000_000_000n) / this.#ticksPerSecond + this.#offset * 1_000_000_000n;
    const below = ((total % 1000n) + 1000n) % 1000n; // towards the past, before the epoch too
    return { at: Number((total - below) / 1000n), nanoseconds: Number(below) };
  }
}
