/** When a listener has no room: RFC 9293 leaves it to the implementation, and each kernel counts in its own way. */
import type { TcpOptions } from '../options.ts';
import type { Listener } from './listener.ts';

/**
 * - `shared`: half-open connections and those that wait to be accepted share the backlog; beyond it there are SYN cookies.
 * - `linux`: as many half-open ones as the backlog says before there are cookies, and one more than it says may wait; with more
 *   waiting, SYNs and the last segments of handshakes are dropped.
 * - `freebsd`: half-open ones are nobody's backlog; half as many again as it says may wait, and then handshakes end in a reset.
 */
export type BacklogRule = 'shared' | 'linux' | 'freebsd';

/** What FreeBSD's cache of SYNs keeps before it begins with cookies, roughly. */
const MOST_HALF_OPEN = 15_360;

/** No further half-open connection is kept: a SYN is answered with a cookie or not at all. */
export function isSynQueueFull(listener: Listener, { backlogRule }: TcpOptions): boolean {
  switch (backlogRule) {
    case 'shared':
      return listener.halfOpen + listener.waiting >= listener.backlog;
    case 'linux':
      return listener.halfOpen >= listener.backlog;
    case 'freebsd':
      return listener.halfOpen >= MOST_HALF_OPEN;
  }
}

/** No further established connection may wait. */
export function isAcceptQueueFull(listener: Listener, { backlogRule }: TcpOptions): boolean {
  switch (backlogRule) {
    case 'shared':
      return false; // its cookie or its place among the half-open was the promise
    case 'linux':
      return listener.waiting > listener.backlog;
    case 'freebsd':
      return listener.waiting > (3 * listener.backlog) / 2;
  }
}

/** Linux does not begin what it could not finish. */
export const refusesSyn = (listener: Listener, options: TcpOptions): boolean =>
  options.backlogRule === 'linux' && isAcceptQueueFull(listener, options);

/** A handshake that cannot end for want of room: FreeBSD resets it, Linux where it is told to (tcp_abort_on_overflow). */
export const resetsOverflow = ({ backlogRule, abortOnOverflow }: TcpOptions): boolean =>
  backlogRule === 'freebsd' || abortOnOverflow;
