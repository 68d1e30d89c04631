/** `route` and `ip route`: where a host sends what is for where, the first match from above. */
import type { IpAddress, Stack } from '../../stack/index.ts';
import { formatV4, fromV4 } from '../../stack/index.ts';
import { inColumns } from './columns.ts';

/** A line of the table. */
export interface RouteEntry {
  /** "10.0.0.0/24", or "default". */
  readonly destination: string;
  readonly network: IpAddress;
  /** "255.255.255.0" */
  readonly mask: string;
  /** Undefined: the destination is on the link itself. */
  readonly gateway: IpAddress | undefined;
  readonly interface: string;
  /** The address that is sent from, where the route says one. */
  readonly source: IpAddress | undefined;
  readonly metric: number;
}

/** In the order in which they are tried. */
export const routeTable = (stack: Stack): RouteEntry[] =>
  stack.routes.list().map(({ prefix, gateway, interfaceId, source, metric = 0 }) => ({
    destination: prefix.length === 0 ? 'default' : `${prefix}`,
    network: fromV4(prefix.network),
    mask: formatV4(prefix.mask),
    gateway: gateway === undefined ? undefined : fromV4(gateway),
    interface: stack.interfaces.get(interfaceId)?.name ?? `${interfaceId}`,
    source: source === undefined ? undefined : fromV4(source),
    metric,
  }));

/** As `ip route` writes it. */
export function formatIpRoute(entries: readonly RouteEntry[]): string {
  if (entries.length === 0) return 'there are no routes';
  return entries
    .map(({ destination, gateway, interface: name, source, metric }) => {
      const via = gateway === undefined ? '' : ` via ${gateway}`;
      const from = source === undefined ? '' : ` src ${source}`;
      return `${destination}${via} dev ${name}${from}${metric === 0 ? '' : ` metric ${metric}`}`;
    })
    .join('\n');
}

/** As `route -n` writes it: U the route is up, G it leads through a gateway, H to one host. */
export function formatRoute(entries: readonly RouteEntry[]): string {
  if (entries.length === 0) return 'there are no routes';
  return inColumns(
    ['Destination', 'Gateway', 'Genmask', 'Flags', 'Metric', 'Iface'],
    entries.map(({ network, gateway, mask, metric, interface: name }) => [
      `${network}`,
      gateway === undefined ? '0.0.0.0' : `${gateway}`,
      mask,
      `U${gateway === undefined ? '' : 'G'}${mask === '255.255.255.255' ? 'H' : ''}`,
      `${metric}`,
      name,
    ]),
  );
}
