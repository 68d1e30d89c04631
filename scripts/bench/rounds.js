/** How a case is measured: a round measures every side once, and rounds follow each other in alternating order. */
import { ask } from './self-report.js';
import { order } from './statistics.js';

/** A short one first, that counts for nothing: compilers and caches have seen the case then. */
const WARM_UP = 0.5;

/**
 * @param tools of `clients.js`, and `stage` and `rounds`
 * @returns by column the number of each round, and by column what the process said of itself in each, where it does
 */
export async function measureRounds({ measure, sides, oneCore }, tools) {
  const { stage, rounds } = tools;
  const columns = Object.keys(sides).filter((column) => sides[column] !== undefined);
  const sideOf = (column) => stage.sides[sides[column]];
  const values = Object.fromEntries(columns.map((column) => [column, []]));
  const reports = {};
  const ready = oneCore ? { ...tools, prefix: ['taskset', '-c', '0'] } : tools;
  if (oneCore) await pinAll(stage, columns.map(sideOf), '0');
  for (const column of columns) await measure(sideOf(column), { ...ready, seconds: WARM_UP });
  for (let round = 0; round < rounds; round++) {
    for (const column of order(columns, round)) {
      const side = sideOf(column);
      const tells = side.process.connected;
      if (tells) await ask(side.process, 'begin');
      values[column].push(await measure(side, ready));
      if (!tells) continue;
      reports[column] ??= [];
      reports[column].push(await ask(side.process, 'end'));
    }
  }
  if (oneCore) await pinAll(stage, columns.map(sideOf), tools.allCores);
  return { values, reports };
}

/** A case in which nobody else takes part. */
export async function measureAlone({ open, rounds }, tools) {
  const { once, close } = await open(tools);
  const values = [];
  for (let round = 0; round < (rounds ?? tools.rounds); round++) values.push(await once());
  await close();
  return { values: { tapstack: values } };
}

const pinAll = (stage, sides, processors) => Promise.all(sides.map((side) => stage.pin(side.process.pid, processors)));
