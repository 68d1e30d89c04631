/** A cable in memory: two link devices, with propagation delay, rate and a drop-tail queue in each direction. */
import type { Packet } from '../stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../stack/device.ts';
import { NO_OFFLOAD } from '../stack/device.ts';
import type { Micros } from '../stack/time.ts';
import { MICROSECOND, NEVER } from '../stack/time.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import * as udp from '../stack/wire/udp.ts';
import { markCongestion } from './congestion-mark.ts';
import { DelayLine, deliver, fits } from './delay-line.ts';
import type { QueueLimits } from './drop-tail-queue.ts';
import { DropTailQueue } from './drop-tail-queue.ts';
import { lineBytes, longestFrame } from './frame-length.ts';
import type { Clock } from './machine.ts';

export interface CableOptions {
  /** Propagation delay, from the last bit sent to the frame received. @default 100 µs: a LAN and its hosts */
  readonly delay?: Micros;
  /** Bits per second, with preamble, check sequence and interpacket gap counted as on real Ethernet. @default no limit */
  readonly rate?: number;
  /** What may wait for the line; matters only with a rate. */
  readonly queue?: QueueLimits;
  /** @default 1500 */
  readonly mtu?: number;
  /** Two stacks in memory hand each other super-segments and super-datagrams and leave checksums out. @default false */
  readonly offload?: boolean;
}

/** Why a frame did not get to the other end. */
export type CableDrop = 'queue full' | 'too long' | 'too short' | 'unplugged' | 'no room at the receiver';

/** RFC 791: what the 16-bit total length of one IPv4 packet allows. */
const MEMORY_OFFLOAD: Offload = { checksum: true, gsoMaxSize: 65_535, usoMaxSize: 65_535 };

export class Cable {
  readonly a: CableEnd;
  readonly b: CableEnd;
  readonly #towardsA = new DelayLine();
  readonly #towardsB = new DelayLine();

  /** @param back the direction from b to a where it differs, as on an ADSL line */
  constructor(clock: Clock, options: CableOptions = {}, back: CableOptions = options) {
    this.a = new CableEnd(clock, options, this.#towardsB, this.#towardsA);
    this.b = new CableEnd(clock, back, this.#towardsA, this.#towardsB);
    this.a.peer = this.b;
    this.b.peer = this.a;
  }

  /** Pulls the plug: what is on the way is lost, and so is what is sent until `plug`. */
  unplug(): void {
    this.a.pull();
    this.b.pull();
  }

  plug(): void {
    this.a.connected = true;
    this.b.connected = true;
  }
}

/**
 * One end. Like a network card it takes every frame that it is given: `transmit` is never false, and a frame that finds the
 * queue full, or that the link cannot carry, is dropped and counted. A frame can be received once the clock has come to its
 * arrival; `nextTimeout` says when that is.
 */
export class CableEnd implements LinkDevice {
  readonly mtu: number;
  readonly offload: Offload;
  readonly dropped: Record<CableDrop, number> = {
    'queue full': 0,
    'too long': 0,
    'too short': 0,
    unplugged: 0,
    'no room at the receiver': 0,
  };
  /** Frames that entered the cable here. */
  sent = 0;
  /** Those among them that the queue marked as having experienced congestion. */
  marked = 0;
  connected = true;
  /** Told when a frame is on its way to this end. */
  onSooner: (() => void) | undefined = undefined;
  /** The other end. */
  peer: CableEnd | undefined = undefined;
  /** Told when a frame has joined the queue, or found it full. */
  onQueueChange: ((now: Micros) => void) | undefined = undefined;
  readonly #clock: Clock;
  readonly #delay: Micros;
  readonly #queue: DropTailQueue;
  readonly #outgoing: DelayLine;
  readonly #incoming: DelayLine;

  constructor(clock: Clock, options: CableOptions, outgoing: DelayLine, incoming: DelayLine) {
    this.mtu = options.mtu ?? 1500;
    this.offload = options.offload ? MEMORY_OFFLOAD : NO_OFFLOAD;
    this.#clock = clock;
    this.#delay = options.delay ?? 100 * MICROSECOND;
    if (!(Number.isSafeInteger(this.#delay) && this.#delay >= 0))
      throw new RangeError(`a delay is whole microseconds from 0 on, not ${this.#delay}`);
    this.#queue = new DropTailQueue(options.rate ?? Number.POSITIVE_INFINITY, options.queue);
    this.#outgoing = outgoing;
    this.#incoming = incoming;
  }

  transmit(packet: Packet): boolean {
    this.#refuseMissingOffload(packet);
    const { length } = packet;
    if (length < ethernet.HEADER) return this.#drop('too short');
    if (length > this.#longest(packet)) return this.#drop('too long');
    if (!this.connected) return this.#drop('unplugged');
    const isAboveMark = this.#queue.isAboveMark(this.#clock.now);
    const left = this.#queue.admit(length, lineBytes(packet), this.#clock.now);
    if (left === NEVER) return this.#overflows();
    this.onQueueChange?.(this.#clock.now);
    const copy = this.#outgoing.copy(packet);
    if (isAboveMark && markCongestion(copy)) this.marked++;
    // A checksum that the sender left out cannot be wrong; one that it wrote may have been broken before it came here.
    copy.checksumVouched = copy.checksumStart > 0;
    this.#outgoing.insert(copy, left + this.#delay);
    this.sent++;
    this.peer?.onSooner?.();
    return true;
  }

  receive(into: Packet): boolean {
    for (;;) {
      const frame = this.#incoming.peek(this.#clock.now);
      if (frame === undefined) return false;
      const taken = fits(frame, into);
      if (taken) deliver(frame, into);
      else this.dropped['no room at the receiver']++;
      this.#incoming.discard();
      if (taken) return true;
    }
  }

  /** When the next frame arrives at this end. */
  nextTimeout(): Micros {
    return this.#incoming.nextDue();
  }

  /** Frames that wait at this end for the line, the one on it not counted. */
  queuedPackets(): number {
    return this.#queue.packets(this.#clock.now);
  }

  queuedBytes(): number {
    return this.#queue.bytes(this.#clock.now);
  }

  /** When the next frame leaves the queue for the line; NEVER when none waits. */
  nextQueueChange(): Micros {
    return this.#queue.nextChange();
  }

  /** For `Cable.unplug`: loses what this end has sent and the other has not yet taken. */
  pull(): void {
    this.connected = false;
    for (; this.#outgoing.length > 0; this.#outgoing.discard()) this.dropped.unplugged++;
  }

  #longest(packet: Packet): number {
    const asOneFrame = longestFrame(packet, this.mtu);
    return packet.gsoSize > 0 ? asOneFrame - this.mtu + this.#longestCut(packet) : asOneFrame;
  }

  /** A stack that leaves work to a device which does not do it has a bug, and its frames would be wrong in silence. */
  #refuseMissingOffload(packet: Packet): void {
    if (packet.gsoSize > 0 && this.#longestCut(packet) === 0) throw new RangeError('this cable cuts no super-segments');
    if (packet.checksumStart > 0 && !this.offload.checksum) throw new RangeError('this cable fills in no checksums');
  }

  #longestCut({ checksumOffset }: Packet): number {
    return checksumOffset === udp.CHECKSUM_OFFSET ? this.offload.usoMaxSize : this.offload.gsoMaxSize;
  }

  #overflows(): boolean {
    this.#drop('queue full');
    this.onQueueChange?.(this.#clock.now);
    return true;
  }

  #drop(reason: CableDrop): boolean {
    this.dropped[reason]++;
    return true;
  }
}
