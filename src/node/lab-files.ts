/** The files of a scenario: made here as bytes, the same every time, and written where one wants them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ladder } from '../capture/ladder/ladder.ts';
import { ladderSvg } from '../capture/ladder/svg.ts';
import { seriesText, watchedCapture, wholeCapture } from '../scenarios/capture-file.ts';
import type { Performance } from '../scenarios/perform.ts';

/**
 * `pcapng`: at the watched end of the wire; `both-ends`: at all ends of all wires; `series`: the numbers of connections and queues,
 * as JSON; `ladder`: a picture of what went between the hosts.
 */
export const FILE_KINDS = ['pcapng', 'both-ends', 'series', 'ladder'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** Undefined where the scenario has no such file. */
type Maker = (performance: Performance) => { readonly ending: string; readonly content: Uint8Array | string } | undefined;

const MAKERS: Readonly<Record<FileKind, Maker>> = {
  pcapng: (performance) => ({ ending: 'pcapng', content: watchedCapture(performance) }),
  'both-ends': (performance) => ({ ending: 'both-ends.pcapng', content: wholeCapture(performance) }),
  series: (performance) =>
    performance.series.length === 0 ? undefined : { ending: 'series.jsonl', content: seriesText(performance) },
  ladder: ({ scenario, frames, names }) => ({
    ending: 'ladder.svg',
    content: ladderSvg(ladder(frames, { names }), { title: scenario.title }),
  }),
};

/** One turn of the event loop: every promise of a story that can settle has settled behind it. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** By their names. */
export function filesOf(performance: Performance, kinds: readonly FileKind[]): Map<string, Uint8Array | string> {
  const files = new Map<string, Uint8Array | string>();
  for (const kind of kinds) {
    const file = MAKERS[kind](performance);
    if (file !== undefined) files.set(`${performance.scenario.name}.${file.ending}`, file.content);
  }
  return files;
}

/** @returns the paths @throws Error of the system when the folder cannot be written */
export function writeFiles(folder: string, performance: Performance, kinds: readonly FileKind[]): string[] {
  mkdirSync(folder, { recursive: true });
  return [...filesOf(performance, kinds)].map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  });
}
