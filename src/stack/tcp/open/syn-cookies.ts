/** SYN cookies: a handshake that keeps no state until its third segment, RFC 4987 §3.6. */
import type { SipHash } from '../../bytes/siphash.ts';
import type { Micros } from '../../time.ts';
import { MILLISECOND, SECOND } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, seq } from '../../wire/seq.ts';
import { CWR, ECE, Segment } from '../../wire/tcp.ts';
import { asksForEcn } from '../ecn/negotiation.ts';

/** A cookie is good in the period in which it was made and in the next one. */
const PERIOD: Micros = 64 * SECOND;
/** What three bits can say of the peer's MSS: the usual ones, each standing for itself and everything up to the next. */
const MSS_TABLE = [536, 1024, 1220, 1360, 1440, 1460, 4312, 8960] as const;

//   The 32 bits of a cookie, which is our initial sequence number:
//   31      29 28  24 23                                          0
//   | MSS     | period | keyed hash of four-tuple, peer's ISN, period |
const HASH_MASK = 0xff_ffff;
const PERIOD_MASK = 31;

//   With timestamps, the low six bits of our first one carry the rest of the agreement:
//   | ECN | SACK | window shift, 15: none |
const SHIFT_MASK = 15;
const SACK_BIT = 16;
const ECN_BIT = 32;
const OPTION_BITS = 63;

/** The four-tuple of a handshake, addresses as words. */
export interface HandshakeId {
  readonly local: number;
  readonly localPort: number;
  readonly remote: number;
  readonly remotePort: number;
}

/** What a valid cookie says: the SYN as far as it could be remembered. */
export class SynCookies {
  readonly #hash: SipHash;
  readonly #syn = new Segment();

  constructor(hash: SipHash) {
    this.#hash = hash;
  }

  /** The initial sequence number that answers `syn`. */
  make(id: HandshakeId, syn: Segment, now: Micros): Seq {
    const period = Math.floor(now / PERIOD);
    const index = Math.max(
      MSS_TABLE.findLastIndex((mss) => mss <= syn.mss),
      0,
    );
    return seq((index << 29) | ((period & PERIOD_MASK) << 24) | this.#of(id, syn.seq, period));
  }

  /** Our timestamp for that answer: the clock's, bent backwards by less than 64 ms so that its low bits carry the options. */
  timestamp(value: number, syn: Segment): number {
    const bits =
      (asksForEcn(syn) ? ECN_BIT : 0) |
      (syn.sackPermitted ? SACK_BIT : 0) |
      (syn.windowShift < 0 ? SHIFT_MASK : Math.min(syn.windowShift, SHIFT_MASK - 1));
    const bent = ((value & ~OPTION_BITS) | bits) >>> 0;
    return ((value - bent) | 0) < 0 ? (bent - OPTION_BITS - 1) >>> 0 : bent;
  }

  /**
   * Does the third segment of a handshake, `ack`, acknowledge a cookie of ours?
   * @returns the SYN that it answers, as far as it is remembered; good until the next call. Undefined when it does not
   */
  check(id: HandshakeId, ack: Segment, now: Micros): Segment | undefined {
    const cookie = add(ack.ack, -1);
    const peerIsn = add(ack.seq, -1);
    const current = Math.floor(now / PERIOD);
    const period = [current, current - 1].find((p) => (p & PERIOD_MASK) === ((cookie >>> 24) & PERIOD_MASK));
    if (period === undefined || (cookie & HASH_MASK) !== this.#of(id, peerIsn, period)) return undefined;
    const syn = this.#syn;
    syn.clear();
    syn.seq = peerIsn;
    syn.window = ack.window;
    syn.mss = MSS_TABLE[cookie >>> 29] ?? MSS_TABLE[0];
    if (ack.hasTimestamps) this.#recallOptions(syn, ack);
    return syn;
  }

  #recallOptions(syn: Segment, ack: Segment): void {
    syn.hasTimestamps = true;
    syn.tsValue = ack.tsValue;
    syn.sackPermitted = (ack.tsEcho & SACK_BIT) !== 0;
    if ((ack.tsEcho & ECN_BIT) !== 0) syn.flags |= ECE | CWR;
    const shift = ack.tsEcho & SHIFT_MASK;
    syn.windowShift = shift === SHIFT_MASK ? -1 : shift;
  }

  #of(id: HandshakeId, peerIsn: Seq, period: number): number {
    const ports = (id.localPort << 16) | id.remotePort;
    return this.#hash.words(id.local, id.remote, ports, peerIsn, period, COOKIES) & HASH_MASK;
  }
}

/** Keeps these hashes apart from those for other purposes under the same key. */
const COOKIES = 3;

/** How long after the last cookie one may still come back. */
export const COOKIE_LIFETIME: Micros = 2 * PERIOD + 1 * MILLISECOND;
