/** Source routes: the IPv4 options by which a sender says through which routers a packet goes; RFC 791 §3.1, RFC 1122 §3.2.1.8 (c). */
import type { IpAddress } from './ip-address.ts';
import { fromV4 } from './ip-address.ts';
import * as ipv4 from './ipv4.ts';
import { findSourceRoute, LOOSE_SOURCE_ROUTE, NO_OPERATION, STRICT_SOURCE_ROUTE } from './ipv4-options.ts';

export interface SourceRoute {
  /** Through these routers and no other (SSRR); else others may stand between them (LSRR). @default false */
  readonly strict?: boolean;
  /** The routers in the order in which they are passed, without the destination: 1 to 9. */
  readonly hops: readonly IpAddress[];
}

//   0        1         2         3        4            8
//   +--------+---------+---------+---------+------------+----- ... ---+-------------+
//   | NOP    | 131/137 | length  | pointer | second hop |             | destination |     the first hop is the header's
//   +--------+---------+---------+---------+------------+----- ... ---+-------------+     destination until it is reached
const BEFORE_DATA = 3;
const WORD = 4;

/** What 40 octets of options have room for. */
export const MAX_HOPS = 9;

/** Bytes of header that a route costs, a NOP in front to keep the words aligned. */
export const encodedLength = ({ hops }: SourceRoute): number => WORD * (hops.length + 1);

/** Puts the route into a header that `ipv4.encode` has written, with `encodedLength` bytes of room behind its 20. */
export function insert(view: DataView, at: number, route: SourceRoute): void {
  const { hops, strict = false } = route;
  const options = at + ipv4.HEADER;
  view.setUint8(at, 0x40 | ((ipv4.HEADER + encodedLength(route)) >>> 2));
  view.setUint8(options, NO_OPERATION);
  view.setUint8(options + 1, strict ? STRICT_SOURCE_ROUTE : LOOSE_SOURCE_ROUTE);
  view.setUint8(options + 2, BEFORE_DATA + WORD * hops.length);
  view.setUint8(options + 3, BEFORE_DATA + 1); // counted from one, RFC 791 §3.1
  const destination = ipv4.destination(view, at);
  for (let i = 0; i < hops.length; i++) view.setInt32(options + WORD * (i + 1), hops[i + 1]?.w3 ?? destination);
  view.setInt32(at + 16, hops[0]?.w3 ?? destination);
  ipv4.updateChecksum(view, at);
}

/** True when the destination of a checked header is only a station on its way. */
export function isUnderWay(view: DataView, at: number): boolean {
  const option = findSourceRoute(view, at);
  if (option < 0) return false;
  const length = view.getUint8(option + 1);
  return length < BEFORE_DATA || view.getUint8(option + 2) <= length; // one without a pointer never gets anywhere
}

/** Where a packet goes in the end, whatever router is next; of a quoted header too, whose options nobody has checked. */
export function finalDestination(view: DataView, at: number): number {
  const option = findSourceRoute(view, at);
  const last = option < 0 ? 0 : option + view.getUint8(option + 1) - WORD;
  const isInside = last >= option + BEFORE_DATA && last + WORD <= at + ipv4.headerLength(view, at);
  return option >= 0 && isInside && isUnderWay(view, at) ? view.getInt32(last) : ipv4.destination(view, at);
}

/** The way back to where a packet with a checked header came from; undefined when it came without a route, or is not there yet. */
export function returnRoute(view: DataView, at: number): SourceRoute | undefined {
  const option = findSourceRoute(view, at);
  if (option < 0 || isUnderWay(view, at)) return undefined;
  const count = Math.floor((view.getUint8(option + 1) - BEFORE_DATA) / WORD);
  const passed = Array.from({ length: count }, (_, i) => view.getInt32(option + BEFORE_DATA + WORD * i));
  // some senders put themselves in front: RFC 1122 §3.2.1.8 (c) wants the way back right in spite of it
  if (passed[0] === ipv4.source(view, at)) passed.shift();
  if (passed.length === 0) return undefined;
  return { strict: view.getUint8(option) === STRICT_SOURCE_ROUTE, hops: passed.reverse().map(fromV4) };
}
