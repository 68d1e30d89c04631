/** Samples the queue at one end of a cable: at each frame that joins it, and when the line takes the next. */
import type { SeriesSink } from '../capture/series/sample.ts';
import type { Micros } from '../stack/time.ts';
import type { CableEnd } from './cable.ts';
import type { Machine } from './machine.ts';

/** A machine of its own, so that a frame that leaves is seen when it leaves and not when somebody looks. */
export class QueueWatch implements Machine {
  onSooner: (() => void) | undefined = undefined;
  readonly #end: CableEnd;
  readonly #name: { readonly cable: string; readonly end: 'a' | 'b' };
  readonly #sink: SeriesSink;
  #packets = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(end: CableEnd, name: { readonly cable: string; readonly end: 'a' | 'b' }, sink: SeriesSink) {
    this.#end = end;
    this.#name = name;
    this.#sink = sink;
    end.onQueueChange = (now) => {
      this.run(now);
      this.onSooner?.();
    };
  }

  /** Says how long the queue is, when that is news. */
  run(now: Micros): void {
    const packets = this.#end.queuedPackets();
    const bytes = this.#end.queuedBytes();
    const dropped = this.#end.dropped['queue full'];
    if (packets === this.#packets && bytes === this.#bytes && dropped === this.#dropped) return;
    this.#packets = packets;
    this.#bytes = bytes;
    this.#dropped = dropped;
    this.#sink.sample({ kind: 'queue', at: now, ...this.#name, packets, bytes, dropped });
  }

  nextTimeout(): Micros {
    return this.#end.nextQueueChange();
  }
}
