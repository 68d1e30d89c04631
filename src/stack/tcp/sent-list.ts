/** What is in flight: one record for each transmission that is not acknowledged, in sequence order. */
import type { Micros } from '../time.ts';
import { NEVER } from '../time.ts';
import type { Seq } from '../wire/seq.ts';
import { add, atOrAfter, diff, seq } from '../wire/seq.ts';

/** Records kept for reuse; what one large flight needed beyond is given back. */
const KEPT = 256;

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
  next: SentSegment | undefined = undefined;

  get end(): Seq {
    return add(this.seq, this.length);
  }
}

export class SentList {
  #head: SentSegment | undefined = undefined;
  #tail: SentSegment | undefined = undefined;
  #free: SentSegment | undefined = undefined;
  #freeCount = 0;
  /** Sequence space of the records marked lost. */
  lostLength = 0;
  /** When the newest record that the last `acknowledge` touched was sent; NEVER when one of them was sent more than once. */
  ackedSentAt: Micros = NEVER;

  get isEmpty(): boolean {
    return this.#head === undefined;
  }

  get first(): SentSegment | undefined {
    return this.#head;
  }

  /** Records a first transmission behind all others. */
  append(at: Seq, length: number, now: Micros): void {
    const record = this.#take();
    record.seq = at;
    record.length = length;
    record.sentAt = now;
    if (this.#tail === undefined) this.#head = record;
    else this.#tail.next = record;
    this.#tail = record;
  }

  /** Removes everything before `ack`, shortening a record that it cuts. */
  acknowledge(ack: Seq): void {
    let repaired = false;
    this.ackedSentAt = NEVER;
    for (let record = this.#head; record !== undefined && diff(ack, record.seq) > 0; record = this.#head) {
      repaired ||= record.retransmissions > 0;
      this.ackedSentAt = record.sentAt;
      if (!atOrAfter(ack, record.end)) {
        this.#shorten(record, ack);
        break;
      }
      this.#dropHead(record);
    }
    // Karn's rule, RFC 6298 (3); and what was sent behind a repaired hole has waited for the repair, not for the network
    if (repaired) this.ackedSentAt = NEVER;
  }

  /** The oldest record that is lost and waits for its retransmission. */
  firstLost(): SentSegment | undefined {
    if (this.lostLength === 0) return undefined;
    let record = this.#head;
    while (record !== undefined && !record.lost) record = record.next;
    return record;
  }

  /** Marks the first `length` of the oldest record lost, splitting it where it is longer: one segment, not the burst. */
  markFirstLost(length: number): void {
    const record = this.#head;
    if (record === undefined || record.lost) return;
    if (record.length > length) this.split(record, length);
    this.#mark(record);
  }

  markAllLost(): void {
    for (let record = this.#head; record !== undefined; record = record.next) this.#mark(record);
  }

  /** The record has been sent again. */
  retransmitted(record: SentSegment, now: Micros): void {
    if (record.lost) this.lostLength -= record.length;
    record.lost = false;
    record.retransmissions++;
    record.sentAt = now;
  }

  /** Cuts a record in two after `length`; the rest follows it in the list. */
  split(record: SentSegment, length: number): void {
    const rest = this.#take();
    rest.seq = add(record.seq, length);
    rest.length = record.length - length;
    rest.sentAt = record.sentAt;
    rest.retransmissions = record.retransmissions;
    rest.lost = record.lost;
    rest.next = record.next;
    record.length = length;
    record.next = rest;
    if (this.#tail === record) this.#tail = rest;
  }

  clear(): void {
    this.#head = undefined;
    this.#tail = undefined;
    this.#free = undefined;
    this.#freeCount = 0;
    this.lostLength = 0;
  }

  #mark(record: SentSegment): void {
    if (record.lost) return;
    record.lost = true;
    this.lostLength += record.length;
  }

  #shorten(record: SentSegment, ack: Seq): void {
    const gone = diff(ack, record.seq);
    if (record.lost) this.lostLength -= gone;
    record.seq = ack;
    record.length -= gone;
  }

  #dropHead(record: SentSegment): void {
    if (record.lost) this.lostLength -= record.length;
    this.#head = record.next;
    if (this.#head === undefined) this.#tail = undefined;
    if (this.#freeCount === KEPT) return;
    record.next = this.#free;
    this.#free = record;
    this.#freeCount++;
  }

  #take(): SentSegment {
    const record = this.#free ?? new SentSegment();
    if (this.#free !== undefined) this.#freeCount--;
    this.#free = record.next;
    record.next = undefined;
    record.retransmissions = 0;
    record.lost = false;
    return record;
  }
}
