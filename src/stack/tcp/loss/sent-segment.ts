/** The record of one transmission, and the pool that lends records to all connections of a host. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, seq } from '../../wire/seq.ts';

/** Records kept for reuse, 150 bytes each: a window of 12 MB in full-sized segments. With 1024 they were most of the garbage of one of 6 MB. */
const KEPT = 8192;

/** One stretch of sequence space that went out in one piece: a segment, or a burst that the device cut into segments. */
export class SentSegment {
  seq: Seq = seq(0);
  /** Sequence space, SYN and FIN included. */
  length = 0;
  /** When it was last transmitted. */
  sentAt: Micros = NEVER;
  /** How often it was transmitted again. */
  retransmissions = 0;
  /** Believed lost and not sent again since. */
  lost = false;
  /** The peer has it, though not everything before it: RFC 2018. */
  sacked = false;
  /** For the rate of delivery: how much had been delivered when it was sent, since when, and when the flight began. */
  deliveredBefore = 0;
  deliveredAt: Micros = NEVER;
  firstSentAt: Micros = 0;
  isAppLimited = false;
  /** The next one in sequence. */
  next: SentSegment | undefined = undefined;
  /** Neighbours in the order of transmission; only what is neither lost nor sacked is in that order. */
  later: SentSegment | undefined = undefined;
  earlier: SentSegment | undefined = undefined;

  get end(): Seq {
    return add(this.seq, this.length);
  }
}

/** One for all connections: an idle one, and most are, then holds no record, and none is allocated for each segment. */
export class RecordPool {
  #free: SentSegment | undefined = undefined;
  #count = 0;

  /** A record that says nothing yet: its place, length and time are for the caller to set. */
  take(): SentSegment {
    const record = this.#free ?? new SentSegment();
    if (this.#free !== undefined) this.#count--;
    this.#free = record.next;
    record.next = undefined;
    record.retransmissions = 0;
    record.lost = false;
    record.sacked = false;
    record.deliveredAt = NEVER;
    return record;
  }

  /** The record is in no list any more. */
  give(record: SentSegment): void {
    if (this.#count === KEPT) return;
    record.next = this.#free;
    this.#free = record;
    this.#count++;
  }
}
