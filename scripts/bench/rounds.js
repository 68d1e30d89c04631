/** How a case is measured: a round measures every side once, and rounds follow each other in alternating order. */
import { profiled } from './profile.js';
import { ask } from './self-report.js';
import { order } from './statistics.js';

/** A short one first, that counts for nothing: compilers and caches have seen the case then. */
const WARM_UP = 0.5;

/**
 * @param one of `cases.js`
 * @param tools of `clients.js`, and `stage`, `rounds`, and `profile`, a path, when the stack's process is to be profiled
 * @returns `values`, by column the number of each round, and `reports`, `reports.tapstack`, what our process said of itself in each
 */
export const measureCase = (one, tools) => (one.open === undefined ? measureSides(one, tools) : measureAlone(one, tools));

async function measureSides({ measure, sides, oneCore }, tools) {
  const { stage, rounds, profile } = tools;
  const columns = Object.keys(sides);
  const sideOf = (column) => stage.sides[sides[column]];
  const values = Object.fromEntries(columns.map((column) => [column, []]));
  const reports = { tapstack: [] };
  const ready = oneCore ? { ...tools, prefix: ['taskset', '-c', '0'] } : tools;
  const round = async (number) => {
    for (const column of order(columns, number)) {
      const { value, report } = await observed(sideOf(column), stage, (side) => measure(side, ready));
      values[column].push(value);
      if (report !== undefined) reports[column].push(report);
    }
  };
  const all = async () => {
    for (let number = 0; number < rounds; number++) await round(number);
  };
  if (oneCore) await pin(columns.map(sideOf), tools, '0');
  for (const column of columns) await measure(sideOf(column), { ...ready, seconds: WARM_UP });
  await (profile === undefined ? all() : profiled(sideOf('tapstack').process, profile, all));
  if (oneCore) await pin(columns.map(sideOf), tools, tools.allCores);
  return { values, reports };
}

/** Measures a side; one that is ours says beside it how busy it was, how often it collected garbage and what the TAP dropped. */
async function observed(side, stage, measure) {
  if (!side.tells) return { value: await measure(side) };
  const before = await stage.drops(side);
  await ask(side.process, 'begin');
  const value = await measure(side);
  const report = await ask(side.process, 'end');
  const after = await stage.drops(side);
  return { value, report: { ...report, droppedIn: after.in - before.in, droppedOut: after.out - before.out } };
}

/** A case in which nobody else takes part. */
async function measureAlone({ open, rounds }, tools) {
  const { once, process: child, close } = await open(tools);
  const values = [];
  const all = async () => {
    for (let round = 0; round < (rounds ?? tools.rounds); round++) values.push(await once());
  };
  try {
    await (tools.profile === undefined || child === undefined ? all() : profiled(child, tools.profile, all));
  } finally {
    await close();
  }
  return { values: { tapstack: values } };
}

const pin = (sides, { stage }, processors) => Promise.all(sides.map((side) => stage.pin(side.process.pid, processors)));
