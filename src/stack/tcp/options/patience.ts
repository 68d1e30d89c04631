/** How long a connection waits for its peer, and how it ends. */
import type { Micros } from '../../time.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../time.ts';

export interface PatienceOptions {
  /** Probe an idle peer (RFC 9293 §3.8.4, MUST-25). @default false */
  readonly keepAlive: boolean;
  /** Silence before the first keep-alive probe (MUST-28). @default 2 hours */
  readonly keepAliveIdle: Micros;
  /** Between keep-alive probes. @default 75 s */
  readonly keepAliveInterval: Micros;
  /** Unanswered probes before the connection is given up (MUST-29). @default 9 */
  readonly keepAliveProbes: number;
  /** Give up when data stays unacknowledged this long; 0: R2 decides (RFC 5482, MUST-21). @default 0 */
  readonly userTimeout: Micros;
  /**
   * Tell the peer our user timeout (`r2` when there is none), and where we have none ourselves take its own for ours: RFC 5482.
   * SYNs then carry option 28. @default false
   */
  readonly userTimeoutOption: boolean;
  /** R1 of RFC 9293 §3.8.3, in retransmissions without an answer: then the next hop is doubted (SHLD-10: 3 at least). @default 3 */
  readonly r1: number;
  /** R2 of RFC 9293 §3.8.3: give up on an unacknowledged segment after this long (SHLD-11: 100 s at least). @default 15 min */
  readonly r2: Micros;
  /** Tell the application of soft errors and of R1 by an event; `softError` can be asked for anyway (SHLD-20). @default true */
  readonly reportProblems: boolean;
  /**
   * As `r2`, once the application has closed and nobody would learn of a late success; a closed window that is answered counts as
   * silence then. Linux's tcp_orphan_retries, whose 8 take so long. @default 102.2 s
   */
  readonly orphanTimeout: Micros;
  /** Giving up on a silent peer sends it a RST, as FreeBSD does and Linux does not. @default true */
  readonly resetOnTimeout: boolean;
  /** CLOSE ends the connection with a RST and forgets what was not sent: SO_LINGER with a time of zero. @default false */
  readonly abortOnClose: boolean;
  /** How long a closed socket waits in FIN-WAIT-2 for the peer's FIN; 0: not at all, a RST ends it. @default 60 s */
  readonly finWait2: Micros;
  /** 2 MSL. RFC 9293 §3.4.2 suggests an MSL of 2 minutes; kernels hold TIME-WAIT for one minute. @default 60 s */
  readonly timeWait: Micros;
  /** Text or a FIN that comes in TIME-WAIT within the window is answered, as kernels do; RFC 9293 passes over it. @default false */
  readonly timeWaitAnswersText: boolean;
  /** Keep TIME-WAIT when a RST arrives (RFC 1337 §3). @default true */
  readonly protectTimeWait: boolean;
}

export const PATIENCE_DEFAULTS: PatienceOptions = {
  keepAlive: false,
  keepAliveIdle: 120 * MINUTE,
  keepAliveInterval: 75 * SECOND,
  keepAliveProbes: 9,
  userTimeout: 0,
  userTimeoutOption: false,
  r1: 3,
  r2: 15 * MINUTE,
  reportProblems: true,
  orphanTimeout: 102_200 * MILLISECOND,
  resetOnTimeout: true,
  abortOnClose: false,
  finWait2: 60 * SECOND,
  timeWait: 60 * SECOND,
  timeWaitAnswersText: false,
  protectTimeWait: true,
};
