/** What RIP knows about one network. */
import type { InterfaceId, Micros, Prefix } from '../../stack/index.ts';
import type { RipEntry } from './message.ts';
import { INFINITY_METRIC } from './message.ts';
import type { Horizon } from './options.ts';

export interface RipRoute {
  readonly prefix: Prefix;
  /** The way there. */
  readonly interfaceId: InterfaceId;
  /** The router to go through, as a word; undefined: the network is on the link itself. */
  readonly gateway: number | undefined;
  /** The neighbour that told of it: the gateway, unless it named another one. */
  readonly from: number | undefined;
  /** 1 to 16. */
  readonly metric: number;
  readonly tag: number;
  /** When it is given up, or forgotten if its metric is 16 already; undefined: never. */
  readonly until: Micros | undefined;
}

export const isGone = ({ metric }: RipRoute): boolean => metric >= INFINITY_METRIC;

/** Both say the same to others. */
export const isAlike = (a: RipRoute, b: RipRoute): boolean =>
  a.metric === b.metric && a.gateway === b.gateway && a.interfaceId === b.interfaceId && a.tag === b.tag;

/**
 * What is said of a route to those on a link, RFC 2453 §3.4.3 and §3.10.2. A link is not told of its own network: who hears it is
 * there.
 */
export function entryFor(route: RipRoute, to: InterfaceId, horizon: Horizon): RipEntry | undefined {
  const { prefix, tag, metric, interfaceId, gateway } = route;
  const entry = { prefix, nextHop: 0, metric, tag };
  if (horizon === 'off' || interfaceId !== to) return entry;
  return horizon === 'split horizon' || gateway === undefined ? undefined : { ...entry, metric: INFINITY_METRIC };
}
