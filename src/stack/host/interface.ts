/** One network interface: a device, its Ethernet address, its neighbours, and the frames that wait for the device. */
import { Fifo } from '../bytes/fifo.ts';
import { Packet } from '../bytes/packet.ts';
import type { Timed } from '../deadlines.ts';
import type { LinkDevice } from '../device.ts';
import type { InterfaceId } from '../ip/route-table.ts';
import type { ArpOptions } from '../link/arp-cache.ts';
import { ArpCache, ArpEvent, ArpTransmit } from '../link/arp-cache.ts';
import { encapsulate, macOfGroup, pad } from '../link/ethernet-link.ts';
import { Waited } from '../link/waiting-room.ts';
import type { Micros } from '../time.ts';
import * as arp from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { isMulticastV4 } from '../wire/ip-address.ts';
import type { MacAddress } from '../wire/mac-address.ts';
import { BROADCAST } from '../wire/mac-address.ts';
import type { Counters } from './counters.ts';

/** Frames that wait while the device takes none: what a driver's ring would hold. */
const MAX_QUEUED = 512;

export interface InterfaceConfig {
  readonly id: InterfaceId;
  readonly name: string;
  readonly mac: MacAddress;
  readonly arp?: Partial<ArpOptions>;
}

/** Who is told what ARP found out. */
export interface LinkObserver {
  /** Nobody answered for this packet's next hop; its live part begins with the IPv4 header. */
  onUnreachable(packet: Packet): void;
  onArpEvent(event: ArpEvent, from: NetworkInterface): void;
}

/** Told of what ARP found out about an address of ours. What it is given is reused after the call. */
export type ArpListener = (event: Readonly<ArpEvent>) => void;

export class NetworkInterface implements Timed {
  readonly id: InterfaceId;
  readonly name: string;
  readonly mac: MacAddress;
  readonly device: LinkDevice;
  readonly arp: ArpCache;
  /** Who waits for news of addresses: a DHCP client that probes for its own. */
  readonly arpListeners = new Set<ArpListener>();
  deadlineIndex = -1;
  readonly #counters: Counters;
  readonly #queue = new Fifo<Packet>();
  readonly #arpOut = new ArpTransmit();
  readonly #arpPacket = new Packet(512);
  readonly #waited = new Waited();
  readonly #event = new ArpEvent();

  constructor(device: LinkDevice, { id, name, mac, arp: arpOptions = {} }: InterfaceConfig, counters: Counters) {
    this.device = device;
    this.id = id;
    this.name = name;
    this.mac = mac;
    this.arp = new ArpCache(mac, arpOptions);
    this.#counters = counters;
  }

  /** The device has refused a frame: nothing more should be made for it now. */
  get isBlocked(): boolean {
    return this.#queue.length > 0;
  }

  nextTimeout(): Micros {
    return this.arp.nextTimeout();
  }

  onTimeout(now: Micros): void {
    this.arp.onTimeout(now);
  }

  /**
   * Sends the IPv4 packet that is the live part of `packet` to a neighbour, now or when ARP has found it.
   * @param nextHop whom to ask ARP for; `toAll`: everybody on the link instead
   */
  send(packet: Packet, nextHop: number, toAll: boolean, now: Micros): void {
    if (toAll) this.#sendTo(packet, BROADCAST);
    else if (isMulticastV4(nextHop)) this.#sendTo(packet, macOfGroup(nextHop));
    else {
      const mac = this.arp.resolve(nextHop, now);
      if (mac !== undefined) this.#sendTo(packet, mac);
      else this.arp.hold(nextHop, packet, now); // what it drops it counts itself: see `waitingDrops`
    }
  }

  /** Sends what ARP has to say and what was waiting for it, and tells the host what came of the rest. */
  service(host: LinkObserver): void {
    this.speakArp();
    const waited = this.#waited;
    while (this.arp.pollReleased(waited)) if (waited.packet !== undefined) this.#sendTo(waited.packet, waited.mac);
    while (this.arp.pollFailed(waited)) if (waited.packet !== undefined) host.onUnreachable(waited.packet);
    if (!this.arp.pollEvent(this.#event)) return;
    do host.onArpEvent(this.#event, this);
    while (this.arp.pollEvent(this.#event));
    this.speakArp(); // whoever was told may have given us an address
  }

  /** Sends what ARP has to say: an answer goes out before whatever the frames behind the question are answered with. */
  speakArp(): void {
    while (!this.isBlocked && this.arp.pollTransmit(this.#arpOut)) this.#sendArp(this.#arpOut);
  }

  /** Offers the device again what it refused. */
  flush(): void {
    for (let packet = this.#queue.peek(); packet !== undefined; packet = this.#queue.peek()) {
      if (!this.device.transmit(packet)) return;
      this.#count(packet);
      this.#queue.shift();
    }
  }

  #sendArp(message: ArpTransmit): void {
    const packet = this.#arpPacket;
    packet.reset();
    arp.encode(packet.view, packet.start, message);
    packet.end = packet.start + arp.LENGTH;
    packet.note = message.reason;
    this.#counters.arpOut++;
    encapsulate(packet, message.destination, this.mac, ethernet.TYPE_ARP);
    this.#transmit(packet);
  }

  #sendTo(packet: Packet, mac: MacAddress): void {
    encapsulate(packet, mac, this.mac, ethernet.TYPE_IPV4);
    this.#transmit(packet);
  }

  #transmit(packet: Packet): void {
    pad(packet);
    if (!this.isBlocked && this.device.transmit(packet)) {
      this.#count(packet);
      return;
    }
    if (this.#queue.length >= MAX_QUEUED) {
      this.#counters.drop('device queue full');
      return;
    }
    const copy = new Packet(packet.end + packet.lentLength + 64);
    copy.copyFrom(packet);
    this.#queue.push(copy);
  }

  #count(packet: Packet): void {
    this.#counters.framesOut++;
    this.#counters.bytesOut += packet.length;
  }
}
