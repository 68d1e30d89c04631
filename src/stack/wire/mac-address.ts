/** Ethernet addresses: 48 bits are exact in a number, so `===` and `Map` work. */

export type MacAddress = number & { readonly __unit: 'mac' };

export const LENGTH = 6;
export const BROADCAST = 0xffff_ffff_ffff as MacAddress;
export const ZERO = 0 as MacAddress;

export const read = (view: DataView, at: number): MacAddress =>
  (view.getUint16(at) * 0x1_0000_0000 + view.getUint32(at + 2)) as MacAddress;

export function write(view: DataView, at: number, mac: MacAddress): void {
  view.setUint16(at, Math.floor(mac / 0x1_0000_0000));
  view.setUint32(at + 2, mac % 0x1_0000_0000);
}

/** IEEE 802: the lowest bit of the first octet marks a group address; broadcast is one of them. */
export const isGroup = (mac: MacAddress): boolean => (Math.floor(mac / 0x100_0000_0000) & 1) === 1;

/**
 * An address made of an IPv4 address: 02:00 and its four octets. IEEE 802: the second lowest bit of the first octet marks
 * addresses that an administrator gave, so it can be no card's.
 */
export const ofIpv4 = (word: number): MacAddress => (0x0200_0000_0000 + (word >>> 0)) as MacAddress;

export function format(mac: MacAddress): string {
  const digits = mac.toString(16).padStart(12, '0');
  return digits.match(/../g)?.join(':') ?? digits;
}

/** @returns undefined when the text is not six two-digit hex numbers joined by colons */
export function parse(text: string): MacAddress | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined;
  return Number.parseInt(text.replaceAll(':', ''), 16) as MacAddress;
}
