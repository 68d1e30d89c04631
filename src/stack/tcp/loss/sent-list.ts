/** What is in flight: one record for each transmission that is not acknowledged. The scoreboard of RFC 6675 §3. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, after, atOrAfter, before, diff } from '../../wire/seq.ts';
import type { SentSegment } from './sent-segment.ts';
import { RecordPool } from './sent-segment.ts';

/** Told of each record that the peer has got, by acknowledgment or selectively: what RACK learns from. */
export interface DeliveryObserver {
  delivered(record: SentSegment): void;
}

/** The list as most see it: what is sent for the first time reaches it through the sender. */
export type Scoreboard = Omit<SentList, 'append'>;

export class SentList {
  #head: SentSegment | undefined = undefined;
  #tail: SentSegment | undefined = undefined;
  /** In the order of transmission, for RACK: `#oldest` was sent longest ago. */
  #oldest: SentSegment | undefined = undefined;
  #newest: SentSegment | undefined = undefined;
  /** No lost record lies before it: where the search for one begins. */
  #lostHint: SentSegment | undefined = undefined;
  readonly #pool: RecordPool;
  /** Sequence space of the records marked lost, and of those that the peer has selectively. */
  lostLength = 0;
  sackedLength = 0;
  /** Sequence space that was ever marked lost, and how many records of it had been sent again before. */
  lostTotal = 0;
  lostAgain = 0;
  /** When the newest record that the last `acknowledge` touched was sent; NEVER when one of them was sent more than once. */
  ackedSentAt: Micros = NEVER;
  /** The same of the oldest record that it touched. */
  ackedFirstSentAt: Micros = NEVER;

  /** @param pool where records come from and go to; the connections of a host share one */
  constructor(pool: RecordPool = new RecordPool()) {
    this.#pool = pool;
  }

  get isEmpty(): boolean {
    return this.#head === undefined;
  }

  get first(): SentSegment | undefined {
    return this.#head;
  }

  /** The one with the highest numbers. */
  get last(): SentSegment | undefined {
    return this.#tail;
  }

  /** The one that was sent longest ago and is neither lost nor delivered; `later` leads on. */
  get oldest(): SentSegment | undefined {
    return this.#oldest;
  }

