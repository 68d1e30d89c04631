/** A TCP connection as one sees it who only watches its segments go by: RFC 5382 §5, RFC 7857 §2. */
import { ACK, FIN, RST, SYN } from '../../stack/wire/tcp.ts';

/** Which way a segment goes: with the one that opened the flow, or back. */
export type Way = 'forth' | 'back';

export type TcpPhase = 'SYN sent' | 'SYN answered' | 'established' | 'half-closed' | 'closing' | 'reset';

export class TcpLife {
  #forth = 0; // the flags that were ever seen on this way
  #back = 0;
  #isAcknowledged = false;
  #isReset = false;

  /** Takes note of a segment. Numbers are not followed: whoever knows ports and addresses is believed. */
  see(flags: number, way: Way): void {
    if ((flags & (SYN | ACK)) === SYN && this.#isOver) this.#begin();
    if (way === 'forth') this.#forth |= flags;
    else this.#back |= flags;
    if ((flags & RST) !== 0) this.#isReset = true;
    if ((flags & (SYN | ACK)) === ACK && this.#bothSaid(SYN)) this.#isAcknowledged = true;
  }

  get phase(): TcpPhase {
    if (this.#isReset) return 'reset';
    if (this.#bothSaid(FIN)) return 'closing';
    if (!this.#isAcknowledged) return this.#bothSaid(SYN) ? 'SYN answered' : 'SYN sent';
    return ((this.#forth | this.#back) & FIN) === 0 ? 'established' : 'half-closed';
  }

  /** A half-closed connection may go on for as long as an open one: the other side may have much to say. */
  get isEstablished(): boolean {
    return this.#isAcknowledged && !this.#isReset && !this.#bothSaid(FIN);
  }

  get #isOver(): boolean {
    return this.#isReset || this.#bothSaid(FIN);
  }

  #bothSaid(flag: number): boolean {
    return (this.#forth & this.#back & flag) !== 0;
  }

  /** The same ports again. */
  #begin(): void {
    this.#forth = 0;
    this.#back = 0;
    this.#isAcknowledged = false;
    this.#isReset = false;
  }
}
