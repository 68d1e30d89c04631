/** Probing a closed window: RFC 9293 §3.8.6.1. */
import type { Micros } from '../../time.ts';

/** When the next probe is due: one RTO after the window closed (SHLD-29), then twice as long each time (SHLD-30). */
export const probeDelay = (rto: Micros, probesSent: number, maximum: Micros): Micros => Math.min(rto * 2 ** probesSent, maximum);
