/** The smallest host that `ping` is content with: answers ARP requests and ICMP echo requests, and keeps everything else. */
import type { Machine } from '../../src/node/run-loop.ts';
import * as checksum from '../../src/stack/bytes/checksum.ts';
import { Packet } from '../../src/stack/bytes/packet.ts';
import type { LinkDevice } from '../../src/stack/device.ts';
import { type Micros, NEVER } from '../../src/stack/time.ts';
import * as arp from '../../src/stack/wire/arp.ts';
import * as ethernet from '../../src/stack/wire/ethernet.ts';
import * as icmp from '../../src/stack/wire/icmpv4.ts';
import { ipv4 as address } from '../../src/stack/wire/ip-address.ts';
import * as ipv4 from '../../src/stack/wire/ipv4.ts';
import type { MacAddress } from '../../src/stack/wire/mac-address.ts';

export class EchoHost implements Machine {
  readonly mac = 0x02_00_00_00_00_02 as MacAddress;
  readonly ip: number;
  /** Gets every IPv4 packet to us that is no echo request; the packet is reused afterwards. */
  onPacket: (packet: Packet) => void = () => {};
  runs = 0;
  readonly #device: LinkDevice;
  readonly #packet = new Packet();

  constructor(device: LinkDevice, ip: string) {
    this.#device = device;
    this.ip = address(ip).w3;
  }

  run(_now: Micros): boolean {
    this.runs++;
    let cameFrames = false;
    for (this.#packet.reset(); this.#device.receive(this.#packet); this.#packet.reset()) {
      this.#onFrame(this.#packet);
      cameFrames = true;
    }
    return cameFrames;
  }

  nextTimeout(): Micros {
    return NEVER;
  }

  #onFrame(packet: Packet): void {
    const at = packet.start + ethernet.HEADER;
    packet.network = at;
    if (ethernet.etherType(packet.view, packet.start) === ethernet.TYPE_ARP) this.#onArp(packet);
    if (ethernet.etherType(packet.view, packet.start) !== ethernet.TYPE_IPV4 || !ipv4.isValid(packet.view, at, packet.end))
      return;
    if (ipv4.destination(packet.view, at) !== this.ip) return;
    packet.transport = at + ipv4.headerLength(packet.view, at);
    packet.end = at + ipv4.totalLength(packet.view, at);
    const isEcho =
      ipv4.protocol(packet.view, at) === ipv4.PROTOCOL_ICMP && icmp.type(packet.view, packet.transport) === icmp.ECHO_REQUEST;
    if (isEcho) this.#onEcho(packet);
    else this.onPacket(packet);
  }

  #onArp({ view, start, network, end }: Packet): void {
    if (!arp.isValid(view, network, end) || arp.targetIp(view, network) !== this.ip) return;
    const [peer, peerIp] = [arp.senderMac(view, network), arp.senderIp(view, network)];
    arp.encode(view, network, {
      operation: arp.REPLY,
      senderMac: this.mac,
      senderIp: this.ip,
      targetMac: peer,
      targetIp: peerIp,
    });
    ethernet.encode(view, start, peer, this.mac, ethernet.TYPE_ARP);
    this.#device.transmit(this.#packet);
  }

  #onEcho(packet: Packet): void {
    const { view, start, network, transport, end } = packet;
    const peer = ipv4.source(view, network);
    view.setInt32(network + 12, this.ip);
    view.setInt32(network + 16, peer);
    icmp.encode(view, transport, end, icmp.ECHO_REPLY, 0, view.getUint32(transport + 4));
    ethernet.encode(view, start, ethernet.source(view, start), this.mac, ethernet.TYPE_IPV4);
    packet.clearOffload();
    this.#device.transmit(packet);
  }
}

/** Turns a packet to us into one from us: swaps MAC addresses, IP addresses and ports, and completes the IPv4 header. */
export function turnAround(packet: Packet, length: number): void {
  const { view, start, network, transport } = packet;
  const [to, from] = [ethernet.source(view, start), ethernet.destination(view, start)];
  ethernet.encode(view, start, to, from, ethernet.TYPE_IPV4);
  const [source, destination] = [ipv4.source(view, network), ipv4.destination(view, network)];
  view.setInt32(network + 12, destination);
  view.setInt32(network + 16, source);
  view.setUint16(network + 2, length);
  ipv4.updateChecksum(view, network);
  const ports = view.getUint32(transport);
  view.setUint32(transport, ((ports >>> 16) | (ports << 16)) >>> 0);
  packet.end = network + length;
}

/** The pseudo-header's sum, which is what stands in a checksum field whose rest is left to the device. */
export const openChecksum = ({ view, network, transport, end }: Packet): number =>
  checksum.fold(
    checksum.pseudoHeader(
      ipv4.source(view, network),
      ipv4.destination(view, network),
      ipv4.protocol(view, network),
      end - transport,
    ),
  );
