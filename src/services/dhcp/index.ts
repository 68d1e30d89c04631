/** Every public name of DHCP, listed by hand. */
export { DhcpClient } from './client.ts';
export type { ClientEvent, ClientEventKind, ClientState, DhcpClientOptions } from './client-options.ts';
export type { InformOptions } from './inform.ts';
export { inform } from './inform.ts';
export type { Lease, LeaseState } from './lease.ts';
export { leasesTable } from './leases-table.ts';
export type { ClientLease, Parameters } from './parameters.ts';
export type { PoolOptions, Reservation } from './pool.ts';
export type { DhcpRelayOptions } from './relay.ts';
export { DhcpRelay } from './relay.ts';
export type { DhcpServerOptions } from './server.ts';
export { DhcpServer } from './server.ts';
export type { ServerEvent, ServerEventKind } from './server-events.ts';
