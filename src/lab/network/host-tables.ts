/** What a host knows, as tables: its ARP cache, its routes, its sockets; what `arp`, `ip route` and `ss` read as well. */
import { arpTable } from '../../services/tools/arp-table.ts';
import { routeTable } from '../../services/tools/routes.ts';
import { socketTable } from '../../services/tools/sockets.ts';
import type { Stack } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';
import type { Table } from './table.ts';

/** Empty ones are left out. */
export function hostTables(of: string, stack: Stack): Table[] {
  const tables: Table[] = [
    {
      of,
      kind: 'arp',
      columns: ['address', 'Ethernet address', 'interface', 'state', 'since'],
      rows: arpTable(stack, stack.now).map(({ address, mac = '?', interface: name, state, age }) => [
        `${address}`,
        mac,
        name,
        state,
        `${Math.floor(age / SECOND)} s`,
      ]),
      passing: [3, 4],
    },
    {
      of,
      kind: 'routes',
      columns: ['network', 'next hop', 'interface', 'metric'],
      rows: routeTable(stack).map(({ destination, gateway = 'on the link', interface: name, metric }) => [
        destination,
        `${gateway}`,
        name,
        metric === 0 ? '' : `${metric}`,
      ]),
    },
    {
      of,
      kind: 'sockets',
      columns: ['protocol', 'state', 'local', 'remote'],
      rows: socketTable(stack).map(({ protocol, state, local, remote }) => [protocol, state, local, remote]),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}
