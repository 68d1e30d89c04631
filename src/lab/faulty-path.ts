/** One direction of a faulty device: what becomes of each frame, and what is on its way. */
import type { Packet } from '../stack/bytes/packet.ts';
import type { Random } from '../stack/random.ts';
import { chance, nextBelow, SeededRandom } from '../stack/random.ts';
import type { Micros } from '../stack/time.ts';
import { MILLISECOND } from '../stack/time.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import { markCongestion } from './congestion-mark.ts';
import { DelayLine } from './delay-line.ts';
import { Fate, overrule } from './fate.ts';
import type { Direction, FaultScript, Faults, Gate, Injection } from './faults.ts';

/** How often each fault happened. A frame counts as reordered when another has overtaken it. */
export interface FaultCounts {
  /** All that came in. */
  frames: number;
  lost: number;
  duplicated: number;
  corrupted: number;
  reordered: number;
  delayed: number;
  /** With congestion experienced. */
  marked: number;
  /** Frames that nobody sent: forged ones, and old ones once more. */
  injected: number;
}

/** A frame that waits for others to overtake it. */
interface HeldFrame {
  readonly packet: Packet;
  readonly copies: number;
  /** How many frames are still to go before it. */
  ahead: number;
  /** Where it does not wait for a number of frames: it follows the next one that passes once this is open. */
  readonly gate: Gate | undefined;
  overtaken: boolean;
  /** When it goes at the latest. */
  readonly until: Micros;
}

/** For the capture of the receiver, which is told why the other end sent this: to the end of the first line. */
function say(packet: Packet, words: string): void {
  const [first = '', ...rest] = packet.note.split('\n');
  packet.note = [first === '' ? words : `${first}; ${words}`, ...rest].join('\n');
}

const isWaiting = ({ gate, ahead }: HeldFrame): boolean => (gate === undefined ? ahead > 0 : !gate.open);

const passAll: FaultScript = () => 'pass';

export class FaultyPath {
  readonly counts: FaultCounts = {
    frames: 0,
    lost: 0,
    duplicated: 0,
    corrupted: 0,
    reordered: 0,
    delayed: 0,
    marked: 0,
    injected: 0,
  };
  readonly line = new DelayLine();
  readonly #direction: Direction;
  readonly #faults: Required<Faults>;
  readonly #script: FaultScript;
  readonly #sendBack: (injection: Injection, now: Micros) => void;
  /** One number for each kind of fault and frame, so that frame 100 is lost or not whatever happened to frame 99. */
  readonly #dice: Random;
  /** Which bits, how long, how far: only drawn from when it matters. */
  readonly #detail: Random;
  readonly #fate = new Fate();
  #held: HeldFrame[] = [];
  /** Jitter does not reorder: no frame is due before the one that came before it. */
  #lastDue: Micros = 0;

  /** @param sendBack puts what travels backwards on the path of the other direction */
  constructor(
    direction: Direction,
    faults: Required<Faults>,
    script: FaultScript = passAll,
    random: Random,
    sendBack: (injection: Injection, now: Micros) => void = () => {},
  ) {
    this.#sendBack = sendBack;
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
    overrule(fate, this.#script(this.counts.frames, this.#direction, packet, now));
    this.#launch(packet, fate, now);
    for (const injection of fate.injections) {
      if (injection.isBackwards === true) this.#sendBack(injection, now);
      else this.inject(injection, now);
    }
  }

  /** Puts a frame on its way that nobody sent; it takes as long as the others, and the faults leave it alone. */
  inject({ bytes, delay = 0, note }: Injection, now: Micros): void {
    this.counts.injected++;
    const packet = this.line.take(bytes.length);
    packet.reset();
    packet.append(bytes);
    packet.note = note;
    this.line.insert(packet, now + this.#delay() + delay);
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

  #launch(packet: Packet, fate: Fate, now: Micros): void {
    if (fate.lost || (fate.mark && !markCongestion(packet))) {
      this.counts.lost++;
      this.line.give(packet);
      return;
    }
    if (fate.mark) {
      this.counts.marked++;
      say(packet, 'congestion experienced, marked on the way');
    }
    if (fate.corrupt) this.#corrupt(packet);
    if (fate.flip >= 0) this.#flip(packet, fate.flip);
    if (fate.copies > 1) this.counts.duplicated++;
    if (fate.behind > 0 || fate.gate !== undefined) this.#hold(packet, fate, now);
    else if (fate.extraDelay > 0) this.#straggle(packet, fate, now);
    else this.#pass(packet, fate, now);
  }

  #roll(fate: Fate): void {
    fate.clear();
    const { loss, corrupt, duplicate, reorder, reorderBy } = this.#faults;
    fate.lost = chance(this.#dice, loss);
    fate.corrupt = chance(this.#dice, corrupt);
    fate.copies = chance(this.#dice, duplicate) ? 2 : 1;
    fate.behind = chance(this.#dice, reorder) ? 1 + nextBelow(this.#detail, reorderBy) : 0;
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
    say(packet, `${extraDelay / MILLISECOND} ms late on the way`);
    this.#insert(packet, copies, now + this.#delay() + extraDelay);
  }

  #hold(packet: Packet, { copies, behind, gate, atMost }: Fate, now: Micros): void {
    const until = now + this.#delay() + (gate === undefined ? this.#faults.reorderWithin : atMost);
    this.#held.push({ packet, copies, ahead: behind, gate, overtaken: false, until });
  }

  /** One more frame has gone, at `due`: those that waited for just that one follow it. */
  #overtake(due: Micros): void {
    let someGo = false;
    for (const held of this.#held) {
      if (!held.overtaken) {
        this.counts.reordered++;
        say(held.packet, 'overtaken on the way');
      }
      held.overtaken = true;
      held.ahead--;
      if (isWaiting(held)) continue;
      this.#insert(held.packet, held.copies, due);
      someGo = true;
    }
    if (someGo) this.#held = this.#held.filter(isWaiting);
  }

  #insert(packet: Packet, copies: number, due: Micros): void {
    this.line.insert(packet, due);
    if (copies !== 2) return;
    const copy = this.line.copy(packet);
    say(copy, 'doubled on the way');
    this.line.insert(copy, due);
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
    say(packet, 'bits turned over on the way');
  }

  /** The Internet checksum finds any one byte that is wrong, so the receiver will. */
  #flip(packet: Packet, offset: number): void {
    const at = packet.start + offset;
    if (at >= packet.end) return;
    packet.bytes[at]! ^= 0xff;
    packet.checksumVouched = false;
    this.counts.corrupted++;
    say(packet, 'one byte wrong since it was on the way');
  }

  #delay(): Micros {
    const { delay, jitter } = this.#faults;
    return jitter === 0 ? delay : Math.max(0, delay - jitter + nextBelow(this.#detail, 2 * jitter + 1));
  }
}
