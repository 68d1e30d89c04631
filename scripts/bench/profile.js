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

/**
 * @param profile as the inspector writes it: nodes of a call tree, and which of them was running at each sample
 * @returns `{ share, name, place }` of the functions with most time of their own, the largest share first
 */
export function selfTimes({ nodes, samples, timeDeltas }) {
  const names = namesOf(nodes);
  const times = new Map();
  let total = 0;
  samples.forEach((id, index) => {
    const key = names.get(id);
    times.set(key, (times.get(key) ?? 0) + timeDeltas[index]);
    total += timeDeltas[index];
  });
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .map(([key, time]) => ({ share: time / total, name: key.split('\t')[0], place: key.split('\t')[1] }));
}

/** By the id of a node "name TAB place". */
function namesOf(nodes) {
  const callers = new Map(nodes.flatMap(({ children = [], callFrame }) => children.map((child) => [child, callFrame])));
  return new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      if (url === '' && IS_TAP.test(callers.get(id)?.url ?? '')) return [id, 'system calls of the TAP\t'];
      return [id, `${functionName || '(anonymous)'}\t${url === '' ? '' : `${shortPath(url)}:${lineNumber + 1}`}`];
    }),
  );
}

/** What is native and called from there is a function of libc; the profiler knows all that koffi made by one name, some other's. */
const IS_TAP = /\/dist\/node\/tap[\w-]*\.js$/;

/** From the folder of what is built on. */
const shortPath = (url) =>
  url.replace(/^.*\/(dist|node_modules|scripts)\//, (_all, folder) => (folder === 'dist' ? '' : `${folder}/`));

export function printSelfTimes(path, count = 25) {
  console.log(`\n${relative(process.cwd(), path)}: time in each function itself`);
  for (const { share, name, place } of selfTimes(JSON.parse(readFileSync(path, 'utf8'))).slice(0, count)) {
    console.log(`${(share * 100).toFixed(1).padStart(6)} %  ${name.padEnd(36)} ${place}`);
  }
}
