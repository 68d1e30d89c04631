/** An iperf3 client and an iperf3 server on two stacks and a cable, in virtual time. */

import type { World } from '../../../src/lab/index.ts';
import { Timers } from '../../../src/lab/index.ts';
import type { Iperf3ClientOptions } from '../../../src/services/iperf3/client.ts';
import { runIperf3 } from '../../../src/services/iperf3/client.ts';
import type { Begin, Interval, Summary, TestObserver } from '../../../src/services/iperf3/observer.ts';
import type { Iperf3Parameters } from '../../../src/services/iperf3/parameters.ts';
import type { Iperf3ServerOptions } from '../../../src/services/iperf3/server.ts';
import { startIperf3 } from '../../../src/services/iperf3/server.ts';
import type { Service } from '../../../src/services/service.ts';
import type { Timekeeper } from '../../../src/services/timekeeper.ts';
import { ipv4, MILLISECOND, SECOND } from '../../../src/stack/index.ts';
import type { TwoHosts, TwoHostsOptions } from '../../two-hosts.ts';
import { twoHosts } from '../../two-hosts.ts';

export const BOB = ipv4('10.0.0.2');
export const PORT = 5201;

/** The clock of a world for services. */
export function worldTimekeeper(world: World): Timekeeper {
  const timers = new Timers(world);
  world.add('timers', timers);
  return timers;
}

/** Everything that an end of a test told. */
export class Notes implements TestObserver {
  begin: Begin | undefined = undefined;
  readonly intervals: Interval[] = [];
  summary: Summary | undefined = undefined;

  onBegin(begin: Begin): void {
    this.begin = begin;
  }

  onInterval(interval: Interval): void {
    this.intervals.push(interval);
  }

  onEnd(summary: Summary): void {
    this.summary = summary;
  }
}

export interface TwoEnds extends TwoHosts {
  readonly time: Timekeeper;
  readonly service: Service;
  /** What the server told of its last test, and how each of its tests ended. */
  readonly server: Notes;
  readonly outcomes: (string | undefined)[];
  /** Runs a test from alice. */
  measure(parameters?: Partial<Iperf3Parameters>, options?: Partial<Iperf3ClientOptions>): Promise<Summary>;
}

/** 100 Mbit/s and 1 ms there and back: a second of it is quickly computed. */
export const LAN = { rate: 100e6, delay: 0.5 * MILLISECOND } as const;

export function twoEnds(hostOptions: TwoHostsOptions = {}, serverOptions: Partial<Iperf3ServerOptions> = {}): TwoEnds {
  const hosts = twoHosts({ cable: LAN, ...hostOptions });
  const { world, alice, bob } = hosts;
  const time = worldTimekeeper(world);
  const ends = { server: new Notes(), outcomes: [] as (string | undefined)[] };
  const service = startIperf3(bob, {
    time,
    observer: () => {
      ends.server = new Notes();
      return ends.server;
    },
    onTestEnd: (problem) => ends.outcomes.push(problem),
    ...serverOptions,
  });
  const measure: TwoEnds['measure'] = (parameters = {}, options = {}) =>
    runIperf3(alice, BOB, { time, random: world.random, parameters: { duration: SECOND, ...parameters }, ...options });
  return Object.assign(ends, { ...hosts, time, service, measure });
}
