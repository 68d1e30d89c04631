/** Source routes of connections, RFC 9293 §3.9.2.1: the application's own, or the way back of what the peer sent. */
import type { SourceRoute } from '../wire/source-route.ts';
import { encodedLength, MAX_HOPS } from '../wire/source-route.ts';
import type { Connection } from './connection.ts';
import { isUnicast } from './open/unicast.ts';

/** What the next segment goes by: MUST-52, the application's word is stronger. */
export const routeOf = ({ options, returnRoute }: Connection): SourceRoute | undefined => options.sourceRoute ?? returnRoute;

/** MUST-53, and SHLD-24: a later one takes the place of the one before. */
export function learnRoute(tcb: Connection, route: SourceRoute): void {
  if (route.hops.length > MAX_HOPS || !route.hops.every(isUnicast)) return;
  tcb.returnRoute = route;
  routeChanged(tcb);
}

/** MUST-16: what the IP header needs for the route is missing in each segment. */
export function routeChanged(tcb: Connection): void {
  const route = routeOf(tcb);
  tcb.agree({ ipOptions: route === undefined ? 0 : encodedLength(route) });
  tcb.sender.control.mss = tcb.agreement.sendMss;
}

/** @throws RangeError for a route that no header has room for or that leads nowhere */
export function checkRoute({ hops }: SourceRoute): void {
  if (hops.length < 1 || hops.length > MAX_HOPS)
    throw new RangeError(`a source route has 1 to ${MAX_HOPS} hops, not ${hops.length}`);
  for (const hop of hops)
    if (!isUnicast(hop)) throw new RangeError(`${hop} cannot be a hop of a source route: a router's address is`);
}
