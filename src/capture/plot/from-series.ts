/** Plots of what only the stack knows: the congestion window, and the queue at the end of a cable. */
import type { ConnectionSample, QueueSample, SeriesSample } from '../series/sample.ts';
import { eventsOf } from './events.ts';
import type { Flow, PlotRequest } from './make.ts';
import { frameOf } from './make.ts';
import type { Layer, Panel, Plot } from './plot.ts';
import { recoveriesOf } from './recoveries.ts';
import { rttSamples } from './rtt.ts';
import { bytesUnitOf, rounded, scaleTo } from './units.ts';

const COLORS = ['blue', 'orange', 'green', 'purple'] as const;

const greatest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);

/** Samples of the sender of a flow, from when there is a peer: before, its window is a guess that the handshake corrects (RFC 5681 §3.1). */
function samplesOf({ trace, sender }: Flow, samples: readonly SeriesSample[]): ConnectionSample[] {
  const [local, remote] = [trace.ends[sender], trace.ends[sender === 0 ? 1 : 0]];
  return samples
    .filter((one) => one.kind === 'connection')
    .filter((one) => one.local === local && one.remote === remote && !BEFORE_THE_PEER.has(one.state));
}

const BEFORE_THE_PEER: ReadonlySet<string> = new Set(['CLOSED', 'LISTEN', 'SYN-SENT']);

/** @param samples on the clock of the frames */
export function congestionWindow(request: PlotRequest, samples: readonly SeriesSample[]): Plot {
  const { traces, lead } = request;
  const frame = frameOf(request);
  const known = traces.map((flow) => ({ flow, own: samplesOf(flow, samples) })).filter(({ own }) => own.length > 0);
  const only = known.length === 1;
  const most = greatest(known.flatMap(({ own }) => own.map(({ cwnd, flight }) => (only ? Math.max(cwnd, flight) : cwnd))));
  const unit = bytesUnitOf(most);
  const line = (own: readonly ConnectionSample[], value: (one: ConnectionSample) => number | undefined): [number, number][] =>
    own.flatMap((one) => {
      const bytes = value(one);
      // a threshold beyond the picture is none yet
      return bytes === undefined || bytes > most * 2 ? [] : [[frame.xOf(one.at), rounded(bytes / unit.per)] as [number, number]];
    });
  const layers = known.flatMap(({ flow, own }, index): Layer[] => {
    const cwnd: Layer = {
      name: only ? 'congestion window' : flow.name,
      color: COLORS[index % COLORS.length]!,
      shape: 'step',
      points: line(own, (one) => one.cwnd),
    };
    if (!only) return [cwnd];
    return [
      { name: 'bytes in flight', color: 'grey', shape: 'step', area: true, points: line(own, ({ flight }) => flight) },
      {
        name: 'slow start threshold',
        color: 'orange',
        shape: 'step',
        dashed: true,
        points: line(own, ({ ssthresh }) => ssthresh),
      },
      cwnd,
    ];
  });
  return {
    kind: 'cwnd',
    title: 'Congestion window',
    subtitle: only ? (known[0]?.flow.name ?? lead.name) : frame.subtitle,
    x: frame.x,
    panels: [
      {
        y: { name: only ? 'window' : 'congestion window', unit: unit.name, ...scaleTo((most / unit.per) * 1.06) },
        layers: layers.filter(({ points }) => points.length > 0),
      },
    ],
    events: only ? eventsOf(request) : [],
    spans: only ? recoveriesOf(request) : [],
  };
}

/**
 * What waits at each end of each cable, and the round-trip times below it: in a deep queue both grow together.
 * @param samples on the clock of the frames
 */
export function queueLength(request: PlotRequest, samples: readonly SeriesSample[]): Plot {
  const frame = frameOf(request);
  const queues = samples.filter((one) => one.kind === 'queue').filter(({ at }) => at >= request.start && at <= request.end);
  // an end at which next to nothing ever waits is no part of the story
  const deepest = greatest(queues.map(({ packets }) => packets));
  const names = [...new Set(queues.filter(({ packets }) => packets > deepest / 20).map(nameOf))];
  const rtts = request.traces.map((flow) => ({ flow, own: samplesOf(flow, samples), measured: rttSamples(flow) }));
  const longest = greatest(
    rtts.flatMap(({ measured, own }) => [...measured.map((one) => one.rtt), ...own.map(({ srtt = 0 }) => srtt)]),
  );
  const unit = longest < 2000 ? { name: 'µs', per: 1 } : { name: 'ms', per: 1000 };
  const only = request.traces.length === 1;
  const packets = names.map((name, index): Layer => {
    const own = queues.filter((one) => nameOf(one) === name);
    return {
      name: names.length === 1 ? 'packets in the queue' : `queue ${name}`,
      color: COLORS[index % COLORS.length]!,
      shape: 'step',
      area: names.length === 1,
      points: own.map((one) => [frame.xOf(one.at), one.packets]),
    };
  });
  const drops = dropsOf(queues).map((one): [number, number] => [frame.xOf(one.at), one.packets]);
  const upper: Panel = {
    y: { name: 'queue', unit: 'packets', ...scaleTo(Math.max(greatest(queues.map((one) => one.packets)), 1) * 1.05) },
    layers: [...packets, { name: 'dropped: queue full', color: 'vermillion', shape: 'marks', points: drops }],
  };
  const lower: Panel = {
    y: { name: 'round-trip time', unit: unit.name, ...scaleTo((longest / unit.per) * 1.05) },
    layers: rtts.flatMap(({ flow, measured, own }, index): Layer[] => [
      {
        name: only ? 'round-trip time' : `RTT ${flow.name}`,
        color: only ? 'green' : COLORS[index % COLORS.length]!,
        shape: 'dots',
        points: measured.map(({ at, rtt }) => [frame.xOf(at), rounded(rtt / unit.per)]),
      },
      {
        name: 'smoothed (srtt)',
        color: 'purple',
        shape: 'step',
        points: only
          ? own.flatMap(({ at, srtt }) =>
              srtt === undefined ? [] : [[frame.xOf(at), rounded(srtt / unit.per)] as [number, number]],
            )
          : [],
      },
    ]),
  };
  return {
    kind: 'queue',
    title: 'Queue and round-trip time',
    subtitle: only ? request.lead.name : frame.subtitle,
    x: frame.x,
    panels: [upper, lower].map((panel) => ({ ...panel, layers: panel.layers.filter(({ points }) => points.length > 0) })),
    events: [],
    spans: [],
  };
}

const nameOf = ({ cable, end }: QueueSample): string => `${cable}, end ${end}`;

/** Samples at which more had been dropped than before. */
function dropsOf(queues: readonly QueueSample[]): QueueSample[] {
  const before = new Map<string, number>();
  return queues.filter((one) => {
    const name = nameOf(one);
    const isMore = one.dropped > (before.get(name) ?? one.dropped);
    before.set(name, one.dropped);
    return isMore;
  });
}
