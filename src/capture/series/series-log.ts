/** Samples in memory, for plots and tests. */
import type { SeriesSample, SeriesSink } from './sample.ts';

export class SeriesLog implements SeriesSink {
  readonly samples: SeriesSample[] = [];

  sample(sample: SeriesSample): void {
    this.samples.push(sample);
  }
}
