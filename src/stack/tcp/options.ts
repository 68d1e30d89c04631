/** What can be set per stack and per connection. */
import type { Micros } from '../time.ts';
import { MILLISECOND, MINUTE, SECOND } from '../time.ts';
import type { SourceRoute } from '../wire/source-route.ts';
import type { Habits } from './habits.ts';
import { TEXTBOOK_HABITS } from './habits.ts';
import type { BacklogRule } from './open/backlog.ts';

export interface TcpOptions {
  /** CLOSE ends the connection with a RST and forgets what was not sent: SO_LINGER with a time of zero. @default false */
  readonly abortOnClose: boolean;
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
  /** Take no more to send while so many bytes wait to be sent for the first time; Linux's TCP_NOTSENT_LOWAT. @default no limit */
  readonly notSentLowWater: number;
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
  /** Retransmissions of a SYN before an active open is given up; 0: `r2Syn` decides. Linux's TCP_SYNCNT. @default 0 */
  readonly synRetries: number;
  /**
   * As `r2`, once the application has closed and nobody would learn of a late success; a closed window that is answered counts as
   * silence then. Linux's tcp_orphan_retries, whose 8 take so long. @default 102.2 s
   */
  readonly orphanTimeout: Micros;
  /** Giving up on a silent peer sends it a RST, as FreeBSD does and Linux does not. @default true */
  readonly resetOnTimeout: boolean;
  /** R1 of RFC 9293 §3.8.3, in retransmissions without an answer: then the next hop is doubted (SHLD-10: 3 at least). @default 3 */
  readonly r1: number;
  /** Tell the application of soft errors and of R1 by an event; `softError` can be asked for anyway (SHLD-20). @default true */
  readonly reportProblems: boolean;
  /** R2 of RFC 9293 §3.8.3: give up on an unacknowledged segment after this long (SHLD-11: 100 s at least). @default 15 min */
  readonly r2: Micros;
  /** R2 for a SYN (MUST-23: 3 minutes at least). @default 3 min */
  readonly r2Syn: Micros;
  /**
   * Floor of the retransmission timeout. RFC 6298 (2.4) says 1 s; Linux has used 200 ms for twenty years, which still
   * lies above every delayed acknowledgment in use. @default 200 ms
   */
  readonly minRto: Micros;
  /**
   * What `minRto` is the floor of: the timeout, as RFC 6298 (2.4) says, or its variance term, so that the timeout is
   * SRTT + max(4 * RTTVAR, minRto), as Linux counts. @default 'timeout'
   */
  readonly minRtoBounds: 'timeout' | 'variance';
  /** Before the first round-trip sample, RFC 6298 (2.1). @default 1 s */
  readonly initialRto: Micros;
  /** Added to every timeout, FreeBSD's rexmit_slop. @default 0 */
  readonly rtoSlop: Micros;
  /** Ceiling of the retransmission timeout, RFC 6298 (2.5). @default 60 s */
  readonly maxRto: Micros;
  /** The retransmission timeout for ever: neither measured nor doubled; 0: RFC 6298 computes it. @default 0 */
  readonly fixedRto: Micros;
  /** Delayed acknowledgment (MUST-40: below 500 ms); 0 acknowledges at once. @default 40 ms */
  readonly ackDelay: Micros;
  /**
   * Which acknowledgments wait: after the first sixteen all that are not second full segments (RFC 9293 §3.8.6.3), or as in Linux
   * depending on whether the application answers and drains what it reads, with a delay that adapts to the peer's pauses. @default 'usual'
   */
  readonly ackPolicy: 'usual' | 'linux';
  /** 2 MSL. RFC 9293 §3.4.2 suggests an MSL of 2 minutes; kernels hold TIME-WAIT for one minute. @default 60 s */
  readonly timeWait: Micros;
  /** How long a closed socket waits in FIN-WAIT-2 for the peer's FIN; 0: not at all, a RST ends it. @default 60 s */
  readonly finWait2: Micros;
  /** Offer window scaling, RFC 7323 §2. @default true */
  readonly windowScale: boolean;
  /** When the backlog is full of half-open connections, go on without keeping state (RFC 4987 §3.6). @default true */
  readonly synCookies: boolean;
  /** What a listener's backlog counts, and what happens beyond it. @default 'shared' */
  readonly backlogRule: BacklogRule;
  /** A handshake that cannot end because too many connections wait to be accepted is reset instead of left to try again. @default false */
  readonly abortOnOverflow: boolean;
  /** A connection is accepted only when its first text is there, or after so long without any (TCP_DEFER_ACCEPT). 0: at once. @default 0 */
  readonly deferAccept: Micros;
  /** How often a SYN-ACK is sent again before the half-open connection is given up (tcp_synack_retries); 0: `r2Syn` decides. @default 0 */
  readonly synAckRetries: number;
  /** So many time-outs of a SYN leave the time-out as it is; they count beside `synRetries` (tcp_syn_linear_timeouts). @default 0 */
  readonly synLinearTimeouts: number;
  /** The smallest MSS that a peer is believed to have. Linux: 48 (tcp_min_snd_mss), FreeBSD: 216 (minmss). @default 48 */
  readonly minMss: number;
  /** Offer timestamps, RFC 7323 §3. @default true */
  readonly timestamps: boolean;
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
  /** Bytes the application may write ahead of the peer at first. @default 256 KiB */
  readonly sendBuffer: number;
  /** How far the send buffer may grow. @default 4 MiB */
  readonly maxSendBuffer: number;
  /** Offer selective acknowledgment, RFC 2018, and with it loss detection by time (RFC 8985). @default true */
  readonly sack: boolean;
  /** The initial window in segments of any size; 0: by the bytes of RFC 6928 §2. @default 0 */
  readonly initialWindow: number;
  /** In slow start the window grows while more than half of it is used, as in Linux; else only while all of it is. @default false */
  readonly growsWhenHalfUsed: boolean;
  /**
   * The congestion window after silence of more than a retransmission timeout: the initial one (RFC 5681 §4.1), half of it for
   * each timeout (RFC 2861, Linux), or as it was. @default 'initial window'
   */
  readonly idleRestart: 'initial window' | 'halve' | 'none';
  /** What asks about a closed window: an octet of text (MUST-36), or as in Linux an old number without text. @default 'octet' */
  readonly windowProbe: 'octet' | 'old number';
  /** Least time between two challenge acknowledgments of a connection; 0: ten a second (RFC 5961 §7). @default 0 */
  readonly challengeInterval: Micros;
  /** An acknowledgment of what was never sent is answered (RFC 9293 §3.10.7.4 fifth) or passed over, as in Linux. @default true */
  readonly answersUnsentAck: boolean;
  /** A segment without the timestamps that were agreed on is dropped (RFC 7323 §3.2) or taken, as in Linux. @default true */
  readonly requiresTimestamps: boolean;
  /** The initial window stays what it is when one SYN of ours was lost, as in Linux, and shrinks with the second. @default false */
  readonly forgivesLostSyn: boolean;
  /** Any ICMP error about a SYN ends the attempt, as in Linux; RFC 1122 §4.2.3.9 has soft ones ignored. @default false */
  readonly softErrorEndsAttempt: boolean;
  /** Text or a FIN that comes in TIME-WAIT within the window is answered, as kernels do; RFC 9293 passes over it. @default false */
  readonly timeWaitAnswersText: boolean;
  /** Keep TIME-WAIT when a RST arrives (RFC 1337 §3). @default true */
  readonly protectTimeWait: boolean;
  /** Three duplicate acknowledgments, or selective ones that say as much, mean a loss (RFC 5681 §3.2); off: only the timer does. @default true */
  readonly fastRetransmit: boolean;
  /** After a fast retransmit go on with half the window (RFC 5681 §3.2); off: with one segment, as Tahoe did in 1988. @default true */
  readonly fastRecovery: boolean;
  /** One segment, then its acknowledgment, then the next: the protocol with which textbooks begin. @default false */
  readonly stopAndWait: boolean;
  /** The initial sequence number; -1: RFC 6528 chooses. A constant can be guessed, and old segments fit new connections. @default -1 */
  readonly initialSequence: number;
  /**
   * Find losses by time, RFC 8985 §6; off: by three segments above the hole, RFC 6675 §4. A capture then shows a lost
   * retransmission wait for the time-out, and a fast retransmit for every segment that three others have overtaken. @default true
   */
  readonly rack: boolean;
  /** Probe the end of a flight, RFC 8985 §7; off: a capture shows a lost tail wait for the time-out. @default true */
  readonly tailLossProbe: boolean;
  /** Report what arrived twice, RFC 2883; off: a capture shows no block below the acknowledgment. @default true */
  readonly dsack: boolean;
  /** Ask after a time-out whether it was spurious, RFC 5682; off: the whole flight follows the first segment. @default true */
  readonly frto: boolean;
  /**
   * Take a reduction back when timestamps (RFC 3522) or reported duplicates (RFC 3708) show that nothing was lost; off: a
   * capture of a path that reorders shows the flight halved each time. @default true
   */
  readonly undo: boolean;
  /**
   * Proportional rate reduction, RFC 9937: `sack` where acknowledgments are selective and the arithmetic of RFC 6582 elsewhere,
   * `always` as Linux, which reduces so for the marks of ECN too, `never`: a capture shows half a round trip of silence after
   * a loss. @default 'sack'
   */
  readonly prr: 'sack' | 'always' | 'never';
  /** New text on the first two duplicates, RFC 3042; off: a capture of a small window shows a time-out instead. @default true */
  readonly limitedTransmit: boolean;
  /** After a loss everything from the hole on is sent again, what the peer has already too: for teaching. @default false */
  readonly goBackN: boolean;
  /** What ssthresh is taken from: `flight` as RFC 5681 (4) has it, `window` as Linux and FreeBSD do, in whole segments. @default 'flight' */
  readonly reduceFrom: 'flight' | 'window';
  /** CUBIC (RFC 9438) with HyStart++ (RFC 9406), Reno (RFC 5681), or none. @default 'cubic' */
  readonly congestionControl: 'cubic' | 'reno' | 'unlimited';
  /**
   * The last octet of urgent data stays in the stream (SO_OOBINLINE), as TCP itself sees it and RFC 6093 §5 advises; else it
   * is taken out and waits for `receiveUrgent`, as sockets do when nothing is said. @default true
   */
  readonly oobInline: boolean;
  /** Received urgent pointers name the last urgent octet (RFC 1122 §4.2.2.4), not the one behind it (MUST-62). @default false */
  readonly stdUrg: boolean;
  /** Fast Open, RFC 7413: text in a SYN goes with a cookie, or is not taken. False: only where nobody forges addresses. @default true */
  readonly fastOpenCookies: boolean;
  /** A server's SYN-ACK repeats a cookie that is good, as FreeBSD's does. @default false */
  readonly fastOpenEcho: boolean;
  /** How long a path that swallowed SYNs with text gets ordinary ones (RFC 7413 §4.1.3.1); 0: not at all. Doubles. @default 1 h */
  readonly fastOpenBackOff: Micros;
  /** Text in a SYN without Fast Open is kept until the handshake is over (RFC 9293 §3.10.7.2). Kernels ignore it. @default false */
  readonly synText: boolean;
  /** The same for text in a SYN-ACK. Linux ignores it. @default true */
  readonly synAckText: boolean;
  /**
   * Explicit Congestion Notification, RFC 3168: routers with a queue mark packets where they would else drop them. `on` asks for
   * it, `passive` agrees when the peer asks, `off` does neither: tcp_ecn 1, 2 and 0 of Linux. A capture shows SYN with ECE and
   * CWR, SYN-ACK with ECE, then ECT(0) in the IP header of all new text; behind a mark (CE) acknowledgments with ECE until
   * the other side says CWR. @default 'passive', as Linux: some paths still drop a SYN that asks
   */
  readonly ecn: 'off' | 'passive' | 'on';
  /**
   * How often a SYN that was not answered asks for ECN again before it goes without (RFC 3168 §6.1.1.1). Linux gives up with
   * the first retransmission, FreeBSD with the second. @default 0
   */
  readonly ecnSynRetries: number;
  /** The same for the SYN-ACK. Linux always repeats it as it was, FreeBSD takes ECE out of the second. @default no limit */
  readonly ecnSynAckRetries: number;
  /**
   * Alternative Backoff with ECN, RFC 8511: a mark comes from a short queue, so the window falls less than for a loss: to 0.85
   * with CUBIC (0.7 else), to 0.8 with Reno (0.5 else). Experimental, and off in kernels. @default false
   */
  readonly abe: boolean;
  /**
   * The routers to go through, first to last (RFC 9293 §3.9.2.1, MUST-51); in place of the way back of what the peer's segments
   * came by (MUST-52), which counts only when the stack accepts source routes. @default none
   */
  readonly sourceRoute: SourceRoute | undefined;
  /** Longest text of a segment, announced and sent, without options: TCP_MAXSEG. 0: what the interface allows. @default 0 */
  readonly maxSegment: number;
  /**
   * Send with DF and believe routers that say a packet is too long (RFC 1191): IP_MTU_DISCOVER. Without, packets may be
   * fragmented on their way and such messages are ignored. @default true
   */
  readonly pathMtuDiscovery: boolean;
  /**
   * Find the path's MTU without routers' help, by probes of new text (RFC 4821): when time-outs make a black hole likely, or from
   * the beginning, with small segments at first. Linux: net.ipv4.tcp_mtu_probing 0, 1, 2. @default 'off'
   */
  readonly mtuProbing: 'off' | 'blackhole' | 'always';
  /** Text of a segment that every path is believed to take: where the search begins. Linux: tcp_base_mss. @default 1024 */
  readonly mtuBase: number;
  /** When that is lost too, it is halved, but not below this. Linux: tcp_mtu_probe_floor. @default 48 */
  readonly mtuFloor: number;
  /** After so long a search that is over begins again. Linux: tcp_probe_interval. @default 10 min */
  readonly mtuProbeInterval: Micros;
  /** Where hosts differ from each other: see habits.ts. @default the RFCs' way */
  readonly habits: Habits;
  readonly ttl: number;
  /** The octet with DSCP and ECN (MUST-48), of which TCP decides the two bits of ECN itself. @default 0 */
  readonly trafficClass: number;
}

