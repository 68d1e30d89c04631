/** What the machine and the application have to tell each other. */

/** What an application may want to know; bits of `takeEvents`. */
export const READABLE = 1;
export const WRITABLE = 2;
export const CONNECTED = 4;
/** The peer has sent its FIN: after what is buffered, reading ends. */
export const PEER_CLOSED = 8;
/** The connection ended before its time; `failure` says why. */
export const FAILED = 16;
/** Both FINs are exchanged, or the connection failed: nothing more will happen. */
export const CLOSED = 32;
/** The peer has urgent data, more of it than before, or its last octet is here (RFC 9293 §3.8.5, MUST-32). */
export const URGENT = 64;
/** Something is in the way, yet it is not the end: `softError` says what (RFC 9293 §3.8.3, §3.9.1.8). */
export const PROBLEM = 128;

/** Why a connection ended before its time (MUST-12), or never began. */
export type TcpFailure =
  | 'refused'
  | 'reset by peer'
  | 'timed out'
  | 'keep-alive timed out'
  | 'host unreachable'
  | 'network unreachable'
  | 'protocol unreachable'
  | 'port unreachable'
  | 'host down'
  | 'host isolated'
  | 'source route failed'
  | 'parameter problem'
  | 'aborted';

/** Whoever holds the connection; told after a run, never in the middle of one. */
export interface ConnectionOwner {
  notify(events: number): void;
}

export class ApplicationSide {
  owner: ConnectionOwner | undefined = undefined;
  failure: TcpFailure | undefined = undefined;
  /** The last soft error (MUST-47): why it may take long, and what a time-out is blamed on. */
  softError: TcpFailure | undefined = undefined;
  /** A FIN has been received in order. */
  peerClosed = false;
  /** The application will not read any more. */
  readClosed = false;
  /** The application has closed and holds nothing of the connection any more. */
  isOrphan = false;
  /** Why a RST is still to be sent for this connection, in the words that the capture shows; empty: none is. */
  resetDue = '';
  /** A write was cut short: tell when there is room. */
  wantsWritable = false;
  #events = 0;

  raise(events: number): void {
    this.#events |= events;
  }

  get hasEvents(): boolean {
    return this.#events !== 0;
  }

  /** What happened since the last call. */
  takeEvents(): number {
    const events = this.#events;
    this.#events = 0;
    return events;
  }
}
