/** The window that the receiver offers and how much of it the sender uses. */

import type { Micros } from '../../stack/time.ts';
import { RST } from '../../stack/wire/tcp.ts';
import { eventsOf } from './events.ts';
import type { Flow, PlotRequest } from './make.ts';
import { frameOf } from './make.ts';
import type { Layer, Plot } from './plot.ts';
import { inOrderSeen } from './trace.ts';
import { bytesUnitOf, rounded, scaleTo } from './units.ts';

interface Level {
  readonly at: Micros;
  readonly bytes: number;
}

/** As the sender of the flow sees them: what was offered last, and what is sent and not yet acknowledged. */
export function windowLevels({ trace, sender }: Flow): { window: Level[]; flight: Level[] } {
  const [window, flight]: [Level[], Level[]] = [[], []];
  let [next, una] = [0, 0];
  for (const { segment, at } of inOrderSeen(trace, sender)) {
    if (segment.from === sender) next = Math.max(next, segment.end);
    else if ((segment.flags & RST) === 0) {
      una = Math.max(una, segment.ack ?? 0);
      window.push({ at, bytes: segment.window });
    }
    flight.push({ at, bytes: Math.max(next - una, 0) });
  }
  return { window, flight };
}

export function receiveWindow(request: PlotRequest): Plot {
  const { lead } = request;
  const frame = frameOf(request);
  const { window, flight } = windowLevels(lead);
  const most = [...window, ...flight].reduce((top, { bytes }) => Math.max(top, bytes), 0);
  const unit = bytesUnitOf(most);
  const points = (levels: readonly Level[]): [number, number][] =>
    levels.map(({ at, bytes }) => [frame.xOf(at), rounded(bytes / unit.per)]);
  const layers: Layer[] = [
    { name: 'window offered', color: 'orange', shape: 'step', points: points(window) },
    { name: 'bytes in flight', color: 'blue', shape: 'step', area: true, points: points(flight) },
  ];
  return {
    kind: 'window',
    title: 'Receive window and bytes in flight',
    subtitle: lead.name,
    x: frame.x,
    panels: [
      {
        y: { name: 'window', unit: unit.name, ...scaleTo((most / unit.per) * 1.05) },
        layers: layers.filter(({ points: all }) => all.length > 0),
      },
    ],
    events: eventsOf(request),
    spans: [],
  };
}
