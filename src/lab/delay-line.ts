/** Frames on their way: each has the time at which it is due, and equal times leave in the order in which they came. */
import { HEADROOM, type Packet, SUPER_CAPACITY } from '../stack/bytes/packet.ts';
import { PacketPool } from '../stack/bytes/packet-pool.ts';
import type { Micros } from '../stack/time.ts';
import { NEVER } from '../stack/time.ts';

/** Holds a frame of an Ethernet with a 1500-byte MTU and a VLAN tag; a longer one gets a buffer for a super-segment. */
const SHORT_CAPACITY = HEADROOM + 1536;

/**
 * A ring ordered by due time, and the pool that its frames live in. Most frames are due later than all before them and go
 * to the end at once; one that is due earlier is moved forward step by step. As many buffers as were ever on their way at
 * once stay allocated, so that a lab in steady state makes none.
 */
export class DelayLine {
  readonly #short = new PacketPool(SHORT_CAPACITY, Number.POSITIVE_INFINITY);
  readonly #long = new PacketPool(SUPER_CAPACITY, Number.POSITIVE_INFINITY);
  #packets: (Packet | undefined)[] = new Array<Packet | undefined>(16).fill(undefined);
  #due: Float64Array<ArrayBuffer> = new Float64Array(16);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** An empty packet with room for a frame of `length` bytes: to be inserted or given back. */
  take(length: number): Packet {
    return HEADROOM + length <= SHORT_CAPACITY ? this.#short.take() : this.#long.take();
  }

  /** A copy of a borrowed packet: to be inserted or given back. */
  copy(packet: Packet): Packet {
    const copy = this.take(packet.length);
    copy.copyFrom(packet);
    return copy;
  }

  give(packet: Packet): void {
    (packet.bytes.length === SHORT_CAPACITY ? this.#short : this.#long).give(packet);
  }

  /** Puts a packet of `take` or `copy` behind all that are due at the same time or earlier. */
  insert(packet: Packet, due: Micros): void {
    if (this.#length === this.#packets.length) this.#grow();
    const mask = this.#packets.length - 1;
    let place = this.#length++;
    while (place > 0) {
      const before = (this.#head + place - 1) & mask;
      if (this.#due[before]! <= due) break;
      const here = (this.#head + place) & mask;
      this.#packets[here] = this.#packets[before];
      this.#due[here] = this.#due[before]!;
      place--;
    }
    this.#packets[(this.#head + place) & mask] = packet;
    this.#due[(this.#head + place) & mask] = due;
  }

  /** When the next frame is due; NEVER when there is none. */
  nextDue(): Micros {
    return this.#length === 0 ? NEVER : this.#due[this.#head]!;
  }

  /** The next frame if it is due; it stays in the line. */
  peek(now: Micros): Packet | undefined {
    return this.nextDue() <= now ? this.#packets[this.#head] : undefined;
  }

  /** Drops the next frame and takes its buffer back. */
  discard(): void {
    const packet = this.#packets[this.#head];
    if (this.#length === 0 || packet === undefined) throw new RangeError('discard from an empty delay line');
    this.#packets[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#packets.length - 1);
    this.#length--;
    this.give(packet);
  }

  #grow(): void {
    const size = this.#packets.length;
    const packets = new Array<Packet | undefined>(size * 2).fill(undefined);
    const due = new Float64Array(size * 2);
    for (let i = 0; i < this.#length; i++) {
      packets[i] = this.#packets[(this.#head + i) & (size - 1)];
      due[i] = this.#due[(this.#head + i) & (size - 1)]!;
    }
    this.#packets = packets;
    this.#due = due;
    this.#head = 0;
  }
}

/** True when the frame fits behind `into.start`. */
export const fits = (frame: Packet, into: Packet): boolean => frame.end - frame.start <= into.bytes.length - into.start;

/**
 * Delivers a frame as `LinkDevice.receive` promises: from `into.start` on, offload state set. The note comes along: it is
 * on no real wire, but it lets the capture of one host say why the other sent this.
 */
export function deliver(frame: Packet, into: Packet): void {
  const shift = into.start - frame.start;
  into.bytes.set(frame.bytes.subarray(frame.start, frame.end), into.start);
  into.end = frame.end + shift;
  into.gsoSize = frame.gsoSize;
  into.checksumStart = frame.checksumStart === 0 ? 0 : frame.checksumStart + shift;
  into.checksumOffset = frame.checksumOffset;
  into.checksumVouched = frame.checksumVouched;
  into.note = frame.note;
}
