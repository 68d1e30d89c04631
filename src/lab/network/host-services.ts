/** Services of the hosts of a network in few words: each lives on the host's stack and by the lab's clock, and shows its table. */
import type { ClientLease, DhcpClientOptions, DhcpServerOptions } from '../../services/dhcp/index.ts';
import { DhcpClient, DhcpServer, leasesTable } from '../../services/dhcp/index.ts';
import type { RipOptions } from '../../services/rip/index.ts';
import { Rip, ripTable } from '../../services/rip/index.ts';
import type { Random } from '../../stack/index.ts';
import type { NetHost } from './net-host.ts';

export interface ObtainOptions extends Partial<Omit<DhcpClientOptions, 'stack' | 'interface' | 'time' | 'random'>> {
  /** The port that is to have an address. @default the first */
  readonly port?: string;
}

export interface Obtained {
  readonly client: DhcpClient;
  /** Undefined: the client was closed before it had one. */
  readonly lease: ClientLease | undefined;
}

/** Starts a DHCP client and waits until it has an address. @throws RangeError when there is no such port */
export async function obtainAddress(host: NetHost, random: Random, { port, ...options }: ObtainOptions): Promise<Obtained> {
  const index = port === undefined ? 0 : host.ports.indexOf(host.port(port));
  const own = [...host.stack.interfaces.values()][index];
  if (own === undefined) throw new RangeError(`${host.name} has no port`);
  const client = new DhcpClient({
    stack: host.stack,
    interface: own,
    time: host.clock,
    random,
    hostName: host.name,
    ...options,
  });
  return { client, lease: await client.ready() };
}

/** @throws RangeError in words when a pool cannot be used, UdpError when a server is there already */
export function serveAddresses(host: NetHost, options: Omit<DhcpServerOptions, 'time'>): DhcpServer {
  const server = new DhcpServer(host.stack, { time: host.clock, ...options });
  host.showTables(() => [leasesTable(host.name, server.leases, host.clock.now())]);
  return server;
}

/** @throws RangeError for a metric that no link has, UdpError when RIP is spoken already */
export function speakRip(host: NetHost, random: Random, options: Partial<RipOptions>): Rip {
  const { stack, clock } = host;
  const rip = new Rip(stack, { time: clock, random, ...options });
  host.showTables(() => [ripTable(host.name, stack, rip.routes, clock.now())]);
  return rip;
}
