/** What FreeBSD's socket calls say where Linux says something else: sys/netinet/tcp_usrreq.c, sys/kern/uipc_socket.c. */
import type { Connection } from '../../stack/tcp/connection.ts';

const isHalfOpen = ({ state }: Connection): boolean => state === 'SYN-SENT' || state === 'SYN-RECEIVED';

/** connect: a listener cannot; one socket makes one connection, and the second call does not ask how the first one went. */
export function refusesConnect(connection: Connection | undefined, listens: boolean): string | undefined {
  if (listens) return 'EOPNOTSUPP';
  if (connection === undefined || isHalfOpen(connection)) return undefined;
  return connection.state === 'CLOSED' ? 'ECONNREFUSED' : 'EISCONN';
}

/** send: the error of a connection that is over waits for whoever reads or asks, and one that is being made is none yet. */
export function refusesText(connection: Connection): string | undefined {
  if (connection.state === 'CLOSED') return 'EPIPE';
  return isHalfOpen(connection) && !connection.sender.finQueued ? 'ENOTCONN' : undefined;
}
