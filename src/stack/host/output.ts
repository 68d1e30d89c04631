/** The way out: route, IPv4 header, checksum, fragments; RFC 1122 §3.3, RFC 791 §3.2. */
import { Fifo } from '../bytes/fifo.ts';
import { Packet } from '../bytes/packet.ts';
import type { AddressTable } from '../ip/address-table.ts';
import { Fragmenter } from '../ip/fragment.ts';
import type { GroupTable } from '../ip/groups.ts';
import type { Identification } from '../ip/identification.ts';
import type { PathMtu } from '../ip/path-mtu.ts';
import type { InterfaceId, RouteTable } from '../ip/route-table.ts';
import { nextHop } from '../ip/route-table.ts';
import type { Path } from '../tcp/connection.ts';
import type { Micros } from '../time.ts';
import type { IpAddress } from '../wire/ip-address.ts';
import { ANY, fromV4, isLoopbackV4, isMulticastV4, LIMITED_BROADCAST } from '../wire/ip-address.ts';
import * as ipv4 from '../wire/ipv4.ts';
import * as sourceRoute from '../wire/source-route.ts';
import * as tcp from '../wire/tcp.ts';
import * as udp from '../wire/udp.ts';
import type { Counters } from './counters.ts';
import type { NetworkInterface } from './interface.ts';
import type { Rules } from './packet-hooks.ts';

/** Packets that a host may have under way to itself. */
const MAX_LOOPBACK = 512;

export type SendResult = 'sent' | 'no route' | 'too long';

/** What the way out needs to know about the host. */
export interface Topology {
  readonly routes: RouteTable;
  readonly addresses: AddressTable;
  readonly groups: GroupTable;
  readonly pathMtu: PathMtu;
  readonly interfaces: ReadonlyMap<InterfaceId, NetworkInterface>;
}

export class Output {
  /** Packets to ourselves, IPv4 header first, waiting to be received. */
  readonly loopback = new Fifo<Packet>();
  readonly #topology: Topology;
  readonly #identification: Identification;
  readonly #counters: Counters;
  readonly #rules: Rules | undefined;
  readonly #fragmenter = new Fragmenter();
  readonly #fragment = new Packet();
  /** The address that was chosen last: most connections have the same, and need not each keep their own. */
  #source: IpAddress = ANY;

  constructor(topology: Topology, identification: Identification, counters: Counters, rules?: Rules) {
    this.#topology = topology;
    this.#rules = rules;
    this.#identification = identification;
    this.#counters = counters;
  }

