/** `npm run bench`: see README.md beside this file. Must run in a network namespace of its own: see `run`. */
import { availableParallelism } from 'node:os';
import { CASES } from './cases.js';
import { Children } from './children.js';
import { compile } from './native.js';
import { HELP, readOptions, UsageError } from './options.js';
import { writeResults } from './results.js';
import { measureAlone, measureRounds } from './rounds.js';
import { Stage } from './stage.js';
import { summarize } from './summary.js';
import { cells, HEADINGS, line, markdown } from './table.js';

const children = new Children();

/** @returns the exit code */
async function main() {
  const ids = CASES.map(({ id }) => id);
  const options = readOptions(process.argv.slice(2), ids);
  if (options.help) console.log(HELP.trimEnd());
  else if (options.list) for (const { id, title } of CASES) console.log(`${id.padEnd(16)}${title}`);
  else return await bench(options);
  return 0;
}

async function bench(options) {
  const began = new Date();
  const cases = CASES.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
  const programs = compile();
  const stage = new Stage(children, programs);
  await stage.open(new Set(cases.flatMap(({ sides = {} }) => Object.values(sides))));
  const tools = { children, programs, stage, ...options, allCores: `0-${availableParallelism() - 1}` };
  console.log(`${options.rounds} rounds of ${options.seconds} s; congestion control ${stage.congestionControl}\n`);
  console.log(line(HEADINGS));
  const results = [];
  for (const one of cases) {
    const result = await summarized(one, tools);
    results.push(result);
    console.log(line(cells(result)));
    if (result.failed !== undefined) console.error(`  ${one.id}: ${result.failed}`);
  }
  if (options.markdown) console.log(`\n${markdown(results)}`);
  const folder = await writeResults({ began, options, congestionControl: stage.congestionControl, results });
  console.log(`\nthe ratio is tapstack to the kernel, the median of pairs; every number and a chart: ${folder}`);
  return results.some(({ failed }) => failed !== undefined) ? 1 : 0;
}

/** A case that cannot be measured is a row that says so; the others go on. */
async function summarized(one, tools) {
  try {
    return summarize(one, await (one.open ? measureAlone : measureRounds)(one, tools));
  } catch (error) {
    return { ...one, failed: error.message };
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await children.close();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

let code = 1;
try {
  code = await main();
} catch (error) {
  code = error instanceof UsageError ? 2 : 1;
  console.error(`bench: ${error.message}`);
} finally {
  await children.close();
}
process.exit(code);
