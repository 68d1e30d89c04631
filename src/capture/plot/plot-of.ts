/** The plot of each kind. */
import type { SeriesSample } from '../series/sample.ts';
import { congestionWindow, queueLength } from './from-series.ts';
import type { PlotRequest } from './make.ts';
import type { Plot, PlotKind } from './plot.ts';
import { rtt } from './rtt.ts';
import { throughput } from './throughput.ts';
import { timeSequence } from './time-sequence.ts';
import { receiveWindow } from './window.ts';

/** Kinds that show what no packet says. */
export const needsSeries = (kind: PlotKind): boolean => kind === 'cwnd' || kind === 'queue';

/** @param samples for the kinds that need a series; their times are on the clock of the frames */
export function plot(kind: PlotKind, request: PlotRequest, samples: readonly SeriesSample[] = []): Plot {
  switch (kind) {
    case 'time-sequence':
      return timeSequence(request);
    case 'throughput':
      return throughput(request);
    case 'rtt':
      return rtt(request);
    case 'window':
      return receiveWindow(request);
    case 'cwnd':
      return congestionWindow(request, samples);
    case 'queue':
      return queueLength(request, samples);
  }
}
