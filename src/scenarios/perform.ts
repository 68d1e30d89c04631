/** Plays a scenario from beginning to end and keeps what came of it. */
import type { Ladder } from '../capture/ladder/ladder.ts';
import { ladder } from '../capture/ladder/ladder.ts';
import type { InterfaceDescription, RecordedFrame } from '../capture/record/frame-sink.ts';
import type { SeriesSample } from '../capture/series/sample.ts';
import type { TableChange, Topology } from '../lab/index.ts';
import { World } from '../lab/index.ts';
import type { Micros } from '../stack/index.ts';
import { MINUTE } from '../stack/index.ts';
import type { Scenario } from './scenario.ts';
import { ScenarioError } from './scenario.ts';
import type { TablesAt } from './stage.ts';
import { Stage } from './stage.ts';

/** What came of a scenario. */
export interface Performance {
  readonly scenario: Scenario;
  /** Of both ends of every wire, in the order of time. */
  readonly frames: readonly RecordedFrame[];
  /** The ends, by the number that frames have. */
  readonly interfaces: readonly InterfaceDescription[];
  /** What hosts and queues were like, on the clock of the frames. */
  readonly series: readonly SeriesSample[];
  /** Hosts by address. */
  readonly names: ReadonlyMap<string, string>;
  /** When the story began on the clock of the frames. */
  readonly start: Micros;
  /** How long it took, in virtual time. */
  readonly duration: Micros;
  /** In words, what was expected and seen. */
  readonly met: readonly string[];
  /** The network of the story, where it has one. */
  readonly network: DrawnNetwork | undefined;
}

/**
 * What the ladder of a performance is drawn from: in a network the frames at the ends of hosts and routers, in columns by Ethernet
 * address, so that every hop is seen; else all of them, in columns by IPv4 address.
 * @param label what stands above a column by IPv4 address
 */
export function ladderOf(
  { frames, interfaces, names, network }: Performance,
  label: (name: string, address: string) => string = (name) => name,
): Ladder {
  if (network === undefined)
    return ladder(frames, { names: new Map([...names].map(([address, name]) => [address, label(name, address)])) });
  const stations = new Map(interfaces.flatMap(({ mac, name }) => (mac === undefined ? [] : [[mac, name.split('.')[0] ?? name]])));
  return ladder(
    frames.filter(({ interfaceId }) => interfaces[interfaceId]?.mac !== undefined),
    { stations },
  );
}

/** A network at the end of its story. */
export interface DrawnNetwork {
  readonly topology: Topology;
  /** What the devices know, at moments that the story has named and at the end. */
  readonly tables: readonly TablesAt[];
  /** Row by row, on the clock of the frames. */
  readonly changes: readonly TableChange[];
}

/** Longer than two hours of keep-alive, and shorter than for ever. */
const LIMIT: Micros = 24 * 60 * MINUTE;

/**
 * Plays a scenario to its end.
 * @param settle resolves once every promise that can settle has settled, such as after a turn of the event loop
 * @returns the stage as it is then
 * @throws ScenarioError when something else was seen than must be
 */
export async function staged(scenario: Scenario, settle: () => Promise<void>): Promise<Stage> {
  const world = new World({ seed: scenario.seed ?? 1, settle });
  const stage = new Stage(world);
  try {
    await world.finish(scenario.play(stage), { limit: LIMIT });
    if (stage.errors.length > 0) throw stage.errors[0];
    checkWatched(scenario, stage);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScenarioError(`${scenario.name}: ${reason}`, { cause: error });
  }
  return stage;
}

/**
 * The same, and what came of it.
 * @throws ScenarioError when something else was seen than must be
 */
export async function perform(scenario: Scenario, settle: () => Promise<void>): Promise<Performance> {
  const stage = await staged(scenario, settle);
  const { world } = stage;
  const { recording, series, names, start, drawn } = stage;
  return {
    scenario,
    frames: recording.frames,
    interfaces: recording.interfaces,
    series: series.samples,
    names,
    start,
    duration: world.now - start,
    met: stage.met,
    network: drawn && {
      topology: drawn.topology(),
      tables: [...stage.moments, { at: world.now, moment: 'at the end', tables: drawn.tables() }],
      changes: drawn.watch?.changes ?? [],
    },
  };
}

/** @throws RangeError in words when the story wants to watch an end of a cable that is not there */
function checkWatched({ watch = [] }: Scenario, { recording }: Stage): void {
  const names = recording.interfaces.map(({ name }) => name);
  const missing = watch.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new RangeError(`"${missing}" is to be watched, but no end of a cable is called so; there are ${names.join(', ')}`);
}
