/**
 * Urgent data on its way in: the mark up to which the peer wants its text read soon (RFC 9293 §3.8.5, RFC 6093).
 *
 * TCP itself has no data out of band: the last urgent octet stands in the stream like any other. Sockets have taken it out
 * since 4.2BSD, and a read stops in front of it, so that a program can find the mark.
 */
import type { Seq } from '../../wire/seq.ts';
import { add, diff } from '../../wire/seq.ts';
import type { Connection } from '../connection.ts';

/** There from an urgent pointer until the application has read beyond it. */
export class UrgentMark {
  /** Of the last urgent octet. */
  at: Seq;
  /** The octet has not arrived; it has; the application has taken it. */
  phase: 'awaited' | 'here' | 'taken' = 'awaited';
  octet = 0;

  constructor(at: Seq) {
    this.at = at;
  }
}

/** The number of the next octet that the application reads. */
export const nextToRead = ({ rcv, receiver, app }: Connection): Seq =>
  add(rcv.nxt, -receiver.available - (app.peerClosed ? 1 : 0));

/** MUST-33: how many octets are urgent from the next one read on, the last one included; 0: none. */
export const urgentAhead = (tcb: Connection): number =>
  tcb.urgentMark === undefined ? 0 : Math.max(diff(tcb.urgentMark.at, nextToRead(tcb)) + 1, 0);

/** What one read can give now: up to the mark, or from the mark on. */
export function readableBytes(tcb: Connection): number {
  const { available } = tcb.receiver;
  const ahead = urgentAhead(tcb);
  if (ahead === 0) return available;
  if (ahead > 1) return Math.min(available, ahead - 1);
  return tcb.options.oobInline ? available : Math.max(available - 1, 0);
}

/** RECEIVE while there is a mark. @returns how many bytes were moved to `into[at, at + length)` */
export function readAtMark(tcb: Connection, into: Uint8Array, at: number, length: number): number {
  const { receiver } = tcb;
  const ahead = urgentAhead(tcb);
  if (ahead > 1) return receiver.read(into, at, Math.min(length, ahead - 1));
  if (length === 0 || receiver.available === 0) return 0;
  if (ahead === 1 && !tcb.options.oobInline) receiver.skip(1);
  tcb.urgentMark = undefined; // this read goes beyond it
  return receiver.read(into, at, length);
}

/** What recv(MSG_OOB) gives: the octet, once; `none` also when it stays in the stream. */
export function takeUrgent({ urgentMark: mark, options }: Connection, peek: boolean): number | 'none' | 'awaited' {
  if (options.oobInline || mark === undefined || mark.phase === 'taken') return 'none';
  if (mark.phase === 'awaited') return 'awaited';
  if (!peek) mark.phase = 'taken';
  return mark.octet;
}
