/** How a TCP connection began and ended, as far as its capture shows it. */
import { ACK, FIN, RST, SYN } from '../../stack/wire/tcp.ts';
import type { Tcp } from '../dissect/dissected.ts';

/** Who: 'a' sent the first segment of the conversation. */
export type Side = 'a' | 'b';

export type Beginning = 'handshake' | 'simultaneous open' | 'no answer' | 'refused' | 'before the capture';
export type Ending = 'closed' | 'half-closed' | 'reset' | 'refused' | 'no answer' | 'open';

/** What one side has sent of the frame of a connection. */
interface Half {
  syn: number | undefined;
  /** Its SYN asked, it did not answer. */
  hasAsked: boolean;
  /** The sequence number behind its FIN. */
  finEnd: number | undefined;
  isFinAcknowledged: boolean;
}

const newHalf = (): Half => ({ syn: undefined, hasAsked: false, finEnd: undefined, isFinAcknowledged: false });

export class TcpStory {
  readonly #halves: Record<Side, Half> = { a: newHalf(), b: newHalf() };
  #isAnswered = false;
  #resetBy: Side | undefined = undefined;
  #firstFinBy: Side | undefined = undefined;

  /** A SYN with another number than the one before it begins another connection between the same ports. */
  isAnother(side: Side, { flags, seq }: Tcp): boolean {
    const { syn } = this.#halves[side];
    if ((flags & (SYN | ACK)) !== SYN || syn === seq) return false;
    return syn !== undefined || this.#isOver;
  }

  read(side: Side, segment: Tcp, textLength: number): void {
    const { flags, seq, ack } = segment;
    const [own, other] = [this.#halves[side], this.#halves[side === 'a' ? 'b' : 'a']];
    if (flags & SYN) own.syn = seq;
    if ((flags & (SYN | ACK)) === SYN) own.hasAsked = true;
    if (flags & ACK && (flags & RST) === 0) this.#isAnswered = true;
    if (flags & RST && !this.#isClosed) this.#resetBy ??= side; // later it answers something that came too late
    if (flags & FIN) {
      own.finEnd = (seq + textLength + 1) >>> 0;
      this.#firstFinBy ??= side;
    }
    if (flags & ACK && other.finEnd !== undefined && ((ack - other.finEnd) | 0) >= 0) other.isFinAcknowledged = true;
  }

  get beginning(): Beginning {
    const { a, b } = this.#halves;
    if (a.syn === undefined && b.syn === undefined) return 'before the capture';
    if (a.hasAsked && b.hasAsked) return 'simultaneous open';
    if (this.#isAnswered) return 'handshake';
    return this.#resetBy === undefined ? 'no answer' : 'refused';
  }

  get ending(): Ending {
    const { beginning } = this;
    if (beginning === 'refused' || beginning === 'no answer') return beginning;
    if (this.#resetBy !== undefined) return 'reset';
    if (this.#isClosed) return 'closed';
    return this.#firstFinBy === undefined ? 'open' : 'half-closed';
  }

  /** Who refused, reset, or closed first. */
  get endedBy(): Side | undefined {
    return this.#resetBy ?? this.#firstFinBy;
  }

  get #isClosed(): boolean {
    return this.#halves.a.isFinAcknowledged && this.#halves.b.isFinAcknowledged;
  }

  get #isOver(): boolean {
    return this.#resetBy !== undefined || this.#isClosed;
  }
}
