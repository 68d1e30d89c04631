/**
 * A lab that goes on when its story is over: played to its end in virtual time first, so that its servers wait and its tables are
 * full; then in real time, with Linux in the places that it has for it.
 */
import type { FrameSink } from '../../capture/record/frame-sink.ts';
import type { Network } from '../../lab/index.ts';
import { NetTap } from '../../lab/index.ts';
import { portOf } from '../../lab/network/node.ts';
import { staged } from '../../scenarios/perform.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Stage } from '../../scenarios/stage.ts';
import { HostClock } from '../host-clock.ts';
import { settle } from '../lab-files.ts';
import type { KernelPlace } from './real-time.ts';
import { RealTime } from './real-time.ts';

/** A place for Linux beside those that the lab has. */
export interface ExtraTap {
  /** A device, whose next free port it is, or one of its ports: `s1`, `r1.lan20`. */
  readonly at: string;
  /** @default none: a DHCP client will get one */
  readonly address?: string;
  readonly gateway?: string;
}

export interface LiveOptions {
  readonly taps?: readonly ExtraTap[];
  /** Where the frames at all ends of all cables go. @param epochOffset from the clock of the frames to 1970 */
  readonly sink?: (epochOffset: number) => FrameSink;
}

export interface LiveLab {
  readonly stage: Stage;
  readonly places: readonly NetTap[];
  /** The TAPs are gone, and time stands still. */
  stop(): Promise<void>;
}

const NOWHERE: FrameSink = { addInterface: () => 0, frame: () => {} };

/**
 * @throws ScenarioError when the story went another way, RangeError in words when there is no place for Linux, TapError when a TAP
 *   cannot be had
 */
export async function startLab(scenario: Scenario, { taps = [], sink = () => NOWHERE }: LiveOptions = {}): Promise<LiveLab> {
  const stage = await staged(scenario, settle);
  const { network } = stage;
  for (const [index, tap] of taps.entries()) plugIn(network, `tap${index}`, tap);
  network.check();
  const places = network.nodes().filter((node) => node instanceof NetTap);
  if (places.length === 0) throw new RangeError(noPlaceIn(network));
  const clock = new HostClock();
  stage.goesOn(sink(clock.toWall(clock.now()) - stage.world.now));
  const running = RealTime.start(stage.world, places.map(kernelPlace), clock);
  return { stage, places, stop: () => running.stop() };
}

function plugIn(network: Network, name: string, { at, ...addresses }: ExtraTap): void {
  const [node = '', port] = at.split('.');
  const device = network.node(node);
  const plug = port === undefined ? device : portOf(device, port);
  network.cable(network.tap(name, addresses), plug);
}

const kernelPlace = ({ machine, address, gateway }: NetTap): KernelPlace => ({
  port: machine,
  ...(address === undefined ? {} : { address }),
  ...(gateway === undefined ? {} : { gateway }),
});

function noPlaceIn(network: Network): string {
  const free = network.nodes().filter(({ ports }) => ports.some((port) => !port.isPlugged));
  const where = free.length === 0 ? 'no device has a free port' : `a port is free in ${free.map(({ name }) => name).join(', ')}`;
  return `this lab has no place for Linux: write net.tap('linux', { address }) into it, or add --tap DEVICE=ADDRESS (${where})`;
}
