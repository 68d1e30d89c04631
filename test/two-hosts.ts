/** Two whole stacks on a cable in virtual time: the setting of every conversation test above the stack. */
import { RecordingDevice } from '../src/capture/index.ts';
import type { Cable, CableOptions } from '../src/lab/index.ts';
import { Timers, World } from '../src/lab/index.ts';
import type { MacAddress, Micros, TcpOptions } from '../src/stack/index.ts';
import { Stack } from '../src/stack/index.ts';
import { ringOfTest } from './left-behind.ts';

export interface TwoHostsOptions {
  /** Everything random comes from it. @default 7 */
  readonly seed?: number;
  readonly cable?: CableOptions;
  /** Of both stacks. */
  readonly tcp?: Partial<TcpOptions>;
}

export interface TwoHosts {
  readonly world: World;
  readonly cable: Cable;
  /** 10.0.0.1 */
  readonly alice: Stack;
  /** 10.0.0.2 */
  readonly bob: Stack;
}

/** One turn of the event loop after the other: streams finish what they put off with `process.nextTick`. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function twoHosts({ seed = 7, cable: cableOptions = {}, tcp = {} }: TwoHostsOptions = {}): TwoHosts {
  const world = new World({ seed, settle });
  const cable = world.cable(cableOptions);
  const log = ringOfTest();
  const make = (name: string, address: string, mac: number, device: typeof cable.a): Stack => {
    const stack: Stack = new Stack({ random: world.random, wake: () => world.wake(stack), tcp });
    world.add(name, stack, [device]);
    const interfaceId = log.addInterface(name, { addresses: [address] });
    const recorded = new RecordingDevice(device, { sink: log, interfaceId, now: () => world.now });
    stack.addInterface(recorded, { mac: mac as MacAddress, addresses: [address] });
    return stack;
  };
  return {
    world,
    cable,
    alice: make('alice', '10.0.0.1/24', 0x02_00_00_00_00_01, cable.a),
    bob: make('bob', '10.0.0.2/24', 0x02_00_00_00_00_02, cable.b),
  };
}

/** A block that shows lost, doubled and exchanged bytes: position decides each byte, with a period that is no power of two. */
export const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >>> 9)) & 0xff);

/** Sleeping in the virtual time of a world. */
export function sleeper(world: World): (duration: Micros) => Promise<void> {
  const timers = new Timers(world);
  world.add('timers', timers);
  return timers.sleep;
}
