/** Where PSH stands: behind each write, as Linux counts; RFC 9293 §3.9.1.2 leaves to the implementation what it gathers. */
import type { Seq } from '../../wire/seq.ts';
import { add, after, atOrBefore, diff, max, seq } from '../../wire/seq.ts';

/** What Linux's largest segment for a card that cuts it carries at most: sk_gso_max_size less the headers. */
const LARGEST_CHUNK = 65_535 - 320;

/** The sender's side of things when something is written. */
export interface WriteContext {
  /** The number behind what was written before, and behind what is written now. */
  readonly from: Seq;
  readonly to: Seq;
  /** SND.NXT. */
  readonly nxt: Seq;
  readonly mss: number;
  /** The largest window that the peer has offered. */
  readonly maxWindow: number;
  /** MSG_MORE: more follows soon, so this end pushes nothing. */
  readonly more: boolean;
}

/**
 * Text that has not left is gathered in chunks of at most half the peer's window. Each write ends with a push; the next one takes
 * the mark away when it still finds room in the last chunk. A mark stays until it is acknowledged: what is sent again pushes again.
 */
export class PushMarks {
  /** In ascending order; most of the time there is one. */
  #marks: Seq[] = [];
  /** Where the last chunk begins. */
  #chunk: Seq = seq(0);
  /** The last mark ever made: without one for half a window, the end of a chunk gets one. */
  #pushed: Seq;

  constructor(first: Seq) {
    this.#chunk = first;
    this.#pushed = first;
  }

  write({ from, to, nxt, mss, maxWindow, more }: WriteContext): void {
    const half = maxWindow > 536 ? maxWindow >> 1 : maxWindow || LARGEST_CHUNK; // before the handshake nothing is known
    const chunk = Math.max(Math.floor(Math.min(LARGEST_CHUNK, half) / mss) * mss, mss);
    if (!after(from, nxt)) this.#chunk = from;
    else this.#join(max(this.#chunk, nxt), from, chunk);
    for (let end = add(this.#chunk, chunk); after(to, end); end = add(this.#chunk, chunk)) {
      if (diff(end, this.#pushed) > maxWindow >> 1) this.#mark(end);
      this.#chunk = end;
    }
    if (!more || diff(to, this.#pushed) > maxWindow >> 1) this.#mark(to);
  }

  /** The last chunk goes on where the write before ended, if there is room. */
  #join(start: Seq, from: Seq, chunk: number): void {
    this.#chunk = diff(from, start) < chunk ? start : from;
    if (this.#chunk !== from && this.#marks.at(-1) === from) this.#marks.pop();
  }

  /** True when the text in `[at, end)` holds a mark, or ends with one. */
  isIn(at: Seq, end: Seq): boolean {
    for (let i = this.#marks.length - 1; i >= 0; i--) {
      const mark = this.#marks[i]!;
      if (!after(mark, at)) return false;
      if (atOrBefore(mark, end)) return true;
    }
    return false;
  }

  /** Forgets what lies before `ack`. */
  acknowledge(ack: Seq): void {
    let gone = 0;
    while (gone < this.#marks.length && atOrBefore(this.#marks[gone]!, ack)) gone++;
    if (gone > 0) this.#marks.splice(0, gone);
  }

  #mark(at: Seq): void {
    this.#pushed = at;
    this.#marks.push(at);
  }
}
