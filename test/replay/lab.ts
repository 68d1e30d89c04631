/** Captures made in a lab: two of our stacks on a cable, each recorded where it stands. */
import { FrameLog } from '../../src/capture/record/frame-log.ts';
import type { RecordedFrame } from '../../src/capture/record/frame-sink.ts';
import type { CableOptions, FaultOptions } from '../../src/lab/index.ts';
import { host, World } from '../../src/lab/index.ts';
import type { Micros, Stack, TcpOptions } from '../../src/stack/index.ts';
import { MILLISECOND, SECOND } from '../../src/stack/index.ts';
import { settle, sleeper } from '../two-hosts.ts';

export const A = '10.0.0.1';
export const B = '10.0.0.2';

export interface Lab {
  readonly world: World;
  readonly a: Stack;
  readonly b: Stack;
  sleep(duration: Micros): Promise<void>;
}

export interface LabOptions {
  readonly seed?: number;
  readonly cable?: CableOptions;
  readonly tcpA?: Partial<TcpOptions>;
  readonly tcpB?: Partial<TcpOptions>;
  readonly faults?: FaultOptions;
  /** After what was done, so that late segments and timers are recorded too. @default 500 ms */
  readonly rest?: Micros;
}

/** What both hosts saw while `act` went on; interface 0 is A's, 1 is B's. */
export async function recordLab(
  act: (lab: Lab) => Promise<unknown>,
  { seed = 7, cable: cableOptions = {}, tcpA = {}, tcpB = {}, faults, rest = 500 * MILLISECOND }: LabOptions = {},
): Promise<RecordedFrame[]> {
  const world = new World({ seed, settle, start: 17 * SECOND });
  const cable = world.cable(cableOptions);
  const log = new FrameLog({ maxFrames: 1_000_000, maxBytes: 1e9 });
  const a = host(world, 'a', cable.a, {
    address: `${A}/24`,
    capture: log,
    tcp: tcpA,
    ...(faults === undefined ? {} : { faults }),
  });
  const b = host(world, 'b', cable.b, { address: `${B}/24`, capture: log, tcp: tcpB });
  await world.finish(act({ world, a, b, sleep: sleeper(world) }));
  await world.runFor(rest);
  return log.frames();
}
