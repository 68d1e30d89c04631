/** What is acknowledged when, how much room is offered, and which segments are believed. */
import type { Micros } from '../../time.ts';
import { MILLISECOND } from '../../time.ts';

export interface ReceiveOptions {
  /** Delayed acknowledgment (MUST-40: below 500 ms); 0 acknowledges at once. @default 40 ms */
  readonly ackDelay: Micros;
  /**
   * Which acknowledgments wait: after the first sixteen all that are not second full segments (RFC 9293 §3.8.6.3), or as in Linux
   * depending on whether the application answers and drains what it reads, with a delay that adapts to the peer's pauses. @default 'usual'
   */
  readonly ackPolicy: 'usual' | 'linux';
  /** Bytes of unread data we begin to offer room for. @default 64 KiB */
  readonly receiveBuffer: number;
  /** How far the receive buffer may grow. @default 4 MiB */
  readonly maxReceiveBuffer: number;
  /**
   * The window is what the buffer has room for, or as in Linux it opens with the text that arrives and moves in units of the scale,
   * and the peer hears of room by itself only when it has doubled. @default 'buffer'
   */
  readonly receiveWindow: 'buffer' | 'linux';
  /** Never offer a larger window than this; 0: the buffer decides. Linux's TCP_WINDOW_CLAMP. @default 0 */
  readonly windowClamp: number;
  /** A segment without the timestamps that were agreed on is dropped (RFC 7323 §3.2) or taken, as in Linux. @default true */
  readonly requiresTimestamps: boolean;
  /** Least time between two challenge acknowledgments of a connection; 0: ten a second (RFC 5961 §7). @default 0 */
  readonly challengeInterval: Micros;
  /** An acknowledgment of what was never sent is answered (RFC 9293 §3.10.7.4 fifth) or passed over, as in Linux. @default true */
  readonly answersUnsentAck: boolean;
  /**
   * The last octet of urgent data stays in the stream (SO_OOBINLINE), as TCP itself sees it and RFC 6093 §5 advises; else it
   * is taken out and waits for `receiveUrgent`, as sockets do when nothing is said. @default true
   */
  readonly oobInline: boolean;
  /** Received urgent pointers name the last urgent octet (RFC 1122 §4.2.2.4), not the one behind it (MUST-62). @default false */
  readonly stdUrg: boolean;
}

export const RECEIVE_DEFAULTS: ReceiveOptions = {
  ackDelay: 40 * MILLISECOND,
  ackPolicy: 'usual',
  receiveBuffer: 64 * 1024,
  maxReceiveBuffer: 4 * 1024 * 1024,
  receiveWindow: 'buffer',
  windowClamp: 0,
  requiresTimestamps: true,
  challengeInterval: 0,
  answersUnsentAck: true,
  oobInline: true,
  stdUrg: false,
};
