/** Names that need no server: the lines of a hosts file, and whoever has got an address by DHCP. */
import { parseV4 } from '../../stack/index.ts';
import { isIpv6 } from './data-text.ts';
import type { DnsQuestion, DnsRecord } from './message.ts';
import { NOERROR } from './message.ts';
import { keyOf, problemOfName, reverseName, withoutDot } from './name.ts';
import type { Resolution, Resolver } from './resolution.ts';
import { ZoneError } from './zone-lines.ts';

/** Seconds: they may change at any time. */
const TTL = 60;
const MAX_NAMES = 10_000;

export class LocalNames {
  /** Addresses by key of the name. */
  readonly #addresses = new Map<string, string[]>();
  /** The first name of each address. */
  readonly #names = new Map<string, string>();

  /** @throws ZoneError when the name or the address is none, or there are too many */
  add(name: string, address: string): void {
    const problem = name === '' ? 'it is empty' : problemOfName(name);
    if (problem !== undefined) throw new ZoneError(0, `"${name}" is no name: ${problem}`);
    if (parseV4(address) === undefined && !isIpv6(address))
      throw new ZoneError(0, `"${address}" is no address such as 192.0.2.1`);
    if (this.#addresses.size >= MAX_NAMES) throw new ZoneError(0, `at most ${MAX_NAMES} names`);
    const known = this.#addresses.get(keyOf(name)) ?? [];
    if (!known.includes(address)) this.#addresses.set(keyOf(name), [...known, address]);
    if (!this.#names.has(address)) this.#names.set(address, withoutDot(name));
  }

  /** A lease has ended. */
  delete(name: string): void {
    for (const address of this.#addresses.get(keyOf(name)) ?? [])
      if (keyOf(this.#names.get(address) ?? '') === keyOf(name)) this.#names.delete(address);
    this.#addresses.delete(keyOf(name));
  }

  /** @returns undefined when it is for others to answer */
  find(question: DnsQuestion): Resolution | undefined {
    const answers = question.type === 'PTR' ? this.#reverse(question.name) : this.#forward(question);
    return answers && { rcode: NOERROR, answers, authorities: [], from: 'hosts file', note: 'from the hosts file' };
  }

  #forward({ name, type }: DnsQuestion): DnsRecord[] | undefined {
    const addresses = this.#addresses.get(keyOf(name));
    return addresses
      ?.map((address) => ({ name, ttl: TTL, data: { type: address.includes(':') ? 'AAAA' : 'A', address } }) as const)
      .filter(({ data }) => type === 'ANY' || data.type === type);
  }

  #reverse(name: string): DnsRecord[] | undefined {
    const key = keyOf(name);
    for (const [address, target] of this.#names)
      if (reverseName(address) === key) return [{ name, ttl: TTL, data: { type: 'PTR', target } }];
    return undefined;
  }
}

/** Lines of an address and its names, as in /etc/hosts. @throws ZoneError with the line */
export function parseHosts(text: string): LocalNames {
  const names = new LocalNames();
  text.split('\n').forEach((raw, index) => {
    const [address, ...hosts] = raw
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    if (address === undefined) return;
    if (hosts.length === 0) throw new ZoneError(index + 1, `"${address}" has no name behind it: write 192.0.2.1 printer`);
    try {
      for (const host of hosts) names.add(host, address);
    } catch (error) {
      throw error instanceof ZoneError ? new ZoneError(index + 1, error.problem) : error;
    }
  });
  return names;
}

/** Local names in front of a resolver. */
export const withLocalNames = (names: LocalNames, resolver: Resolver): Resolver => ({
  cache: resolver.cache,
  known: (question) => names.find(question) ?? resolver.known(question),
  resolve: async (question) => names.find(question) ?? resolver.resolve(question),
});
