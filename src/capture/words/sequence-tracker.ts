/** Where a conversation's sequence numbers begin, so that people can read 1 where the wire says 3,141,592,653. */
import { ACK, RST, SYN } from '../../stack/wire/tcp.ts';
import type { Tcp } from '../dissect/dissected.ts';

/** What to subtract, modulo 2^32, from the numbers of one segment. */
export interface SequenceBases {
  readonly seq: number;
  /** For the acknowledgment and for SACK blocks. */
  readonly ack: number;
}

export const ABSOLUTE: SequenceBases = { seq: 0, ack: 0 };

export const relativeTo = (base: number, value: number): number => (value - base) >>> 0;

/** One direction of a conversation. */
interface Half {
  /** The initial sequence number, or one less than the first number seen. */
  base: number;
  /** That of a later SYN, which becomes the base when it is answered: a stray SYN shall not renumber what goes on. */
  candidate: number | undefined;
}

export class SequenceTracker {
  /** By addresses and ports; the first key is the oldest. */
  readonly #halves = new Map<string, Half>();
  readonly #limit: number;

  /** @param limit how many directions are remembered; the oldest is forgotten first */
  constructor(limit = 2048) {
    this.#limit = limit;
  }

  /** Learns from a segment and says how to number it. Segments are to be shown to it in their order. */
  observe(source: string, destination: string, segment: Tcp): SequenceBases {
    const from = `${source}:${segment.sourcePort}`;
    const to = `${destination}:${segment.destinationPort}`;
    const [ownKey, otherKey] = [`${from}>${to}`, `${to}>${from}`];
    const own = this.#halves.get(ownKey);
    const other = this.#halves.get(otherKey);
    const ack = (segment.flags & ACK) === 0 ? 0 : this.#ackBase(otherKey, other, segment);
    return { seq: this.#seqBase(ownKey, own, other, segment), ack };
  }

  #seqBase(key: string, own: Half | undefined, other: Half | undefined, { flags, seq, ack }: Tcp): number {
    if (flags & SYN) return this.#synBase(key, own, other, { flags, seq, ack });
    // RFC 9293 §3.10.7.1: the reset for a segment without ACK has sequence number zero, which belongs to no conversation
    if (flags & RST && (own === undefined || (seq === 0 && isAnswer(other, ack)))) return seq;
    return (own ?? this.#remember(key, seq - 1)).base;
  }

  #synBase(key: string, own: Half | undefined, other: Half | undefined, segment: Pick<Tcp, 'flags' | 'seq' | 'ack'>): number {
    const { flags, seq, ack } = segment;
    if (own === undefined) return this.#remember(key, seq).base;
    if (flags & ACK && isAnswer(other, ack)) {
      if (other !== undefined) [other.base, other.candidate] = [ack - 1, undefined];
      [own.base, own.candidate] = [seq, undefined];
    }
    if (seq !== own.base) own.candidate = seq;
    return seq;
  }

  #ackBase(key: string, other: Half | undefined, { flags, ack }: Tcp): number {
    if (other === undefined) return flags & RST ? ack - 1 : this.#remember(key, ack - 1).base;
    return isAnswer(other, ack) && other.candidate !== undefined ? other.candidate : other.base;
  }

  #remember(key: string, base: number): Half {
    const half: Half = { base, candidate: undefined };
    this.#halves.set(key, half);
    if (this.#halves.size > this.#limit) this.#halves.delete(this.#halves.keys().next().value ?? key);
    return half;
  }
}

/** True when `ack` acknowledges the SYN that waits for its answer. */
const isAnswer = (half: Half | undefined, ack: number): boolean =>
  half?.candidate !== undefined && relativeTo(half.candidate, ack) === 1;
