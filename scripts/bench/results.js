/** What stays of a run: every number as JSON, and a picture. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawChart } from './chart.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** As taskset counts them: "0-1". */
export const allProcessors = () => `0-${availableParallelism() - 1}`;

/** @returns the folder's path, with the folder there */
export function makeFolder(began, out) {
  const folder = out ?? join(ROOT, '.bench', began.toISOString().slice(0, 19).replaceAll(':', '-'));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The report before the first case: what the figures were obtained with. */
export function reportOf({ began, options: { rounds, seconds, quick }, congestionControl }) {
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown processor',
    cores: availableParallelism(),
    memory: totalmem(),
    kernel: release(),
    node: process.version,
  };
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return {
    tapstack: version,
    began: began.toISOString(),
    machine,
    congestionControl,
    settings: { rounds, seconds, quick },
    cases: [],
  };
}

/** @returns the names of the files */
export async function writeResults(folder, report) {
  const whole = { ...report, ended: new Date().toISOString() };
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(whole, null, 2)}\n`);
  const svg = await drawChart(whole);
  if (svg === undefined) return ['results.json'];
  writeFileSync(join(folder, 'chart.svg'), svg);
  return ['results.json', 'chart.svg'];
}