  /** The way to an address as TCP wants to know it; undefined when there is none. */
  path(to: IpAddress, now: Micros, from?: IpAddress): Path | undefined {
    const { routes, addresses, interfaces, pathMtu } = this.#topology;
    if (from !== undefined && !addresses.owns(from.w3) && !isLoopbackV4(from.w3)) return undefined;
    if (this.#isOwn(to.w3)) {
      return { source: from ?? to, interfaceMtu: ipv4.MAX_PACKET, pathMtu: ipv4.MAX_PACKET, gsoMaxSize: 0 };
    }
    if (from !== undefined && isLoopbackV4(from.w3)) return undefined; // RFC 1122 §3.2.1.3 (g)
    const route = routes.lookup(to.w3);
    const out = route === undefined ? undefined : interfaces.get(route.interfaceId);
    if (route === undefined || out === undefined) return undefined;
    const source = from?.w3 ?? route.source ?? addresses.sourceFor(to.w3, nextHop(route, to.w3), route.interfaceId);
    if (source === undefined) return undefined;
    if (this.#source.w3 !== source) this.#source = fromV4(source);
    const { mtu, offload } = out.device;
    return {
      source: this.#source,
      interfaceMtu: mtu,
      pathMtu: pathMtu.mtuFor(to.w3, mtu, now),
      gsoMaxSize: offload.checksum ? offload.gsoMaxSize : 0,
    };
  }

  /** Nothing comes back from there: the next hop is asked whether it is still what it was. */
  doubt(to: IpAddress, now: Micros): void {
    const { routes, interfaces } = this.#topology;
    const route = this.#isOwn(to.w3) ? undefined : routes.lookup(to.w3);
    if (route !== undefined) interfaces.get(route.interfaceId)?.arp.doubt(nextHop(route, to.w3), now);
  }

  /**
   * The address to send from; undefined when there is no route. 0 for a host without an address that speaks to its link.
   * @param interfaceId by which it shall leave; 0: by the route
   */
  sourceFor(destination: number, interfaceId = 0): number | undefined {
    const { routes, addresses, interfaces } = this.#topology;
    if (this.#isOwn(destination)) return destination;
    if (interfaceId !== 0) return addresses.sourceFor(destination, this.#hopBy(interfaceId, destination), interfaceId) ?? 0;
    const route = routes.lookup(destination);
    if (route !== undefined) {
      return route.source ?? addresses.sourceFor(destination, nextHop(route, destination), route.interfaceId);
    }
    const [first] = interfaces.values();
    if (first === undefined || !isLinkScope(destination)) return undefined;
    return addresses.sourceFor(destination, destination, first.id) ?? 0;
  }

  /** As `UdpHost.superLength`: 0 where the device does not cut, and where packets of `length` would be fragmented. */
  superLength(destination: number, length: number, now: Micros): number {
    const { routes, interfaces, pathMtu } = this.#topology;
    const route = this.#isOwn(destination) ? undefined : routes.lookup(destination);
    const device = route === undefined ? undefined : interfaces.get(route.interfaceId)?.device;
    if (device === undefined || !device.offload.checksum) return 0;
    return length <= pathMtu.mtuFor(destination, device.mtu, now) ? device.offload.usoMaxSize : 0;
  }

  /**
   * Sends the transport packet that is the live part of `packet`, with the IPv4 header that `fields` describe.
   * The checksum field of TCP and UDP is zero: the checksum is written here, or by the device.
   */
  send(packet: Packet, fields: ipv4.Ipv4Fields, now: Micros): SendResult {
    this.#counters.ipOut++;
    const destination = fields.sourceRoute?.hops[0]?.w3 ?? fields.destination;
    if (this.#isOwn(destination)) return this.#sendToSelf(packet, fields);
    // RFC 1122 §3.2.1.3 (g): 127.0.0.1 never appears outside a host, whatever a socket is bound to
    if (isLoopbackV4(fields.source)) return this.#noRoute();
    const { interfaceId = 0 } = fields;
    if (interfaceId !== 0) return this.#sendBy(interfaceId, packet, fields, now);
    const route = this.#topology.routes.lookup(destination);
    const out = route === undefined ? this.#linkFor(destination) : this.#topology.interfaces.get(route.interfaceId);
    if (out === undefined) return this.#noRoute();
    const isDirect = route === undefined || isMulticastV4(destination); // RFC 1112 §6.2: a group is on the link, routers listen
    const hop = isDirect ? destination : nextHop(route, destination);
    const toAll = this.#topology.addresses.isBroadcast(destination, out.id);
    return this.#sendVia(out, hop, toAll, packet, fields, now);
  }

  /** By an interface that the sender has chosen. */
  #sendBy(interfaceId: InterfaceId, packet: Packet, fields: ipv4.Ipv4Fields, now: Micros): SendResult {
    const out = this.#topology.interfaces.get(interfaceId);
    if (out === undefined) return this.#noRoute();
    const { destination } = fields;
    const toAll = this.#topology.addresses.isBroadcast(destination, interfaceId);
    return this.#sendVia(out, this.#hopBy(interfaceId, destination), toAll, packet, fields, now);
  }

  /** Whom to ask ARP for; what no route leads to by this interface is taken to be on its link, as in Linux. */
  #hopBy(interfaceId: InterfaceId, destination: number): number {
    if (isLinkScope(destination)) return destination;
    const route = this.#topology.routes.lookup(destination);
    return route?.interfaceId === interfaceId ? nextHop(route, destination) : destination;
  }

  #noRoute(): SendResult {
    this.#counters.drop('no route to the destination');
    return 'no route';
  }

  #sendVia(out: NetworkInterface, hop: number, toAll: boolean, packet: Packet, fields: ipv4.Ipv4Fields, now: Micros): SendResult {
    const { destination } = fields;
    const linkMtu = out.device.mtu;
    const mtu = fields.isPathProbe === true ? linkMtu : this.#topology.pathMtu.mtuFor(destination, linkMtu, now);
    const fits = packet.length + headerLength(fields) <= mtu || packet.gsoSize > 0;
    const forbid = fields.dontFragment && this.#topology.pathMtu.mayForbidFragments(destination, now);
    if (!fits && forbid && fields.protocol !== ipv4.PROTOCOL_TCP) {
      this.#counters.drop('packet too long and must not be fragmented');
      return 'too long';
    }
    const forbidden = forbid && fits;
    finishTransport(packet, fields, out.device.offload.checksum && fits);
    this.#addHeader(packet, fields, forbidden);
    if (this.#rules === undefined || this.#isLetOut(this.#rules, packet, out, now)) this.emit(packet, out, hop, toAll, mtu, now);
    return 'sent';
  }

  /** Sends the finished IPv4 packet that is the live part of `packet`, in pieces where it is longer than `mtu`. */
  emit(packet: Packet, out: NetworkInterface, hop: number, toAll: boolean, mtu: number, now: Micros): void {
    if (packet.length <= mtu || packet.gsoSize > 0) {
      out.send(packet, hop, toAll, now);
      return;
    }
    this.#fragmenter.begin(packet, mtu);
    while (this.#fragmenter.next(this.#fragment)) {
      this.#counters.fragmentsOut++;
      out.send(this.#fragment, hop, toAll, now);
    }
  }

  /** What a rule drops is lost, as on a wire. */
  #isLetOut(rules: Rules, packet: Packet, out: NetworkInterface, now: Micros): boolean {
    const isAccepted = rules.isSent(packet, out, now) && rules.leaves(packet, out, now);
    if (!isAccepted) this.#counters.drop('dropped by a rule');
    return isAccepted;
  }

  #sendToSelf(packet: Packet, fields: ipv4.Ipv4Fields): SendResult {
    if (this.loopback.length >= MAX_LOOPBACK) {
      this.#counters.drop('loopback queue full');
      return 'sent'; // as a wire would lose it
    }
    finishTransport(packet, fields, false);
    this.#addHeader(packet, fields, fields.dontFragment);
    const copy = new Packet(packet.end + packet.lentLength + 64);
    copy.copyFrom(packet);
    this.loopback.push(copy);
    return 'sent';
  }

