/**
 * A router in a lab: it forwards IPv4 between the cables at its ports, and says by ICMP what it cannot forward; RFC 1812, as
 * much of it as a path needs. No routing protocol, no queues of its own (its cables have them), no options.
 */
import type { FrameSink } from '../capture/record/frame-sink.ts';
import { RecordingDevice } from '../capture/record/recording-device.ts';
import { Packet } from '../stack/bytes/packet.ts';
import type { LinkDevice } from '../stack/device.ts';
import { Counters } from '../stack/host/counters.ts';
import type { LinkObserver } from '../stack/host/interface.ts';
import { NetworkInterface } from '../stack/host/interface.ts';
import { AddressTable } from '../stack/ip/address-table.ts';
import { Fragmenter } from '../stack/ip/fragment.ts';
import { ERROR_TRAFFIC_CLASS, mayReport, writeError } from '../stack/ip/icmp-errors.ts';
import { checkAddresses, checkHeader } from '../stack/ip/input.ts';
import { parseInterfaceAddress, parsePrefix } from '../stack/ip/prefix.ts';
import { nextHop, RouteTable } from '../stack/ip/route-table.ts';
import { classify, isGroupFrame } from '../stack/link/ethernet-link.ts';
import type { Micros } from '../stack/time.ts';
import { NEVER } from '../stack/time.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import * as icmp from '../stack/wire/icmpv4.ts';
import { formatV4, parseV4 } from '../stack/wire/ip-address.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import { format as formatMac, ofIpv4 } from '../stack/wire/mac-address.ts';
import type { CableEnd } from './cable.ts';
import type { FaultOptions } from './faults.ts';
import { FaultyDevice } from './faulty-device.ts';
import type { Machine, Timed } from './machine.ts';
import type { World } from './world.ts';

export interface RouterPort {
  /** The MTU of its cable says what can be forwarded to it in one piece. */
  readonly end: CableEnd;
  /** With its prefix, such as 10.0.1.1/24. */
  readonly address: string;
  /** What goes wrong on the way to and from this port. */
  readonly faults?: FaultOptions;
  /** Where the frames of this port are recorded. */
  readonly capture?: FrameSink;
}

export interface RouterOptions {
  readonly ports: readonly RouterPort[];
  /** Networks beyond the ports, such as `{ '10.0.3.0/24': '10.0.2.2' }`, and `default`. */
  readonly routes?: Readonly<Record<string, string>>;
  /** Says nothing by ICMP: packets that it cannot forward vanish, as behind a firewall that drops too much. @default false */
  readonly isSilent?: boolean;
}

/** Puts a router at the ends of its cables. @throws RangeError when an address cannot be read, or a gateway is on no port's network */
export function router(world: World, name: string, options: RouterOptions): Router {
  const parts: Timed[] = [];
  const devices = options.ports.map((port, index) => deviceOf(world, `${name}.${index + 1}`, port, parts));
  const added = new Router(name, devices, options);
  world.add(name, added, parts);
  return added;
}

/** The cable's end with what goes wrong there, and what is recorded. */
function deviceOf(world: World, name: string, { end, address, faults, capture }: RouterPort, parts: Timed[]): LinkDevice {
  parts.push(end);
  let device: LinkDevice = end;
  if (faults !== undefined) {
    const faulty = new FaultyDevice(device, world, world.random, faults);
    parts.push(faulty);
    device = faulty;
  }
  if (capture === undefined) return device;
  const mac = formatMac(ofIpv4(parseInterfaceAddress(address).address));
  const interfaceId = capture.addInterface(name, { mac, addresses: [address] });
  return new RecordingDevice(device, { sink: capture, interfaceId, now: () => world.now });
}

/** Frames taken from one port before the others have their turn. */
const RECEIVE_BUDGET = 256;
const TTL = 64;

export class Router implements Machine, LinkObserver {
  readonly name: string;
  readonly counters = new Counters();
  /** Packets that went on, those in pieces counted once. */
  forwarded = 0;
  /** ICMP errors that it sent. */
  reported = 0;
  readonly #ports: readonly NetworkInterface[];
  readonly #addresses = new AddressTable();
  readonly #routes = new RouteTable();
  readonly #isSilent: boolean;
  readonly #in = new Packet();
  readonly #piece = new Packet();
  readonly #message = new Packet();
  readonly #fragmenter = new Fragmenter();
  #now: Micros = 0;
  #moreToDo = false;

