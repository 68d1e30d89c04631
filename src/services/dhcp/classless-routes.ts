/** The classless static routes of RFC 3442: prefix length, the octets of the network that count, router. */
import { Prefix } from '../../stack/index.ts';

export interface ClasslessRoute {
  readonly prefix: Prefix;
  /** A word; 0: the network is on the link. */
  readonly router: number;
}

/** @returns undefined when the value is not a list of routes to its end */
export function decodeRoutes(value: Uint8Array): ClasslessRoute[] | undefined {
  const routes: ClasslessRoute[] = [];
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  for (let at = 0; at < value.length; ) {
    const length = value[at]!;
    const octets = Math.ceil(length / 8);
    const router = at + 1 + octets;
    if (length > 32 || router + 4 > value.length) return undefined;
    let network = 0;
    for (let i = 0; i < octets; i++) network |= value[at + 1 + i]! << (24 - 8 * i);
    routes.push({ prefix: new Prefix(network, length), router: view.getInt32(router) });
    at = router + 4;
  }
  return routes;
}

export function encodeRoutes(routes: readonly ClasslessRoute[]): Uint8Array {
  const octets = routes.flatMap(({ prefix: { network, length }, router }) => [
    length,
    ...octetsOf(network).slice(0, Math.ceil(length / 8)),
    ...octetsOf(router),
  ]);
  return Uint8Array.from(octets);
}

const octetsOf = (word: number): number[] => [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff];
