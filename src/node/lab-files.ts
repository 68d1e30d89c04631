/** The files of a scenario: made here as bytes, the same every time, and written where one wants them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ladderSvg } from '../capture/ladder/svg.ts';
import { plotRequest } from '../capture/plot/make.ts';
import { plot } from '../capture/plot/plot-of.ts';
import { seriesText, watchedCapture, wholeCapture } from '../scenarios/capture-file.ts';
import type { DrawnNetwork, Performance } from '../scenarios/perform.ts';
import { ladderOf } from '../scenarios/perform.ts';
import { tablesText } from '../scenarios/tables-text.ts';
import { plotSvg } from './plot/svg.ts';
import { topologySvg } from './topology/svg.ts';
import { endsOf, wayOf } from './topology/way.ts';

/**
 * `pcapng`: at the watched end of the wire; `both-ends`: at all ends of all wires; `series`: the numbers of connections and queues,
 * as JSON; `tables`: what the devices of a network learnt, as text; `network`: its picture, with the way of the first packet and its answer; `ladder` and `plot`: pictures of what went between the hosts, and of what changed over time, where the scenario has them.
 */
export const FILE_KINDS = ['pcapng', 'both-ends', 'series', 'ladder', 'plot', 'tables', 'network'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

type Content = Uint8Array | string;

const ENDINGS: Readonly<Record<FileKind, string>> = {
  pcapng: 'pcapng',
  'both-ends': 'both-ends.pcapng',
  series: 'series.jsonl',
  ladder: 'ladder.svg',
  plot: 'plot.svg',
  tables: 'tables.txt',
  network: 'network.svg',
};

/** One turn of the event loop: every promise of a story that can settle has settled behind it. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** By their names. */
export async function filesOf(performance: Performance, kinds: readonly FileKind[]): Promise<Map<string, Content>> {
  const files = new Map<string, Content>();
  for (const kind of kinds) {
    const content = await contentOf(kind, performance);
    if (content !== undefined) files.set(`${performance.scenario.name}.${ENDINGS[kind]}`, content);
  }
  return files;
}

/** @returns the paths @throws Error of the system when the folder cannot be written */
export async function writeFiles(folder: string, performance: Performance, kinds: readonly FileKind[]): Promise<string[]> {
  const files = await filesOf(performance, kinds);
  mkdirSync(folder, { recursive: true });
  return [...files].map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  });
}

/** @returns undefined where the scenario has no such file */
async function contentOf(kind: FileKind, performance: Performance): Promise<Content | undefined> {
  const { scenario, frames, names, series } = performance;
  switch (kind) {
    case 'pcapng':
      return watchedCapture(performance);
    case 'both-ends':
      return wholeCapture(performance);
    case 'series':
      return series.length === 0 ? undefined : seriesText(performance);
    case 'ladder':
      return scenario.withoutLadder ? undefined : ladderSvg(ladderOf(performance), { title: scenario.title });
    case 'tables':
      return performance.network && tablesText(performance);
    case 'network':
      return performance.network && pictureOf(performance, performance.network);
    case 'plot': {
      const request = plotRequest(frames, { names });
      if (scenario.plot === undefined || request === undefined) return undefined;
      const style = request.traces.length > 1 ? 'stevens' : 'tcptrace'; // dots can be told apart where bars and lines of several cannot
      return plotSvg(plot(scenario.plot, { ...request, style }, series), { title: scenario.title });
    }
  }
}

/** With the first packet of IPv4 that crossed a cable, and what it was answered. */
function pictureOf({ frames, interfaces, scenario }: Performance, { topology }: DrawnNetwork): string {
  const way = wayOf(frames, { ends: endsOf(interfaces, topology), links: topology.links });
  return topologySvg(topology, { way, title: scenario.title });
}
