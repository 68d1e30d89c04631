/**
 * The search for the longest packet that a path takes, RFC 4821 §7: between a size known to pass and one known or feared not to.
 * Sizes are of whole packets, IPv4 header included. It owns its numbers; what a probe is made of is decided in mtu-probe.ts.
 */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { seq } from '../../wire/seq.ts';

/** The search is over when no more than this is left of it; Linux: net.ipv4.tcp_probe_threshold. */
const CLOSE_ENOUGH = 8;

export class MtuSearch {
  /** Segments are made for `low`, and probes are sent. Until then only an ICMP message's age is kept here. */
  isOn = false;
  /** search_low and search_high of RFC 4821 §7.2. */
  low = 0;
  high = 0;
  /** Size of the probe in flight; 0: none. */
  probe = 0;
  probeStart: Seq = seq(0);
  probeEnd: Seq = seq(0);
  /** When the search last began. */
  begunAt: Micros = 0;
  /** When an estimate that came by ICMP is to be looked at again (RFC 1191 §6.3). */
  recheckAt: Micros = NEVER;

  /** The search begins, or begins anew. */
  begin(low: number, high: number, now: Micros): void {
    this.isOn = true;
    this.low = low;
    this.high = high;
    this.probe = 0;
    this.begunAt = now;
  }

  /** The next size to try; 0 when the search is over. */
  get candidate(): number {
    return this.high - this.low < CLOSE_ENOUGH ? 0 : (this.low + this.high) >> 1;
  }

  probing(size: number, start: Seq, end: Seq): void {
    this.probe = size;
    this.probeStart = start;
    this.probeEnd = end;
  }

  /** RFC 4821 §7.6.1: it arrived. */
  succeeded(): void {
    this.low = this.probe;
    this.probe = 0;
  }

  /** §7.6.2: it alone was lost. */
  failed(): void {
    this.high = this.probe - 1;
    this.probe = 0;
  }

  /** §7.6.3: what became of it will not be known. */
  inconclusive(): void {
    this.probe = 0;
  }

  /** A router has said how much passes. */
  limit(mtu: number): void {
    this.high = Math.min(this.high, mtu);
    this.low = Math.min(this.low, mtu);
    this.probe = 0;
  }
}
