/** When text leaves, in which pieces, and how much may wait. */

export interface SendOptions {
  /** Send small segments at once instead of waiting for the acknowledgment of earlier ones (MUST-17). @default false */
  readonly noDelay: boolean;
  /**
   * Which small segments wait: those behind anything unacknowledged (RFC 9293 §3.7.4), or only those behind another small one,
   * as Linux does after Minshall; or what is written while something is unacknowledged, but not
   * the end of a write that began with nothing under way, as in FreeBSD. @default 'classic'
   */
  readonly nagle: 'classic' | 'minshall' | 'call';
  /** PSH at the end of what is buffered when a segment leaves (MUST-61), or behind each write, as Linux does. @default 'buffer' */
  readonly push: 'buffer' | 'write';
  /** No segment longer than half the largest window that the peer has offered, as in Linux. @default false */
  readonly halfWindowMss: boolean;
  /**
   * Hold small segments back until this is off again, the connection closes or one retransmission timeout has passed with nothing
   * under way; Linux's TCP_CORK, FreeBSD's TCP_NOPUSH. @default false
   */
  readonly cork: boolean;
  /** Bytes the application may write ahead of the peer at first. @default 256 KiB */
  readonly sendBuffer: number;
  /** How far the send buffer may grow. @default 4 MiB */
  readonly maxSendBuffer: number;
  /** Take no more to send while so many bytes wait to be sent for the first time; Linux's TCP_NOTSENT_LOWAT. @default no limit */
  readonly notSentLowWater: number;
  /** What asks about a closed window: an octet of text (MUST-36), or as in Linux an old number without text. @default 'octet' */
  readonly windowProbe: 'octet' | 'old number';
  /** One segment, then its acknowledgment, then the next: the protocol with which textbooks begin. @default false */
  readonly stopAndWait: boolean;
}

export const SEND_DEFAULTS: SendOptions = {
  noDelay: false,
  nagle: 'classic',
  push: 'buffer',
  halfWindowMss: false,
  cork: false,
  sendBuffer: 256 * 1024,
  maxSendBuffer: 4 * 1024 * 1024,
  notSentLowWater: Number.POSITIVE_INFINITY,
  windowProbe: 'octet',
  stopAndWait: false,
};
