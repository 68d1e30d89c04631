/**
 * What keeps a loop of cables from growing without end: it counts how often the same frame comes by. In a loop without a
 * spanning tree every broadcast goes round for ever, and with three ways it doubles at each turn; a computer that simulates
 * that would not get any further in time. Real switches have "storm control", which goes by the rate of broadcasts.
 */
import type { Packet } from '../../stack/bytes/packet.ts';
import type { Micros } from '../../stack/time.ts';
import { SECOND } from '../../stack/time.ts';

/** Copies of one frame that may come by in a second. An honest sender repeats itself, but not so often. */
export const STORM_LIMIT = 500;

/** Counters: frames of different content share one, but so many of them would have to come in a second that it does not matter. */
const SLOTS = 8_192;

/** What of a frame is looked at: headers with checksums and numbers tell frames apart. */
const LOOKED_AT = 64;

/** 'begins': the first frame too many of this second. */
export type StormVerdict = 'passes' | 'begins' | 'too many';

export class StormGuard {
  /** Frames that were too many. */
  dropped = 0;
  readonly #limit: number;
  readonly #window: Micros;
  #counts: Uint16Array | undefined = undefined; // most switches live without ever flooding much
  #until: Micros = 0;
  #isStorm = false;

  constructor(limit: number, window: Micros = SECOND) {
    this.#limit = Math.min(limit, 0xffff);
    this.#window = window;
  }

  /** Counts a frame that is about to be sent to many. */
  count(packet: Packet, now: Micros): StormVerdict {
    this.#counts ??= new Uint16Array(SLOTS);
    if (now >= this.#until) this.#begin(now);
    const slot = contentHash(packet) & (SLOTS - 1);
    const copies = this.#counts[slot]!;
    if (copies < this.#limit) {
      this.#counts[slot] = copies + 1;
      return 'passes';
    }
    this.dropped++;
    const isFirst = !this.#isStorm;
    this.#isStorm = true;
    return isFirst ? 'begins' : 'too many';
  }

  #begin(now: Micros): void {
    this.#counts?.fill(0);
    this.#until = now + this.#window;
    this.#isStorm = false;
  }
}

/** FNV-1a over words, of the beginning of the frame and its length. */
function contentHash({ view, start, end }: Packet): number {
  let hash = 0x811c_9dc5 ^ (end - start);
  const last = Math.min(start + LOOKED_AT, end) - 4;
  for (let at = start; at <= last; at += 4) hash = Math.imul(hash ^ view.getInt32(at), 0x0100_0193);
  return hash ^ (hash >>> 15);
}
