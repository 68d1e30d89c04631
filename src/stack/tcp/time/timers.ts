/** The deadlines of one connection. Arming is an assignment; the earliest of them is when the connection wants to run. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';

/** Sets kept for reuse; what a host with more busy connections needed beyond is given back. */
const KEPT = 256;

/** What is armed while something is under way, and by nobody who is silent. */
class BusyTimers {
  retransmit: Micros = NEVER;
  reorder: Micros = NEVER;
  tailProbe: Micros = NEVER;
  delayedAck: Micros = NEVER;

  next(): Micros {
    return Math.min(this.retransmit, this.reorder, this.tailProbe, this.delayedAck);
  }

  stop(): void {
    this.retransmit = NEVER;
    this.reorder = NEVER;
    this.tailProbe = NEVER;
    this.delayedAck = NEVER;
  }
}

/** What most connections never arm: allocated by the one that does. */
class RareTimers {
  persist: Micros = NEVER;
  keepAlive: Micros = NEVER;
  linger: Micros = NEVER;
}

/** Lends the busy ones to all connections of a host: a deadline takes three words, and a silent connection has none. */
export class TimerPool {
  readonly #free: BusyTimers[] = [];

  take(): BusyTimers {
    return this.#free.pop() ?? new BusyTimers();
  }

  /** @param timers none of them runs */
  give(timers: BusyTimers): void {
    if (this.#free.length < KEPT) this.#free.push(timers);
  }
}

export class Timers {
  readonly #pool: TimerPool;
  #busy: BusyTimers | undefined = undefined;
  #rare: RareTimers | undefined = undefined;

  constructor(pool: TimerPool) {
    this.#pool = pool;
  }

  /** RFC 6298 §5: the oldest unacknowledged segment is sent again. */
  get retransmit(): Micros {
    return this.#busy === undefined ? NEVER : this.#busy.retransmit;
  }

  set retransmit(at: Micros) {
    if (at !== NEVER || this.#busy !== undefined) this.#busyOnes().retransmit = at;
  }

  /** RFC 8985 §6.2 step 5: what was sent before something that arrived becomes overdue. */
  get reorder(): Micros {
    return this.#busy === undefined ? NEVER : this.#busy.reorder;
  }

  set reorder(at: Micros) {
    if (at !== NEVER || this.#busy !== undefined) this.#busyOnes().reorder = at;
  }

  /** RFC 8985 §7: the end of a flight is probed before the retransmission timer has to. */
  get tailProbe(): Micros {
    return this.#busy === undefined ? NEVER : this.#busy.tailProbe;
  }

  set tailProbe(at: Micros) {
    if (at !== NEVER || this.#busy !== undefined) this.#busyOnes().tailProbe = at;
  }

  /** RFC 9293 §3.8.6.3: the acknowledgment that waits for company goes out alone. */
  get delayedAck(): Micros {
    return this.#busy === undefined ? NEVER : this.#busy.delayedAck;
  }

  set delayedAck(at: Micros) {
    if (at !== NEVER || this.#busy !== undefined) this.#busyOnes().delayedAck = at;
  }

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
    const usual = this.#busy === undefined ? NEVER : this.#busy.next();
    return this.#rare === undefined ? usual : Math.min(usual, this.#rare.persist, this.#rare.keepAlive, this.#rare.linger);
  }

  /** The connection has nothing to do for now: what is not armed goes back to where it was borrowed. */
  rest(): void {
    if (this.#busy === undefined || this.#busy.next() !== NEVER) return;
    this.#pool.give(this.#busy);
    this.#busy = undefined;
  }

  stop(): void {
    this.#busy?.stop();
    this.rest();
    this.#rare = undefined;
  }

  #busyOnes(): BusyTimers {
    this.#busy ??= this.#pool.take();
    return this.#busy;
  }

  #rareOnes(): RareTimers {
    this.#rare ??= new RareTimers();
    return this.#rare;
  }
}
