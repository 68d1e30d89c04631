/** What RIP knows of all networks, kept in step with the stack's routes: RFC 2453 §3.7 to §3.9.2. */
import type { InterfaceId, Micros, Prefix, Stack } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { RipEntry } from './message.ts';
import { INFINITY_METRIC } from './message.ts';
import type { RipRoute } from './rip-route.ts';
import { isAlike, isGone } from './rip-route.ts';

export interface RoutingTableOptions {
  readonly time: Timekeeper;
  readonly timeout: Micros;
  readonly garbage: Micros;
  /** Of every link. */
  readonly metric: number;
  /** Whether RIP is spoken there. */
  readonly speaks: (id: InterfaceId) => boolean;
  /** A route was given up. */
  readonly onExpiry: () => void;
}

/** Far more than a network has that RIP spans; a liar shall not fill the memory. */
const MAX_ROUTES = 1_024;

export class RoutingTable {
  readonly #stack: Stack;
  readonly #options: RoutingTableOptions;
  readonly #routes = new Map<string, RipRoute>();
  /** What ends the time of a route. */
  readonly #timers = new Map<string, () => void>();
  /** Those that others have not been told of. */
  readonly #changed = new Set<string>();

  constructor(stack: Stack, options: RoutingTableOptions) {
    this.#stack = stack;
    this.#options = options;
  }

  list(): readonly RipRoute[] {
    return [...this.#routes.values()].sort(
      (a, b) => (a.prefix.network >>> 0) - (b.prefix.network >>> 0) || a.prefix.length - b.prefix.length,
    );
  }

  get(prefix: Prefix): RipRoute | undefined {
    return this.#routes.get(`${prefix}`);
  }

  /** What changed since the last call. */
  takeChanged(): readonly RipRoute[] {
    const changed = this.list().filter(({ prefix }) => this.#changed.has(`${prefix}`));
    this.#changed.clear();
    return changed;
  }

  /** Another host in a network that the interface is attached to. */
  isNeighbour(address: number, interfaceId: InterfaceId): boolean {
    const { addresses } = this.#stack;
    const isOnLink = addresses.list().some((own) => own.interfaceId === interfaceId && own.prefix.contains(address));
    return isOnLink && !addresses.owns(address) && !addresses.isBroadcast(address, interfaceId);
  }

  /** Sees to which networks the stack is attached now: they come and go with its addresses. */
  attach(): void {
    const { metric, speaks } = this.#options;
    const connected = this.#stack.routes
      .list()
      .filter(({ origin, interfaceId }) => origin === 'connected' && speaks(interfaceId));
    const attached = new Set<string>();
    for (const { prefix, interfaceId } of connected) {
      const known = this.get(prefix);
      attached.add(`${prefix}`);
      if (known !== undefined && known.gateway === undefined && !isGone(known)) continue;
      this.#set({ prefix, interfaceId, gateway: undefined, from: undefined, metric, tag: 0, until: undefined });
    }
    for (const route of this.#routes.values()) {
      if (isGone(route)) continue;
      const isThere =
        route.gateway === undefined ? attached.has(`${route.prefix}`) : this.isNeighbour(route.gateway, route.interfaceId);
      if (!isThere) this.#giveUp(route);
    }
  }

  /** §3.9.2: one entry of a response. @returns false when there is no room for it */
  learn(entry: RipEntry, from: number, interfaceId: InterfaceId): boolean {
    const { prefix, nextHop, tag } = entry;
    const metric = Math.min(entry.metric + this.#options.metric, INFINITY_METRIC);
    const gateway = nextHop !== 0 && this.isNeighbour(nextHop, interfaceId) ? nextHop : from;
    const offered = { prefix, interfaceId, gateway, from, metric, tag, until: this.#now + this.#options.timeout };
    const known = this.get(prefix);
    if (known === undefined) {
      if (isGone(offered)) return true;
      if (this.#routes.size >= MAX_ROUTES) return false;
      this.#set(offered);
      return true;
    }
    const isFromTheSame = known.from === from && known.interfaceId === interfaceId;
    if (isFromTheSame && isGone(offered)) {
      if (!isGone(known)) this.#giveUp(known);
    } else if (isFromTheSame || metric < known.metric) this.#set(offered);
    return true;
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const route of this.#routes.values()) this.#uninstall(route);
    this.#routes.clear();
  }

  get #now(): Micros {
    return this.#options.time.now();
  }

  /** §3.8: the time-out has passed, or somebody says so. It is told of, as unreachable, until it is forgotten. */
  #giveUp(route: RipRoute): void {
    this.#set({ ...route, metric: INFINITY_METRIC, until: this.#now + this.#options.garbage });
  }

  #set(route: RipRoute): void {
    const key = `${route.prefix}`;
    const known = this.#routes.get(key);
    this.#routes.set(key, route);
    if (known === undefined || !isAlike(known, route)) {
      if (known !== undefined) this.#uninstall(known);
      this.#install(route);
      this.#changed.add(key);
    }
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    if (route.until === undefined) return;
    this.#timers.set(
      key,
      this.#options.time.after(route.until - this.#now, () => this.#expire(key, route)),
    );
  }

  #expire(key: string, route: RipRoute): void {
    if (isGone(route)) {
      this.#timers.delete(key);
      this.#routes.delete(key);
      this.#changed.delete(key);
      return;
    }
    this.#giveUp(route);
    this.#options.onExpiry();
  }

  #install(route: RipRoute): void {
    const { prefix, gateway, interfaceId, metric } = route;
    if (gateway !== undefined && !isGone(route)) this.#stack.routes.add({ prefix, gateway, interfaceId, metric, origin: 'rip' });
  }

  #uninstall({ prefix, gateway, interfaceId }: RipRoute): void {
    if (gateway !== undefined) this.#stack.routes.remove(prefix, gateway, interfaceId, 'rip');
  }
}
