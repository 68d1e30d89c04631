/** Probing a closed window: RFC 9293 §3.8.6.1. */
import type { Micros } from '../../time.ts';
import { SECOND } from '../../time.ts';
import type { TcpOptions } from '../options.ts';
import type { RttEstimator } from '../time/rtt.ts';

/** There from the first probe on until the window opens. */
export class WindowProbes {
  /** When the first of those was due that have not opened it; -1: it is not closed, only small. */
  since: Micros = -1;
  sent = 0;
  /** The next one goes out at the next poll. */
  isDue = false;
}

/** What stands for a round-trip time that nobody has measured. */
const UNMEASURED: Micros = 2 * SECOND;

/** When the next probe is due: one RTO after the window closed (SHLD-29), then twice as long each time (SHLD-30). */
export const probeDelay = (rto: Micros, probesSent: number, maximum: Micros): Micros => Math.min(rto * 2 ** probesSent, maximum);

/** FreeBSD's way: from twice what the retransmission timer would wait, between two bounds (tcp_setpersist). */
export function boundedDelay(rtt: RttEstimator, probesSent: number, { habits, rtoSlop }: TcpOptions): Micros {
  const base = rtt.smoothed > 0 ? 4 * rtt.smoothed + 8 * rtt.variation : UNMEASURED;
  return Math.min(Math.max(base * 2 ** Math.min(probesSent, 9) + rtoSlop, habits.persistMin), habits.persistMax);
}
