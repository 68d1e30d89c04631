/** Streams of known bytes through connections in virtual time, both ways at once, checked byte for byte on arrival. */
import type { Connection } from '../../src/stack/tcp/connection.ts';

const BLOCK = 64 * 1024;
/** A prime period: a shift, a swap or a repetition of any common length shows. */
const PERIOD = 251;

/** `block` bytes of the pattern from a stream offset on. */
function pattern(offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (offset + i) % PERIOD;
  return bytes;
}
const source = pattern(0, BLOCK + PERIOD);

/** One end of a transfer: sends `total` bytes, takes what comes and closes when both directions are done. */
export class Pump {
  sent = 0;
  received = 0;
  isWrong = false;
  readonly #connection: Connection;
  readonly #total: number;
  readonly #buffer = new Uint8Array(BLOCK);

  constructor(connection: Connection, total: number) {
    this.#connection = connection;
    this.#total = total;
    connection.app.owner = this;
    this.notify();
  }

  get isDone(): boolean {
    return this.received === this.#total && this.sent === this.#total && this.#connection.isAtEnd;
  }

  notify(): void {
    this.#write();
    this.#read();
  }

  #write(): void {
    while (this.sent < this.#total) {
      const from = this.sent % PERIOD;
      const taken = this.#connection.send(source, from, from + Math.min(BLOCK, this.#total - this.sent));
      this.sent += taken;
      if (taken === 0) return;
      if (this.sent === this.#total) this.#connection.closeWrite();
    }
  }

  #read(): void {
    for (let count = this.#connection.receive(this.#buffer); count > 0; count = this.#connection.receive(this.#buffer)) {
      const from = this.received % PERIOD;
      if (Buffer.compare(this.#buffer.subarray(0, count), source.subarray(from, from + count)) !== 0) this.isWrong = true;
      this.received += count;
    }
  }
}
