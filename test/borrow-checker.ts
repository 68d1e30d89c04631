/** A device around a device which overwrites every packet after the call: whoever keeps a borrowed packet is caught. */
import { Packet } from '../src/stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../src/stack/device.ts';

/**
 * The inner device is lent a copy, and the copy is overwritten. So a device that keeps what it was lent delivers rubbish,
 * while a caller that goes on using its own packet, as a switch does that sends one frame to many ports, is not disturbed.
 */
export class BorrowChecker implements LinkDevice {
  readonly #inner: LinkDevice;
  readonly #lent = new Packet();

  constructor(inner: LinkDevice) {
    this.#inner = inner;
  }

  get mtu(): number {
    return this.#inner.mtu;
  }

  get offload(): Offload {
    return this.#inner.offload;
  }

  transmit(packet: Packet): boolean {
    this.#lent.copyFrom(packet);
    const sent = this.#inner.transmit(this.#lent);
    this.#lent.bytes.fill(0xee, 0, packet.end);
    this.#lent.reset();
    return sent;
  }

  receive(into: Packet): boolean {
    return this.#inner.receive(into);
  }
}
