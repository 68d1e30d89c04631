/** A plot as data: what is drawn, without a word about how. Points are in the units that the axes name. */
import type { Color } from '../picture/palette.ts';

export const PLOT_KINDS = ['time-sequence', 'throughput', 'rtt', 'window', 'cwnd', 'queue'] as const;
export type PlotKind = (typeof PLOT_KINDS)[number];

export interface Plot {
  readonly kind: PlotKind;
  readonly title: string;
  /** Whose packets these are. */
  readonly subtitle: string;
  /** From 0 on. */
  readonly x: Axis;
  /** One above the other, with the same x. */
  readonly panels: readonly Panel[];
  readonly events: readonly PlotEvent[];
  readonly spans: readonly PlotSpan[];
}

export interface Axis {
  readonly name: string;
  readonly unit: string;
  readonly max: number;
  /** Between two marks. @default what suits the width */
  readonly step?: number;
}

export interface Panel {
  readonly y: Axis;
  readonly layers: readonly Layer[];
}

/**
 * What is drawn of the points: `line` from one to the next, `step` that holds until the next, `dots`, `marks` that want to be
 * seen, or `bars` from a second to a third number.
 */
export type Shape = 'line' | 'step' | 'dots' | 'marks' | 'bars';

export interface Layer {
  readonly name: string;
  readonly color: Color;
  readonly shape: Shape;
  readonly dashed?: boolean;
  readonly area?: boolean;
  readonly points: readonly (readonly [x: number, y: number, y2?: number])[];
}

/** Something that happened at one moment, such as a timeout. */
export interface PlotEvent {
  readonly x: number;
  readonly name: string;
  readonly color: Color;
}

/** Something that lasted, such as a recovery. */
export interface PlotSpan {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}
