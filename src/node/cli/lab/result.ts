/** What came of a scenario or a lab file as one line of JSON, for programs. */
import type { Performance } from '../../../scenarios/perform.ts';
import { ScenarioError } from '../../../scenarios/scenario.ts';
import type { LabMistake } from '../../lab/lab-mistake.ts';

/** Times are microseconds since the story began. */
export function resultOf(
  { scenario, met, duration, start, frames, network }: Performance,
  files: readonly string[],
  transcript: readonly string[],
): string {
  return line({
    name: scenario.name,
    title: scenario.title,
    asTold: true,
    met,
    duration,
    frames: frames.length,
    ...(transcript.length === 0 ? {} : { transcript }),
    ...(network === undefined
      ? {}
      : {
          topology: network.topology,
          tables: network.tables.map(({ at, ...rest }) => ({ at: at - start, ...rest })),
          changes: network.changes.map(({ at, ...rest }) => ({ at: at - start, ...rest })),
        }),
    files,
  });
}

/** @param error something else was seen than must be, or a lab file has a mistake */
export function failureResult(name: string, error: ScenarioError | LabMistake): string {
  if (error instanceof ScenarioError) return line({ name, asTold: false, problem: error.message });
  return line({ name, asTold: false, mistake: { ...error.place, what: error.what } });
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
