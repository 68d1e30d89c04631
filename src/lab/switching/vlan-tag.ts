/** The tag of IEEE 802.1Q in a frame: read, put in, taken out, where the frame stands. */
import type { Packet } from '../../stack/bytes/packet.ts';
import { pad } from '../../stack/link/ethernet-link.ts';
import * as ethernet from '../../stack/wire/ethernet.ts';
import { VLAN_TAG } from '../frame-length.ts';

//   0             6             12      14                      16          18
//   +-------------+-------------+-------+-----------------------+-----------+----------
//   | destination | source      | 81 00 | priority 3, drop 1,   | EtherType | payload …
//   |             |             |       | VLAN identifier 12    |           |
//   +-------------+-------------+-------+-----------------------+-----------+----------

/** IEEE 802.1Q §9.6: 0 says "no VLAN, only a priority", 4095 is reserved. */
export const LOWEST_VLAN = 1;
export const HIGHEST_VLAN = 4_094;

const ADDRESSES = 12;
const VLAN_BITS = 0xfff;

/** A frame that says it has a tag and ends before its own type is too short. */
export const MIN_TAGGED = ethernet.HEADER + VLAN_TAG;

export const isTagged = (packet: Packet): boolean => packet.view.getUint16(packet.start + ADDRESSES) === ethernet.TYPE_VLAN;

/** The sixteen bits behind the tag's type: priority, drop eligible, VLAN. */
export const tagOf = (packet: Packet): number => packet.view.getUint16(packet.start + ethernet.HEADER);

export const vlanOf = (tag: number): number => tag & VLAN_BITS;

/** The same priority for another VLAN. */
export const withVlan = (tag: number, vlan: number): number => (tag & ~VLAN_BITS) | vlan;

/** Moves the addresses to the left and writes the tag behind them. */
export function insertTag(packet: Packet, tag: number): void {
  const { bytes, view, start } = packet;
  const at = packet.prepend(VLAN_TAG);
  bytes.copyWithin(at, start, start + ADDRESSES);
  view.setUint16(at + ADDRESSES, ethernet.TYPE_VLAN);
  view.setUint16(at + ethernet.HEADER, tag);
}

/** Moves the addresses to the right, over the tag. What has become too short for a wire is filled up with zeros. */
export function removeTag(packet: Packet): void {
  const { bytes, start } = packet;
  bytes.copyWithin(start + VLAN_TAG, start, start + ADDRESSES);
  packet.start = start + VLAN_TAG;
  pad(packet);
}
