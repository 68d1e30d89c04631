/** Which POLL bits hold for a connection: Linux's tcp_poll in one table. */
import type { Connection } from '../../stack/tcp/connection.ts';
import { maySendEarly } from '../../stack/tcp/open/fast-open.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDHUP, POLLRDNORM, POLLWRNORM } from './constants.ts';

export const READABLE_BITS = POLLIN | POLLRDNORM;
export const WRITABLE_BITS = POLLOUT | POLLWRNORM;

/** A third of the buffer is free, and less than half of TCP_NOTSENT_LOWAT waits: sk_stream_is_writeable. */
const isWritable = ({ sender, options }: Connection): boolean =>
  sender.free * 2 >= sender.buffered && sender.free > 0 && sender.unsent * 2 < options.notSentLowWater;

/**
 * @param readShut the application has shut down its reading side
 * @param lowWater SO_RCVLOWAT: so many bytes make it readable
 */
export function readyBits(connection: Connection, readShut: boolean, hasError: boolean, lowWater = 1): number {
  const { app, sender, state, readable, urgentMark } = connection;
  const isEarly = maySendEarly(connection); // accepted with its SYN: as good as established
  if (state === 'SYN-SENT' || (state === 'SYN-RECEIVED' && !isEarly)) return 0;
  const isOver = state === 'CLOSED';
  const readEnds = app.peerClosed || isOver || readShut;
  const writeEnds = sender.finQueued || isOver;
  const rules: readonly (readonly [boolean, number])[] = [
    [readable >= lowWater || readEnds, READABLE_BITS],
    [readEnds, POLLRDHUP],
    [writeEnds || isWritable(connection), WRITABLE_BITS],
    [readEnds && writeEnds, POLLHUP],
    [hasError, POLLERR],
    [urgentMark?.phase === 'here', POLLPRI],
  ];
  return rules.reduce((bits, [holds, bit]) => (holds ? bits | bit : bits), 0);
}
