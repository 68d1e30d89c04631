/** Who is where, as the capture shows it: Ethernet addresses, who is on the link, and who stands behind a router. */
import { DEFAULT_PREFIX, Prefix } from '../stack/ip/prefix.ts';
import type { RouteTable } from '../stack/ip/route-table.ts';
import * as arp from '../stack/wire/arp.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import type { MacAddress } from '../stack/wire/mac-address.ts';
import { isGroup } from '../stack/wire/mac-address.ts';
import type { Recording } from './recording.ts';

/** The network of the host, where the capture does not say how large it is. */
export const PREFIX_LENGTH = 24;

export class Neighbours {
  readonly #host: number;
  readonly #macs = new Map<number, MacAddress>();
  /** Those whom ARP has spoken of: they are on the link. */
  readonly #spokenOf = new Set<number>();
  /** Next hops that are nobody's address in the capture. */
  readonly #routers = new Map<MacAddress, number>();

  constructor({ host, frames }: Recording) {
    this.#host = host;
    for (const { frame } of frames) {
      const { view, kind, network, source, destination } = frame.facts;
      const [to, from] = [ethernet.destination(view, 0), ethernet.source(view, 0)];
      if (kind === 'arp') {
        this.#spokenOf.add(source).add(destination);
        if (!frame.isHosts && source !== 0) this.#macs.set(source, arp.senderMac(view, network));
      } else if (!frame.isHosts && !this.#macs.has(source)) this.#macs.set(source, from);
      else if (frame.isHosts && !this.#macs.has(destination) && !isGroup(to)) this.#macs.set(destination, to);
    }
    this.#spokenOf.delete(0);
  }

  /** What ARP would answer; undefined: nobody is there. */
  macOf(address: number): MacAddress | undefined {
    for (const [mac, router] of this.#routers) if (router === address) return mac;
    return this.#macs.get(address);
  }

  /** Makes the way to every peer the one that its frames took. */
  addRoutes(routes: RouteTable, interfaceId: number): void {
    const network = new Prefix(this.#host, PREFIX_LENGTH);
    for (const [address, mac] of this.#macs) {
      const onLink = this.#isOnLink(address, mac, network);
      if (onLink && network.contains(address)) continue;
      const prefix = new Prefix(address, 32);
      if (onLink) routes.add({ prefix, interfaceId });
      else routes.add({ prefix, interfaceId, gateway: this.#routerAt(mac, network), onLink: true });
    }
    const [router] = this.#routers.values();
    if (router !== undefined) routes.add({ prefix: DEFAULT_PREFIX, interfaceId, gateway: router, onLink: true });
  }

  #isOnLink(address: number, mac: MacAddress, network: Prefix): boolean {
    if (this.#spokenOf.has(address)) return true;
    const sharers = [...this.#macs].filter(([, other]) => other === mac);
    return sharers.length === 1 && network.contains(address);
  }

  /** The address by which the host knew the router, or any that is free. */
  #routerAt(mac: MacAddress, network: Prefix): number {
    const known = this.#routers.get(mac);
    if (known !== undefined) return known;
    const named = [...this.#macs].find(([address, other]) => other === mac && this.#spokenOf.has(address));
    let address = named?.[0] ?? network.network | 1;
    while (named === undefined && (address === this.#host || this.#macs.has(address))) address++;
    this.#routers.set(mac, address);
    return address;
  }
}