  constructor(name: string, devices: readonly LinkDevice[], { ports, routes = {}, isSilent = false }: RouterOptions) {
    this.name = name;
    this.#isSilent = isSilent;
    this.#ports = devices.map((device, index) => {
      if (device.offload.checksum || device.offload.gsoMaxSize > 0)
        throw new RangeError('a router forwards what is on the wire: its cables have offload off');
      const own = parseInterfaceAddress(ports[index]!.address);
      const id = index + 1;
      const port = new NetworkInterface(device, { id, name: `${name}.${id}`, mac: ofIpv4(own.address) }, this.counters);
      this.#addresses.add(id, own);
      this.#routes.add({ prefix: own.prefix, interfaceId: id, source: own.address });
      port.arp.addAddress(own.address);
      return port;
    });
    for (const [network, gateway] of Object.entries(routes)) this.#addRoute(network, gateway);
  }

  run(now: Micros): void {
    this.#now = now;
    this.#moreToDo = false;
    for (const port of this.#ports) this.#receive(port);
    for (const port of this.#ports) {
      if (port.arp.nextTimeout() <= now) port.onTimeout(now);
      port.flush();
      port.service(this);
    }
  }

  nextTimeout(): Micros {
    if (this.#moreToDo) return this.#now;
    return this.#ports.reduce((next, port) => Math.min(next, port.nextTimeout()), NEVER);
  }

  /** RFC 1812 §4.3.3.1: nobody answers for the next hop. */
  onUnreachable(packet: Packet): void {
    packet.network = packet.start;
    this.#report(packet, icmp.DESTINATION_UNREACHABLE, icmp.HOST_UNREACHABLE);
  }

  onArpEvent(): void {}

  #addRoute(network: string, gateway: string): void {
    const hop = parseV4(gateway);
    if (hop === undefined) throw new RangeError(`"${gateway}" is not an IPv4 address such as 10.0.0.1`);
    const direct = this.#routes.lookup(hop);
    if (direct === undefined || direct.gateway !== undefined)
      throw new RangeError(`the gateway ${gateway} of ${network} is on no network of ${this.name}`);
    this.#routes.add({ prefix: parsePrefix(network), gateway: hop, interfaceId: direct.interfaceId });
  }

  #receive(port: NetworkInterface): void {
    const packet = this.#in;
    let left = RECEIVE_BUDGET;
    for (packet.reset(); left > 0 && port.device.receive(packet); packet.reset()) {
      this.#onFrame(packet, port);
      left--;
    }
    if (left === 0) this.#moreToDo = true;
  }

  #onFrame(packet: Packet, port: NetworkInterface): void {
    const { view, start } = packet;
    const kind = classify(view, start, packet.end, port.mac);
    packet.network = start + ethernet.HEADER;
    if (kind === 'arp') {
      port.arp.onArp(view, packet.network, packet.end, this.#now);
      port.speakArp();
      return;
    }
    // RFC 1812 §4.2.2.11: a packet for one host in a frame to many is not forwarded, nor is what is for many
    if (kind !== 'ipv4' || isGroupFrame(view, start)) return;
    const fault = checkHeader(view, packet.network, packet.end);
    if (fault !== 'ok') {
      this.counters.drop(fault);
      return;
    }
    packet.end = packet.network + ipv4.totalLength(view, packet.network);
    packet.start = packet.network;
    packet.note = ''; // why its sender sent it is known to those who recorded it there
    const arrival = checkAddresses(view, packet.network, this.#addresses, port.id);
    if (arrival === 'ours') this.#answer(packet);
    else if (arrival === 'other') this.#forward(packet);
  }

  /** RFC 1812 §5.2.1.2. */
  #forward(packet: Packet): void {
    const { view, network } = packet;
    const destination = ipv4.destination(view, network);
    const route = this.#routes.lookup(destination);
    const out = this.#ports[(route?.interfaceId ?? 0) - 1];
    const isTooLong = out !== undefined && packet.length > out.device.mtu;
    // RFC 1812 §5.3.1: the hop that would make it zero is the last
    if (ipv4.ttl(view, network) <= 1) this.#report(packet, icmp.TIME_EXCEEDED, icmp.TTL_EXCEEDED);
    else if (route === undefined || out === undefined) this.#report(packet, icmp.DESTINATION_UNREACHABLE, icmp.NET_UNREACHABLE);
    // RFC 1191 §4: with the MTU of the next hop, in the low half of what RFC 792 leaves unused
    else if (isTooLong && ipv4.dontFragment(view, network))
      this.#report(packet, icmp.DESTINATION_UNREACHABLE, icmp.FRAGMENTATION_NEEDED, out.device.mtu);
    else this.#pass(packet, out, nextHop(route, destination));
  }

  #pass(packet: Packet, out: NetworkInterface, hop: number): void {
    const { view, network } = packet;
    view.setUint8(network + 8, ipv4.ttl(view, network) - 1);
    ipv4.updateChecksum(view, network);
    this.forwarded++;
    if (packet.length <= out.device.mtu) {
      out.send(packet, hop, false, this.#now);
      return;
    }
    this.#fragmenter.begin(packet, out.device.mtu);
    while (this.#fragmenter.next(this.#piece)) out.send(this.#piece, hop, false, this.#now);
  }

  /** A router is a host too: it answers a ping, and nothing else listens on it. */
  #answer(packet: Packet): void {
    const { view, network } = packet;
    const protocol = ipv4.protocol(view, network);
    if (protocol === ipv4.PROTOCOL_UDP) this.#report(packet, icmp.DESTINATION_UNREACHABLE, icmp.PORT_UNREACHABLE);
    else if (protocol === ipv4.PROTOCOL_ICMP && !ipv4.isFragment(view, network)) this.#answerEcho(packet);
  }

  #answerEcho({ view, bytes, network, end }: Packet): void {
    const at = network + ipv4.headerLength(view, network);
    if (!icmp.isValid(at, end) || !icmp.isChecksumValid(view, at, end)) return;
    if (icmp.type(view, at) !== icmp.ECHO_REQUEST) return;
    const message = this.#message;
    message.reset();
    message.append(bytes.subarray(at, end));
    icmp.encode(message.view, message.start, message.end, icmp.ECHO_REPLY, 0, view.getUint32(at + 4));
    this.#send(ipv4.destination(view, network), ipv4.source(view, network), 0);
  }

  /** Tells the sender of a packet what became of it, where that is allowed (RFC 1812 §4.3.2.7). */
  #report(about: Packet, type: number, code: number, rest = 0): void {
    if (this.#isSilent || mayReport(about, false, this.#addresses, 0) !== 'ok') return;
    const { view, network } = about;
    const destination = ipv4.source(view, network);
    // RFC 1812 §4.3.2.4: from an address of the port by which it leaves
    const source = this.#addressTowards(destination);
    if (source === undefined) return;
    writeError(this.#message, about, type, code, rest);
    this.reported++;
    this.#send(source, destination, ERROR_TRAFFIC_CLASS);
  }

  /** Sends the ICMP message that stands ready. */
  #send(source: number, destination: number, trafficClass: number): void {
    const route = this.#routes.lookup(destination);
    const out = this.#ports[(route?.interfaceId ?? 0) - 1];
    if (route === undefined || out === undefined) return;
    const message = this.#message;
    const length = message.length + ipv4.HEADER;
    message.network = message.prepend(ipv4.HEADER);
    const fields = { source, destination, protocol: ipv4.PROTOCOL_ICMP, ttl: TTL, trafficClass };
    ipv4.encode(message.view, message.network, { ...fields, identification: 0, dontFragment: true }, length);
    out.send(message, nextHop(route, destination), false, this.#now);
  }

  #addressTowards(destination: number): number | undefined {
    const route = this.#routes.lookup(destination);
    return this.#addresses.list().find(({ interfaceId }) => interfaceId === route?.interfaceId)?.address;
  }

  /** "r1 (10.0.0.254, 10.0.1.1)" */
  toString(): string {
    return `${this.name} (${this.#addresses
      .list()
      .map(({ address }) => formatV4(address))
      .join(', ')})`;
  }
}
