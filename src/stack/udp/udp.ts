/** UDP, RFC 768: from a datagram to the endpoint that it is for, and back. */
import { Fifo } from '../bytes/fifo.ts';
import type { Packet } from '../bytes/packet.ts';
import { EphemeralPorts, type PortRange } from '../ports.ts';
import type { Random } from '../random.ts';
import * as ethernet from '../wire/ethernet.ts';
import { isMulticastV4, LIMITED_BROADCAST } from '../wire/ip-address.ts';
import * as ipv4 from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import { Datagram, type RunLimits } from './datagram-queue.ts';
import { Demux, hears } from './demux.ts';
import { UdpEndpoint, type UdpLimits, type UdpRegistry } from './endpoint.ts';
import type { UdpFailureReason } from './failure.ts';

/** Why a datagram that arrived reached no application. */
export const UDP_DROPS = [
  'UDP header too short or its length wrong',
  'UDP checksum wrong',
  'UDP source is a broadcast or multicast address',
  'no such port',
  'UDP receive queue full',
] as const;
export type UdpDrop = (typeof UDP_DROPS)[number];

/** What UDP asks of the host that it runs on. */
export interface UdpHost {
  isBroadcast(address: number): boolean;
  /**
   * The address to send from; 0 is a good answer for a host that has none yet.
   * @param interfaceId by which it shall leave; 0: by the route
   * @returns undefined when there is no route
   */
  sourceFor(destination: number, interfaceId: number): number | undefined;
  /**
   * How long an IPv4 packet to there may be which the device cuts into datagrams that are each an IPv4 packet of `length`;
   * 0: it cuts none of that length.
   */
  superLength(destination: number, length: number): number;
  /** There is something to send. */
  wake(): void;
}

/** What goes into the IP header of a datagram to send, and the ports that are in its UDP header. */
export class UdpOut implements ipv4.Ipv4Fields {
  source = 0;
  destination = 0;
  readonly protocol = ipv4.PROTOCOL_UDP;
  ttl = 0;
  trafficClass = 0;
  /** The IP layer's to choose. */
  identification = 0;
  dontFragment = false;
  sourcePort = 0;
  destinationPort = 0;
  /** The interface to leave by; 0: by the route. */
  interfaceId = 0;
}

export interface UdpOpenOptions {
  /** An address of ours as a word; 0: any of them. @default 0 */
  readonly address?: number;
  /** 0: an ephemeral one. @default 0 */
  readonly port?: number;
  /** Share the port with others that say so too. @default false */
  readonly reuse?: boolean;
  /** Hears and speaks by this interface only. @default 0: all of them */
  readonly interfaceId?: number;
  /** @default 256 KiB and 1,024 datagrams each way */
  readonly limits?: UdpLimits;
}

export type UdpOpenFailure = 'port in use' | 'no free port';

const HEADERS = ipv4.HEADER + udp.HEADER;
/** Linux's UDP_MAX_SEGMENTS. */
const MAX_JOINED = 128;
/** IEEE 802.3 §3.2.7: shorter frames are padded, which whoever cuts would have to do for each. */
const SHORTEST_JOINED = ethernet.MIN_PAYLOAD - HEADERS;

const DEFAULT_LIMITS: UdpLimits = {
  receive: { bytes: 262_144, datagrams: 1_024 },
  send: { bytes: 262_144, datagrams: 1_024 },
};

export class Udp implements UdpRegistry {
  readonly #host: UdpHost;
  readonly #ports: EphemeralPorts;
  readonly #demux = new Demux<UdpEndpoint>();
  readonly #withOutput = new Fifo<UdpEndpoint>();
  readonly #withEvents = new Fifo<UdpEndpoint>();
  readonly #about = new Datagram();
  readonly #joinLimits = { datagrams: MAX_JOINED, bytes: 0, shortest: SHORTEST_JOINED };
  #lost = 0;

  constructor(host: UdpHost, random: Random, range: PortRange = {}) {
    this.#host = host;
    this.#ports = new EphemeralPorts(random, range);
  }

