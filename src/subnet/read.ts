/** Addresses, prefixes and masks as people write them; what is none is refused in a line that says what would be right. */
import { Prefix } from '../stack/ip/prefix.ts';
import { formatV4, parseV4 } from '../stack/wire/ip-address.ts';
import type { Standing } from './pair.ts';
import type { Wish } from './split.ts';

/** The most networks that a plan is made for. */
const MOST_WISHES = 1024;
const MOST_HOSTS = 2 ** 32 - 2;

/**
 * Reads `10.0.0.1`, `10.0.0.1/24` and `10.0.0.1/255.255.255.0`.
 * @throws RangeError in words for the person who wrote it
 */
export function readStanding(text: string): Standing {
  const slash = text.indexOf('/');
  if (slash < 0) return { address: readAddress(text) };
  const address = readAddress(text.slice(0, slash));
  return { address, prefix: new Prefix(address, readLength(text.slice(slash + 1), text)) };
}

/**
 * Reads the words of a command line: an address with its prefix or mask, one with its mask as the next word, an address alone,
 * or two addresses.
 * @throws RangeError
 */
export function readStandings(words: readonly string[]): readonly Standing[] {
  const [first = '', second, ...more] = words;
  if (more.length > 0) throw new RangeError(`one address or two, not ${words.length}`);
  const a = readStanding(first);
  if (second === undefined) return [a];
  if (looksLikeMask(second)) {
    if (a.prefix !== undefined)
      throw new RangeError(`"${first}" has a prefix already, and "${second}" is a mask: one of them is enough`);
    return [{ address: a.address, prefix: new Prefix(a.address, readLength(second, `${first} ${second}`)) }];
  }
  return [a, readStanding(second)];
}

/** A number of four parts that begins with ones, or with zeros as the inverted masks of access lists do. */
const looksLikeMask = (text: string): boolean => /^(0x[\da-f]{8}|(255|0)\.\d+\.\d+\.\d+)$/i.test(text);

function readAddress(text: string): number {
  const address = parseV4(text);
  if (address !== undefined) return address;
  throw new RangeError(`"${text}" is not an IPv4 address: ${whatIsWrong(text)}`);
}

function whatIsWrong(text: string): string {
  const parts = text.split('.');
  if (text.includes(':')) return 'it looks like IPv6, of which this command knows nothing';
  if (!/^[\d.]+$/.test(text)) return 'four numbers from 0 to 255 joined by dots, such as 192.168.1.10';
  if (parts.length !== 4) return `it has ${parts.length} ${parts.length === 1 ? 'part' : 'parts'} instead of four`;
  const large = parts.find((part) => Number(part) > 255);
  if (large !== undefined) return `${large} is more than 255, the most that eight bits hold`;
  const padded = parts.find((part) => /^0\d/.test(part));
  return padded === undefined ? 'a part is empty' : `"${padded}" begins with a zero, which some programs read as octal`;
}

/** A prefix length, or a mask as `255.255.240.0`, `0xfffff000` or, inverted, `0.0.15.255`. @param whole for the message */
function readLength(text: string, whole: string): number {
  if (/^\d+$/.test(text)) {
    const length = Number(text);
    if (length <= 32 && !/^0\d/.test(text)) return length;
    throw new RangeError(`"${text}" in "${whole}" is not a prefix length: it is a number from 0 to 32`);
  }
  const mask = /^0x[\da-f]{8}$/i.test(text) ? Number(text) | 0 : parseV4(text);
  if (mask === undefined) {
    throw new RangeError(`"${text}" in "${whole}" is neither a prefix length such as 24 nor a mask such as 255.255.255.0`);
  }
  const length = lengthOfMask(mask);
  if (length !== undefined) return length;
  const nearest = Math.clz32(~mask);
  throw new RangeError(
    `${formatV4(mask)} is not a mask: its ones do not stand together at the beginning (${bits(mask)}); ` +
      `${formatV4(new Prefix(-1, nearest).network)} would be /${nearest}`,
  );
}

/** A word of zeros is the mask of /0; other words that begin with a zero are inverted masks. */
function lengthOfMask(mask: number): number | undefined {
  const ones = mask < 0 || mask === 0 ? mask : ~mask;
  const length = Math.clz32(~ones);
  return new Prefix(-1, length).network === ones ? length : undefined;
}

const bits = (word: number): string =>
  [24, 16, 8, 0].map((shift) => ((word >>> shift) & 0xff).toString(2).padStart(8, '0')).join('.');

/** `4` parts, or parts of `/24`. @throws RangeError */
export function readParts(text: string): { readonly count: number } | { readonly length: number } {
  const [, slash, digits = ''] = /^(\/?)([1-9]\d{0,9})$/.exec(text) ?? [];
  const value = Number(digits);
  if (slash === '/' && value <= 32) return { length: value };
  if (slash === '' && value >= 2 && value <= 2 ** 32) return { count: value };
  throw new RangeError(`"${text}" is not how a network is split: a number of parts such as 4, or their prefix such as /26`);
}

/** `50,20,10`, or with names `sales=50,it=20`. @throws RangeError */
export function readWishes(text: string): readonly Wish[] {
  const wishes = text.split(',').map((word) => {
    const [, name, digits = ''] = /^(?:([^=]{1,40})=)?\s*(\d{1,10})$/.exec(word.trim()) ?? [];
    const hosts = Number(digits);
    if (digits === '' || hosts < 1 || hosts > MOST_HOSTS) {
      throw new RangeError(`"${word.trim()}" in "${text}" is not a number of hosts: write 50,20,10 or sales=50,it=20`);
    }
    return { ...(name !== undefined && { name: name.trim() }), hosts };
  });
  if (wishes.length > MOST_WISHES)
    throw new RangeError(`${wishes.length} networks are more than a plan holds: at most ${MOST_WISHES}`);
  return wishes;
}
