/**
 * A DHCP message as bytes, RFC 2131 §2:
 * ```
 *   0       1       2       3       4        8        10       12       16       20       24       28       44     108    236
 *   +-------+-------+-------+-------+--------+--------+--------+--------+--------+--------+--------+--------+------+------+--------+---------
 *   | op    | htype | hlen  | hops  | xid    | secs   | flags  | ciaddr | yiaddr | siaddr | giaddr | chaddr | sname| file | cookie | options
 *   +-------+-------+-------+-------+--------+--------+--------+--------+--------+--------+--------+--------+------+------+--------+---------
 * ```
 */
import type { MacAddress } from '../../stack/index.ts';

export const HOPS = 3;
export const XID = 4;
export const SECS = 8;
export const FLAGS = 10;
export const CIADDR = 12;
export const YIADDR = 16;
export const SIADDR = 20;
export const GIADDR = 24;
export const CHADDR = 28;
export const SNAME = 44;
export const SNAME_LENGTH = 64;
export const FILE = 108;
export const FILE_LENGTH = 128;
export const COOKIE = 236;
export const OPTIONS = 240;

export const BOOTREQUEST = 1;
export const BOOTREPLY = 2;
export const ETHERNET = 1;
export const ETHERNET_LENGTH = 6;
export const BROADCAST_FLAG = 0x8000;
export const MAGIC_COOKIE = 0x6382_5363;
/** RFC 1542 §2.1: relay agents may drop what is shorter than a message of BOOTP was. */
export const SHORTEST = 300;
/** RFC 2131 §2: what every client must take is 576 bytes of IP; less the headers of IP and UDP. */
export const ALWAYS_TAKEN = 548;

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const readMac = (view: DataView, at: number): MacAddress =>
  (view.getUint16(at) * 0x1_0000_0000 + view.getUint32(at + 2)) as MacAddress;

export function writeMac(view: DataView, at: number, mac: MacAddress): void {
  view.setUint16(at, Math.floor(mac / 0x1_0000_0000));
  view.setUint32(at + 2, mac % 0x1_0000_0000);
}