  /** @throws RangeError when the port is not one */
  open(options: UdpOpenOptions = {}): UdpEndpoint | UdpOpenFailure {
    const { address = 0, port = 0, reuse = false, interfaceId = 0, limits = DEFAULT_LIMITS } = options;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError(`port ${port}: ports go from 1 to 65535`);
    if (port !== 0 && this.#demux.conflicts(address, port, reuse, interfaceId)) return 'port in use';
    const chosen = port || this.#ports.pick((each) => this.#demux.onPort(each) === undefined);
    if (chosen === 0) return 'no free port';
    const endpoint = new UdpEndpoint(this, { address, port: chosen, reuse, interfaceId }, limits);
    this.#demux.add(endpoint.binding);
    return endpoint;
  }

  /** Every open endpoint, by port. */
  endpoints(): UdpEndpoint[] {
    return [...this.#demux].sort((a, b) => a.binding.localPort - b.binding.localPort);
  }

  /** How many endpoints are open. */
  get size(): number {
    return this.#demux.size;
  }

  /** How many datagrams of the last packet an endpoint had no room for: a packet that was not cut yet holds several. */
  get lost(): number {
    return this.#lost;
  }

  /** True when `pollTransmit` may have something to give. */
  get wantsToSend(): boolean {
    return this.#withOutput.length > 0;
  }

  /** There is something to send, or to tell: what happened after the owners were told waits for the next run. */
  get hasWork(): boolean {
    return this.wantsToSend || this.#withEvents.length > 0;
  }

  /**
   * A datagram in `packet[at, end)`, the payload of an IP packet whose header was checked. Bytes behind the length that the
   * UDP header states are not part of it.
   *
   * @param toMany whether the destination is a broadcast or multicast address
   * @param interfaceId where it came in; 0: from ourselves
   * @returns undefined when an endpoint took it, all of it; 'no such port' is worth an ICMP port unreachable
   *   (RFC 1122 §4.1.3.1), which the ICMP rules forbid for `toMany`
   */
  onDatagram(
    packet: Packet,
    at: number,
    end: number,
    source: number,
    destination: number,
    toMany: boolean,
    interfaceId = 0,
  ): UdpDrop | undefined {
    const view = packet.view;
    if (!udp.isValid(view, at, end)) return 'UDP header too short or its length wrong';
    // RFC 1122 §4.1.3.6: "must be discarded by UDP or by the IP layer"; the IP layer knows the broadcast of a subnet
    if (source === LIMITED_BROADCAST || isMulticastV4(source)) return 'UDP source is a broadcast or multicast address';
    if (!packet.checksumVouched && !udp.isChecksumValid(view, at, source, destination)) return 'UDP checksum wrong';
    describeArrival(this.#about, packet, at, source, destination);
    this.#about.interfaceId = interfaceId;
    const port = udp.destinationPort(view, at);
    if (toMany) return this.#deliverToMany(packet, at, port);
    const binding = this.#demux.find(destination, port, source, this.#about.port, interfaceId);
    if (binding === undefined) return 'no such port';
    this.#lost = deliver(this.#about, binding.item, packet, at);
    return this.#lost === 0 ? undefined : 'UDP receive queue full';
  }

  /**
   * What `pollTransmit` gave was lost: an ICMP error came back that quotes it (`reasonOf` has the word), or the host could
   * not send it. RFC 1122 §4.1.3.3: told to the endpoint that sent it. Of `sent` only the addresses and ports count.
   *
   * @param reporter whose ICMP error it is, as a word
   * @returns false when it concerns nobody here
   */
  onSendFailure(sent: Readonly<UdpOut>, reason: UdpFailureReason, reporter?: number): boolean {
    const { source, sourcePort, destination: address, destinationPort: port } = sent;
    const binding = this.#demux.find(source, sourcePort, address, port);
    binding?.item.onFailure({ reason, address, port, ...(reporter === undefined ? {} : { reporter }) });
    return binding !== undefined;
  }

  /**
   * Appends the next datagram to an empty packet, payload first, then the UDP header in front of it, its checksum left open
   * for who knows the device. With it come those behind it that the device can cut off again (`gsoSize`). Endpoints take
   * turns.
   *
   * @returns false when there is none
   */
  pollTransmit(out: Packet, fields: UdpOut): boolean {
    for (let endpoint = this.#withOutput.shift(); endpoint !== undefined; endpoint = this.#withOutput.shift()) {
      const about = this.#about;
      const length = endpoint.takeOutgoing(about, out.bytes, out.end);
      if (length < 0) continue;
      const source = about.localAddress || this.#host.sourceFor(about.address, about.interfaceId);
      if (source === undefined) {
        endpoint.onFailure({ reason: 'no route', address: about.address, port: about.port });
        continue;
      }
      fill(fields, about, source, endpoint.binding.localPort);
      writeHeader(out, fields, length);
      out.note = about.note;
      if (length > about.length) out.gsoSize = about.length;
      return true;
    }
    return false;
  }

  /** Tells owners what happened since the last call: to be called when nothing else is being done. */
  notifyOwners(): void {
    // what the owners do may raise events again: those are for the next call
    for (let left = this.#withEvents.length; left > 0; left--) this.#withEvents.shift()?.notifyOwner();
  }

  isBroadcast(address: number): boolean {
    return address === LIMITED_BROADCAST || this.#host.isBroadcast(address);
  }

  joinLimits(address: number, length: number): RunLimits | undefined {
    if (length < SHORTEST_JOINED) return undefined;
    this.#joinLimits.bytes = this.#host.superLength(address, length + HEADERS) - HEADERS;
    return this.#joinLimits;
  }

  hasOutput(endpoint: UdpEndpoint): void {
    this.#withOutput.push(endpoint);
    this.#host.wake();
  }

  hasEvents(endpoint: UdpEndpoint): void {
    this.#withEvents.push(endpoint);
  }

  rebind(endpoint: UdpEndpoint, localAddress: number, remoteAddress: number, remotePort: number): void {
    if (endpoint.isClosed) return;
    const binding = endpoint.binding;
    this.#demux.remove(binding);
    binding.localAddress = localAddress;
    binding.remoteAddress = remoteAddress;
    binding.remotePort = remotePort;
    this.#demux.add(binding);
  }

  release(endpoint: UdpEndpoint): void {
    this.#demux.remove(endpoint.binding);
  }

  /** Everybody on the port who is not bound to another address or connected to another peer gets a copy. */
  #deliverToMany(packet: Packet, at: number, port: number): UdpDrop | undefined {
    const { address, port: remotePort, localAddress, interfaceId } = this.#about;
    let result: UdpDrop | undefined = 'no such port';
    for (const binding of this.#demux.onPort(port) ?? []) {
      const isForUs = binding.localAddress === 0 || binding.localAddress === localAddress;
      const isOurPeer = binding.remotePort === 0 || (binding.remotePort === remotePort && binding.remoteAddress === address);
      if (!isForUs || !isOurPeer || !hears(binding, interfaceId)) continue;
      this.#lost = deliver(this.#about, binding.item, packet, at);
      if (this.#lost === 0) result = undefined;
      else if (result !== undefined) result = 'UDP receive queue full';
    }
    return result;
  }
}

/** @returns how many datagrams found the queue full */
function deliver(about: Readonly<Datagram>, endpoint: UdpEndpoint, { bytes, view, gsoSize }: Packet, at: number): number {
  const [from, to] = [at + udp.HEADER, at + udp.length(view, at)];
  return endpoint.onDatagrams(about, bytes, from, to, gsoSize > 0 ? gsoSize : to - from);
}

function fill(fields: UdpOut, about: Readonly<Datagram>, source: number, sourcePort: number): void {
  fields.source = source;
  fields.destination = about.address;
  fields.ttl = about.ttl;
  fields.trafficClass = about.trafficClass;
  fields.identification = 0;
  fields.dontFragment = about.dontFragment;
  fields.sourcePort = sourcePort;
  fields.destinationPort = about.port;
  fields.interfaceId = about.interfaceId;
}

function writeHeader(out: Packet, fields: Readonly<UdpOut>, length: number): void {
  out.payload = out.end;
  out.end += length;
  out.transport = out.prepend(udp.HEADER);
  udp.encodeHeader(out.view, out.transport, out.end, fields.sourcePort, fields.destinationPort);
}

function describeArrival(about: Datagram, packet: Packet, at: number, source: number, destination: number): void {
  const { view, network } = packet;
  about.address = source;
  about.port = udp.sourcePort(view, at); // 0 is allowed, RFC 768: "if not used, a value of zero is inserted"
  about.localAddress = destination;
  about.ttl = network === 0 ? 0 : ipv4.ttl(view, network);
  about.trafficClass = network === 0 ? 0 : ipv4.trafficClass(view, network);
  about.dontFragment = network !== 0 && ipv4.dontFragment(view, network);
}
