/** How the time of a sender is spent: sending, and what held it up meanwhile. RFC 4898 §3.5 asks the same of a host. */
import type { Micros } from '../../time.ts';

/** `idle`: nothing is under way; `busy`: nothing but the network and congestion control hold it up. */
export type Occupation = 'idle' | 'busy' | 'receive window' | 'send buffer';

export class Chrono {
  #occupation: Occupation = 'idle';
  #since: Micros = 0;
  #busy: Micros = 0;
  #window: Micros = 0;
  #buffer: Micros = 0;

  /** From now on this is what it does. */
  enter(occupation: Occupation, now: Micros): void {
    if (occupation === this.#occupation) return;
    this.#settle(now);
    this.#occupation = occupation;
  }

  /** Text was under way or waiting; what held it up included. */
  busyTime(now: Micros): Micros {
    this.#settle(now);
    return this.#busy + this.#window + this.#buffer;
  }

  /** Of that, the peer's window was too small. */
  windowTime(now: Micros): Micros {
    this.#settle(now);
    return this.#window;
  }

  /** Of that, the application waited for room in the send buffer and everything written was under way. */
  bufferTime(now: Micros): Micros {
    this.#settle(now);
    return this.#buffer;
  }

  #settle(now: Micros): void {
    const spent = now - this.#since;
    this.#since = now;
    if (this.#occupation === 'busy') this.#busy += spent;
    else if (this.#occupation === 'receive window') this.#window += spent;
    else if (this.#occupation === 'send buffer') this.#buffer += spent;
  }
}
