/** The cable between the stack and the capture: takes frames from a list, gives what the stack sends to whoever listens. */
import { Fifo } from '../stack/bytes/fifo.ts';
import type { Packet } from '../stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../stack/device.ts';
import { NO_OFFLOAD } from '../stack/device.ts';

export interface FedFrame {
  readonly bytes: Uint8Array;
  /** Payload of each segment of a large one; 0: it is one. */
  readonly gsoSize: number;
}

export class ReplayLink implements LinkDevice {
  readonly mtu: number;
  readonly offload: Offload = NO_OFFLOAD;
  /** Told of every frame that the stack sends: a copy, and why it was sent. */
  onFrame: (bytes: Uint8Array, note: string) => void = () => {};
  readonly #incoming = new Fifo<FedFrame>();

  constructor(mtu: number) {
    this.mtu = mtu;
  }

  /** True when the stack has frames to take. */
  get hasInput(): boolean {
    return this.#incoming.length > 0;
  }

  feed(frame: FedFrame): void {
    this.#incoming.push(frame);
  }

  transmit(packet: Packet): boolean {
    this.onFrame(packet.live().slice(), packet.note);
    return true;
  }

  receive(into: Packet): boolean {
    const frame = this.#incoming.shift();
    if (frame === undefined) return false;
    into.append(frame.bytes);
    into.clearOffload();
    into.gsoSize = frame.gsoSize;
    into.checksumVouched = frame.gsoSize > 0;
    return true;
  }
}
