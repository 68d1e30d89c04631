/** A bounded queue of datagrams: their bytes one behind the other in a ring, a few numbers about each beside it. */
import { RingBuffer } from '../bytes/ring-buffer.ts';

/** What is known about a datagram besides its bytes. Addresses are IPv4 words. */
export class Datagram {
  /** The other end: where it came from, or where it goes. */
  address = 0;
  port = 0;
  /** Our end: the address it was sent to (RFC 1122 §4.1.3.5), or shall come from; 0: whatever the route says. */
  localAddress = 0;
  /** Bytes of payload. */
  length = 0;
  ttl = 0;
  trafficClass = 0;
  dontFragment = false;
  /** The interface that it came in by, or shall leave by; 0: by whichever the route says. */
  interfaceId = 0;
  /** Why it is sent, for whoever records it. */
  note = '';
}

/** Numbers per datagram in `#records`: address, port, local address, length, the three small ones in a word, interface. */
const RECORD = 6;
/** Where in a record the length stands. */
const LENGTH = 3;
/** Where the interface does. */
const INTERFACE = 5;
const FIRST_RECORDS = 16;
const FIRST_BYTES = 2_048;

export interface QueueLimits {
  /** Bytes of payload that may wait. One datagram may always wait, whatever its length. */
  readonly bytes: number;
  readonly datagrams: number;
}

/** How many datagrams one packet may stand for. */
export interface RunLimits extends QueueLimits {
  /** Bytes of payload of the shortest that may be among them; at least 1. */
  readonly shortest: number;
}

export class DatagramQueue {
  readonly #limits: QueueLimits;
  readonly #bytes = new RingBuffer(FIRST_BYTES);
  #records = new Int32Array(FIRST_RECORDS * RECORD);
  #head = 0;
  #count = 0;
  /** Datagrams taken since the beginning: the first one's number, and what the notes are kept under. */
  #taken = 0;
  /** Of those that have one, by the number of the datagram. */
  readonly #notes = new Map<number, string>();

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** How many datagrams wait. */
  get length(): number {
    return this.#count;
  }

  /** Payload bytes that wait. */
  get size(): number {
    return this.#bytes.length;
  }

  /** Payload bytes of the first datagram; -1 when there is none. */
  get nextLength(): number {
    return this.#count === 0 ? -1 : this.#records[this.#head * RECORD + LENGTH]!;
  }

  /** The other end of the first datagram, as a word; 0 when there is none. */
  get nextAddress(): number {
    return this.#count === 0 ? 0 : this.#records[this.#head * RECORD]!;
  }

  /** The interface of the first datagram; 0 when there is none. */
  get nextInterface(): number {
    return this.#count === 0 ? 0 : this.#records[this.#head * RECORD + INTERFACE]!;
  }

  /**
   * Appends a copy of `bytes[from, to)`; `about.length` does not count.
   * @returns false when there is no room
   */
  push(about: Readonly<Datagram>, bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    if (this.#count > 0 && this.#bytes.length + length > this.#limits.bytes) return false;
    if (this.#count >= this.#limits.datagrams) return false;
    this.#bytes.reserve(this.#bytes.length + length);
    this.#bytes.writeAt(this.#bytes.length, bytes, from, to);
    this.#bytes.extend(length);
    if (this.#count === this.#records.length / RECORD) this.#growRecords();
    this.#write(this.#recordAt(this.#count), about, length);
    if (about.note !== '') this.#notes.set(this.#taken + this.#count, about.note);
    this.#count++;
    return true;
  }

  /**
   * Takes the first datagram: its numbers into `about`, as many of its bytes as fit into `target[at, limit)`. The rest of
   * the bytes is lost, `about.length` is still the whole length.
   * @returns false when there is none
   */
  shift(about: Datagram, target: Uint8Array, at: number, limit: number): boolean {
    if (this.#count === 0) return false;
    this.#read(this.#head * RECORD, about);
    this.#bytes.readAt(0, Math.min(about.length, limit - at), target, at);
    this.#drop(1, about.length);
    return true;
  }

  /**
   * Takes the first datagram, of which there must be one, and with it those behind it that one packet can stand for: all their
   * numbers are the same, the last may be shorter. Their bytes lie one behind the other from `target[at]` on.
   *
   * @param limits of all that are taken; the first is in any case, and must fit
   * @returns the bytes of all; `about.length` is that of the first
   */
  shiftRun(about: Datagram, target: Uint8Array, at: number, limits: Readonly<RunLimits>): number {
    this.#read(this.#head * RECORD, about);
    let count = 1;
    let bytes = about.length;
    for (let length = bytes; length === about.length && count < this.#count && count < limits.datagrams; count++) {
      length = this.#lengthOfTwin(count);
      if (this.#notes.size > 0) break; // a note is about one datagram
      if (length > about.length || length < limits.shortest || bytes + length > limits.bytes) break;
      bytes += length;
    }
    this.#bytes.readAt(0, bytes, target, at);
    this.#drop(count, bytes);
    return bytes;
  }

  clear(): void {
    this.#bytes.discard(this.#bytes.length);
    this.#bytes.shrink(FIRST_BYTES);
    this.#notes.clear();
    this.#taken += this.#count;
    this.#count = 0;
  }

  #drop(count: number, bytes: number): void {
    if (this.#notes.size > 0) for (let i = 0; i < count; i++) this.#notes.delete(this.#taken + i);
    this.#taken += count;
    this.#bytes.discard(bytes);
    this.#head = (this.#head + count) & (this.#records.length / RECORD - 1);
    this.#count -= count;
  }

  #recordAt(index: number): number {
    return ((this.#head + index) & (this.#records.length / RECORD - 1)) * RECORD;
  }

  /** The length of the datagram at `index` if its other numbers are those of the first; else -1. */
  #lengthOfTwin(index: number): number {
    const records = this.#records;
    const [first, at] = [this.#head * RECORD, this.#recordAt(index)];
    for (let i = 0; i < RECORD; i++) if (i !== LENGTH && records[first + i] !== records[at + i]) return -1;
    return records[at + LENGTH]!;
  }

  #write(at: number, about: Readonly<Datagram>, length: number): void {
    const records = this.#records;
    records[at] = about.address;
    records[at + 1] = about.port;
    records[at + 2] = about.localAddress;
    records[at + LENGTH] = length;
    records[at + 4] = about.ttl | (about.trafficClass << 8) | (about.dontFragment ? 0x1_0000 : 0);
    records[at + INTERFACE] = about.interfaceId;
  }

  #read(at: number, about: Datagram): void {
    const records = this.#records;
    about.address = records[at]!;
    about.port = records[at + 1]!;
    about.localAddress = records[at + 2]!;
    about.length = records[at + LENGTH]!;
    const small = records[at + 4]!;
    about.ttl = small & 0xff;
    about.trafficClass = (small >>> 8) & 0xff;
    about.dontFragment = small >>> 16 === 1;
    about.interfaceId = records[at + INTERFACE]!;
    about.note = this.#notes.size === 0 ? '' : (this.#notes.get(this.#taken) ?? '');
  }

  #growRecords(): void {
    const larger = new Int32Array(this.#records.length * 2);
    const split = this.#head * RECORD;
    larger.set(this.#records.subarray(split), 0);
    larger.set(this.#records.subarray(0, split), this.#records.length - split);
    this.#records = larger;
    this.#head = 0;
  }
}
