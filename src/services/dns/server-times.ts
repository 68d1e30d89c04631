/** How quickly servers have answered, so that the next question goes to the best (RFC 1035 §7.2). */
import type { Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';

const MAX_SERVERS = 1_024;
/** What silence counts as. */
const SILENCE: Micros = 4 * SECOND;

export class ServerTimes {
  /** By address as a word; the oldest first. */
  readonly #times = new Map<number, Micros>();

  /** Of a server that nobody has asked yet: nothing, so that each gets its turn. */
  of(address: number): Micros {
    return this.#times.get(address) ?? 0;
  }

  answered(address: number, rtt: Micros): void {
    const old = this.#times.get(address);
    this.#set(address, old === undefined ? rtt : Math.round(0.7 * old + 0.3 * rtt));
  }

  failed(address: number): void {
    this.#set(address, this.of(address) + SILENCE);
  }

  #set(address: number, time: Micros): void {
    this.#times.delete(address);
    this.#times.set(address, time);
    if (this.#times.size > MAX_SERVERS) this.#times.delete(this.#times.keys().next().value!);
  }
}
