/** What stays of a run: every number as JSON. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const machine = () => ({
  processor: cpus()[0]?.model,
  cores: availableParallelism(),
  memory: totalmem(),
  kernel: release(),
  node: process.version,
});

/** @returns the folder, as one would type it */
export async function writeResults({ began, options, congestionControl, results }) {
  const folder = options.out ?? join(ROOT, '.bench', began.toISOString().slice(0, 19).replaceAll(':', '-'));
  mkdirSync(folder, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { rounds, seconds, quick } = options;
  const report = {
    tapstack: version,
    began: began.toISOString(),
    ended: new Date().toISOString(),
    machine: machine(),
    congestionControl,
    settings: { rounds, seconds, quick },
    cases: results,
  };
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
  return relative(process.cwd(), folder) || '.';
}
