/** From frames to a plot: which connections, seen from which side, over which time. */
import type { Micros } from '../../stack/time.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';
import type { Axis } from './plot.ts';
import type { Side, Trace, TraceOptions } from './trace.ts';
import { mainSender, seenAt, traces } from './trace.ts';
import { rounded, timeUnitOf } from './units.ts';

/** A connection with the direction whose data is looked at. */
export interface Flow {
  readonly trace: Trace;
  /** Who sends the data. */
  readonly sender: Side;
  /** "10.0.0.1:43210 > 10.0.0.2:80", with names where they are known. */
  readonly name: string;
}

export interface PlotRequest {
  /** At least one. */
  readonly traces: readonly Flow[];
  /** What is drawn where only one can be. */
  readonly lead: Flow;
  /** When 0 is, on the clock of the frames. */
  readonly start: Micros;
  readonly end: Micros;
  readonly style?: 'tcptrace' | 'stevens';
}

export interface PlotOptions extends TraceOptions {
  /** Names by address. */
  readonly names?: ReadonlyMap<string, string>;
  /** Whose data: of who opened the connection, or of who accepted it. @default whoever sent more */
  readonly direction?: 'client' | 'server';
  /** Of a time-sequence plot. @default 'tcptrace' */
  readonly style?: 'tcptrace' | 'stevens';
}

/** @returns undefined when there is no TCP connection in the frames */
export function plotRequest(frames: readonly RecordedFrame[], options: PlotOptions = {}): PlotRequest | undefined {
  const { names = new Map<string, string>(), direction, style } = options;
  const flows = traces(frames, options).map((trace): Flow => {
    const sender = direction === undefined ? mainSender(trace) : direction === 'client' ? 0 : 1;
    const [from, to] = [trace.ends[sender], trace.ends[sender === 0 ? 1 : 0]];
    return { trace, sender, name: `${named(from, names)} > ${named(to, names)}` };
  });
  const [first] = flows;
  if (first === undefined) return undefined;
  const lead = flows.reduce((most, flow) => (textOf(flow) > textOf(most) ? flow : most), first);
  const { only } = options;
  const times = frames.filter((_, index) => only === undefined || only.has(index + 1)).map(({ at }) => at);
  const start = times.reduce((least, at) => Math.min(least, at), times[0] ?? 0);
  const end = times.reduce((most, at) => Math.max(most, at), start);
  return { traces: flows, lead, start, end, ...(style === undefined ? {} : { style }) };
}

const textOf = ({ trace, sender }: Flow): number =>
  trace.segments.reduce((sum, { from, length }) => sum + (from === sender ? length : 0), 0);

/** "client:43210" */
function named(end: string, names: ReadonlyMap<string, string>): string {
  const at = end.lastIndexOf(':');
  const name = names.get(end.slice(0, at).replace(/^\[|\]$/g, ''));
  return name === undefined ? end : `${name}${end.slice(at)}`;
}

/** What all plots of a request share. */
export interface PlotFrame {
  readonly x: Axis;
  readonly subtitle: string;
  /** Where a moment stands on the axis; the end for one that never came. */
  readonly xOf: (at: Micros | undefined) => number;
}

export function frameOf({ traces: flows, lead, start, end }: PlotRequest): PlotFrame {
  const span = Math.max(end - start, 1);
  const unit = timeUnitOf(span);
  const only = flows.length === 1;
  const repeats = lead.trace.segments.filter(({ repeat, from }) => repeat === 'retransmission' && from === lead.sender).length;
  const again = repeats === 0 ? '' : `, ${repeats} ${repeats === 1 ? 'retransmission' : 'retransmissions'}`;
  return {
    x: { name: 'time', unit: unit.name, max: rounded((span * 1.02) / unit.per) },
    subtitle: only ? `${lead.name}${again}` : `${flows.length} connections`,
    xOf: (at) => rounded(((at ?? end) - start) / unit.per),
  };
}

/** When a segment was seen by the sender of the flow. */
export const seenBySender = ({ sender }: Flow, segment: Trace['segments'][number]): Micros | undefined => seenAt(sender, segment);
