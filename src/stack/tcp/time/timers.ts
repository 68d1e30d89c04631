/** The deadlines of one connection. Arming is an assignment; the earliest of them is when the connection wants to run. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';

export class Timers {
  /** RFC 6298 §5: the oldest unacknowledged segment is sent again. */
  retransmit: Micros = NEVER;
  /** RFC 8985 §6.2 step 5: what was sent before something that arrived becomes overdue. */
  reorder: Micros = NEVER;
  /** RFC 8985 §7: the end of a flight is probed before the retransmission timer has to. */
  tailProbe: Micros = NEVER;
  /** RFC 9293 §3.8.6.1: the closed window is probed. */
  persist: Micros = NEVER;
  /** RFC 9293 §3.8.6.3: the acknowledgment that waits for company goes out alone. */
  delayedAck: Micros = NEVER;
  /** RFC 9293 §3.8.4. */
  keepAlive: Micros = NEVER;
  /** The end of TIME-WAIT, or of the patience in FIN-WAIT-2. */
  linger: Micros = NEVER;

  next(): Micros {
    return Math.min(this.retransmit, this.reorder, this.tailProbe, this.persist, this.delayedAck, this.keepAlive, this.linger);
  }

  stop(): void {
    this.retransmit = NEVER;
    this.reorder = NEVER;
    this.tailProbe = NEVER;
    this.persist = NEVER;
    this.delayedAck = NEVER;
    this.keepAlive = NEVER;
    this.linger = NEVER;
  }
}
