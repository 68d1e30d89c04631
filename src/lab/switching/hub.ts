/** A hub: what comes in at one port goes out at all others, whoever it is for. For contrast with a switch; no collisions. */
import { Packet } from '../../stack/bytes/packet.ts';
import type { LinkDevice } from '../../stack/device.ts';
import type { Micros } from '../../stack/time.ts';
import { NEVER } from '../../stack/time.ts';
import type { Machine } from '../machine.ts';
import { STORM_LIMIT, StormGuard } from './storm-guard.ts';

export interface HubOptions {
  /** How many (they are called "1", "2", …), or their names. */
  readonly ports: number | readonly string[];
  /** Copies of one frame that it repeats in a second; what comes beyond it is dropped: there is a loop. @default 500 */
  readonly stormLimit?: number;
  /** Told in each second in which that happens. */
  readonly onStorm?: (now: Micros) => void;
}

export interface HubPort {
  readonly name: string;
  device: LinkDevice | undefined;
  framesIn: number;
  framesOut: number;
}

const RECEIVE_BUDGET = 256;

export class Hub implements Machine {
  readonly name: string;
  readonly ports: readonly HubPort[];
  readonly #guard: StormGuard;
  readonly #onStorm: ((now: Micros) => void) | undefined;
  readonly #in = new Packet();
  #now: Micros = 0;
  #moreToDo = false;

  constructor(name: string, { ports, stormLimit = STORM_LIMIT, onStorm }: HubOptions) {
    this.name = name;
    const names = typeof ports === 'number' ? Array.from({ length: ports }, (_, index) => String(index + 1)) : ports;
    this.ports = names.map((one) => ({ name: one, device: undefined, framesIn: 0, framesOut: 0 }));
    this.#guard = new StormGuard(stormLimit);
    this.#onStorm = onStorm;
  }

  /** Frames dropped because too many copies of them came. */
  get stormDrops(): number {
    return this.#guard.dropped;
  }

  /** Puts a cable into a port. */
  attach(name: string, device: LinkDevice): void {
    const port = this.ports.find((one) => one.name === name);
    if (port === undefined)
      throw new RangeError(`${this.name} has no port "${name}"; its ports are ${this.ports.map((one) => one.name).join(', ')}`);
    if (port.device !== undefined) throw new RangeError(`port ${name} of ${this.name} has a cable already`);
    const { checksum, gsoMaxSize } = device.offload;
    if (checksum || gsoMaxSize > 0) throw new RangeError(`${this.name} repeats what is on the wire: its cables have offload off`);
    port.device = device;
  }

  run(now: Micros): void {
    this.#now = now;
    this.#moreToDo = false;
    for (const port of this.ports) if (port.device !== undefined) this.#receive(port, port.device, now);
  }

  nextTimeout(): Micros {
    return this.#moreToDo ? this.#now : NEVER;
  }

  #receive(from: HubPort, device: LinkDevice, now: Micros): void {
    const packet = this.#in;
    let left = RECEIVE_BUDGET;
    for (packet.reset(); left > 0 && device.receive(packet); packet.reset()) {
      left--;
      from.framesIn++;
      const verdict = this.#guard.count(packet, now);
      if (verdict === 'begins') this.#onStorm?.(now);
      if (verdict === 'passes') this.#repeat(packet, from);
    }
    if (left === 0) this.#moreToDo = true;
  }

  #repeat(packet: Packet, from: HubPort): void {
    for (const port of this.ports) if (port !== from && port.device?.transmit(packet) === true) port.framesOut++;
  }
}
