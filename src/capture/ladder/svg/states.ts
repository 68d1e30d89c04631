/** The state of each end over time: a coloured bar beside the lifeline from one change to the next. */
import type { Color } from '../../picture/palette.ts';
import type { Placed } from './timeline.ts';

export interface StateSpan {
  readonly column: number;
  readonly state: string;
  readonly y1: number;
  readonly y2: number;
  /** It began before the recording did: its name has no note to stand in. */
  readonly isFirst: boolean;
}

/** The family of a state says more than its name: opening, open, closing from this side or from the other. */
export function stateColor(state: string): Color {
  switch (state) {
    case 'SYN-SENT':
    case 'SYN-RECEIVED':
      return 'orange';
    case 'ESTABLISHED':
      return 'green';
    case 'FIN-WAIT-1':
    case 'FIN-WAIT-2':
    case 'CLOSING':
      return 'purple';
    case 'CLOSE-WAIT':
    case 'LAST-ACK':
      return 'blue';
    case 'TIME-WAIT':
      return 'sky';
    default:
      return 'grey';
  }
}

/** @param placed in the order of time */
export function statesOf(placed: readonly Placed[], { top, bottom }: { top: number; bottom: number }): StateSpan[] {
  const spans: StateSpan[] = [];
  const current = new Map<number, { state: string; y: number }>();
  for (const { column, change, y } of placed) {
    if (change === undefined) continue;
    const before = current.get(column);
    spans.push({ column, state: before?.state ?? change.from, y1: before?.y ?? top, y2: y, isFirst: before === undefined });
    current.set(column, { state: change.to, y });
  }
  for (const [column, { state, y }] of current) spans.push({ column, state, y1: y, y2: bottom, isFirst: false });
  return spans.filter(({ state }) => state !== 'CLOSED');
}