export const DEFAULTS: TcpOptions = {
  abortOnClose: false,
  noDelay: false,
  nagle: 'classic',
  push: 'buffer',
  halfWindowMss: false,
  cork: false,
  notSentLowWater: Number.POSITIVE_INFINITY,
  keepAlive: false,
  keepAliveIdle: 120 * MINUTE,
  keepAliveInterval: 75 * SECOND,
  keepAliveProbes: 9,
  userTimeout: 0,
  userTimeoutOption: false,
  synRetries: 0,
  orphanTimeout: 102_200 * MILLISECOND,
  resetOnTimeout: true,
  r1: 3,
  reportProblems: true,
  r2: 15 * MINUTE,
  r2Syn: 3 * MINUTE,
  minRto: 200 * MILLISECOND,
  minRtoBounds: 'timeout',
  initialRto: 1 * SECOND,
  rtoSlop: 0,
  maxRto: 60 * SECOND,
  fixedRto: 0,
  ackDelay: 40 * MILLISECOND,
  ackPolicy: 'usual',
  timeWait: 60 * SECOND,
  finWait2: 60 * SECOND,
  windowScale: true,
  synCookies: true,
  backlogRule: 'shared',
  abortOnOverflow: false,
  deferAccept: 0,
  synAckRetries: 0,
  synLinearTimeouts: 0,
  minMss: 48,
  timestamps: true,
  receiveBuffer: 64 * 1024,
  maxReceiveBuffer: 4 * 1024 * 1024,
  receiveWindow: 'buffer',
  windowClamp: 0,
  sendBuffer: 256 * 1024,
  maxSendBuffer: 4 * 1024 * 1024,
  sack: true,
  initialWindow: 0,
  growsWhenHalfUsed: false,
  idleRestart: 'initial window',
  windowProbe: 'octet',
  challengeInterval: 0,
  answersUnsentAck: true,
  requiresTimestamps: true,
  forgivesLostSyn: false,
  softErrorEndsAttempt: false,
  timeWaitAnswersText: false,
  protectTimeWait: true,
  fastRetransmit: true,
  fastRecovery: true,
  stopAndWait: false,
  initialSequence: -1,
  rack: true,
  tailLossProbe: true,
  dsack: true,
  frto: true,
  undo: true,
  prr: 'sack',
  limitedTransmit: true,
  goBackN: false,
  reduceFrom: 'flight',
  congestionControl: 'cubic',
  oobInline: true,
  stdUrg: false,
  fastOpenCookies: true,
  fastOpenEcho: false,
  fastOpenBackOff: 60 * MINUTE,
  synText: false,
  synAckText: true,
  ecn: 'passive',
  ecnSynRetries: 0,
  ecnSynAckRetries: Number.POSITIVE_INFINITY,
  abe: false,
  sourceRoute: undefined,
  maxSegment: 0,
  pathMtuDiscovery: true,
  mtuProbing: 'off',
  mtuBase: 1024,
  mtuFloor: 48,
  mtuProbeInterval: 10 * MINUTE,
  habits: TEXTBOOK_HABITS,
  ttl: 64,
  trafficClass: 0,
};
