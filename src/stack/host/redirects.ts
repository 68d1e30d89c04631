/** ICMP redirects that a host takes: a route for one destination, for a while; RFC 1122 §3.2.2.2. */
import type { Timed } from '../deadlines.ts';
import type { IcmpErrorReport } from '../ip/icmp-report.ts';
import { Prefix } from '../ip/prefix.ts';
import type { InterfaceId } from '../ip/route-table.ts';
import type { StackObserver } from '../observer.ts';
import type { Micros } from '../time.ts';
import { MINUTE, NEVER } from '../time.ts';
import type { Topology } from './output.ts';

export const REDIRECT_DROPS = [
  'ICMP redirect, and they are not taken',
  'ICMP redirect from another than the first hop',
  'ICMP redirect to a router that is not on the link',
] as const;
export type RedirectDrop = (typeof REDIRECT_DROPS)[number];

/** Whoever sends redirects for every destination there is gets no further than this. */
const MAX_REDIRECTS = 256;
/** Then the first router is asked again; Linux takes the same time. */
const LIFETIME: Micros = 5 * MINUTE;

interface Taken {
  readonly gateway: number;
  readonly interfaceId: InterfaceId;
  readonly until: Micros;
}

export class Redirects implements Timed {
  deadlineIndex = -1;
  readonly #host: Topology;
  readonly #observer: StackObserver | undefined;
  readonly #areTaken: boolean;
  /** By destination; the one that runs out first comes first. */
  readonly #taken = new Map<number, Taken>();

  constructor(host: Topology, areTaken: boolean, observer: StackObserver | undefined) {
    this.#host = host;
    this.#observer = observer;
    this.#areTaken = areTaken;
  }

  /**
   * A redirect has come in about a packet of ours.
   * @param sender who says so
   * @returns why nothing came of it; undefined: the route is changed
   */
  onRedirect(report: IcmpErrorReport, sender: number, interfaceId: InterfaceId, now: Micros): RedirectDrop | undefined {
    if (!this.#areTaken) return 'ICMP redirect, and they are not taken';
    const { quotedDestination: destination, gateway } = report;
    const { routes, addresses } = this.#host;
    // "A Redirect message SHOULD be silently discarded if the new gateway address it specifies is not on the same connected
    // (sub-) net through which the Redirect arrived, or if the source of the Redirect is not the current first-hop gateway"
    const route = routes.lookup(destination);
    if (route === undefined || route.gateway !== sender || route.interfaceId !== interfaceId)
      return 'ICMP redirect from another than the first hop';
    const isOnLink = addresses.list().some((own) => own.interfaceId === interfaceId && own.prefix.contains(gateway));
    if (!isOnLink || gateway === sender || addresses.owns(gateway) || addresses.isBroadcast(gateway, interfaceId))
      return 'ICMP redirect to a router that is not on the link';
    this.#forget(destination);
    if (this.#taken.size >= MAX_REDIRECTS) this.#forget(this.#taken.keys().next().value ?? 0);
    this.#taken.set(destination, { gateway, interfaceId, until: now + LIFETIME });
    // whatever its code says, it is for this one destination: a host cannot know the mask of a network
    routes.add({ prefix: new Prefix(destination, 32), gateway, interfaceId, origin: 'redirect' });
    this.#observer?.redirected(destination, gateway);
    return undefined;
  }

  nextTimeout(): Micros {
    const first = this.#taken.values().next().value;
    return first === undefined ? NEVER : first.until;
  }

  onTimeout(now: Micros): void {
    for (const [destination, { until }] of this.#taken) {
      if (until > now) return;
      this.#forget(destination);
    }
  }

  #forget(destination: number): void {
    const taken = this.#taken.get(destination);
    if (taken === undefined) return;
    this.#taken.delete(destination);
    this.#host.routes.remove(new Prefix(destination, 32), taken.gateway, taken.interfaceId, 'redirect');
  }
}
