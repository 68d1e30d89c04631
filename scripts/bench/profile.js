/** A CPU profile of the process that is measured, and in which functions it spent its time. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ask } from './self-report.js';

/** Profiles the process while `measure` runs. */
export async function profiled(child, path, measure) {
  await ask(child, 'profile');
  const result = await measure();
  await ask(child, 'profile-end', { path });
  return result;
}

/** All functions of libc that koffi made are one to the profiler, under the name of the one that was made last. */
const NAMES = { execvp: 'system calls' };

/**
 * @param profile as the inspector writes it: nodes of a call tree, and which of them was running at each sample
 * @returns `{ share, name, place }` of the functions with most time of their own, the largest share first
 */
export function selfTimes({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const times = new Map();
  let total = 0;
  samples.forEach((id, index) => {
    const { functionName, url, lineNumber } = byId.get(id);
    const place = url === '' ? '' : `${shortPath(url)}:${lineNumber + 1}`;
    const key = `${NAMES[functionName] ?? (functionName || '(anonymous)')}\t${place}`;
    times.set(key, (times.get(key) ?? 0) + timeDeltas[index]);
    total += timeDeltas[index];
  });
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .map(([key, time]) => ({ share: time / total, name: key.split('\t')[0], place: key.split('\t')[1] }));
}

/** From the folder of what is built on. */
const shortPath = (url) =>
  url.replace(/^.*\/(dist|node_modules|scripts)\//, (_all, folder) => (folder === 'dist' ? '' : `${folder}/`));

export function printSelfTimes(path, count = 25) {
  console.log(`\n${relative(process.cwd(), path)}: time in each function itself`);
  for (const { share, name, place } of selfTimes(JSON.parse(readFileSync(path, 'utf8'))).slice(0, count)) {
    console.log(`${(share * 100).toFixed(1).padStart(6)} %  ${name.padEnd(36)} ${place}`);
  }
}
