/** The place of somebody from outside at the end of a cable: frames go to and fro between the cable and a device of theirs. */
import { Packet } from '../stack/bytes/packet.ts';
import type { LinkDevice } from '../stack/device.ts';
import type { Micros } from '../stack/time.ts';
import { NEVER } from '../stack/time.ts';
import type { Machine } from './machine.ts';

/** Why a frame from the cable did not get outside. */
export type TapPortDrop = 'nobody there' | 'queue full';

/** Frames taken from outside in one run: then the lab has its turn. */
const RECEIVE_BUDGET = 256;

/**
 * Until a device is attached it is a socket in the wall: what comes is dropped. A device in real time does not say when its frames
 * come; whoever runs the world by a clock wakes this machine, which takes some of them in each run.
 */
export class TapPort implements Machine {
  readonly name: string;
  /** Frames that came from outside. */
  received = 0;
  /** Frames that went there. */
  sent = 0;
  readonly dropped: Record<TapPortDrop, number> = { 'nobody there': 0, 'queue full': 0 };
  readonly #wire: LinkDevice;
  readonly #packet = new Packet();
  #outside: LinkDevice | undefined = undefined;
  #hasMore = false;

  /** @param wire its end of the cable */
  constructor(name: string, wire: LinkDevice) {
    this.name = name;
    this.#wire = wire;
  }

  /** The last run left frames outside: run it again soon. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** The longest packet that its cable carries. */
  get mtu(): number {
    return this.#wire.mtu;
  }

  /** From now on frames go there and come from there. @throws RangeError when it would leave work to a cable that does none */
  attach(outside: LinkDevice): void {
    if (this.#outside !== undefined) throw new RangeError(`${this.name} has a device already`);
    const { checksum, gsoMaxSize, usoMaxSize } = outside.offload;
    if (checksum || gsoMaxSize > 0 || usoMaxSize > 0)
      throw new RangeError(
        `${this.name} is at a cable, which fills in no checksums and cuts nothing: its device has offload off`,
      );
    this.#outside = outside;
  }

  run(_now: Micros): void {
    const packet = this.#packet;
    for (packet.reset(); this.#wire.receive(packet); packet.reset()) this.#send(packet);
    let left = this.#outside === undefined ? 0 : RECEIVE_BUDGET;
    for (packet.reset(); left > 0 && this.#outside?.receive(packet); packet.reset()) {
      this.received++;
      left--;
      this.#wire.transmit(packet);
    }
    this.#hasMore = this.#outside !== undefined && left === 0;
  }

  /** By itself it does nothing: its cable says when frames come from there. */
  nextTimeout(): Micros {
    return NEVER;
  }

  #send(packet: Packet): void {
    if (this.#outside === undefined) this.dropped['nobody there']++;
    else if (this.#outside.transmit(packet)) this.sent++;
    else this.dropped['queue full']++;
  }
}
