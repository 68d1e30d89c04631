/** What `ip route` says of a path (ip-route(8)): each attribute as a setting of the connections that take it. */
import { MILLISECOND, SECOND } from '../../stack/time.ts';
import { Unsupported } from '../unsupported.ts';
import type { Knob } from './knob.ts';
import { NOT_YET } from './knob.ts';

const ROUTE: Readonly<Record<string, Knob>> = {
  initcwnd: ([value = 0]) => ({ initialWindow: value }),
  rto_min: (_, text) => ({ minRto: duration(text) }),
  // acknowledgments are never delayed
  quickack: ([value = 0]) => (value === 0 ? {} : { ackDelay: 0 }),
  congctl: (_, text) => {
    if (text !== 'reno' && text !== 'cubic') throw new Unsupported(`the congestion control ${text}: ${NOT_YET}`);
    return { congestionControl: text };
  },
  features: (_, text) => {
    if (text !== 'ecn') throw new Unsupported(`the feature ${text}: ${NOT_YET}`);
    return { ecn: 'on' };
  },
  hoplimit: ([value = 64]) => ({ ttl: value }),
};

/** `200ms`, `0.2s`, and milliseconds without a unit. */
function duration(text: string): number {
  const [, value, unit = 'ms'] = /^([\d.]+)(ms|msecs?|s|secs?)?$/.exec(text) ?? [];
  if (value === undefined) throw new Unsupported(`the time ${text}`);
  return Math.round(Number(value) * (unit.startsWith('m') ? MILLISECOND : SECOND));
}

/** @param name `route.` and what ip-route(8) calls it @returns undefined when it is nothing of a route @throws Unsupported */
export function routeKnob(name: string): Knob | undefined {
  const attribute = /^route\.(\w+)$/.exec(name)?.[1];
  if (attribute === undefined) return undefined;
  const knob = ROUTE[attribute];
  if (knob === undefined) throw new Unsupported(`"${attribute}" of a route: ${NOT_YET}`);
  return knob;
}
