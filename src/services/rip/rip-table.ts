/** What a router knows by RIP, as people read it. */
import type { Micros, Stack } from '../../stack/index.ts';
import { formatV4, SECOND } from '../../stack/index.ts';
import type { RipRoute } from './rip-route.ts';
import { isGone } from './rip-route.ts';

export interface RipTable {
  /** The name of the router. */
  readonly of: string;
  readonly kind: 'rip';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that change as time passes, by number. */
  readonly passing: readonly number[];
}

/** @param now on the router's clock */
export function ripTable(of: string, stack: Stack, routes: readonly RipRoute[], now: Micros): RipTable {
  const rows = routes.map((route) => [
    `${route.prefix}`,
    route.gateway === undefined ? 'on the link' : formatV4(route.gateway),
    stack.interfaces.get(route.interfaceId)?.name ?? '?',
    isGone(route) ? 'unreachable' : `${route.metric}`,
    route.until === undefined ? '' : `${Math.round((route.until - now) / SECOND)} s`,
  ]);
  return { of, kind: 'rip', columns: ['network', 'next hop', 'interface', 'metric', 'left'], rows, passing: [4] };
}
