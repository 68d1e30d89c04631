/** A switch or hub with a cable in each port, and a hand at the far end of each: frames in, and what came out. */
import type { Cable, CableEnd, CableOptions } from '../../../src/lab/cable.ts';
import type { Machine } from '../../../src/lab/machine.ts';
import { World } from '../../../src/lab/world.ts';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import type { LinkDevice } from '../../../src/stack/device.ts';
import type { Micros } from '../../../src/stack/time.ts';
import { MILLISECOND } from '../../../src/stack/time.ts';
import * as ethernet from '../../../src/stack/wire/ethernet.ts';
import type { MacAddress } from '../../../src/stack/wire/mac-address.ts';
import { BROADCAST, write } from '../../../src/stack/wire/mac-address.ts';

/** Station 1 is 02:00:00:00:00:01, and so on. */
export const station = (number: number): MacAddress => (0x0200_0000_0000 + number) as MacAddress;
export const EVERYBODY = BROADCAST;

export interface FrameOptions {
  readonly to: number;
  readonly from: number;
  /** Priority and VLAN in a tag. */
  readonly tag?: number;
  /** Makes frames different. */
  readonly mark?: number;
  /** Without the tag. @default 60 */
  readonly length?: number;
}

export function frame({ to, from, tag, mark = 0, length = 60 }: FrameOptions): Uint8Array {
  const tagLength = tag === undefined ? 0 : 4;
  const bytes = new Uint8Array(length + tagLength);
  const view = new DataView(bytes.buffer);
  write(view, 0, to as MacAddress);
  write(view, 6, from as MacAddress);
  if (tag !== undefined) {
    view.setUint16(12, ethernet.TYPE_VLAN);
    view.setUint16(14, tag);
  }
  view.setUint16(12 + tagLength, 0x88b5); // IEEE 802: for experiments
  view.setUint32(14 + tagLength, mark);
  return bytes;
}

/** "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff", with its tag and its mark. */
export interface Arrived {
  readonly to: number;
  readonly from: number;
  readonly tag?: number;
  readonly mark: number;
  readonly length: number;
}

function read(bytes: Uint8Array): Arrived {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isTagged = view.getUint16(12) === ethernet.TYPE_VLAN;
  const fixed = {
    to: ethernet.destination(view, 0),
    from: ethernet.source(view, 0),
    mark: view.getUint32(isTagged ? 18 : 14),
    length: bytes.length,
  };
  return isTagged ? { ...fixed, tag: view.getUint16(14) } : fixed;
}

interface Pluggable extends Machine {
  readonly name: string;
  attach(name: string, device: LinkDevice, isUp?: () => boolean): void;
}

export class PatchPanel {
  readonly world = new World();
  readonly #hands = new Map<string, CableEnd>();
  readonly #packet = new Packet();
  readonly #ends = new Map<Pluggable, CableEnd[]>();

  /** Puts a cable into each of these ports. Ports of a second machine are called "name.port" where the name is taken. */
  connect(machine: Pluggable, name: string, ports: readonly string[], options: CableOptions = { delay: 0 }): void {
    for (const port of ports) {
      const cable = this.world.cable(options);
      this.#plug(machine, port, cable.a);
      this.#hands.set(this.#hands.has(port) ? `${name}.${port}` : port, cable.b);
    }
  }

  /** A cable between two machines. */
  join(one: Pluggable, port: string, other: Pluggable, otherPort: string, options: CableOptions = { delay: 0 }): Cable {
    const cable = this.world.cable(options);
    this.#plug(one, port, cable.a);
    this.#plug(other, otherPort, cable.b);
    return cable;
  }

  #plug(machine: Pluggable, port: string, end: CableEnd): void {
    machine.attach(port, end, () => end.connected);
    this.#ends.set(machine, [...(this.#ends.get(machine) ?? []), end]);
  }

  send(port: string, options: FrameOptions): void {
    this.sendBytes(port, frame(options));
  }

  sendBytes(port: string, bytes: Uint8Array): void {
    this.#packet.reset();
    this.#packet.append(bytes);
    this.#hand(port).transmit(this.#packet);
  }

  run(duration: Micros = 1 * MILLISECOND): void {
    for (const [machine, ends] of this.#ends) this.world.add(machine.name, machine, ends);
    this.#ends.clear();
    this.world.runForSync(duration);
  }

  /** What came out at a port since the last question. */
  bytesAt(port: string): Uint8Array[] {
    const all: Uint8Array[] = [];
    const packet = this.#packet;
    for (packet.reset(); this.#hand(port).receive(packet); packet.reset()) all.push(packet.live().slice());
    return all;
  }

  at(port: string): Arrived[] {
    return this.bytesAt(port).map(read);
  }

  /** Who got which marks since the last question: `{ '2': [7] }`; ports without any are left out. */
  marks(): Record<string, number[]> {
    const found: [string, number[]][] = [...this.#hands.keys()].map((port) => [port, this.at(port).map(({ mark }) => mark)]);
    return Object.fromEntries(found.filter(([, marks]) => marks.length > 0));
  }

  #hand(port: string): CableEnd {
    const hand = this.#hands.get(port);
    if (hand === undefined) throw new Error(`no cable in port ${port}`);
    return hand;
  }
}
