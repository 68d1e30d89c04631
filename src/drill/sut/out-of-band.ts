/** Urgent data as the calls of sockets show it: MSG_OOB, SIOCATMARK, SIOCINQ. */
import type { Connection } from '../../stack/tcp/connection.ts';
import { mayReceiveText } from '../../stack/tcp/state.ts';
import { diff } from '../../stack/wire/seq.ts';
import { payloadByte } from '../wire/payload.ts';
import type { Outcome } from './sut.ts';
import { failed, ok } from './sut.ts';

/** recv(MSG_OOB): it never waits. EINVAL also means that the octet was taken already or stays in the stream. */
export function receiveOutOfBand(connection: Connection, length: number, peek: boolean): Outcome {
  const { urgentMark: mark, rcv } = connection;
  const octet = connection.receiveUrgent(peek);
  if (octet === 'none' || mark === undefined) return failed('EINVAL');
  if (octet === 'awaited') return mayReceiveText(connection.state) ? failed('EAGAIN') : ok(0);
  const place = diff(mark.at, rcv.irs) - 1;
  const fault = octet === payloadByte('in', place) ? {} : { fault: `the urgent byte ${place} is not what the peer sent` };
  return { ...ok(Math.min(length, 1)), ...fault };
}

const standsAtMark = ({ urgentAhead }: Connection): boolean => urgentAhead === 1;

/** SIOCATMARK: the next byte is the last urgent one. */
export const atMark = (connection: Connection | undefined): number =>
  connection !== undefined && standsAtMark(connection) ? 1 : 0;

/** SIOCINQ counts up to the mark, and nothing at it: Linux's tcp_inq. */
export function bytesToRead(connection: Connection): number {
  if (connection.options.oobInline) return connection.receiver.available;
  return standsAtMark(connection) ? 0 : connection.readable;
}
