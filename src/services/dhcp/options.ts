/** The options of DHCP, RFC 2132: their numbers, and values made of bytes and back. A value of a wrong length is none. */
import { ascii } from '../ascii.ts';

/** Values by option number. */
export type Options = ReadonlyMap<number, Uint8Array>;

export const PAD = 0;
export const SUBNET_MASK = 1;
export const ROUTER = 3;
export const DOMAIN_NAME_SERVER = 6;
export const HOST_NAME = 12;
export const DOMAIN_NAME = 15;
export const INTERFACE_MTU = 26;
export const BROADCAST_ADDRESS = 28;
export const NTP_SERVER = 42;
export const REQUESTED_ADDRESS = 50;
export const LEASE_TIME = 51;
export const OVERLOAD = 52;
export const MESSAGE_TYPE = 53;
export const SERVER_IDENTIFIER = 54;
export const PARAMETER_REQUEST_LIST = 55;
export const MESSAGE = 56;
export const MAXIMUM_MESSAGE_SIZE = 57;
export const RENEWAL_TIME = 58;
export const REBINDING_TIME = 59;
export const VENDOR_CLASS = 60;
export const CLIENT_IDENTIFIER = 61;
/** RFC 3046. */
export const RELAY_AGENT = 82;
/** RFC 3442. */
export const CLASSLESS_ROUTES = 121;
export const END = 255;

/** RFC 2131 §3.3: "infinity". */
export const INFINITE_LEASE = 0xffff_ffff;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** One address as a word. */
export function addressIn(options: Options, code: number): number | undefined {
  const value = options.get(code);
  return value?.length === 4 ? viewOf(value).getInt32(0) : undefined;
}

/** Several addresses, in the order of preference; none when there is no such option. */
export function addressesIn(options: Options, code: number): number[] {
  const value = options.get(code);
  if (value === undefined || value.length % 4 !== 0) return [];
  const view = viewOf(value);
  return Array.from({ length: value.length / 4 }, (_, i) => view.getInt32(i * 4));
}

/** Seconds, or any other number of 32 bits. */
export function numberIn(options: Options, code: number): number | undefined {
  const value = options.get(code);
  if (value?.length === 4) return viewOf(value).getUint32(0);
  if (value?.length === 2) return viewOf(value).getUint16(0);
  return value?.length === 1 ? value[0] : undefined;
}

/** Text as far as it can be printed: up to the first zero, with question marks for what is no ASCII. */
export function textIn(options: Options, code: number): string | undefined {
  const value = options.get(code);
  if (value === undefined) return undefined;
  const end = value.indexOf(0);
  const octets = end < 0 ? value : value.subarray(0, end);
  return Array.from(octets, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '?')).join('');
}

export function ofAddresses(...words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = viewOf(bytes);
  words.forEach((word, i) => void view.setInt32(i * 4, word));
  return bytes;
}

/** @param seconds 0 to 2^32 - 1 */
export function ofSeconds(seconds: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, seconds);
  return bytes;
}

export const ofU16 = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value & 0xff);
export const ofText = (text: string): Uint8Array => ascii(text);

const isOne = (length: number): boolean => length === 1;
const isTwo = (length: number): boolean => length === 2;
const isFour = (length: number): boolean => length === 4;
const isFours = (length: number): boolean => length >= 4 && length % 4 === 0;

/** What RFC 2132 says about the lengths of those that decide something. */
const LENGTHS: Readonly<Record<number, (length: number) => boolean>> = {
  [SUBNET_MASK]: isFour,
  [ROUTER]: isFours,
  [DOMAIN_NAME_SERVER]: isFours,
  [INTERFACE_MTU]: isTwo,
  [BROADCAST_ADDRESS]: isFour,
  [NTP_SERVER]: isFours,
  [REQUESTED_ADDRESS]: isFour,
  [LEASE_TIME]: isFour,
  [OVERLOAD]: isOne,
  [MESSAGE_TYPE]: isOne,
  [SERVER_IDENTIFIER]: isFour,
  [MAXIMUM_MESSAGE_SIZE]: isTwo,
  [RENEWAL_TIME]: isFour,
  [REBINDING_TIME]: isFour,
  [CLIENT_IDENTIFIER]: (length) => length >= 2,
};

/** Whether a value of this option may have this length. */
export const mayHaveLength = (code: number, length: number): boolean => LENGTHS[code]?.(length) ?? true;
