/** Which TCP segments carry what was sent before, told from the sequence numbers alone. */
import type { Micros } from '../../stack/time.ts';
import { ACK, FIN, SYN } from '../../stack/wire/tcp.ts';
import type { Tcp } from '../dissect/dissected.ts';

/** 'late': it fills a gap so soon after what came before it that it was overtaken on the way, rather than sent again. */
export type Repeat = 'retransmission' | 'late' | undefined;

/** What overtakes does so within this time; Wireshark's bound too. */
const OVERTAKEN_WITHIN: Micros = 3_000;
/** So many gaps are remembered in each direction; the oldest is forgotten first. */
const MOST_GAPS = 64;

/** One direction of a connection. Numbers are those of the wire; differences are signed, modulo 2^32 (RFC 9293 §3.4). */
interface Sent {
  /** Another SYN begins another connection. */
  readonly synAt: number | undefined;
  /** That SYN acknowledged nothing: with an ACK it answers a SYN that crossed it, and is no repetition (RFC 9293 §3.5). */
  calls: boolean;
  next: number;
  /** When `next` grew. */
  at: Micros;
  /** [from, to): never seen, though later numbers were. */
  gaps: { from: number; to: number }[];
}

const minus = (a: number, b: number): number => (a - b) | 0;

export class Repeats {
  readonly #flows = new Map<string, Sent>();

  /**
   * Segments are to be shown to it in the order in which they were recorded.
   * @param flow addresses and ports, the sender first
   * @param length of the text
   * @param atSender it was recorded where it was sent: nothing can have overtaken it
   */
  read(flow: string, { seq, flags }: Tcp, length: number, at: Micros, atSender: boolean): Repeat {
    const size = length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
    const end = (seq + size) >>> 0;
    const sent = this.#flows.get(flow);
    if (sent === undefined || (flags & SYN && seq !== sent.synAt)) {
      const calls = (flags & (SYN | ACK)) === SYN;
      this.#flows.set(flow, { synAt: flags & SYN ? seq : undefined, calls, next: end, at, gaps: [] });
      return undefined;
    }
    if (size === 0) return undefined;
    if (sent.calls && flags & SYN && flags & ACK) {
      sent.calls = false;
      return undefined;
    }
    if (minus(end, sent.next) > 0) return this.#grow(sent, seq, end, at);
    if (size === 1 && (flags & (SYN | FIN)) === 0 && minus(sent.next, seq) === 1) return undefined; // a probe: RFC 9293 §3.8.4, §3.8.6.1
    const filled = fill(sent, seq, end);
    return filled && !atSender && at - sent.at <= OVERTAKEN_WITHIN ? 'late' : 'retransmission';
  }

  #grow(sent: Sent, seq: number, end: number, at: Micros): Repeat {
    const isRepeated = minus(seq, sent.next) < 0;
    if (minus(seq, sent.next) > 0) sent.gaps.push({ from: sent.next, to: seq });
    if (sent.gaps.length > MOST_GAPS) sent.gaps.shift();
    [sent.next, sent.at] = [end, at];
    return isRepeated ? 'retransmission' : undefined;
  }
}

/** @returns whether the range was missing, at least in part */
function fill(sent: Sent, from: number, to: number): boolean {
  const left = sent.gaps.flatMap((gap) => {
    if (minus(from, gap.to) >= 0 || minus(gap.from, to) >= 0) return [gap];
    const before = minus(from, gap.from) > 0 ? [{ from: gap.from, to: from }] : [];
    const behind = minus(gap.to, to) > 0 ? [{ from: to, to: gap.to }] : [];
    return [...before, ...behind];
  });
  const isFilled = left.length !== sent.gaps.length || left.some((gap, index) => gap !== sent.gaps[index]);
  sent.gaps = left;
  return isFilled;
}
