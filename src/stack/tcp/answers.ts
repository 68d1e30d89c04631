/** Segments of no connection that wait to be sent: resets, and what CLOSED, LISTEN and TIME-WAIT answer with. */
import { Fifo } from '../bytes/fifo.ts';
import type { Segment } from '../wire/tcp.ts';

/** An answer, with the addresses (as words) that its IP header gets. */
export interface Answer {
  readonly segment: Segment;
  readonly source: number;
  readonly destination: number;
}

/** More in one batch is a flood, and the rest stays unanswered. */
const MAX_ANSWERS = 256;

export class Answers {
  readonly #waiting = new Fifo<Answer>();

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Queues the answer to a segment that came from `source` and was sent to `destination`. */
  push(segment: Segment, source: number, destination: number): void {
    if (this.#waiting.length < MAX_ANSWERS) this.#waiting.push({ segment, source: destination, destination: source });
  }

  shift(): Answer | undefined {
    return this.#waiting.shift();
  }
}
