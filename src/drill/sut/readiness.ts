/** Which POLL bits hold for a connection: Linux's tcp_poll in one table. */
import type { Connection } from '../../stack/tcp/connection.ts';
import { maySendEarly } from '../../stack/tcp/open/fast-open.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDHUP, POLLRDNORM, POLLWRNORM } from './constants.ts';

export const READABLE_BITS = POLLIN | POLLRDNORM;
export const WRITABLE_BITS = POLLOUT | POLLWRNORM;

/** @param readShut the application has shut down its reading side */
export function readyBits(connection: Connection, readShut: boolean, hasError: boolean): number {
  const { app, sender, state, readable, urgentMark } = connection;
  const isEarly = maySendEarly(connection); // accepted with its SYN: as good as established
  if (state === 'SYN-SENT' || (state === 'SYN-RECEIVED' && !isEarly)) return 0;
  const isOver = state === 'CLOSED';
  const readEnds = app.peerClosed || isOver || readShut;
  const writeEnds = sender.finQueued || isOver;
  const rules: readonly (readonly [boolean, number])[] = [
    [readable > 0 || readEnds, READABLE_BITS],
    [readEnds, POLLRDHUP],
    [writeEnds || sender.free > 0, WRITABLE_BITS],
    [readEnds && writeEnds, POLLHUP],
    [hasError, POLLERR],
    [urgentMark?.phase === 'here', POLLPRI],
  ];
  return rules.reduce((bits, [holds, bit]) => (holds ? bits | bit : bits), 0);
}
