/** A world that goes on in real time: driven by the run loop, with Linux at the ends of its cables that wait for it. */
import type { TapPort } from '../../lab/tap-port.ts';
import type { World } from '../../lab/world.ts';
import { HostClock } from '../host-clock.ts';
import { RunLoop } from '../run-loop.ts';
import type { TapDevice } from '../tap.ts';
import type { KernelEndOptions } from './kernel-end.ts';
import { openKernelEnd } from './kernel-end.ts';
import { clockFrom, WorldMachine } from './world-machine.ts';

/** A place for Linux in the lab, and what Linux is to know of it. */
export interface KernelPlace {
  readonly port: TapPort;
  readonly address?: string;
  readonly gateway?: string;
}

export class RealTime {
  /** The TAPs, in the order of their places. */
  readonly devices: readonly TapDevice[];
  readonly #world: World;
  readonly #loop: RunLoop;

  private constructor(world: World, ports: readonly TapPort[], devices: readonly TapDevice[], clock: HostClock) {
    this.devices = devices;
    this.#world = world;
    const machine = new WorldMachine(world, ports);
    this.#loop = new RunLoop({ machine, devices, clock: clockFrom(world, clock), isPrecise: true });
    world.onWake = () => {
      if (!machine.isRunning) this.#loop.wake();
    };
    this.#loop.start();
  }

  /**
   * Opens a TAP for each place, and lets time pass from now on.
   * @throws TapError when a TAP cannot be had, RangeError when an address cannot be read
   */
  static start(world: World, places: readonly KernelPlace[], clock: HostClock = new HostClock()): RealTime {
    const devices: TapDevice[] = [];
    try {
      for (const place of places) devices.push(openAt(place));
    } catch (error) {
      for (const device of devices) device.close();
      throw error;
    }
    const ports = places.map(({ port }) => port);
    return new RealTime(world, ports, devices, clock);
  }

  /** Time stands still again, and the TAPs are gone. Calling it twice does no harm. */
  async stop(): Promise<void> {
    this.#world.onWake = undefined;
    await this.#loop.stop();
    for (const device of this.devices) device.close();
  }
}

function openAt({ port, ...addresses }: KernelPlace): TapDevice {
  const options: KernelEndOptions = { name: port.name, mtu: port.mtu, ...addresses };
  const device = openKernelEnd(options);
  port.attach(device);
  return device;
}