  /** Records a first transmission behind all others. */
  append(at: Seq, length: number, now: Micros): SentSegment {
    const record = this.#pool.take();
    record.seq = at;
    record.length = length;
    record.sentAt = now;
    if (this.#tail === undefined) this.#head = record;
    else this.#tail.next = record;
    this.#tail = record;
    this.#linkNewest(record);
    return record;
  }

  /** Removes everything before `ack`, splitting a record that it cuts. */
  acknowledge(ack: Seq, observer?: DeliveryObserver): void {
    let repaired = false;
    this.ackedSentAt = NEVER;
    if (this.#head !== undefined) this.ackedFirstSentAt = this.#head.sentAt;
    for (let record = this.#head; record !== undefined && diff(ack, record.seq) > 0; record = this.#head) {
      // Karn's rule, RFC 6298 (3); and what the peer has had for longer has waited for a repair, not for the network
      repaired ||= record.retransmissions > 0 || record.sacked;
      this.ackedSentAt = record.sentAt;
      if (!atOrAfter(ack, record.end)) this.split(record, diff(ack, record.seq)); // of a burst, one segment or more
      if (!record.sacked) observer?.delivered(record);
      this.#dropHead(record);
    }
    if (repaired) this.ackedSentAt = NEVER;
  }

  /**
   * The peer has `[left, right)`, RFC 2018 §4. Records that the block cuts are split.
   * @returns how much of it is news, in sequence space
   */
  sack(left: Seq, right: Seq, observer: DeliveryObserver): number {
    let news = 0;
    for (let record = this.#head; record !== undefined && before(record.seq, right); record = record.next) {
      if (record.sacked || !after(record.end, left)) continue;
      if (before(record.seq, left)) {
        this.split(record, diff(left, record.seq));
        continue; // the rest comes next
      }
      if (after(record.end, right)) this.split(record, diff(right, record.seq));
      observer.delivered(record);
      this.#markSacked(record);
      news += record.length;
    }
    return news;
  }

  /** The oldest record that is lost and waits for its retransmission. */
  firstLost(): SentSegment | undefined {
    if (this.lostLength === 0) return undefined;
    let record = this.#lostHint ?? this.#head;
    while (record !== undefined && !record.lost) record = record.next;
    this.#lostHint = record;
    return record;
  }

  /** Marks the first `length` of the oldest record lost, splitting it where it is longer: one segment, not the burst. */
  markFirstLost(length: number): void {
    const record = this.#head;
    if (record === undefined || record.lost) return;
    if (record.length > length) this.split(record, length);
    this.markLost(record);
  }

  /**
   * RFC 8985 §6.3: at a time-out the oldest is lost, and of the others what was sent `patience` ago or earlier. What the peer has
   * reported it keeps, as RFC 6675 §5.1 allows; unless the oldest is reported too, which is then no report but a broken promise
   * (RFC 2018 §8), and nothing that was reported counts any more.
   */
  markTimedOut(now: Micros, patience: Micros): void {
    if (this.#head === undefined || this.#head.sacked) {
      this.markAllLost();
      return;
    }
    for (let record: SentSegment | undefined = this.#head; record !== undefined; record = record.next)
      if (record === this.#head || record.sentAt + patience <= now) this.markLost(record);
  }

  /** RFC 6675 §4, IsLost: what lies below more than `above` bytes that the peer has, and was not sent again yet. */
  markBelow(above: number): void {
    let left = this.sackedLength;
    for (let record = this.#head; record !== undefined && left > above; record = record.next) {
      if (record.sacked) left -= record.length;
      else if (record.retransmissions === 0) this.markLost(record);
    }
  }

  /** What is believed lost and waits for its retransmission is not lost. */
  unmarkLost(): void {
    if (this.lostLength === 0) return;
    const waiting: SentSegment[] = [];
    for (let record = this.#head; record !== undefined; record = record.next) {
      record.lost = false;
      if (!record.sacked) waiting.push(record);
    }
    this.lostLength = 0;
    this.#lostHint = undefined;
    this.#oldest = undefined;
    this.#newest = undefined;
    waiting.sort((a, b) => a.sentAt - b.sentAt); // stable: within one instant by number, as RACK compares
    for (const record of waiting) this.#linkNewest(record);
  }

  /** Sequence space that was sent again and is on its way. */
  resentLength(): number {
    let length = 0;
    for (let record = this.#head; record !== undefined; record = record.next)
      if (record.retransmissions > 0 && !record.lost && !record.sacked) length += record.length;
    return length;
  }

  /** The peer may have thrown away what it once reported: all of it counts as lost. */
  markAllLost(): void {
    for (let record = this.#head; record !== undefined; record = record.next) {
      if (record.sacked) {
        record.sacked = false;
        this.sackedLength -= record.length;
        this.#linkNewest(record); // for a moment: what is not delivered is in the order until it is lost
      }
      this.markLost(record);
    }
  }

  /** What went out in segments longer than `mss`: a path has turned out to be too narrow for them. */
  markLongerLost(mss: number): void {
    for (let record = this.#head; record !== undefined; record = record.next) if (record.length > mss) this.markLost(record);
  }

  markLost(record: SentSegment): void {
    if (record.lost || record.sacked) return;
    const isOnly = this.lostLength === 0; // without a hint others may lie before it, unless there are none
    record.lost = true;
    this.lostLength += record.length;
    this.lostTotal += record.length;
    if (record.retransmissions > 0) this.lostAgain++;
    this.#unlinkTime(record);
    if (isOnly || (this.#lostHint !== undefined && before(record.seq, this.#lostHint.seq))) this.#lostHint = record;
  }

  /** The record has been sent again. */
  retransmitted(record: SentSegment, now: Micros): void {
    if (record.lost) this.lostLength -= record.length;
    else if (record.sacked) this.sackedLength -= record.length;
    else this.#unlinkTime(record);
    record.lost = false;
    record.sacked = false; // whoever sends it again does not believe that the peer has kept it
    record.retransmissions++;
    record.sentAt = now;
    this.#linkNewest(record);
  }

  /** Cuts a record in two after `length`; the rest follows it in the list. */
  split(record: SentSegment, length: number): void {
    const rest = this.#pool.take();
    rest.seq = add(record.seq, length);
    rest.length = record.length - length;
    rest.sentAt = record.sentAt;
    rest.retransmissions = record.retransmissions;
    rest.lost = record.lost;
    rest.sacked = record.sacked;
    rest.deliveredBefore = record.deliveredBefore;
    rest.deliveredAt = record.deliveredAt;
    rest.firstSentAt = record.firstSentAt;
    rest.isAppLimited = record.isAppLimited;
    rest.next = record.next;
    record.length = length;
    record.next = rest;
    if (this.#tail === record) this.#tail = rest;
    if (!rest.lost && !rest.sacked) this.#linkAfter(record, rest);
  }

  /** More of the sequence space belongs to the last record from now on: it goes out together with it. */
  lengthenLast(by: number): void {
    const record = this.#tail;
    if (record === undefined) return;
    record.length += by;
    if (record.lost) this.lostLength += by;
  }

  clear(): void {
    this.#head = undefined;
    this.#tail = undefined;
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#lostHint = undefined;
    this.lostLength = 0;
    this.sackedLength = 0;
  }

  #markSacked(record: SentSegment): void {
    if (record.lost) this.lostLength -= record.length;
    else this.#unlinkTime(record);
    record.lost = false;
    record.sacked = true;
    this.sackedLength += record.length;
  }

  #dropHead(record: SentSegment): void {
    if (record.lost) this.lostLength -= record.length;
    else if (record.sacked) this.sackedLength -= record.length;
    else this.#unlinkTime(record);
    this.#head = record.next;
    if (this.#head === undefined) this.#tail = undefined;
    if (this.#lostHint === record) this.#lostHint = undefined;
    this.#pool.give(record);
  }

  #linkNewest(record: SentSegment): void {
    record.earlier = this.#newest;
    record.later = undefined;
    if (this.#newest === undefined) this.#oldest = record;
    else this.#newest.later = record;
    this.#newest = record;
  }

  #linkAfter(record: SentSegment, rest: SentSegment): void {
    rest.earlier = record;
    rest.later = record.later;
    if (record.later === undefined) this.#newest = rest;
    else record.later.earlier = rest;
    record.later = rest;
  }

  #unlinkTime(record: SentSegment): void {
    if (record.earlier === undefined) this.#oldest = record.later;
    else record.earlier.later = record.later;
    if (record.later === undefined) this.#newest = record.earlier;
    else record.later.earlier = record.earlier;
    record.earlier = undefined;
    record.later = undefined;
  }
}
