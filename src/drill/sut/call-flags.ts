/** Which flags sending and receiving calls on a TCP socket may have. */
import { Unsupported } from '../unsupported.ts';
import {
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSG_FASTOPEN,
  MSG_MORE,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  MSG_ZEROCOPY,
} from './constants.ts';

/** MSG_NOSIGNAL and MSG_EOR change nothing here; the other flags of calls would. */
const HARMLESS_FLAGS = 0x4000 | 0x80 | MSG_DONTWAIT;
const READ_FLAGS = HARMLESS_FLAGS | MSG_PEEK | MSG_WAITALL | MSG_TRUNC | MSG_ERRQUEUE;
const WRITE_FLAGS = HARMLESS_FLAGS | MSG_OOB | MSG_MORE | MSG_ZEROCOPY | MSG_FASTOPEN;

/** @throws Unsupported for a flag that would mean something else than we do */
export const checkReadFlags = (flags: number): void => check(flags & ~READ_FLAGS, 'receiving');

/** @throws Unsupported */
export const checkWriteFlags = (flags: number): void => check(flags & ~WRITE_FLAGS, 'sending');

function check(others: number, what: string): void {
  if (others !== 0) throw new Unsupported(`flags 0x${others.toString(16)} of a ${what} call`);
}
