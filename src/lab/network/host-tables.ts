/** What a host knows, as tables: its ARP cache, its routes, its sockets. */
import type { Stack } from '../../stack/index.ts';
import { formatMac, formatV4, SECOND } from '../../stack/index.ts';
import type { Table } from './table.ts';

/** Empty ones are left out. */
export function hostTables(of: string, stack: Stack): Table[] {
  return [arpTable(of, stack), routeTable(of, stack), socketTable(of, stack)].filter(({ rows }) => rows.length > 0);
}

export function arpTable(of: string, stack: Stack): Table {
  const rows = [...stack.interfaces.values()].flatMap(({ name, arp }) =>
    arp
      .entries(stack.now)
      .map(({ address, mac, state, age }) => [
        formatV4(address),
        state === 'incomplete' ? '?' : formatMac(mac),
        name,
        state,
        `${Math.floor(age / SECOND)} s`,
      ]),
  );
  return { of, kind: 'arp', columns: ['address', 'Ethernet address', 'interface', 'state', 'since'], rows, passing: [3, 4] };
}

export function routeTable(of: string, stack: Stack): Table {
  const rows = stack.routes
    .list()
    .map(({ prefix, gateway, interfaceId, metric }) => [
      prefix.length === 0 ? 'default' : `${prefix}`,
      gateway === undefined ? 'on the link' : formatV4(gateway),
      stack.interfaces.get(interfaceId)?.name ?? '',
      metric === undefined ? '' : `${metric}`,
    ]);
  return { of, kind: 'routes', columns: ['network', 'next hop', 'interface', 'metric'], rows };
}

export function socketTable(of: string, stack: Stack): Table {
  const listeners = [...stack.tcp.listeners()].map(({ port }) => ['tcp', 'LISTEN', `*:${port}`, '']);
  const connections = [...stack.tcp.connections()].map(({ state, id }) => [
    'tcp',
    state,
    `${id.local}:${id.localPort}`,
    `${id.remote}:${id.remotePort}`,
  ]);
  const datagrams = stack.udp
    .endpoints()
    .map(({ binding: { localAddress, localPort, remoteAddress, remotePort } }) => [
      'udp',
      '',
      `${localAddress === 0 ? '*' : formatV4(localAddress)}:${localPort}`,
      remotePort === 0 ? '' : `${formatV4(remoteAddress)}:${remotePort}`,
    ]);
  const rows = [...listeners, ...connections, ...datagrams];
  return { of, kind: 'sockets', columns: ['protocol', 'state', 'local', 'remote'], rows };
}
