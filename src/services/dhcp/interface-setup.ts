/** An interface as a lease has it: address and routes, which go when the lease ends. */
import type { NetworkInterface, Route, Stack } from '../../stack/index.ts';
import { DEFAULT_PREFIX } from '../../stack/index.ts';
import type { ClientLease } from './parameters.ts';

export class InterfaceSetup {
  readonly #stack: Stack;
  readonly #interface: NetworkInterface;
  readonly #metric: number | undefined;
  #lease: ClientLease | undefined = undefined;
  #routes: readonly Route[] = [];

  constructor(stack: Stack, on: NetworkInterface, metric: number | undefined) {
    this.#stack = stack;
    this.#interface = on;
    this.#metric = metric;
  }

  /** The lease that the interface lives by. */
  get lease(): ClientLease | undefined {
    return this.#lease;
  }

  /** A renewed lease changes only what is new in it: connections go on. */
  apply(lease: ClientLease): void {
    const isSame = this.#lease?.address.equals(lease.address) === true && this.#lease.prefix.equals(lease.prefix);
    if (!isSame) {
      this.clear();
      this.#stack.addAddress(this.#interface, { address: lease.address.w3, prefix: lease.prefix });
    }
    const routes = this.#routesOf(lease);
    for (const old of this.#routes) {
      const isKept = routes.some(({ prefix, gateway }) => prefix.equals(old.prefix) && gateway === old.gateway);
      if (!isKept) this.#stack.routes.remove(old.prefix, old.gateway, old.interfaceId);
    }
    for (const route of routes) this.#stack.routes.add(route);
    this.#routes = routes;
    this.#lease = lease;
  }

  clear(): void {
    for (const { prefix, gateway, interfaceId } of this.#routes) this.#stack.routes.remove(prefix, gateway, interfaceId);
    if (this.#lease !== undefined) this.#stack.removeAddress(this.#interface, this.#lease.address.w3);
    this.#routes = [];
    this.#lease = undefined;
  }

  /** RFC 3442: "if the DHCP server returns both a Classless Static Routes option and a Router option, the DHCP client MUST ignore the Router option". */
  #routesOf({ routers, routes, prefix: network }: ClientLease): Route[] {
    const metric = this.#metric === undefined ? {} : { metric: this.#metric };
    const shared = { interfaceId: this.#interface.id, origin: 'dhcp', ...metric } as const;
    const through = (prefix: Route['prefix'], router: number): Route =>
      router === 0 ? { ...shared, prefix } : { ...shared, prefix, gateway: router, onLink: !network.contains(router) };
    if (routes.length > 0) return routes.map(({ prefix, router }) => through(prefix, router));
    return routers.slice(0, 1).map(({ w3 }) => through(DEFAULT_PREFIX, w3));
  }
}
