/** A device around a device that loses, duplicates, reorders, corrupts and delays frames: the same ones for the same seed. */
import type { Packet } from '../stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../stack/device.ts';
import { NO_OFFLOAD } from '../stack/device.ts';
import type { Random } from '../stack/random.ts';
import type { Micros } from '../stack/time.ts';
import { MILLISECOND, NEVER } from '../stack/time.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import { deliver, fits } from './delay-line.ts';
import type { FaultOptions, Injection } from './faults.ts';
import { faultsOf } from './faults.ts';
import type { FaultCounts } from './faulty-path.ts';
import { FaultyPath } from './faulty-path.ts';
import { VLAN_TAG } from './frame-length.ts';
import type { Clock, Machine, Timed } from './machine.ts';

/** Frames taken from the inner device in one go, so that a flood cannot keep us from the rest of the world. */
const BATCH = 64;

/** How soon a frame that the inner device refused is offered again. */
const RETRY_AFTER = 1 * MILLISECOND;

/**
 * Whoever runs the stack also runs this device when its `nextTimeout` is due, and then the stack: that is all that delayed
 * frames need, in virtual time as in real time. It offers no offload, because a lost super-segment is not a lost frame.
 */
export class FaultyDevice implements LinkDevice, Machine {
  readonly mtu: number;
  readonly offload: Offload = NO_OFFLOAD;
  onSooner: (() => void) | undefined = undefined;
  /** What stands behind the faults. */
  readonly inner: LinkDevice & Partial<Timed>;
  readonly #clock: Clock;
  readonly #outbound: FaultyPath;
  readonly #inbound: FaultyPath;
  /** When a frame that the inner device refused is offered again; it keeps its place in the line. */
  #retryAt: Micros = 0;
  #refused = false;
  #dropped = 0;

  /**
   * @param inner without offload: what it hands up or takes as one frame is one frame
   * @param random the two directions draw from it only now, so the order of calls later does not matter
   */
  constructor(inner: LinkDevice & Partial<Timed>, clock: Clock, random: Random, options: FaultOptions) {
    const { checksum, gsoMaxSize } = inner.offload;
    if (checksum || gsoMaxSize > 0) throw new RangeError('faults need a device without offload: open it with offload off');
    this.mtu = inner.mtu;
    this.inner = inner;
    if ('onSooner' in inner) inner.onSooner = () => this.onSooner?.();
    this.#clock = clock;
    const { script, injections = [] } = options;
    const inwards = (injection: Injection, now: Micros): void => this.#inbound.inject(injection, now);
    const outwards = (injection: Injection, now: Micros): void => this.#outbound.inject(injection, now);
    this.#outbound = new FaultyPath('transmit', faultsOf(options, 'transmit'), script, random, inwards);
    this.#inbound = new FaultyPath('receive', faultsOf(options, 'receive'), script, random, outwards);
    for (const { direction, at, ...injection } of injections) (direction === 'transmit' ? outwards : inwards)(injection, at);
  }

  /** What happened so far, by direction. */
  get counts(): Readonly<Record<'transmit' | 'receive', Readonly<FaultCounts>>> {
    return { transmit: this.#outbound.counts, receive: this.#inbound.counts };
  }

  /** Frames that did not fit the packet handed to `receive`. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes every frame, to lose it or to send it when it is due; false while the inner device refuses what is due. */
  transmit(packet: Packet): boolean {
    const now = this.#clock.now;
    if (this.#refused && !this.#flush(now)) return false;
    this.#outbound.accept(this.#outbound.line.copy(packet), now);
    this.#flush(now);
    return true;
  }

  receive(into: Packet): boolean {
    const now = this.#clock.now;
    if (this.#take(into, now)) return true;
    this.#pull(now); // only when nothing is left of the last batch: on a TAP every look costs a system call
    return this.#take(into, now);
  }

  run(now: Micros): void {
    this.inner.run?.(now);
    this.#pull(now);
    this.#flush(now);
  }

  nextTimeout(): Micros {
    const outbound = this.#refused ? this.#retryAt : this.#outbound.nextTimeout();
    return Math.min(outbound, this.#inbound.nextTimeout(), this.inner.nextTimeout?.() ?? NEVER);
  }

  #take(into: Packet, now: Micros): boolean {
    this.#inbound.onTimeout(now);
    const { line } = this.#inbound;
    for (;;) {
      const frame = line.peek(now);
      if (frame === undefined) return false;
      const taken = fits(frame, into);
      if (taken) deliver(frame, into);
      else this.#dropped++;
      line.discard();
      if (taken) return true;
    }
  }

  #pull(now: Micros): void {
    const { line } = this.#inbound;
    for (let i = 0; i < BATCH; i++) {
      const packet = line.take(ethernet.HEADER + VLAN_TAG + this.mtu);
      if (!this.inner.receive(packet)) {
        line.give(packet);
        return;
      }
      this.#inbound.accept(packet, now);
    }
  }

  /** Sends what is due. False when the inner device refuses: then the frame waits, and so do those behind it. */
  #flush(now: Micros): boolean {
    this.#outbound.onTimeout(now);
    const { line } = this.#outbound;
    this.#refused = false;
    for (let frame = line.peek(now); frame !== undefined; frame = line.peek(now)) {
      if (!this.inner.transmit(frame)) {
        this.#refused = true;
        this.#retryAt = now + RETRY_AFTER;
        return false;
      }
      line.discard();
    }
    return true;
  }
}
