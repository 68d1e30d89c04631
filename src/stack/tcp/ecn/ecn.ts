/** Explicit Congestion Notification, RFC 3168: what a connection remembers that has agreed on it, or is asking for it. */
import type { Seq } from '../../wire/seq.ts';
import { after, before, seq } from '../../wire/seq.ts';

//   The low two bits of the octet that IPv4 calls type of service, §5:
/** The endpoints cannot be told of congestion by marking: a router that has to say something drops. */
export const NOT_ECT = 0;
/** ECN-capable transport, as routers have to treat like ECT(1); senders that use only one use this one (RFC 8311 §2.1). */
export const ECT0 = 2;
/** Congestion experienced: a router would have dropped the packet. */
export const CE = 3;
export const ECN_MASK = 3;

/** Made when ECN is asked for or agreed on, so a connection without it is no larger. */
export class Ecn {
  /** §6.1.3: text came marked, and every acknowledgment says ECE until the peer answers with CWR. */
  echoes = false;
  /** The peer has sent text that routers may mark, so it does use what was agreed. */
  peerMarks = false;
  /** §6.1.2: the congestion window was reduced, and the next new text tells the peer by CWR. */
  cwrDue = false;
  #byEcho = false;
  #holds = false;
  #recover: Seq = seq(0);

  /**
   * The congestion window has been reduced.
   * @param nxt SND.NXT: the flight that it was reduced for ends here
   * @param byEcho for a mark and not for a loss
   */
  reduced(nxt: Seq, byEcho: boolean): void {
    this.cwrDue = true;
    this.#byEcho = byEcho;
    this.#holds = true;
    this.#recover = nxt;
  }

  /** A reduction for a loss was a mistake: a mark in that flight has not been paid for. */
  takenBack(): void {
    if (!this.#byEcho) this.#holds = false;
  }

  /**
   * §6.1.2: "TCP should not react to congestion indications more than once every window of data". The window ends with an
   * acknowledgment beyond SND.NXT of then: only text that carried CWR, or came after it, can have made the peer stop its ECE.
   */
  holds(una: Seq): boolean {
    if (this.#holds && after(una, this.#recover)) this.#holds = false;
    return this.#holds;
  }

  /** The window was reduced for a mark, and that flight is not yet over: Linux calls this state TCP_CA_CWR. */
  holdsForEcho(una: Seq): boolean {
    return this.holds(una) && this.#byEcho;
  }

  /** What is lost now was in the flight whose mark the window has been reduced for. */
  hasPaidFor(una: Seq): boolean {
    return this.holdsForEcho(una) && before(una, this.#recover);
  }
}
