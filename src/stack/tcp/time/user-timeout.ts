/** How long text may stay unacknowledged when both ends have a say: RFC 5482 §3.1. */
import type { Micros } from '../../time.ts';
import { MINUTE, SECOND } from '../../time.ts';
import type { Segment } from '../../wire/tcp.ts';
import { SYN } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';

/** L_LIMIT: R2 of RFC 9293 §3.8.3 (SHLD-11), below which nobody may talk us. */
const LOWER_LIMIT: Micros = 100 * SECOND;
/** U_LIMIT: how long a peer may make us keep a connection whose path is gone. */
const UPPER_LIMIT: Micros = 60 * MINUTE;

/** USER_TIMEOUT of §3.1; 0: nobody has said anything, and R2 decides. What our application set itself is not CHANGEABLE. */
export function userTimeoutOf({ options, peerUserTimeout }: Connection): Micros {
  if (!options.userTimeoutOption || options.userTimeout > 0 || peerUserTimeout === 0) return options.userTimeout;
  return Math.min(UPPER_LIMIT, Math.max(options.r2, peerUserTimeout * SECOND, LOWER_LIMIT));
}

/** ADV_UTO goes with every SYN, and after a change with a segment that has no text, where there is room for it. */
export function announceUserTimeout(tcb: Connection, out: Segment): void {
  const { options } = tcb;
  if (!options.userTimeoutOption) return;
  const isSyn = (out.flags & SYN) !== 0;
  if (isSyn ? out.fastOpen !== undefined : !tcb.userTimeoutDue || out.payloadLength > 0) return;
  tcb.userTimeoutDue = false;
  out.userTimeout = Math.ceil((options.userTimeout > 0 ? options.userTimeout : options.r2) / SECOND);
}

/** REMOTE_UTO, from any acceptable segment. */
export function learnUserTimeout(tcb: Connection, segment: Segment): void {
  if (segment.userTimeout > 0 && tcb.options.userTimeoutOption) tcb.peerUserTimeout = segment.userTimeout;
}
