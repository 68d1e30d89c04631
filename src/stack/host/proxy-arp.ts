/** Proxy ARP, RFC 1027: a router answers on one link for whoever is reached by another, and so gets what is for them. */
import type { NetworkInterface } from './interface.ts';
import type { Topology } from './output.ts';

/** @throws RangeError when the host would not pass on what it attracts */
export function answerForOthers({ routes, addresses }: Topology, at: NetworkInterface, forwards: boolean): void {
  if (!forwards) throw new RangeError(`${at.name} is to answer ARP for others, but this host does not forward to them`);
  at.arp.proxyFor = (target) => {
    const route = routes.lookup(target);
    return route !== undefined && route.kind === undefined && route.interfaceId !== at.id && !addresses.owns(target);
  };
}
