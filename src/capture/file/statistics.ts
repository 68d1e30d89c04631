/** What each interface of a capture that is being written has counted: the statistics blocks at its end. */
import type { RecordedFrame } from '../record/frame-sink.ts';
import type { InterfaceStatistics } from './pcapng.ts';

interface Count {
  startTime?: number;
  endTime?: number;
  received: number;
  dropped: number;
}

export class StatisticsCounter {
  readonly #counts: Count[] = [];

  addInterface(): void {
    this.#counts.push({ received: 0, dropped: 0 });
  }

  /** A frame that is in the file. */
  frame({ interfaceId, at, dropped = 0 }: RecordedFrame): void {
    const count = this.#counts[interfaceId];
    if (count === undefined) return;
    count.startTime ??= at;
    count.endTime = at;
    count.received += 1 + dropped; // as a card counts: those seen, recorded or not
    count.dropped += dropped;
  }

  /** By interface. */
  list(): readonly InterfaceStatistics[] {
    return this.#counts;
  }
}
