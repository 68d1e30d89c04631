/**
 * Sequence numbers over time, as the sender sees them: after tcptrace each segment as a bar between the line of what is
 * acknowledged and the line of what the window allows, with SACK blocks and repetitions; after Stevens a dot a segment.
 */
import { FIN, RST, SYN } from '../../stack/wire/tcp.ts';
import { eventsOf } from './events.ts';
import type { PlotRequest } from './make.ts';
import { frameOf } from './make.ts';
import type { Layer, Plot } from './plot.ts';
import type { Side, Trace, TraceSegment } from './trace.ts';
import { seenAt } from './trace.ts';
import { bytesUnitOf, rounded, scaleTo } from './units.ts';

type Points = (readonly [number, number, number?])[];

export function timeSequence(request: PlotRequest): Plot {
  const { lead, style = 'tcptrace' } = request;
  const top = Math.max(1, ...chunked(lead.trace.segments.filter(({ from }) => from === lead.sender).map(({ end }) => end)));
  const unit = bytesUnitOf(top);
  const frame = frameOf(request);
  const place = (segment: TraceSegment, side: Side): number => frame.xOf(seenAt(side, segment));
  const scale = (value: number): number => rounded(value / unit.per);
  const all = style === 'stevens' ? stevens(request, place, scale) : tcptrace(lead.trace, lead.sender, place, scale);
  const layers = all.filter(({ points }) => points.length > 0 && points.some(([, y]) => y <= (top / unit.per) * MOST_WINDOW));
  const highest = layers.reduce((most, { points }) => points.reduce((peak, [, y, y2 = y]) => Math.max(peak, y, y2), most), 0);
  const scaled = scaleTo(Math.min(highest, (top / unit.per) * MOST_WINDOW) * 1.04);
  return {
    kind: 'time-sequence',
    title: 'Sequence numbers over time',
    subtitle: frame.subtitle,
    x: frame.x,
    panels: [{ y: { name: 'sequence number', unit: unit.name, ...scaled }, layers }],
    events: eventsOf(request),
    spans: [],
  };
}

/** A window that is wider than the whole conversation would leave no room for the conversation. */
const MOST_WINDOW = 1.35;

type Place = (segment: TraceSegment, side: Side) => number;
type Scale = (value: number) => number;

function stevens({ traces, lead }: PlotRequest, place: Place, scale: Scale): Layer[] {
  const colors = ['blue', 'orange', 'green', 'purple'] as const;
  return traces.flatMap(({ trace, sender, name }, index): Layer[] => {
    const sent = trace.segments.filter(({ from, end, seq }) => from === sender && end > seq);
    const dots = (segments: readonly TraceSegment[]): Points =>
      segments.map((segment) => [place(segment, sender), scale(segment.end)]);
    const color = colors[index % colors.length]!;
    const isOnly = traces.length === 1;
    const first: Layer = {
      name: isOnly ? 'segment' : name,
      color,
      shape: 'dots',
      points: dots(sent.filter(({ repeat }) => repeat === undefined)),
    };
    const again: Layer = {
      name: isOnly ? 'retransmission' : `${name}, retransmission`,
      color: 'vermillion',
      shape: 'marks',
      points: dots(sent.filter(({ repeat }) => repeat === 'retransmission')),
    };
    return trace === lead.trace ? [first, again, lostLayer(trace, sender, place, scale, 1)] : [first, again];
  });
}

function tcptrace(trace: Trace, sender: Side, place: Place, scale: Scale): Layer[] {
  const bars = (choose: (segment: TraceSegment) => boolean): Points =>
    trace.segments
      .filter((segment) => segment.from === sender && segment.length > 0 && choose(segment))
      .map((segment) => [place(segment, sender), scale(segment.seq), scale(segment.seq + segment.length)]);
  const marks = (flag: number): Points =>
    trace.segments
      .filter(({ from, flags }) => from === sender && flags & flag)
      .map((segment) => [place(segment, sender), scale(segment.end)]);
  const { ack, window, sack } = answers(trace, sender, place, scale);
  return [
    { name: 'window', color: 'orange', shape: 'step', points: window },
    { name: 'acknowledged', color: 'green', shape: 'step', points: ack },
    { name: 'SACK', color: 'purple', shape: 'bars', points: sack },
    { name: 'segment', color: 'blue', shape: 'bars', points: bars(({ repeat }) => repeat === undefined) },
    { name: 'retransmission', color: 'vermillion', shape: 'bars', points: bars(({ repeat }) => repeat === 'retransmission') },
    { name: 'out of order', color: 'sky', shape: 'bars', points: bars(({ repeat }) => repeat === 'late') },
    lostLayer(trace, sender, place, scale, 0.5),
    { name: 'SYN', color: 'grey', shape: 'marks', points: marks(SYN) },
    { name: 'FIN', color: 'ink', shape: 'marks', points: marks(FIN) },
    {
      name: 'RST',
      color: 'vermillion',
      shape: 'marks',
      points: trace.segments
        .filter(({ flags }) => flags & RST)
        .map((segment) => [place(segment, sender), scale(segment.from === sender ? segment.end : (segment.ack ?? 0))]),
    },
  ];
}

/** @param part of the segment where the mark stands: 1 is its end */
const lostLayer = (trace: Trace, sender: Side, place: Place, scale: Scale, part: number): Layer => ({
  name: 'lost',
  color: 'vermillion',
  shape: 'marks',
  points: trace.segments
    .filter(({ from, lost, end, seq }) => from === sender && lost && end > seq)
    .map((segment) => [place(segment, sender), scale(segment.seq + (segment.end - segment.seq) * part)]),
});

/** What the receiver says, when it reaches the sender: how far it has got, how far the sender may go, what else it holds. */
function answers(trace: Trace, sender: Side, place: Place, scale: Scale): { ack: Points; window: Points; sack: Points } {
  const [ack, window, sack]: [Points, Points, Points] = [[], [], []];
  let most = 0;
  for (const segment of trace.segments) {
    if (segment.from === sender || segment.ack === undefined || seenAt(sender, segment) === undefined || segment.flags & RST)
      continue;
    const x = place(segment, sender);
    most = Math.max(most, segment.ack);
    ack.push([x, scale(most)]);
    window.push([x, scale(segment.ack + segment.window)]);
    for (const [left, right] of segment.sack) sack.push([x, scale(left), scale(right)]);
  }
  return { ack, window, sack };
}

/** An array of any length as arguments would overflow the stack; its largest number is all that is wanted. */
const chunked = (values: readonly number[]): number[] => [values.reduce((most, value) => Math.max(most, value), 0)];
