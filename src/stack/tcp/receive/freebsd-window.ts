/** The window field as FreeBSD's tcp_output computes it: silly windows avoided in its way, and rounded up, never down. */
import { add, diff, max } from '../../wire/seq.ts';
import type { ReceiveSpace } from '../spaces.ts';

export interface Room {
  /** Bytes free in the receive buffer, and its size. */
  readonly free: number;
  readonly buffer: number;
  /** The connection's maximum segment size, options not subtracted. */
  readonly segment: number;
}

const widest = (shift: number): number => 0xffff << shift;

/** The window field for the next segment; moves the advertised edge. */
export function advertise(rcv: ReceiveSpace, { free, buffer, segment }: Room, shift: number): number {
  let window = Math.min(free, widest(shift));
  if (window < buffer >> 2 && window < segment) window = 0;
  window = Math.max(window, diff(rcv.edge, rcv.nxt));
  const field = Math.min(Math.ceil(window / (1 << shift)), 0xffff);
  rcv.edge = max(rcv.edge, add(rcv.nxt, field << shift));
  return field;
}

/** Reading has opened the window so far that the peer should hear of it without being asked. */
export function isWorthAnUpdate(rcv: ReceiveSpace, { free, buffer, segment }: Room, shift: number): boolean {
  const window = Math.min(free, widest(shift));
  const known = Math.max(diff(rcv.edge, rcv.nxt), 0);
  const opened = Math.max(window - known, 0);
  if (window <= 0 || known >>> shift >= (opened + known) >>> shift) return false;
  const isMuch = opened >= buffer >> 2 || window <= buffer >> 3 || buffer <= 8 * segment || opened >= widest(shift);
  return (opened >= 2 * segment && isMuch) || 2 * opened >= buffer;
}

/** The window of an answer that tcp_respond makes: what is free, rounded down, and no promise. */
export const answered = (free: number, shift: number): number => Math.min(free, widest(shift)) >>> shift;
