/** Whose defaults the stack shall have: plain configuration, as far as the stack has the settings. */
import type { TcpOptions } from '../../stack/tcp/options.ts';
import { MILLISECOND, SECOND } from '../../stack/time.ts';
import { TFO_CLIENT } from './fast-open.ts';
import { FREEBSD_HABITS } from './freebsd-habits.ts';

export type PersonalityName = 'linux' | 'freebsd';

export interface Personality {
  readonly name: PersonalityName;
  readonly tcp: Partial<TcpOptions>;
  /** Fast Open: Linux's bits, the key where the usual script that prepares a host sets one, and what a cookie is made of. */
  readonly fastOpen: { readonly bits: number; readonly key?: string; readonly bindsServer: boolean };
  /** What send on a socket that was never connected says. */
  readonly notConnected: 'EPIPE' | 'ENOTCONN';
  /** sendto with an address connects a TCP socket (FreeBSD); Linux asks for MSG_FASTOPEN. */
  readonly sendConnects: boolean;
  /** What connect says when its four-tuple is in use. */
  readonly fourTupleTaken: 'EADDRNOTAVAIL' | 'EADDRINUSE';
  /** A reset that arrives behind the peer's FIN: Linux calls it a broken pipe, FreeBSD a reset like any other. */
  readonly resetAfterFin: 'EPIPE' | 'ECONNRESET';
}

/** What both kernels set; where FreeBSD has a way of its own is in freebsd-habits.ts. */
export const PERSONALITIES: Readonly<Record<PersonalityName, Personality>> = {
  linux: {
    name: 'linux',
    tcp: {
      sack: true,
      congestionControl: 'cubic',
      initialRto: 1 * SECOND,
      minRto: 200 * MILLISECOND,
      prr: 'always',
      reduceFrom: 'window',
      ackDelay: 40 * MILLISECOND,
      ackPolicy: 'linux',
      receiveWindow: 'linux',
      receiveBuffer: 270_000, // half of the 540,000 bytes that the public suites set: the kernel's account takes the other half
      maxRto: 120 * SECOND,
      minRtoBounds: 'variance',
      initialWindow: 10,
      growsWhenHalfUsed: true,
      idleRestart: 'none',
      nagle: 'minshall',
      push: 'write',
      halfWindowMss: true,
      windowProbe: 'old number',
      challengeInterval: 500 * MILLISECOND,
      answersUnsentAck: false,
      requiresTimestamps: false,
      forgivesLostSyn: true,
      softErrorEndsAttempt: true,
      timeWaitAnswersText: true,
      protectTimeWait: false,
      resetOnTimeout: false,
      timeWait: 60 * SECOND,
      finWait2: 60 * SECOND,
      // the smallest shift that names it is 8: what the public suites see from a host with 15 MiB
      maxReceiveBuffer: 15 * 1024 * 1024,
      oobInline: false,
      fastOpenBackOff: 0,
      backlogRule: 'linux',
      synRetries: 6,
      synAckRetries: 5,
      synAckText: false,
    },
    fastOpen: { bits: 0x7_0403, key: 'a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4', bindsServer: true },
    notConnected: 'EPIPE',
    sendConnects: false,
    fourTupleTaken: 'EADDRNOTAVAIL',
    resetAfterFin: 'EPIPE',
  },
  freebsd: {
    name: 'freebsd',
    tcp: {
      sack: true,
      congestionControl: 'cubic',
      ecnSynRetries: 1,
      ecnSynAckRetries: 1,
      initialRto: 1 * SECOND,
      minRto: 230 * MILLISECOND, // 30 ms and the slop of 200 ms
      rtoSlop: 200 * MILLISECOND,
      // of its default stack; the RACK stack is another one
      rack: false,
      tailLossProbe: false,
      frto: false,
      reduceFrom: 'window',
      ackDelay: 40 * MILLISECOND,
      timeWait: 60 * SECOND,
      finWait2: 675 * SECOND, // keepcnt times keepintvl, and the next look after that
      r2Syn: 75 * SECOND,
      keepAlive: true, // net.inet.tcp.always_keepalive
      keepAliveProbes: 8,
      nagle: 'call',
      habits: FREEBSD_HABITS,
      receiveBuffer: 65_536,
      maxReceiveBuffer: 2 * 1024 * 1024, // kern.ipc.maxsockbuf, which makes a shift of 6
      sendBuffer: 32_768,
      oobInline: false,
      fastOpenBackOff: 900 * SECOND,
      backlogRule: 'freebsd',
      synAckRetries: 3,
      maxRto: 64 * SECOND,
      minMss: 216,
      fastOpenEcho: true,
    },
    fastOpen: { bits: TFO_CLIENT, bindsServer: false },
    notConnected: 'ENOTCONN',
    sendConnects: true,
    fourTupleTaken: 'EADDRINUSE',
    resetAfterFin: 'ECONNRESET',
  },
};
