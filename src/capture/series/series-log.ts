/** Samples in memory, for plots and tests. */
import type { SeriesSample, SeriesSink } from './sample.ts';

export class SeriesLog implements SeriesSink {
  readonly samples: SeriesSample[] = [];
  #rests = false;

  sample(sample: SeriesSample): void {
    if (!this.#rests) this.samples.push(sample);
  }

  /** Nothing is kept any more. */
  rest(): void {
    this.#rests = true;
  }
}
