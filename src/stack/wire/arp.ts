/** The ARP packet for IPv4 over Ethernet, RFC 826. */
import type { MacAddress } from './mac-address.ts';
import * as mac from './mac-address.ts';

//   0          2          4      5      6          8            14          18           24          28
//   +----------+----------+------+------+----------+------------+-----------+------------+-----------+
//   | hardware | protocol | hlen | plen | operation| sender MAC | sender IP | target MAC | target IP |
//   +----------+----------+------+------+----------+------------+-----------+------------+-----------+
export const LENGTH = 28;
export const REQUEST = 1;
export const REPLY = 2;

const HARDWARE_ETHERNET = 1;
const PROTOCOL_IPV4 = 0x0800;

export const operation = (view: DataView, at: number): number => view.getUint16(at + 6);
export const senderMac = (view: DataView, at: number): MacAddress => mac.read(view, at + 8);
export const senderIp = (view: DataView, at: number): number => view.getInt32(at + 14);
export const targetMac = (view: DataView, at: number): MacAddress => mac.read(view, at + 18);
export const targetIp = (view: DataView, at: number): number => view.getInt32(at + 24);

/** True when `[at, end)` is ARP for IPv4 over Ethernet ("?Do I have the hardware type in ar$hrd?" and the next three). */
export const isValid = (view: DataView, at: number, end: number): boolean =>
  end - at >= LENGTH &&
  view.getUint16(at) === HARDWARE_ETHERNET &&
  view.getUint16(at + 2) === PROTOCOL_IPV4 &&
  view.getUint8(at + 4) === mac.LENGTH &&
  view.getUint8(at + 5) === 4;

/** One ARP message; addresses of IPv4 as 32-bit words. */
export interface ArpMessage {
  operation: number;
  senderMac: MacAddress;
  senderIp: number;
  targetMac: MacAddress;
  targetIp: number;
}

export function encode(view: DataView, at: number, message: ArpMessage): void {
  view.setUint16(at, HARDWARE_ETHERNET);
  view.setUint16(at + 2, PROTOCOL_IPV4);
  view.setUint8(at + 4, mac.LENGTH);
  view.setUint8(at + 5, 4);
  view.setUint16(at + 6, message.operation);
  mac.write(view, at + 8, message.senderMac);
  view.setInt32(at + 14, message.senderIp);
  mac.write(view, at + 18, message.targetMac);
  view.setInt32(at + 24, message.targetIp);
}
