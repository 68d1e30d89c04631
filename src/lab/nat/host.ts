/** The host that a NAT stands on, as far as the NAT has to know it. */
import type { Packet } from '../../stack/bytes/packet.ts';
import type { OwnedAddress } from '../../stack/ip/address-table.ts';
import type { Stack } from '../../stack/stack.ts';
import type { Micros } from '../../stack/time.ts';
import * as icmp from '../../stack/wire/icmpv4.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import type { NatPlan } from './options.ts';
import type { NatSurroundings } from './translator.ts';

export type NatHost = Pick<Stack, 'addresses' | 'interfaces' | 'tcp' | 'udp' | 'icmp'>;

const NOWHERE = { id: 0, isGroupFrame: false, isLoopback: false };

export class Surroundings implements NatSurroundings {
  readonly #plan: NatPlan;
  #host: NatHost | undefined = undefined;
  #outsideId = 0;
  /** The host's addresses as they were when `#addresses` was made. */
  #list: readonly OwnedAddress[] = [];
  #addresses: readonly number[] = [];

  constructor(plan: NatPlan) {
    this.#plan = plan;
    this.#addresses = plan.addresses ?? [];
  }

  /** @throws RangeError when the host has no interface of the name that leads outside */
  join(host: NatHost): void {
    const { outside, addresses = [], insideOf } = this.#plan;
    const found = [...host.interfaces.values()].find(({ name }) => name === outside);
    if (found === undefined) {
      const names = [...host.interfaces.values()].map(({ name }) => name).join(', ');
      throw new RangeError(`a NAT's outside is "${outside}", but the interfaces are: ${names}`);
    }
    this.#host = host;
    this.#outsideId = found.id;
    const prefixes = host.addresses.list().filter(({ interfaceId }) => interfaceId === found.id);
    // the neighbours outside ask for whoever is on their network
    for (const address of [...addresses, ...insideOf.keys()])
      if (prefixes.some(({ prefix }) => prefix.contains(address))) found.arp.addAddress(address);
  }

  addresses(): readonly number[] {
    if (this.#plan.addresses !== undefined || this.#host === undefined) return this.#addresses;
    const list = this.#host.addresses.list();
    if (list !== this.#list) {
      const { insideOf } = this.#plan;
      const own = list.filter(({ interfaceId, address }) => interfaceId === this.#outsideId && !insideOf.has(address));
      this.#list = list;
      this.#addresses = own.map(({ address }) => address);
    }
    return this.#addresses;
  }

  /** Seen from outside, it is the NAT's. */
  isOutside(address: number): boolean {
    return this.addresses().includes(address) || this.#plan.insideOf.has(address);
  }

  isOwn(address: number): boolean {
    return this.#host?.addresses.owns(address) ?? this.#addresses.includes(address);
  }

  /** The host's own address outside, which is none of those that the NAT gives away: it needs no other. */
  isPlain(address: number): boolean {
    if (this.isOutside(address) || this.#host === undefined) return false;
    return this.#host.addresses.ownsOn(this.#outsideId, address);
  }

  listens(protocol: number, address: number, port: number): boolean {
    const { tcp, udp } = this.#host ?? {};
    const isIt = (own: number | undefined, ownPort: number): boolean => ownPort === port && (own ?? address) === address;
    if (protocol === ipv4.PROTOCOL_TCP) return [...(tcp?.listeners() ?? [])].some((one) => isIt(one.address?.w3, one.port));
    if (protocol !== ipv4.PROTOCOL_UDP) return false;
    return (udp?.endpoints() ?? []).some(({ binding }) => isIt(binding.localAddress || undefined, binding.localPort));
  }

  /** Tells a sender that its packet is not let through: RFC 5508 §6 (REQ-8). */
  refuse(packet: Packet, now: Micros): void {
    if (this.#host === undefined || this.isOwn(ipv4.source(packet.view, packet.network))) return;
    this.#host.icmp.report(packet, NOWHERE, icmp.DESTINATION_UNREACHABLE, icmp.ADMINISTRATIVELY_PROHIBITED, 0, now);
  }
}
