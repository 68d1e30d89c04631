/** `ss`: who listens on a host, which connections it has and in which state, and what waits in their queues. */
import type { Stack } from '../../stack/index.ts';
import { formatV4 } from '../../stack/index.ts';
import { inColumns } from './columns.ts';

/** A line of the table. */
export interface SocketEntry {
  readonly protocol: 'tcp' | 'udp';
  /** Of TCP as RFC 9293 §3.3.2 names them; of UDP 'CONNECTED' when it has one peer, else 'UNCONNECTED'. */
  readonly state: string;
  /** Bytes received and not read; of a listener: connections that wait to be accepted. */
  readonly receiveQueue: number;
  /** Bytes written and not acknowledged (UDP: not sent); of a listener: how many connections may wait. */
  readonly sendQueue: number;
  /** "10.0.0.1:80"; "*" is any address. */
  readonly local: string;
  /** "*:*" for who has no peer. */
  readonly remote: string;
}

const NOBODY = '*:*';

/** Listeners by port, then connections by their ends, then those that rest in TIME-WAIT, then UDP by port. */
export const socketTable = (stack: Stack): SocketEntry[] => [
  ...listeners(stack),
  ...connections(stack),
  ...resting(stack),
  ...udpSockets(stack),
];

const listeners = (stack: Stack): SocketEntry[] =>
  [...stack.tcp.listeners()]
    .sort((a, b) => a.port - b.port)
    .map(({ address, port, waiting, backlog }) => ({
      protocol: 'tcp',
      state: 'LISTEN',
      receiveQueue: waiting,
      sendQueue: backlog,
      local: `${address ?? '*'}:${port}`,
      remote: NOBODY,
    }));

const connections = (stack: Stack): SocketEntry[] =>
  [...stack.tcp.connections()]
    .map(({ id, state, sender, receiver }): SocketEntry & { readonly order: string } => ({
      protocol: 'tcp',
      state,
      receiveQueue: receiver.available,
      sendQueue: sender.buffered,
      local: `${id.local}:${id.localPort}`,
      remote: `${id.remote}:${id.remotePort}`,
      order: orderOf(id.localPort, `${id.remote}`, id.remotePort),
    }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ order: _, ...entry }) => entry);

const resting = (stack: Stack): SocketEntry[] =>
  [...stack.tcp.resting()]
    .sort((a, b) => a.localPort - b.localPort || a.remotePort - b.remotePort)
    .map(({ local, localPort, remote, remotePort }) => ({
      protocol: 'tcp',
      state: 'TIME-WAIT',
      receiveQueue: 0,
      sendQueue: 0,
      local: `${local}:${localPort}`,
      remote: `${remote}:${remotePort}`,
    }));

const udpSockets = (stack: Stack): SocketEntry[] =>
  stack.udp.endpoints().map(({ binding, queued, isConnected }) => ({
    protocol: 'udp',
    state: isConnected ? 'CONNECTED' : 'UNCONNECTED',
    receiveQueue: queued.receive,
    sendQueue: queued.send,
    local: `${binding.localAddress === 0 ? '*' : formatV4(binding.localAddress)}:${binding.localPort}`,
    remote: isConnected ? `${formatV4(binding.remoteAddress)}:${binding.remotePort}` : NOBODY,
  }));

/** Ports stand in the order of their numbers. */
const orderOf = (localPort: number, remote: string, remotePort: number): string =>
  `${`${localPort}`.padStart(5)} ${remote} ${`${remotePort}`.padStart(5)}`;

export function formatSockets(entries: readonly SocketEntry[]): string {
  if (entries.length === 0) return 'there are no sockets';
  return inColumns(
    ['Netid', 'State', 'Recv-Q', 'Send-Q', 'Local Address:Port', 'Peer Address:Port'],
    entries.map(({ protocol, state, receiveQueue, sendQueue, local, remote }) => [
      protocol,
      state,
      `${receiveQueue}`,
      `${sendQueue}`,
      local,
      remote,
    ]),
  );
}
