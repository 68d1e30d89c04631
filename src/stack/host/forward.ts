/** Forwarding: a host with this is a router. The steps and their order are those of RFC 1812 §5.2.1 and §5.3. */
import type { Packet } from '../bytes/packet.ts';
import { martianDrop } from '../ip/martians.ts';
import type { Route } from '../ip/route-table.ts';
import { nextHop } from '../ip/route-table.ts';
import type { StackObserver } from '../observer.ts';
import type { Micros } from '../time.ts';
import * as icmp from '../wire/icmpv4.ts';
import * as ipv4 from '../wire/ipv4.ts';
import { recordRoute } from '../wire/ipv4-options.ts';
import type { Counters, DropReason } from './counters.ts';
import type { Icmp, Origin } from './icmp.ts';
import type { NetworkInterface } from './interface.ts';
import type { Output, Topology } from './output.ts';
import type { Rules } from './packet-hooks.ts';

export interface ForwardingOptions {
  /** Tell a neighbour that another router of its own link is nearer to where it sends (RFC 1812 §5.2.7.2). @default true */
  readonly sendRedirects?: boolean;
  /** Pass on what is for every host of an attached network: RFC 2644 has a router refuse it, for it is how Smurf works. @default false */
  readonly directedBroadcasts?: boolean;
  /** Drop what comes by another way than its answer would go (RFC 1812 §5.3.8, RFC 2827). @default false */
  readonly checkSourcePath?: boolean;
  /** Say nothing by ICMP about what is dropped on its way through, as behind a filter that drops too much. @default false */
  readonly isSilent?: boolean;
}

/** What the way through is made of. */
export interface ForwarderParts {
  readonly topology: Topology;
  readonly icmp: Icmp;
  readonly output: Output;
  readonly counters: Counters;
  readonly rules: Rules | undefined;
  readonly observer: StackObserver | undefined;
}

export class Forwarder {
  readonly #topology: Topology;
  readonly #icmp: Icmp;
  readonly #output: Output;
  readonly #counters: Counters;
  readonly #rules: Rules | undefined;
  readonly #observer: StackObserver | undefined;
  readonly #sendRedirects: boolean;
  readonly #directedBroadcasts: boolean;
  readonly #checkSourcePath: boolean;
  readonly #isSilent: boolean;

  constructor({ topology, icmp: messages, output, counters, rules, observer }: ForwarderParts, options: ForwardingOptions) {
    this.#topology = topology;
    this.#icmp = messages;
    this.#output = output;
    this.#counters = counters;
    this.#rules = rules;
    this.#observer = observer;
    this.#sendRedirects = options.sendRedirects ?? true;
    this.#directedBroadcasts = options.directedBroadcasts ?? false;
    this.#checkSourcePath = options.checkSourcePath ?? false;
    this.#isSilent = options.isSilent ?? false;
  }

