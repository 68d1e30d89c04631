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
}

/** Numbers per datagram in `#records`: address, port, local address, length, and the three small ones in a word. */
const RECORD = 5;
const FIRST_RECORDS = 16;
const FIRST_BYTES = 2_048;

export interface QueueLimits {
  /** Bytes of payload that may wait. One datagram may always wait, whatever its length. */
  readonly bytes: number;
  readonly datagrams: number;
}

export class DatagramQueue {
  readonly #limits: QueueLimits;
  readonly #bytes = new RingBuffer(FIRST_BYTES);
  #records = new Int32Array(FIRST_RECORDS * RECORD);
  #head = 0;
  #count = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** How many datagrams wait. */
  get length(): number {
    return this.#count;
  }

  /** Payload bytes of the first datagram; -1 when there is none. */
  get nextLength(): number {
    return this.#count === 0 ? -1 : this.#records[this.#head * RECORD + 3]!;
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
    const capacity = this.#records.length / RECORD;
    this.#write(((this.#head + this.#count) & (capacity - 1)) * RECORD, about, length);
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
    this.#bytes.discard(about.length);
    this.#head = (this.#head + 1) & (this.#records.length / RECORD - 1);
    this.#count--;
    return true;
  }

  clear(): void {
    this.#bytes.discard(this.#bytes.length);
    this.#bytes.shrink(FIRST_BYTES);
    this.#count = 0;
  }

  #write(at: number, about: Readonly<Datagram>, length: number): void {
    const records = this.#records;
    records[at] = about.address;
    records[at + 1] = about.port;
    records[at + 2] = about.localAddress;
    records[at + 3] = length;
    records[at + 4] = about.ttl | (about.trafficClass << 8) | (about.dontFragment ? 0x1_0000 : 0);
  }

  #read(at: number, about: Datagram): void {
    const records = this.#records;
    about.address = records[at]!;
    about.port = records[at + 1]!;
    about.localAddress = records[at + 2]!;
    about.length = records[at + 3]!;
    const small = records[at + 4]!;
    about.ttl = small & 0xff;
    about.trafficClass = (small >>> 8) & 0xff;
    about.dontFragment = small >>> 16 === 1;
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
