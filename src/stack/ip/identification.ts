/** The identification field of outgoing packets, RFC 6864. */
import type { Random } from '../random.ts';

const SLOTS = 1_024;

/**
 * A counter for each source, destination and protocol, started at random. One counter for all would tell any correspondent
 * how many packets go to everybody else, which is how idle scans work. Counters are kept in as many slots; two flows that
 * meet in one take it over from each other and start anew at random, so that a shared slot tells nothing either.
 */
export class Identification {
  readonly #random: Random;
  readonly #secret: number;
  readonly #sources = new Int32Array(SLOTS);
  readonly #destinations = new Int32Array(SLOTS);
  readonly #protocols = new Int16Array(SLOTS).fill(-1); // free
  readonly #counters = new Uint16Array(SLOTS);

  constructor(random: Random) {
    this.#random = random;
    this.#secret = random.nextUint32() | 0;
  }

  /**
   * @param count numbers that are taken from this one on: a device that cuts a packet counts on by itself
   * @param isAtomic the packet may never be fragmented (DF): RFC 6864 §4.1 lets its field be anything, and 0 tells least
   * @returns 16 bits
   */
  next(source: number, destination: number, protocol: number, isAtomic: boolean, count = 1): number {
    if (isAtomic) return 0;
    const slot = this.#slotOf(source, destination, protocol);
    const isOwn =
      this.#sources[slot] === source && this.#destinations[slot] === destination && this.#protocols[slot] === protocol;
    if (!isOwn) this.#takeOver(slot, source, destination, protocol);
    const id = this.#counters[slot]!;
    this.#counters[slot] = id + count; // 16 bits: wraps by itself
    return id;
  }

  #takeOver(slot: number, source: number, destination: number, protocol: number): void {
    this.#sources[slot] = source;
    this.#destinations[slot] = destination;
    this.#protocols[slot] = protocol;
    this.#counters[slot] = this.#random.nextUint32();
  }

  /** Each word is mixed before the next is combined with it: addresses differ in a few low bits only. */
  #slotOf(source: number, destination: number, protocol: number): number {
    return mix(mix(mix(this.#secret ^ source) ^ destination) ^ protocol) & (SLOTS - 1);
  }
}

/** The finaliser of MurmurHash3: every bit of the input moves about half of the output's. */
function mix(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85eb_ca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2_ae35);
  return h ^ (h >>> 16);
}
