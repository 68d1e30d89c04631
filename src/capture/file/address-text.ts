/** Addresses as the blocks of pcapng hold them, from text and back: IPv4 with its mask, IPv6 with its prefix length, MAC. */
import { formatV4, parseV4 } from '../../stack/wire/ip-address.ts';

/** An address and how many of its bits are the network's. */
export interface AddressBytes {
  /** Four bytes or sixteen. */
  readonly bytes: Uint8Array;
  readonly prefixLength: number;
}

/** @returns undefined when the text is neither an IPv4 nor an IPv6 address, with or without "/length" */
export function parseAddress(text: string): AddressBytes | undefined {
  const [address = '', length] = text.split('/');
  const bytes = bytesOfV4(address) ?? bytesOfV6(address);
  if (bytes === undefined) return undefined;
  const prefixLength = length === undefined ? bytes.length * 8 : Number(length);
  return /^\d{1,3}$/.test(length ?? '0') && prefixLength <= bytes.length * 8 ? { bytes, prefixLength } : undefined;
}

/** @param bytes four or sixteen */
export function formatAddress(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return formatV4(view.getInt32(0));
  return formatV6(Array.from({ length: 8 }, (_, i) => view.getUint16(2 * i)));
}

/** The mask of a prefix, four bytes. */
export const maskOf = (prefixLength: number): Uint8Array =>
  Uint8Array.from({ length: 4 }, (_, i) => 0xff00 >>> Math.max(0, Math.min(8, prefixLength - 8 * i)));

/** The ones of a mask, four bytes; what comes after the first zero is not looked at. */
export function prefixLengthOf(mask: Uint8Array): number {
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return `${bits}0`.indexOf('0');
}

/** Six bytes as text, or text as six bytes. @returns undefined when the text is no MAC address */
export function parseMac(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(/[:-]/), (octet) => Number.parseInt(octet, 16));
}

export const formatMac = (bytes: Uint8Array): string => [...bytes].map((octet) => octet.toString(16).padStart(2, '0')).join(':');

function bytesOfV4(text: string): Uint8Array | undefined {
  const word = parseV4(text);
  return word === undefined ? undefined : Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word);
}

function bytesOfV6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(groups.flatMap((group) => [Number.parseInt(group, 16) >>> 8, Number.parseInt(group, 16) & 0xff]));
}

/** RFC 5952: the longest run of zero groups, the first of equals, is left out; one group alone is not. */
function formatV6(groups: readonly number[]): string {
  let best = { at: 0, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.length === 1) return text(groups);
  return `${text(groups.slice(0, best.at))}::${text(groups.slice(best.at + best.length))}`;
}
