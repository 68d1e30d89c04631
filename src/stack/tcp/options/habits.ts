/** What hosts do differently where the RFCs leave it open, or where a kernel has a way of its own: the texts' way by default. */
import type { Micros } from '../../time.ts';
import { SECOND } from '../../time.ts';

export interface Habits {
  /** Order and padding of the options in a SYN. FreeBSD: MSS, window scale, SACK-permitted, timestamps, filled up with zeros. @default 'linux' */
  readonly optionOrder: 'linux' | 'freebsd';
  /**
   * The window field. `freebsd`: the receive buffer is a whole number of segments, the window is rounded up to its unit, and an
   * update has to be worth two segments and a quarter of the buffer. @default 'rfc'
   */
  readonly window: 'rfc' | 'freebsd';
  /** The shift of the window scale option, whatever the buffers are; -1: the smallest that names the largest of them. @default -1 */
  readonly windowShift: number;
  /** What is acknowledged at once: two full segments of text and the first few segments, or every second one. @default 'full segments' */
  readonly acknowledges: 'full segments' | 'second segment';
  /**
   * The order in which an arriving segment is checked. `freebsd`: a RST and a SYN before the timestamp, both against the last
   * acknowledgment sent; a duplicate's acknowledgment counts; half-open connections are entries of a cache. @default 'rfc'
   */
  readonly checks: 'rfc' | 'freebsd';
  /** The timeout for text after a SYN had to be sent again, RFC 6298 (5.7). @default 3 s */
  readonly rtoAfterSynTimeout: Micros;
  /** A SYN-ACK's round trip counts as a sample although no timestamp vouches for it. @default true */
  readonly timesSynAck: boolean;
  /** Between probes of a closed window: at least, and at most; 0: the retransmission timeout and its ceiling. @default 0 */
  readonly persistMin: Micros;
  readonly persistMax: Micros;
  /** An attempt to connect ends when its time is up, and not with the retransmission after that. @default false */
  readonly endsAttemptOnTime: boolean;
  /** CLOSE with unread text sends a RST (RFC 2525 §2.17); FreeBSD throws the text away and sends a FIN. @default true */
  readonly resetsUnread: boolean;
  /** An acknowledgment that leaves while our FIN is on its way carries that FIN once more. @default false */
  readonly repeatsFin: boolean;
  /** CLOSE of the sending direction in SYN-SENT is queued until the handshake is over, and does not end the attempt. @default false */
  readonly queuesEarlyClose: boolean;
  /** A third retransmission of a SYN leaves out all options but the MSS. @default false */
  readonly dropsSynOptions: boolean;
  /** An unreachable port or protocol, or a prohibition, ends an attempt to connect. @default true */
  readonly icmpMayReset: boolean;
  /** Segments with SYN and FIN are dropped. @default false */
  readonly dropsSynFin: boolean;
  /** Closed ports: answer with a RST, be silent to a SYN, to everything, or on listening ports too. @default 0 */
  readonly blackhole: 0 | 1 | 2 | 3;
  /** Without RFC 5961: any RST in the window ends the connection, so does any SYN, and no acknowledgment is too old. @default false */
  readonly insecureRst: boolean;
  readonly insecureSyn: boolean;
  readonly insecureAck: boolean;
  /** Segments without the timestamp that was agreed on are taken (RFC 7323 §3.2 advises against it). @default false */
  readonly toleratesMissingTimestamps: boolean;
  /** Challenge acknowledgments of one connection in a period. @default 10 in 1 s */
  readonly challenges: number;
  readonly challengePeriod: Micros;
  /** The MSS of a peer that names none (MUST-15). @default 536 */
  readonly defaultMss: number;
}

export const TEXTBOOK_HABITS: Habits = {
  optionOrder: 'linux',
  window: 'rfc',
  windowShift: -1,
  acknowledges: 'full segments',
  checks: 'rfc',
  rtoAfterSynTimeout: 3 * SECOND,
  timesSynAck: true,
  persistMin: 0,
  persistMax: 0,
  endsAttemptOnTime: false,
  resetsUnread: true,
  repeatsFin: false,
  queuesEarlyClose: false,
  dropsSynOptions: false,
  icmpMayReset: true,
  dropsSynFin: false,
  blackhole: 0,
  insecureRst: false,
  insecureSyn: false,
  insecureAck: false,
  toleratesMissingTimestamps: false,
  challenges: 10,
  challengePeriod: 1 * SECOND,
  defaultMss: 536,
};
