/** What the IPv4 header of a segment says. */
import type { Segment } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import { ECN_MASK } from '../ecn/ecn.ts';
import { routeOf } from '../source-routing.ts';
import type { TcpOutput } from '../tcp-output.ts';

export function addressSegment(connection: Connection, segment: Segment, out: TcpOutput): void {
  const { id, options, sender } = connection;
  out.source = id.local.w3;
  out.destination = id.remote.w3;
  out.ttl = options.ttl;
  out.trafficClass = (options.trafficClass & ~ECN_MASK) | segment.ecn;
  out.sourceRoute = routeOf(connection);
  out.dontFragment = options.pathMtuDiscovery;
  out.isPathProbe = segment.gsoSize === 0 && segment.payloadLength > sender.control.mss;
}

/** Of a segment that belongs to no connection. */
export function addressAnswer(source: number, destination: number, ttl: number, out: TcpOutput): void {
  out.source = source;
  out.destination = destination;
  out.ttl = ttl;
  out.trafficClass = 0;
  out.sourceRoute = undefined;
  out.dontFragment = true;
  out.isPathProbe = false;
}
