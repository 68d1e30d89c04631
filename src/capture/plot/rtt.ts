/** Round-trip times that the capture itself shows: from a segment to the acknowledgment of it. */
import type { Micros } from '../../stack/time.ts';
import { eventsOf } from './events.ts';
import type { Flow, PlotRequest } from './make.ts';
import { frameOf } from './make.ts';
import type { Layer, Plot } from './plot.ts';
import type { TraceSegment } from './trace.ts';
import { inOrderSeen } from './trace.ts';
import { rounded, scaleTo } from './units.ts';

export interface RttSample {
  /** When the acknowledgment came. */
  readonly at: Micros;
  readonly rtt: Micros;
  /** Where the number comes from: sequence numbers alone, or the echoed time stamp of what was sent more than once. */
  readonly from: 'ack' | 'timestamp';
}

interface Waiting {
  readonly end: number;
  readonly at: Micros;
  /** Karn: of what was sent twice nobody knows which the acknowledgment is for (RFC 6298 §3). */
  ambiguous: boolean;
}

/**
 * As the sender of the flow sees them: only the newest of the segments that an acknowledgment covers counts, and none when
 * one of them was sent again, unless time stamps tell which.
 */
export function rttSamples({ trace, sender }: Flow): RttSample[] {
  const waiting: Waiting[] = [];
  const stamps = new Map<number, Micros>(); // a value of our clock, and when it was first sent
  const samples: RttSample[] = [];
  for (const { segment, at } of inOrderSeen(trace, sender)) {
    const { timestamps, ack } = segment;
    if (segment.from !== sender) {
      const sample = measure(take(waiting, ack ?? 0), at, stamps.get(timestamps?.echo ?? Number.NaN));
      if (sample !== undefined) samples.push(sample);
      continue;
    }
    if (timestamps !== undefined && !stamps.has(timestamps.value)) stamps.set(timestamps.value, at);
    send(waiting, segment, at);
  }
  return samples;
}

/** @param stamped when what the time stamp echoes was sent */
function measure(covered: readonly Waiting[], at: Micros, stamped: Micros | undefined): RttSample | undefined {
  const newest = covered.at(-1);
  if (newest === undefined) return undefined;
  if (!covered.some(({ ambiguous }) => ambiguous)) return { at, rtt: at - newest.at, from: 'ack' };
  return stamped === undefined ? undefined : { at, rtt: at - stamped, from: 'timestamp' };
}

function send(waiting: Waiting[], { end, seq, repeat }: TraceSegment, at: Micros): void {
  if (end === seq) return;
  if (repeat === undefined) waiting.push({ end, at, ambiguous: false });
  else for (const one of waiting) if (one.end > seq && one.end <= end) one.ambiguous = true;
}

/** Removes what is acknowledged. */
function take(waiting: Waiting[], ack: number): Waiting[] {
  let count = 0;
  while (count < waiting.length && waiting[count]!.end <= ack) count++;
  return waiting.splice(0, count);
}

const COLORS = ['blue', 'orange', 'green', 'purple'] as const;

export function rtt(request: PlotRequest): Plot {
  const { traces } = request;
  const frame = frameOf(request);
  const measured = traces.map((flow) => ({ flow, samples: rttSamples(flow) }));
  const most = measured.reduce((top, { samples }) => samples.reduce((peak, one) => Math.max(peak, one.rtt), top), 0);
  const unit = most < 2000 ? { name: 'µs', per: 1 } : { name: 'ms', per: 1000 };
  const only = traces.length === 1;
  const layers = measured.flatMap(({ flow, samples }, index): Layer[] => {
    const points = (from: RttSample['from']): [number, number][] =>
      samples.filter((sample) => sample.from === from).map((sample) => [frame.xOf(sample.at), rounded(sample.rtt / unit.per)]);
    return [
      {
        name: only ? 'from data to its acknowledgment' : flow.name,
        color: COLORS[index % COLORS.length]!,
        shape: 'dots',
        points: points('ack'),
      },
      {
        name: only ? 'by the echoed time stamp' : `${flow.name}, by time stamps`,
        color: 'orange',
        shape: 'dots',
        points: points('timestamp'),
      },
    ];
  });
  return {
    kind: 'rtt',
    title: 'Round-trip time',
    subtitle: frame.subtitle,
    x: frame.x,
    panels: [
      {
        y: { name: 'round-trip time', unit: unit.name, ...scaleTo((most / unit.per) * 1.05) },
        layers: layers.filter(({ points }) => points.length > 0),
      },
    ],
    events: only ? eventsOf(request) : [],
    spans: [],
  };
}
