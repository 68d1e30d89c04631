/** `npm run bench`: see README.md beside this file. Must run in a network namespace of its own: see `run`. */
import { join, relative } from 'node:path';
import { CASES } from './cases.js';
import { Children } from './children.js';
import { compile } from './native.js';
import { HELP, readOptions, UsageError } from './options.js';
import { printSelfTimes } from './profile.js';
import { allProcessors, makeFolder, reportOf, writeResults } from './results.js';
import { measureCase } from './rounds.js';
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
  const folder = makeFolder(began, options.out);
  const cases = chosen(options);
  const programs = cases.some(({ isLocal }) => !isLocal) ? compile() : {};
  const stage = new Stage(children, programs);
  await stage.open(new Set(cases.flatMap(({ sides = {} }) => Object.values(sides))));
  const profile = options.profile && join(folder, `${options.profile}.cpuprofile`);
  const tools = { ...options, profile, children, programs, stage, allCores: allProcessors() };
  const report = reportOf({ began, options, congestionControl: stage.congestionControl });
  console.log(`${heading(report)}\n\n${line(HEADINGS)}`);
  for (const one of cases) {
    for (const row of await measured(one, tools)) {
      report.cases.push(row);
      console.log(line(cells(row)));
      if (row.failed !== undefined) console.log(`   ${row.failed}`);
    }
  }
  if (profile !== undefined) printSelfTimes(profile);
  if (options.markdown) console.log(`\n${markdown(report)}`);
  const files = await writeResults(folder, report);
  console.log(`\n${FOOTING}\n${files.map((name) => relative(process.cwd(), join(folder, name))).join(', ')}`);
  return report.cases.some(({ failed }) => failed !== undefined) ? 1 : 0;
}

/** With a profile, tapstack alone: what is observed is slower, and a comparison would be unfair. */
function chosen({ only, profile }) {
  const cases = CASES.filter(({ id }) => only.length === 0 || only.includes(id));
  if (profile === undefined) return cases;
  return cases.map(({ sides, target, reference, ...one }) => ({ ...one, ...(sides && { sides: { tapstack: sides.tapstack } }) }));
}

const heading = ({ machine, congestionControl, settings }) =>
  `${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}\n` +
  `${settings.rounds} rounds of ${settings.seconds} s; congestion control of both kernels: ${congestionControl}`;

const FOOTING =
  'ratio: tapstack to the kernel (to Node where no other is), the median of pairs; µs, ms and bytes: less is better';

/** The rows of a case. One that cannot be measured is a row that says so; the others go on. */
async function measured(one, tools) {
  try {
    return summarize(one, await measureCase(one, tools));
  } catch (error) {
    if (children.isClosing) await new Promise(() => {}); // a signal ends it all
    return [{ id: one.id, title: one.title, unit: one.unit, failed: error.message }];
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
