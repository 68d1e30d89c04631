/** What the devices of a network learnt and forgot in a story, as text: row by row, and the tables at the moments that matter. */
import type { TableChange } from '../lab/index.ts';
import { tableText, tableTitle } from '../lab/index.ts';
import type { Micros } from '../stack/index.ts';
import { SECOND } from '../stack/index.ts';
import type { Performance } from './perform.ts';
import type { TablesAt } from './stage.ts';

/** Empty for a story without a network. */
export function tablesText({ network, start }: Performance): string {
  if (network === undefined) return '';
  const changes = network.changes.map((change) => `${timeOf(change.at, start)}  ${changeText(change)}\n`);
  const moments = network.tables.map((one) => momentText(one, start));
  return [...(changes.length === 0 ? [] : ['What changed:\n\n', ...changes, '\n']), moments.join('\n')].join('');
}

function momentText({ at, moment, tables }: TablesAt, start: Micros): string {
  const shown = tables.filter(({ rows }) => rows.length > 0);
  const title = `${moment[0]?.toUpperCase() ?? ''}${moment.slice(1)} (${((at - start) / SECOND).toFixed(3)} s):\n`;
  return [title, ...(shown.length === 0 ? ['All tables are empty.\n'] : shown.map(tableText))].join('\n');
}

const SIGNS: Readonly<Record<TableChange['what'], string>> = { new: '+', changed: '=', gone: '-' };

/** "s1: MAC addresses + 02:00:c0:a8:0a:01 1" */
const changeText = ({ of, kind, what, row }: TableChange): string =>
  `${SIGNS[what]} ${tableTitle({ of, kind, columns: [], rows: [] })}: ${row.filter((word) => word !== '').join('  ')}`;

const timeOf = (at: Micros, start: Micros): string => `${((at - start) / SECOND).toFixed(6).padStart(12)} s`;
