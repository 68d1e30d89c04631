/** Connections that were accepted on the strength of a cookie, before their handshake was over: RFC 7413 §5.1. */
import { Fifo } from '../../bytes/fifo.ts';
import type { Micros } from '../../time.ts';
import { MINUTE } from '../../time.ts';

/**
 * A reset may mean that whoever sent the SYN used another's address: it counts against the limit for so long, and an attacker
 * with a stolen cookie opens no more connections in a minute than the limit says.
 */
const AFTER_RESET: Micros = 1 * MINUTE;

export class FastOpenQueue {
  /** How many there may be; more open in the ordinary way. May be changed. */
  limit: number;
  #pending = 0;
  readonly #resets = new Fifo<Micros>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get pending(): number {
    return this.#pending;
  }

  /** True when one more may be accepted early. */
  hasRoom(now: Micros): boolean {
    for (let end = this.#resets.peek(); end !== undefined && end <= now; end = this.#resets.peek()) this.#resets.shift();
    return this.#pending + this.#resets.length < this.limit;
  }

  begin(): void {
    this.#pending++;
  }

  /** The handshake is over, well or not. */
  end(): void {
    this.#pending--;
  }

  /** It is about to end by a reset. */
  reset(now: Micros): void {
    this.#resets.push(now + AFTER_RESET);
  }
}