  /**
   * A packet for somebody else, its header and its source checked; its live part begins with the IPv4 header. It is changed
   * and sent where it lies.
   * @returns why it was dropped; undefined when it went on
   */
  onPacket(packet: Packet, from: NetworkInterface, origin: Origin, now: Micros): DropReason | undefined {
    const { view, network } = packet;
    // RFC 1812 §5.3.4: a frame to many may not become packets to one by every router that hears it
    if (origin.isGroupFrame) return 'packet for one host in a frame to many';
    const [source, destination] = [ipv4.source(view, network), ipv4.destination(view, network)];
    const martian = martianDrop(source, destination);
    if (martian !== undefined) return martian;
    if (this.#checkSourcePath && this.#topology.routes.lookup(source)?.interfaceId !== from.id)
      return 'source came by another way';
    const route = this.#topology.routes.lookup(destination);
    if (route === undefined) return this.#refuse(packet, origin, 'no route to the destination', icmp.NET_UNREACHABLE, now);
    if (route.kind !== undefined) return this.#refuseByRoute(packet, origin, route.kind, now);
    const out = this.#topology.interfaces.get(route.interfaceId);
    if (out === undefined) return this.#refuse(packet, origin, 'no route to the destination', icmp.NET_UNREACHABLE, now);
    return this.#through(packet, from, origin, out, route, now);
  }

  /** RFC 1812 §4.3.3.1: nobody answers ARP for the next hop of a packet, whose header is first in its live part. */
  onUnreachable(packet: Packet, now: Micros): void {
    packet.network = packet.start;
    const route = this.#topology.routes.lookup(ipv4.source(packet.view, packet.network));
    const origin = { id: route?.interfaceId ?? 0, isGroupFrame: false, isLoopback: false };
    this.#report(packet, origin, icmp.DESTINATION_UNREACHABLE, icmp.HOST_UNREACHABLE, 0, now);
  }

  #through(
    packet: Packet,
    from: NetworkInterface,
    origin: Origin,
    out: NetworkInterface,
    route: Route,
    now: Micros,
  ): DropReason | undefined {
    const { view, network } = packet;
    const destination = ipv4.destination(view, network);
    const toAll = this.#topology.addresses.isBroadcast(destination, out.id);
    if (toAll && !this.#directedBroadcasts) return 'directed broadcast not forwarded';
    // RFC 1812 §5.3.1: "If the TTL is reduced to zero (or less), the packet MUST be discarded"
    if (ipv4.ttl(view, network) <= 1) {
      this.#report(packet, origin, icmp.TIME_EXCEEDED, icmp.TTL_EXCEEDED, 0, now);
      return 'time to live exceeded in transit';
    }
    if (this.#rules !== undefined && !this.#rules.passes(packet, from, out, now)) return 'dropped by a rule';
    const { mtu } = out.device;
    if (packet.length > mtu && ipv4.dontFragment(view, network))
      return this.#refuse(packet, origin, 'packet too long and must not be fragmented', icmp.FRAGMENTATION_NEEDED, now, mtu);
    const hop = nextHop(route, destination);
    if (out === from && !toAll && this.#sendRedirects) this.#redirect(packet, origin, hop, now);
    ipv4.setTtl(view, network, ipv4.ttl(view, network) - 1);
    if (ipv4.headerLength(view, network) > ipv4.HEADER) this.#record(packet, hop, out);
    if (this.#rules !== undefined && !this.#rules.leaves(packet, out, now)) return 'dropped by a rule';
    this.#counters.forwarded++;
    this.#observer?.forwarded(route, hop, out);
    this.#output.emit(packet, out, hop, toAll, mtu, now);
    return undefined;
  }

  /** RFC 1812 §5.2.7.2: only to a sender that has the next hop on its own network, and always for one host (code 1). */
  #redirect(packet: Packet, origin: Origin, hop: number, now: Micros): void {
    const source = ipv4.source(packet.view, packet.network);
    const isNeighbour = this.#topology.addresses
      .list()
      .some(({ interfaceId, prefix }) => interfaceId === origin.id && prefix.contains(source) && prefix.contains(hop));
    if (isNeighbour) this.#report(packet, origin, icmp.REDIRECT, icmp.REDIRECT_HOST, hop, now);
  }

  /** RFC 791 §3.1, Record Route: "its own internet address as known in the environment into which this datagram is being forwarded". */
  #record({ view, network }: Packet, hop: number, out: NetworkInterface): void {
    const own = this.#topology.addresses.sourceFor(hop, hop, out.id);
    if (own !== undefined && recordRoute(view, network, own)) ipv4.updateChecksum(view, network);
  }

  #refuseByRoute(packet: Packet, origin: Origin, kind: NonNullable<Route['kind']>, now: Micros): DropReason {
    switch (kind) {
      case 'blackhole':
        return 'its route is a black hole';
      case 'prohibit':
        return this.#refuse(packet, origin, 'its route is prohibited', icmp.ADMINISTRATIVELY_PROHIBITED, now);
      default:
        return this.#refuse(packet, origin, 'its route says unreachable', icmp.HOST_UNREACHABLE, now);
    }
  }

  #refuse(packet: Packet, origin: Origin, reason: DropReason, code: number, now: Micros, rest = 0): DropReason {
    this.#report(packet, origin, icmp.DESTINATION_UNREACHABLE, code, rest, now);
    return reason;
  }

  #report(packet: Packet, origin: Origin, type: number, code: number, rest: number, now: Micros): void {
    if (!this.#isSilent) this.#icmp.report(packet, origin, type, code, rest, now);
  }
}