  #addHeader(packet: Packet, fields: ipv4.Ipv4Fields, dontFragment: boolean): void {
    const { source, destination, protocol } = fields;
    // what the device cuts becomes several packets, whose numbers it counts on from this one (RFC 6864 lets DF have any)
    fields.identification = this.#identification.next(source, destination, protocol, dontFragment, packet.frames());
    const wanted = fields.dontFragment;
    fields.dontFragment = dontFragment;
    const header = headerLength(fields);
    const length = packet.length + header;
    packet.network = packet.prepend(header);
    ipv4.encode(packet.view, packet.network, fields, length);
    if (fields.sourceRoute !== undefined) sourceRoute.insert(packet.view, packet.network, fields.sourceRoute);
    fields.dontFragment = wanted;
  }

  #isOwn(destination: number): boolean {
    return isLoopbackV4(destination) || this.#topology.addresses.owns(destination);
  }

  /** Broadcast and multicast of the link need no route: the first interface takes them. */
  #linkFor(destination: number): NetworkInterface | undefined {
    if (!isLinkScope(destination)) return undefined;
    const [first] = this.#topology.interfaces.values();
    return first;
  }
}

const headerLength = ({ sourceRoute: route }: ipv4.Ipv4Fields): number =>
  ipv4.HEADER + (route === undefined ? 0 : sourceRoute.encodedLength(route));

const isLinkScope = (destination: number): boolean => destination === LIMITED_BROADCAST || isMulticastV4(destination);

/**
 * RFC 9293 MUST-2, RFC 1122 §4.1.3.4: the checksum of TCP or UDP, whole or left to the device with the pseudo-header's sum in
 * its place.
 */
function finishTransport(packet: Packet, { source, destination, protocol }: ipv4.Ipv4Fields, offloaded: boolean): void {
  if (!offloaded) packet.linearize();
  const { view, transport } = packet;
  const end = packet.end + packet.lentLength;
  const isTcp = protocol === ipv4.PROTOCOL_TCP;
  if (isTcp) (offloaded ? tcp.writePartialChecksum : tcp.writeChecksum)(view, transport, end, source, destination);
  else if (protocol !== ipv4.PROTOCOL_UDP) return;
  else (offloaded ? udp.writePartialChecksum : udp.writeChecksum)(view, transport, end, source, destination);
  if (!offloaded) return;
  packet.checksumStart = transport;
  packet.checksumOffset = isTcp ? tcp.CHECKSUM_OFFSET : udp.CHECKSUM_OFFSET;
}
