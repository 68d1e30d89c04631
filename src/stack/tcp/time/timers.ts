/** The deadlines of one connection. Arming is an assignment; the earliest of them is when the connection wants to run. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';

/** What most connections never arm: allocated by the one that does. */
class RareTimers {
  persist: Micros = NEVER;
  keepAlive: Micros = NEVER;
  linger: Micros = NEVER;
}

export class Timers {
  /** RFC 6298 §5: the oldest unacknowledged segment is sent again. */
  retransmit: Micros = NEVER;
  /** RFC 8985 §6.2 step 5: what was sent before something that arrived becomes overdue. */
  reorder: Micros = NEVER;
  /** RFC 8985 §7: the end of a flight is probed before the retransmission timer has to. */
  tailProbe: Micros = NEVER;
  /** RFC 9293 §3.8.6.3: the acknowledgment that waits for company goes out alone. */
  delayedAck: Micros = NEVER;
  #rare: RareTimers | undefined = undefined;

  /** RFC 9293 §3.8.6.1: the closed window is probed. */
  get persist(): Micros {
    return this.#rare === undefined ? NEVER : this.#rare.persist;
  }

  set persist(at: Micros) {
    if (at !== this.persist) this.#rareOnes().persist = at;
  }

  /** RFC 9293 §3.8.4. */
  get keepAlive(): Micros {
    return this.#rare === undefined ? NEVER : this.#rare.keepAlive;
  }

  set keepAlive(at: Micros) {
    if (at !== this.keepAlive) this.#rareOnes().keepAlive = at;
  }

  /** The end of TIME-WAIT, or of the patience in FIN-WAIT-2. */
  get linger(): Micros {
    return this.#rare === undefined ? NEVER : this.#rare.linger;
  }

  set linger(at: Micros) {
    if (at !== this.linger) this.#rareOnes().linger = at;
  }

  next(): Micros {
    const usual = Math.min(this.retransmit, this.reorder, this.tailProbe, this.delayedAck);
    return this.#rare === undefined ? usual : Math.min(usual, this.persist, this.keepAlive, this.linger);
  }

  stop(): void {
    this.retransmit = NEVER;
    this.reorder = NEVER;
    this.tailProbe = NEVER;
    this.delayedAck = NEVER;
    this.#rare = undefined;
  }

  #rareOnes(): RareTimers {
    this.#rare ??= new RareTimers();
    return this.#rare;
  }
}
