/** IP addresses: one immutable value for both versions, four 32-bit words, IPv4 as IPv4-mapped (RFC 4291 §2.5.5.2). */

/** The third word of an IPv4-mapped address. */
const MAPPED = 0xffff;

export class IpAddress {
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  /** The last word; for an IPv4 address, all of it, as int32. */
  readonly w3: number;

  constructor(w0: number, w1: number, w2: number, w3: number) {
    this.w0 = w0 | 0;
    this.w1 = w1 | 0;
    this.w2 = w2 | 0;
    this.w3 = w3 | 0;
  }

  get isV4(): boolean {
    return this.w0 === 0 && this.w1 === 0 && this.w2 === MAPPED;
  }

  equals(other: IpAddress): boolean {
    return this.w3 === other.w3 && this.w2 === other.w2 && this.w1 === other.w1 && this.w0 === other.w0;
  }

  /** Dotted decimal; addresses of IPv6 have no text form yet. */
  toString(): string {
    return formatV4(this.w3);
  }
}

export const fromV4 = (word: number): IpAddress => new IpAddress(0, 0, MAPPED, word);

/** 0.0.0.0: "any address" to bind to, and the source of a host that has none yet. */
export const ANY: IpAddress = fromV4(0);

export const formatV4 = (word: number): string => `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;

/** @returns the word, or undefined when the text is not four decimal numbers below 256 joined by dots */
export function parseV4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((word, part) => (word << 8) | Number(part), 0) | 0;
}

/** @throws RangeError when the text is no IPv4 address: for addresses that the program itself writes */
export function ipv4(text: string): IpAddress {
  const word = parseV4(text);
  if (word === undefined) throw new RangeError(`"${text}" is not an IPv4 address such as 10.0.0.2`);
  return fromV4(word);
}

/** RFC 1122 §3.2.1.3 (c): 255.255.255.255, every host on this link. */
export const LIMITED_BROADCAST = -1;

/** RFC 1112 §4: class D. */
export const isMulticastV4 = (word: number): boolean => word >>> 28 === 0xe;
/** RFC 1122 §3.2.1.3 (g): 127/8 never appears outside a host. */
export const isLoopbackV4 = (word: number): boolean => word >>> 24 === 127;
/** RFC 1122 §3.2.1.3: class E, and 0/8 except all of it, are nobody's address. */
export const isReservedV4 = (word: number): boolean => word >>> 28 === 0xf || (word !== 0 && word >>> 24 === 0);
