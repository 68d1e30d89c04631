/** Throughput: what is sent, and of it what arrives for the first time, as an average over a window that moves. */
import type { Micros } from '../../stack/time.ts';
import { SECOND } from '../../stack/time.ts';
import { eventsOf } from './events.ts';
import type { Flow, PlotRequest } from './make.ts';
import { frameOf } from './make.ts';
import type { Layer, Plot } from './plot.ts';
import type { Side, TraceSegment } from './trace.ts';
import { seenAt } from './trace.ts';
import { rateUnitOf, rounded, scaleTo } from './units.ts';

/** Points of a line, and how much of the time the average is over. */
const POINTS = 240;
const WINDOW = 1 / 30;
const COLORS = ['blue', 'orange', 'green', 'purple'] as const;

interface Parcel {
  readonly at: Micros;
  readonly bytes: number;
}

export function throughput(request: PlotRequest): Plot {
  const { traces, start, end } = request;
  const window = Math.max((end - start) * WINDOW, 1);
  const curves = traces.flatMap((flow, index) => {
    const color = COLORS[index % COLORS.length]!;
    const only = traces.length === 1;
    return directions(flow).flatMap(({ side, name }) => {
      const sent = average(parcels(flow, side, false), start, end, window);
      const good = average(parcels(flow, side, true), start, end, window);
      const isBack = side !== flow.sender;
      return [
        {
          name: only ? `${name}: sent` : name,
          color: isBack ? ('sky' as const) : color,
          dashed: false,
          area: !isBack && only,
          curve: sent,
        },
        ...(only && !isBack && differs(sent, good)
          ? [{ name: `${name}: goodput`, color: 'green' as const, dashed: true, area: false, curve: good }]
          : []),
      ];
    });
  });
  const most = curves.reduce((top, { curve }) => curve.reduce((peak, [, rate]) => Math.max(peak, rate), top), 0);
  const unit = rateUnitOf(most);
  const frame = frameOf(request);
  const layers = curves.map(({ curve, ...look }): Layer => {
    return { ...look, shape: 'line', points: curve.map(([at, rate]) => [frame.xOf(at), rounded(rate / unit.per)]) };
  });
  return {
    kind: 'throughput',
    title: 'Throughput',
    subtitle: `${frame.subtitle}; average over ${rounded(Number((window / 1000).toPrecision(2)))} ms`,
    x: frame.x,
    panels: [{ y: { name: 'throughput', unit: unit.name, ...scaleTo((most / unit.per) * 1.05) }, layers }],
    events: traces.length === 1 ? eventsOf(request) : [],
    spans: [],
  };
}

/** The other direction too, where it carries text. */
function directions({ trace, sender, name }: Flow): { side: Side; name: string }[] {
  const other: Side = sender === 0 ? 1 : 0;
  const carries = trace.segments.some(({ from, length }) => from === other && length > 0);
  return [{ side: sender, name }, ...(carries ? [{ side: other, name: name.split(' > ').toReversed().join(' > ') }] : [])];
}

/** Text over time: as it was sent, or each byte once as it arrives. */
function parcels({ trace }: Flow, side: Side, fresh: boolean): Parcel[] {
  const texts = trace.segments.filter(({ from, length }) => from === side && length > 0);
  const arriving = fresh ? firstArrivals(texts) : texts;
  return arriving
    .map((segment) => ({
      at: fresh ? (segment.arrivedAt ?? segment.sentAt ?? 0) : (seenAt(side, segment) ?? 0),
      bytes: segment.length,
    }))
    .toSorted((one, other) => one.at - other.at);
}

/** What brings bytes that no segment before it has brought. */
function firstArrivals(texts: readonly TraceSegment[]): TraceSegment[] {
  const brought = new Set<number>();
  return texts.filter(({ seq, lost }) => {
    if (lost || brought.has(seq)) return false;
    brought.add(seq);
    return true;
  });
}

/** Bits per second over the window around each of the points. */
function average(all: readonly Parcel[], start: Micros, end: Micros, window: Micros): [Micros, number][] {
  const points: [Micros, number][] = [];
  let [first, next, bytes] = [0, 0, 0];
  for (let index = 0; index <= POINTS; index++) {
    const at = start + ((end - start) * index) / POINTS;
    for (; next < all.length && all[next]!.at <= at + window / 2; next++) bytes += all[next]!.bytes;
    for (; first < next && all[first]!.at <= at - window / 2; first++) bytes -= all[first]!.bytes;
    points.push([at, (bytes * 8 * SECOND) / window]);
  }
  return points;
}

const differs = (one: readonly [Micros, number][], other: readonly [Micros, number][]): boolean =>
  one.some(([, rate], index) => Math.abs(rate - other[index]![1]) > rate * 0.001);
