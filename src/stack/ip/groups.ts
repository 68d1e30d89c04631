/** The multicast groups that a host listens to, by interface; RFC 1112 §7.1. Nobody is told of it: there is no IGMP here. */
import { formatV4, isMulticastV4 } from '../wire/ip-address.ts';
import type { InterfaceId } from './route-table.ts';

/** Far more than a host has use for. */
const MAX_GROUPS = 1_024;

export class GroupTable {
  /** By interface and group: how many have joined. */
  readonly #members = new Map<number, number>();

  /**
   * Datagrams to the group that come in by the interface are delivered from now on, to every socket on their port.
   * @returns takes it back
   * @throws RangeError when the word is no group, or far too many are joined
   */
  join(group: number, interfaceId: InterfaceId): () => void {
    if (!isMulticastV4(group))
      throw new RangeError(`${formatV4(group)} is not a multicast group: those go from 224.0.0.0 to 239.255.255.255`);
    const key = keyOf(group, interfaceId);
    if (!this.#members.has(key) && this.#members.size >= MAX_GROUPS)
      throw new RangeError(`${MAX_GROUPS} groups are joined already`);
    this.#members.set(key, (this.#members.get(key) ?? 0) + 1);
    let isMember = true;
    return () => {
      if (!isMember) return;
      isMember = false;
      const left = (this.#members.get(key) ?? 1) - 1;
      if (left > 0) this.#members.set(key, left);
      else this.#members.delete(key);
    };
  }

  has(group: number, interfaceId: InterfaceId): boolean {
    return this.#members.size > 0 && this.#members.has(keyOf(group, interfaceId));
  }
}

/** One exact number of both. */
const keyOf = (group: number, interfaceId: InterfaceId): number => interfaceId * 0x1_0000_0000 + (group >>> 0);
