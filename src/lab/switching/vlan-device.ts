/**
 * One trunk as several link devices, one for each VLAN: a host with tagged interfaces, a "router on a stick". As Linux's
 * `ip link add link eth0 name eth0.10 type vlan id 10`.
 */
import { Packet } from '../../stack/bytes/packet.ts';
import type { LinkDevice } from '../../stack/device.ts';
import { NO_OFFLOAD } from '../../stack/device.ts';
import * as ethernet from '../../stack/wire/ethernet.ts';
import { DelayLine, deliver, fits } from '../delay-line.ts';
import { checkVlan } from './port-options.ts';
import { insertTag, isTagged, MIN_TAGGED, removeTag, tagOf, vlanOf } from './vlan-tag.ts';

/** Frames that may wait for one VLAN while another is being asked. */
const MOST_WAITING = 1_024;

/** The number for frames without a tag. */
export const UNTAGGED = 0;

export class VlanTrunk {
  readonly inner: LinkDevice;
  /** Frames of VLANs that nobody has opened here. */
  unknownVlan = 0;
  readonly #devices = new Map<number, VlanDevice>();
  readonly #in = new Packet();

  /** @param inner without offload: a card that fills in checksums would look for them in the wrong place */
  constructor(inner: LinkDevice) {
    if (inner.offload.checksum || inner.offload.gsoMaxSize > 0)
      throw new RangeError('tagged frames need a device without offload: open it with offload off');
    this.inner = inner;
  }

  /** The link device of one VLAN; `UNTAGGED` for what has no tag. */
  vlan(id: number): VlanDevice {
    if (id !== UNTAGGED) checkVlan('trunk', id);
    const known = this.#devices.get(id);
    if (known !== undefined) return known;
    const made = new VlanDevice(this, id);
    this.#devices.set(id, made);
    return made;
  }

  /** Takes frames from the trunk until one is there for `device`, or none is left. */
  fill(device: VlanDevice): void {
    const packet = this.#in;
    for (packet.reset(); device.waiting.length === 0 && this.inner.receive(packet); packet.reset()) {
      const isWhole = packet.length >= (isTagged(packet) ? MIN_TAGGED : ethernet.HEADER);
      const id = isWhole && isTagged(packet) ? vlanOf(tagOf(packet)) : UNTAGGED;
      const owner = this.#devices.get(id);
      if (owner === undefined || !isWhole) this.unknownVlan++;
      else owner.take(packet);
    }
  }
}

export class VlanDevice implements LinkDevice {
  readonly id: number;
  readonly mtu: number;
  readonly offload = NO_OFFLOAD;
  /** Frames that came while those before them were not taken. */
  dropped = 0;
  /** Frames for this VLAN, without their tag. */
  readonly waiting = new DelayLine();
  readonly #trunk: VlanTrunk;
  readonly #out = new Packet();

  constructor(trunk: VlanTrunk, id: number) {
    this.#trunk = trunk;
    this.id = id;
    this.mtu = trunk.inner.mtu;
  }

  transmit(packet: Packet): boolean {
    if (this.id === UNTAGGED) return this.#trunk.inner.transmit(packet);
    const out = this.#out;
    out.reset();
    out.copyFrom(packet); // the caller keeps its own, and may offer it again
    insertTag(out, this.id);
    return this.#trunk.inner.transmit(out);
  }

  receive(into: Packet): boolean {
    this.#trunk.fill(this);
    const frame = this.waiting.peek(0);
    if (frame === undefined) return false;
    const taken = fits(frame, into);
    if (taken) deliver(frame, into);
    else this.dropped++;
    this.waiting.discard();
    return taken;
  }

  /** A frame of this VLAN has come. */
  take(packet: Packet): void {
    if (this.waiting.length >= MOST_WAITING) {
      this.dropped++;
      return;
    }
    if (isTagged(packet)) removeTag(packet);
    this.waiting.insert(this.waiting.copy(packet), 0);
  }
}
