/** How long text may stay unacknowledged when both ends have a say: RFC 5482 §3.1. */
import type { Micros } from '../../time.ts';
import { MINUTE, SECOND } from '../../time.ts';
import type { Segment } from '../../wire/tcp.ts';
import { SYN } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';

/** What one end knows of the other's wish, and the other of its own. */
export interface UserTimeout {
  /** REMOTE_UTO in seconds; 0: the peer has not said. */
  peer: number;
  /** Ours has changed since it was announced. */
  isDue: boolean;
}

/** L_LIMIT: R2 of RFC 9293 §3.8.3 (SHLD-11), below which nobody may talk us. */
const LOWER_LIMIT: Micros = 100 * SECOND;
/** U_LIMIT: how long a peer may make us keep a connection whose path is gone. */
const UPPER_LIMIT: Micros = 60 * MINUTE;

/** USER_TIMEOUT of §3.1; 0: nobody has said anything, and R2 decides. What our application set itself is not CHANGEABLE. */
export function userTimeoutOf({ options, userTimeout }: Connection): Micros {
  const peer = userTimeout?.peer ?? 0;
  if (!options.userTimeoutOption || options.userTimeout > 0 || peer === 0) return options.userTimeout;
  return Math.min(UPPER_LIMIT, Math.max(options.r2, peer * SECOND, LOWER_LIMIT));
}

/** ADV_UTO goes with every SYN, and after a change with a segment that has no text, where there is room for it. */
export function announceUserTimeout(tcb: Connection, out: Segment): void {
  const { options, userTimeout } = tcb;
  if (!options.userTimeoutOption) return;
  const isSyn = (out.flags & SYN) !== 0;
  if (isSyn ? out.fastOpen !== undefined : userTimeout?.isDue !== true || out.payloadLength > 0) return;
  if (userTimeout !== undefined) userTimeout.isDue = false;
  out.userTimeout = Math.ceil((options.userTimeout > 0 ? options.userTimeout : options.r2) / SECOND);
}

/** REMOTE_UTO, from any acceptable segment. */
export function learnUserTimeout(tcb: Connection, segment: Segment): void {
  if (segment.userTimeout > 0 && tcb.options.userTimeoutOption) remembered(tcb).peer = segment.userTimeout;
}

/** §3.1: the peer should know of a change, as far as one segment can tell it. */
export function userTimeoutChanged(tcb: Connection): void {
  if (!tcb.options.userTimeoutOption || !tcb.snd.synAcknowledged) return;
  remembered(tcb).isDue = true;
  tcb.acks.now('user timeout changed');
}

function remembered(tcb: Connection): UserTimeout {
  tcb.userTimeout ??= { peer: 0, isDue: false };
  return tcb.userTimeout;
}
