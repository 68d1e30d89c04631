/** What a device knows at one moment, as rows of words: the tables of switches, hosts and routers that one draws on a board. */

export type TableKind =
  | 'mac'
  | 'arp'
  | 'routes'
  | 'nat'
  | 'leases'
  | 'dns'
  | 'sockets'
  | 'stp'
  | 'vlans'
  | 'rip'
  | 'firewall'
  | 'conntrack';

export interface Table {
  /** The name of the device. */
  readonly of: string;
  readonly kind: TableKind;
  readonly columns: readonly string[];
  /** As many words in each as there are columns. */
  readonly rows: readonly (readonly string[])[];
  /** Columns that change as time passes, by number: ages, what is left. Who looks for news leaves them out. @default none */
  readonly passing?: readonly number[];
  /** Columns that say which row it is, by number, in front of those that pass: another row with the same words there is this one, changed. @default the first */
  readonly key?: readonly number[];
}

const TITLES: Readonly<Record<TableKind, string>> = {
  mac: 'MAC addresses',
  arp: 'ARP cache',
  routes: 'routes',
  nat: 'translations',
  leases: 'leases',
  dns: 'DNS cache',
  sockets: 'sockets',
  stp: 'spanning tree',
  vlans: 'VLANs',
  rip: 'RIP routes',
  firewall: 'rules',
  conntrack: 'tracked connections',
};

/** "s1: MAC addresses" */
export const tableTitle = ({ of, kind }: Table): string => `${of}: ${TITLES[kind]}`;

/** Title, columns and rows, aligned. An empty table says so. */
export function tableText(table: Table): string {
  const { columns, rows } = table;
  if (rows.length === 0) return `${tableTitle(table)}: empty\n`;
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  return `${[tableTitle(table), line(columns), ...rows.map(line)].join('\n')}\n`;
}
