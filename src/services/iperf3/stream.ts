/** One stream of a test, of which there are four kinds: TCP or UDP, sending or receiving. */
import type { Endpoint, Micros, TcpInfo } from '../../stack/index.ts';
import type { Tally } from './tally.ts';

/** The two ends of a stream; a TCP socket is its own. */
export interface StreamEnds {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Why a connection ended before its time. */
  readonly failure?: string | undefined;
}

/** Who a stream is, for reports. */
export interface StreamIdentity {
  /** The number that both ends know it by. */
  readonly id: number;
  readonly isSender: boolean;
  readonly ends: StreamEnds;
}

export interface Stream extends StreamIdentity {
  readonly tally: Tally;
  /** Of a sender over TCP. */
  readonly info?: (now: Micros) => TcpInfo;
  /** Bytes that were counted as sent and may still be under way as far as this end knows. */
  readonly underWay: number;
  /** Begins to move bytes. */
  start(): void;
  /** Moves no more; what has arrived by now still counts. */
  stop(): void;
  /** The peer may have the rest. */
  close(): void;
  /** Nobody needs the rest. */
  abort(): void;
}

export interface StreamHooks {
  /** Asked before each block that is sent: whether the test's amount leaves room for it. */
  mayMove(): boolean;
  /** Something was counted, or the stream failed. */
  changed(): void;
}
