/** An IPv4 prefix: a network and how many leading bits name it, RFC 4632 §3.1. */
import { formatV4, isMulticastV4, isReservedV4, parseV4 } from '../wire/ip-address.ts';

/** The word with `length` leading ones. `<<` takes its count modulo 32, so 0 needs a case of its own. */
export const maskOf = (length: number): number => (length === 0 ? 0 : -1 << (32 - length));

export class Prefix {
  /** The first address, as a 32-bit word: all host bits are zero. */
  readonly network: number;
  /** 0 to 32. */
  readonly length: number;
  readonly mask: number;

  /** Host bits of `address` are cleared. */
  constructor(address: number, length: number) {
    if (!Number.isInteger(length) || length < 0 || length > 32) throw new RangeError(`a prefix length is 0 to 32, not ${length}`);
    this.length = length;
    this.mask = maskOf(length);
    this.network = address & this.mask;
  }

  contains(address: number): boolean {
    return (address & this.mask) === this.network;
  }

  /** RFC 3021: a /31 has two hosts and no broadcast address; a /32 is one host. */
  get hasBroadcast(): boolean {
    return this.length <= 30;
  }

  /** The address of all hosts, meaningful where `hasBroadcast` (RFC 1122 §3.2.1.3 (d)). */
  get broadcast(): number {
    return this.network | ~this.mask;
  }

  equals(other: Prefix): boolean {
    return this.network === other.network && this.length === other.length;
  }

  toString(): string {
    return `${formatV4(this.network)}/${this.length}`;
  }
}

/** Everywhere: the prefix of a default route. */
export const DEFAULT_PREFIX: Prefix = new Prefix(0, 0);

/** An address of a host and the network it stands in. */
export interface InterfaceAddress {
  /** 32-bit word. */
  readonly address: number;
  readonly prefix: Prefix;
}

/**
 * Reads a network such as `10.0.0.0/24`, or `default`.
 * @throws RangeError in words for the person who wrote it
 */
export function parsePrefix(text: string): Prefix {
  if (text === 'default') return DEFAULT_PREFIX;
  const { address, prefix } = parseSlashed(text, 'a network such as 10.0.0.0/24');
  if (prefix.network !== address) throw new RangeError(`"${text}" has bits set behind its prefix: the network is ${prefix}`);
  return prefix;
}

/**
 * Reads the address of a host with its network, such as `10.0.0.2/24`.
 * @throws RangeError in words for the person who wrote it
 */
export function parseInterfaceAddress(text: string): InterfaceAddress {
  const parsed = parseSlashed(text, 'an address with its prefix length such as 10.0.0.2/24');
  const { address, prefix } = parsed;
  if (isMulticastV4(address) || isReservedV4(address) || address === 0) {
    throw new RangeError(`"${text}" cannot be the address of a host: it is ${nameOf(address)}`);
  }
  if (!prefix.hasBroadcast || (address !== prefix.network && address !== prefix.broadcast)) return parsed;
  const what = address === prefix.network ? 'the network itself' : 'the broadcast address of its network';
  const example = `${formatV4(prefix.network + 1)}/${prefix.length}`;
  throw new RangeError(`"${text}" cannot be the address of a host: it is ${what}; the first host is ${example}`);
}

const nameOf = (address: number): string => {
  if (address === 0) return '"no address"';
  return isMulticastV4(address) ? 'a multicast group' : 'reserved (RFC 1122 §3.2.1.3)';
};

function parseSlashed(text: string, what: string): InterfaceAddress {
  const slash = text.indexOf('/');
  if (slash < 0) {
    const hint = parseV4(text) === undefined ? '' : ': the prefix length is missing';
    throw new RangeError(`"${text}" is not ${what}${hint}`);
  }
  const address = parseV4(text.slice(0, slash));
  if (address === undefined)
    throw new RangeError(`"${text.slice(0, slash)}" in "${text}" is not an IPv4 address such as 10.0.0.2`);
  const digits = text.slice(slash + 1);
  const length = Number(digits);
  if (!/^(0|[1-9]\d?)$/.test(digits) || length > 32) {
    throw new RangeError(`"${digits}" in "${text}" is not a prefix length: it is a number from 0 to 32`);
  }
  return { address, prefix: new Prefix(address, length) };
}
