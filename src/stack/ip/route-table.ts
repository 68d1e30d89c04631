/** Where a packet goes next: the longest matching prefix wins, RFC 1122 §3.3.1 and RFC 1812 §5.2.4.3. */
import { formatV4 } from '../wire/ip-address.ts';
import type { InterfaceAddress, Prefix } from './prefix.ts';

/** A handle of an interface; what stands behind it is the caller's business. */
export type InterfaceId = number;

/** 'connected': an address of ours stands in the network. */
export type RouteOrigin = 'connected' | 'static' | 'dhcp' | 'rip' | 'redirect';

export interface Route {
  readonly prefix: Prefix;
  /** The router to go through, as a 32-bit word; absent: the destination is on the link itself. */
  readonly gateway?: number;
  readonly interfaceId: InterfaceId;
  /** The address to send from when nobody has chosen one. */
  readonly source?: number;
  /** Of two routes for one prefix the lower wins. @default 0 */
  readonly metric?: number;
  /** Says that packets there go nowhere, in silence or not; such a route has no interface: its `interfaceId` is 0. */
  readonly kind?: 'blackhole' | 'unreachable' | 'prohibit';
  /** Where the route comes from, for who reads the table. @default 'static' */
  readonly origin?: RouteOrigin;
  /** The gateway is on the link although no route says so (a cloud's /32 addresses). @default false */
  readonly onLink?: boolean;
}

/** The address to ask ARP for. */
export const nextHop = (route: Route, destination: number): number => route.gateway ?? destination;

const metricOf = (route: Route): number => route.metric ?? 0;

/** Whom to believe about one and the same network, the lowest first: what other routers say last (their "administrative distance"). */
const DISTANCE: Readonly<Record<RouteOrigin, number>> = { connected: 0, static: 1, redirect: 1, dhcp: 2, rip: 120 };
const originOf = (route: Route): RouteOrigin => route.origin ?? 'static';
const distanceOf = (route: Route): number => DISTANCE[originOf(route)];

/** Longest prefix first, then who is believed first, then the lowest metric; equals stay in the order they were added. */
const order = (a: Route, b: Route): number =>
  b.prefix.length - a.prefix.length || distanceOf(a) - distanceOf(b) || metricOf(a) - metricOf(b);

export class RouteTable {
  /** In the order in which they are tried. A host has a handful: walking them costs less than a trie's first step. */
  #routes: readonly Route[] = [];

  /**
   * Adds a route, in place of one with the same prefix, gateway, interface and origin.
   * @throws RangeError when the gateway is on no network that its interface is attached to: asking ARP for it could never
   *   be answered
   */
  add(route: Route): void {
    const { gateway, interfaceId, prefix, onLink = false } = route;
    const isSame = (other: Route): boolean =>
      other.prefix.equals(prefix) &&
      other.gateway === gateway &&
      other.interfaceId === interfaceId &&
      originOf(other) === originOf(route);
    if (gateway !== undefined && !onLink && !this.#isAttached(gateway, interfaceId)) {
      throw new RangeError(
        `the gateway ${formatV4(gateway)} of ${prefix} is on no network attached to its interface: add a route to it first`,
      );
    }
    const others = this.#routes.filter((other) => !isSame(other));
    this.#routes = [...others, route].sort(order);
  }

  /** @returns false when there was no such route */
  remove(prefix: Prefix, gateway?: number, interfaceId?: InterfaceId, origin?: RouteOrigin): boolean {
    return this.#keep(
      (route) =>
        !route.prefix.equals(prefix) ||
        (gateway !== undefined && route.gateway !== gateway) ||
        (interfaceId !== undefined && route.interfaceId !== interfaceId) ||
        (origin !== undefined && originOf(route) !== origin),
    );
  }

  /**
   * An interface has lost an address, and what needed it goes: routes that send from it, the way to its network unless `heir`
   * is another address in there, and those through routers that cannot be reached any more.
   */
  detach(interfaceId: InterfaceId, { address, prefix }: InterfaceAddress, heir?: number): void {
    this.#routes = this.#routes.flatMap((route) => {
      if (route.interfaceId !== interfaceId || route.source !== address) return [route];
      return heir !== undefined && route.prefix.equals(prefix) ? [{ ...route, source: heir }] : [];
    });
    this.#keep(
      ({ gateway, interfaceId: id, onLink = false }) =>
        id !== interfaceId || gateway === undefined || onLink || !prefix.contains(gateway) || this.#isAttached(gateway, id),
    );
  }

  /** An interface has gone, and what led through it. */
  removeInterface(interfaceId: InterfaceId): boolean {
    return this.#keep((route) => route.interfaceId !== interfaceId);
  }

  /** The route for a destination; undefined: the network is unreachable. */
  lookup(destination: number): Route | undefined {
    const routes = this.#routes;
    for (let i = 0; i < routes.length; i++) {
      const route = routes[i]!;
      if ((destination & route.prefix.mask) === route.prefix.network) return route;
    }
    return undefined;
  }

  /** In the order in which they are tried. */
  list(): readonly Route[] {
    return this.#routes;
  }

  #isAttached(gateway: number, interfaceId: InterfaceId): boolean {
    return this.#routes.some(
      (route) => route.gateway === undefined && route.interfaceId === interfaceId && route.prefix.contains(gateway),
    );
  }

  #keep(wanted: (route: Route) => boolean): boolean {
    const before = this.#routes.length;
    this.#routes = this.#routes.filter(wanted);
    return this.#routes.length < before;
  }
}
