/** The Ethernet II frame, RFC 894 (the check sequence at its end is the device's business). */
import type { MacAddress } from './mac-address.ts';
import * as mac from './mac-address.ts';

//   0                    6                    12          14
//   +--------------------+--------------------+-----------+-----------
//   | destination        | source             | EtherType | payload …
//   +--------------------+--------------------+-----------+-----------
export const HEADER = 14;
/** IEEE 802.3: 46 bytes of payload at least; a sender pads shorter ones, a receiver goes by the lengths inside. */
export const MIN_PAYLOAD = 46;

export const TYPE_IPV4 = 0x0800;
export const TYPE_ARP = 0x0806;
export const TYPE_VLAN = 0x8100;
export const TYPE_IPV6 = 0x86dd;
/** IEEE 802.3: below this the field is a length, not a type. */
export const TYPE_MIN = 0x0600;

export const destination = (view: DataView, at: number): MacAddress => mac.read(view, at);
export const source = (view: DataView, at: number): MacAddress => mac.read(view, at + 6);
export const etherType = (view: DataView, at: number): number => view.getUint16(at + 12);

/** True when every accessor of this file may be called on `[at, end)`. */
export const isValid = (at: number, end: number): boolean => end - at >= HEADER;

export function encode(view: DataView, at: number, to: MacAddress, from: MacAddress, type: number): void {
  mac.write(view, at, to);
  mac.write(view, at + 6, from);
  view.setUint16(at + 12, type);
}
