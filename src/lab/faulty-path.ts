/** One direction of a faulty device: what becomes of each frame, and what is on its way. */
import type { Packet } from '../stack/bytes/packet.ts';
import type { Random } from '../stack/random.ts';
import { chance, nextBelow, SeededRandom } from '../stack/random.ts';
import type { Micros } from '../stack/time.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import { DelayLine } from './delay-line.ts';
import type { Direction, Fault, FaultScript, Faults } from './faults.ts';

/** How often each fault happened. A frame counts as reordered when another has overtaken it. */
export interface FaultCounts {
  /** All that came in. */
  frames: number;
  lost: number;
  duplicated: number;
  corrupted: number;
  reordered: number;
  delayed: number;
}

/** A frame that waits for others to overtake it. */
interface HeldFrame {
  readonly packet: Packet;
  readonly copies: number;
  /** How many frames are still to go before it. */
  ahead: number;
  overtaken: boolean;
  /** When it goes at the latest. */
  readonly until: Micros;
}

/** What becomes of one frame. */
class Fate {
  lost = false;
  corrupt = false;
  copies = 1;
  /** How many later frames go before it. */
  behind = 0;
  extraDelay: Micros = 0;
}

/** What a script says counts instead of what the dice say. */
function overrule(fate: Fate, fault: Fault): void {
  if (fault === 'pass') return;
  fate.lost = fault === 'drop';
  fate.corrupt = fault === 'corrupt';
  fate.copies = fault === 'duplicate' ? 2 : 1;
  fate.behind = typeof fault === 'object' && 'behind' in fault ? fault.behind : 0;
  fate.extraDelay = typeof fault === 'object' && 'delay' in fault ? fault.delay : 0;
}

const passAll: FaultScript = () => 'pass';

export class FaultyPath {
  readonly counts: FaultCounts = { frames: 0, lost: 0, duplicated: 0, corrupted: 0, reordered: 0, delayed: 0 };
  readonly line = new DelayLine();
  readonly #direction: Direction;
  readonly #faults: Required<Faults>;
  readonly #script: FaultScript;
  /** One number for each kind of fault and frame, so that frame 100 is lost or not whatever happened to frame 99. */
  readonly #dice: Random;
  /** Which bits, how long, how far: only drawn from when it matters. */
  readonly #detail: Random;
  readonly #fate = new Fate();
  #held: HeldFrame[] = [];
  /** Jitter does not reorder: no frame is due before the one that came before it. */
  #lastDue: Micros = 0;

  constructor(direction: Direction, faults: Required<Faults>, script: FaultScript = passAll, random: Random) {
    this.#direction = direction;
    this.#faults = faults;
    this.#script = script;
    this.#dice = new SeededRandom(random.nextUint32());
    this.#detail = new SeededRandom(random.nextUint32());
  }

  /** Takes over a packet of `line.take` or `line.copy`, decides what becomes of it and puts it on its way. */
  accept(packet: Packet, now: Micros): void {
    this.counts.frames++;
    const fate = this.#fate;
    this.#roll(fate); // whatever the script says, so that the other frames fare as without it
    overrule(fate, this.#script(this.counts.frames, this.#direction, packet));
    if (fate.lost) {
      this.counts.lost++;
      this.line.give(packet);
      return;
    }
    if (fate.corrupt) this.#corrupt(packet);
    if (fate.copies > 1) this.counts.duplicated++;
    if (fate.behind > 0) this.#hold(packet, fate, now);
    else if (fate.extraDelay > 0) this.#straggle(packet, fate, now);
    else this.#pass(packet, fate, now);
  }

  /** When `line` has a frame that is due, or a frame has been held back for long enough. */
  nextTimeout(): Micros {
    let next = this.line.nextDue();
    for (const held of this.#held) next = Math.min(next, held.until);
    return next;
  }

  /** Puts the frames on the line that have been held back for as long as allowed. */
  onTimeout(now: Micros): void {
    if (this.#held.length === 0) return;
    for (const held of this.#held) if (held.until <= now) this.#insert(held.packet, held.copies, held.until);
    this.#held = this.#held.filter((held) => held.until > now);
  }

  #roll(fate: Fate): void {
    const { loss, corrupt, duplicate, reorder, reorderBy } = this.#faults;
    fate.lost = chance(this.#dice, loss);
    fate.corrupt = chance(this.#dice, corrupt);
    fate.copies = chance(this.#dice, duplicate) ? 2 : 1;
    fate.behind = chance(this.#dice, reorder) ? 1 + nextBelow(this.#detail, reorderBy) : 0;
    fate.extraDelay = 0;
  }

  #pass(packet: Packet, { copies }: Fate, now: Micros): void {
    const due = Math.max(now + this.#delay(), this.#lastDue);
    this.#lastDue = due;
    if (due > now) this.counts.delayed++;
    this.#insert(packet, copies, due);
    if (this.#held.length > 0) this.#overtake(due);
  }

  /** A frame that alone is late: the next ones do not wait for it, as they do for one that jitter made late. */
  #straggle(packet: Packet, { copies, extraDelay }: Fate, now: Micros): void {
    this.counts.delayed++;
    this.#insert(packet, copies, now + this.#delay() + extraDelay);
  }

  #hold(packet: Packet, { copies, behind }: Fate, now: Micros): void {
    const until = now + this.#delay() + this.#faults.reorderWithin;
    this.#held.push({ packet, copies, ahead: behind, overtaken: false, until });
  }

  /** One more frame has gone, at `due`: those that waited for just that one follow it. */
  #overtake(due: Micros): void {
    let someGo = false;
    for (const held of this.#held) {
      if (!held.overtaken) this.counts.reordered++;
      held.overtaken = true;
      held.ahead--;
      if (held.ahead > 0) continue;
      this.#insert(held.packet, held.copies, due);
      someGo = true;
    }
    if (someGo) this.#held = this.#held.filter((held) => held.ahead > 0);
  }

  #insert(packet: Packet, copies: number, due: Micros): void {
    this.line.insert(packet, due);
    if (copies === 2) this.line.insert(this.line.copy(packet), due);
  }

  /**
   * Turns over one to three bits of one 16-bit word behind the Ethernet header. A link drops what fails its 32-bit check;
   * what is left for the checksums above to find is what a router or a driver did to a word. Bits of different words
   * could cancel each other out in a sum of words, about once in a hundred frames: TCP cannot see that, and with nothing
   * but TCP above, the bytes would arrive wrong. ARP has no checksum at all, and is spared for the same reason.
   */
  #corrupt(packet: Packet): void {
    const { view, bytes, start, end } = packet;
    const words = Math.floor((end - start - ethernet.HEADER) / 2);
    if (words <= 0 || ethernet.etherType(view, start) === ethernet.TYPE_ARP) return;
    this.counts.corrupted++;
    const at = start + ethernet.HEADER + 2 * nextBelow(this.#detail, words);
    const first = nextBelow(this.#detail, 16);
    const count = 1 + nextBelow(this.#detail, 3);
    // Two steps of at most five bits never come back to a bit that was turned over already.
    const step = 1 + nextBelow(this.#detail, 5);
    for (let i = 0; i < count; i++) {
      const bit = (first + i * step) % 16;
      bytes[at + (bit >>> 3)]! ^= 1 << (bit & 7);
    }
    packet.checksumVouched = false;
  }

  #delay(): Micros {
    const { delay, jitter } = this.#faults;
    return jitter === 0 ? delay : Math.max(0, delay - jitter + nextBelow(this.#detail, 2 * jitter + 1));
  }
}
