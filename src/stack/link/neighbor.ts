/** One neighbour: the Ethernet address behind an IPv4 address on this link, and how sure we are of it. */
import { Fifo } from '../bytes/fifo.ts';
import type { Packet } from '../bytes/packet.ts';
import type { Micros } from '../time.ts';
import { MINUTE, NEVER, SECOND } from '../time.ts';
import type { MacAddress } from '../wire/mac-address.ts';
import { ZERO } from '../wire/mac-address.ts';

/**
 * ```
 *   (nobody) --packet to send--> incomplete --answer--> reachable --time--> stale --packet to send--> probe
 *                                    |                      ^                                        |    |
 *                                 no answer                 +-----------------answer-----------------+ no answer
 *                                    v                                                                    v
 *                                 failed --time--> (nobody)                                           (nobody)
 * ```
 * The words are those of RFC 4861 §7.3.2, without its DELAY: a stale address is asked for at once, by unicast
 * (RFC 1122 §2.3.2.1, "unicast poll").
 */
export type NeighborState = 'incomplete' | 'reachable' | 'stale' | 'probe' | 'failed';

export interface NeighborTimes {
  /** How long an answer is believed without asking again. @default 45 s, the upper end of RFC 4861 §6.3.2 */
  readonly reachableTime: Micros;
  /** After how long without use an address is forgotten. @default 10 minutes */
  readonly forgetAfter: Micros;
  /** Between two requests for one address: RFC 1122 §2.3.2.1 recommends at most one a second. @default 1 s */
  readonly retryInterval: Micros;
  /** Requests before giving up. @default 3 */
  readonly tries: number;
  /**
   * How long packets to a neighbour that did not answer fail at once. Without it a sender that ignores errors would have us
   * ask, and keep its packets, without pause. @default 1 s
   */
  readonly failedTime: Micros;
}

export const NEIGHBOR_TIMES: NeighborTimes = {
  reachableTime: 45 * SECOND,
  forgetAfter: 10 * MINUTE,
  retryInterval: SECOND,
  tries: 3,
  failedTime: SECOND,
};

/** The time of last use of a neighbour that we have heard of and never sent anything to. */
export const UNUSED: Micros = -1;

export class Neighbor {
  /** 32-bit word. */
  readonly address: number;
  mac: MacAddress = ZERO;
  /** Without 'stale' and without forgetting: those come by themselves as time passes, see `stateAt`. */
  state: Exclude<NeighborState, 'stale'> = 'incomplete';
  /** When the state began; for 'reachable', when the address was last confirmed. */
  since: Micros;
  /** When a packet was last sent to it. */
  usedAt: Micros = UNUSED;
  /** Requests sent since the state began. */
  tries = 0;
  dueAt: Micros = NEVER;
  readonly waiting = new Fifo<Packet>();
  waitingBytes = 0;
  /** As many as `waiting` has, with the fragments of one datagram counted as one. */
  waitingDatagrams = 0;

  constructor(address: number, now: Micros) {
    this.address = address;
    this.since = now;
  }

  /** The state at `now`; 'forgotten' when the entry is to be treated as if it were not there. */
  stateAt(now: Micros, times: NeighborTimes): NeighborState | 'forgotten' {
    if (this.state === 'failed') return now - this.since >= times.failedTime ? 'forgotten' : 'failed';
    if (this.state !== 'reachable') return this.state;
    if (now - Math.max(this.since, this.usedAt) >= times.forgetAfter) return 'forgotten';
    return now - this.since >= times.reachableTime ? 'stale' : 'reachable';
  }
}
