/** How a connection comes to be: what the SYNs offer, how long and how often they are sent, what a listener keeps. */
import type { Micros } from '../../time.ts';
import { MINUTE } from '../../time.ts';
import type { BacklogRule } from '../open/backlog.ts';

export interface OpenOptions {
  /** Offer window scaling, RFC 7323 §2. @default true */
  readonly windowScale: boolean;
  /** Offer timestamps, RFC 7323 §3. @default true */
  readonly timestamps: boolean;
  /** Offer selective acknowledgment, RFC 2018, and with it loss detection by time (RFC 8985). @default true */
  readonly sack: boolean;
  /** The smallest MSS that a peer is believed to have. Linux: 48 (tcp_min_snd_mss), FreeBSD: 216 (minmss). @default 48 */
  readonly minMss: number;
  /** Longest text of a segment, announced and sent, without options: TCP_MAXSEG. 0: what the interface allows. @default 0 */
  readonly maxSegment: number;
  /** The initial sequence number; -1: RFC 6528 chooses. A constant can be guessed, and old segments fit new connections. @default -1 */
  readonly initialSequence: number;
  /** Retransmissions of a SYN before an active open is given up; 0: `r2Syn` decides. Linux's TCP_SYNCNT. @default 0 */
  readonly synRetries: number;
  /** R2 for a SYN (MUST-23: 3 minutes at least). @default 3 min */
  readonly r2Syn: Micros;
  /** So many time-outs of a SYN leave the time-out as it is; they count beside `synRetries` (tcp_syn_linear_timeouts). @default 0 */
  readonly synLinearTimeouts: number;
  /** How often a SYN-ACK is sent again before the half-open connection is given up (tcp_synack_retries); 0: `r2Syn` decides. @default 0 */
  readonly synAckRetries: number;
  /** When the backlog is full of half-open connections, go on without keeping state (RFC 4987 §3.6). @default true */
  readonly synCookies: boolean;
  /** What a listener's backlog counts, and what happens beyond it. @default 'shared' */
  readonly backlogRule: BacklogRule;
  /** A handshake that cannot end because too many connections wait to be accepted is reset instead of left to try again. @default false */
  readonly abortOnOverflow: boolean;
  /** A connection is accepted only when its first text is there, or after so long without any (TCP_DEFER_ACCEPT). 0: at once. @default 0 */
  readonly deferAccept: Micros;
  /** Text in a SYN without Fast Open is kept until the handshake is over (RFC 9293 §3.10.7.2). Kernels ignore it. @default false */
  readonly synText: boolean;
  /** The same for text in a SYN-ACK. Linux ignores it. @default true */
  readonly synAckText: boolean;
  /** Fast Open, RFC 7413: text in a SYN goes with a cookie, or is not taken. False: only where nobody forges addresses. @default true */
  readonly fastOpenCookies: boolean;
  /** A server's SYN-ACK repeats a cookie that is good, as FreeBSD's does. @default false */
  readonly fastOpenEcho: boolean;
  /** How long a path that swallowed SYNs with text gets ordinary ones (RFC 7413 §4.1.3.1); 0: not at all. Doubles. @default 1 h */
  readonly fastOpenBackOff: Micros;
  /** Any ICMP error about a SYN ends the attempt, as in Linux; RFC 1122 §4.2.3.9 has soft ones ignored. @default false */
  readonly softErrorEndsAttempt: boolean;
}

export const OPEN_DEFAULTS: OpenOptions = {
  windowScale: true,
  timestamps: true,
  sack: true,
  minMss: 48,
  maxSegment: 0,
  initialSequence: -1,
  synRetries: 0,
  r2Syn: 3 * MINUTE,
  synLinearTimeouts: 0,
  synAckRetries: 0,
  synCookies: true,
  backlogRule: 'shared',
  abortOnOverflow: false,
  deferAccept: 0,
  synText: false,
  synAckText: true,
  fastOpenCookies: true,
  fastOpenEcho: false,
  fastOpenBackOff: 60 * MINUTE,
  softErrorEndsAttempt: false,
};
