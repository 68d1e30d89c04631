/** The addresses of a host: what is ours, what is everybody's, and who cannot be a sender, RFC 1122 §3.2.1.3. */
import * as ip from '../wire/ip-address.ts';
import type { InterfaceAddress } from './prefix.ts';
import type { InterfaceId } from './route-table.ts';

/** Whom a destination names, seen from one interface. */
export type DestinationKind = 'ours' | 'broadcast' | 'multicast' | 'loopback' | 'other';

/** Why a packet's source address cannot be a host that is to be believed or answered. */
export const SOURCE_DROPS = [
  'source is a broadcast address',
  'source is a multicast group',
  'source is a loopback address from outside',
  'source is a reserved address',
  'source is our own address',
] as const;
export type SourceDrop = (typeof SOURCE_DROPS)[number];

export interface OwnedAddress extends InterfaceAddress {
  readonly interfaceId: InterfaceId;
}

export class AddressTable {
  #addresses: readonly OwnedAddress[] = [];

  /** An address already there is given its new prefix. One address on two interfaces is allowed (unnumbered links). */
  add(interfaceId: InterfaceId, { address, prefix }: InterfaceAddress): void {
    this.remove(interfaceId, address);
    this.#addresses = [...this.#addresses, { interfaceId, address, prefix }];
  }

  /** @returns false when there was no such address */
  remove(interfaceId: InterfaceId, address: number): boolean {
    const before = this.#addresses.length;
    this.#addresses = this.#addresses.filter((own) => own.interfaceId !== interfaceId || own.address !== address);
    return this.#addresses.length < before;
  }

  removeInterface(interfaceId: InterfaceId): void {
    this.#addresses = this.#addresses.filter((own) => own.interfaceId !== interfaceId);
  }

  /** In the order in which they were added; the first of an interface is its primary one. */
  list(): readonly OwnedAddress[] {
    return this.#addresses;
  }

  /** Whether an interface has an address at all. */
  hasAny(interfaceId: InterfaceId): boolean {
    return this.#addresses.some((own) => own.interfaceId === interfaceId);
  }

  owns(word: number): boolean {
    const addresses = this.#addresses;
    for (let i = 0; i < addresses.length; i++) if (addresses[i]!.address === word) return true;
    return false;
  }

  /** True when the word is one of `interfaceId`'s addresses. */
  ownsOn(interfaceId: InterfaceId, word: number): boolean {
    return this.#addresses.some((own) => own.interfaceId === interfaceId && own.address === word);
  }

  /**
   * Whom a destination names. An address of ours is ours on every interface: the weak end-system model of RFC 1122
   * §3.3.4.2, as in Linux. A broadcast address counts only on the link that it belongs to.
   */
  classify(word: number, interfaceId: InterfaceId): DestinationKind {
    if (this.owns(word)) return 'ours';
    if (this.isBroadcast(word, interfaceId)) return 'broadcast';
    if (ip.isMulticastV4(word)) return 'multicast';
    return ip.isLoopbackV4(word) ? 'loopback' : 'other';
  }

  /**
   * True for all ones, for all ones in the host part of an attached network, and for zeros in their place: RFC 1122 §3.3.6
   * has every host accept the old form. RFC 3021: a /31 has neither.
   */
  isBroadcast(word: number, interfaceId: InterfaceId): boolean {
    if (word === ip.LIMITED_BROADCAST || word === 0) return true;
    const addresses = this.#addresses;
    for (let i = 0; i < addresses.length; i++) {
      const { interfaceId: id, prefix } = addresses[i]!;
      if (id === interfaceId && prefix.hasBroadcast && (word === prefix.network || word === prefix.broadcast)) return true;
    }
    return false;
  }

  /**
   * RFC 1122 §3.2.1.3: "A host MUST silently discard an incoming datagram containing an IP source address that is invalid".
   * 0.0.0.0 passes here: whether it may depends on the destination, see `input.ts`.
   */
  checkSource(word: number, interfaceId: InterfaceId): 'ok' | SourceDrop {
    if (word === 0) return 'ok';
    if (this.owns(word)) return 'source is our own address';
    if (this.isBroadcast(word, interfaceId)) return 'source is a broadcast address';
    if (ip.isMulticastV4(word)) return 'source is a multicast group';
    if (ip.isLoopbackV4(word)) return 'source is a loopback address from outside';
    return ip.isReservedV4(word) ? 'source is a reserved address' : 'ok';
  }

  /**
   * The address to send from (RFC 1122 §3.3.4.3): the destination itself when it is ours, else an address of the
   * interface in the same network as the next hop, else the interface's first.
   * @returns undefined when the interface has no address
   */
  sourceFor(destination: number, via: number, interfaceId: InterfaceId): number | undefined {
    if (this.owns(destination)) return destination;
    const own = this.#addresses.filter((address) => address.interfaceId === interfaceId);
    return (own.find(({ prefix }) => prefix.contains(via)) ?? own[0])?.address;
  }
}
