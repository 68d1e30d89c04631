/** What a DHCP server remembers of an address that it has to do with. */
import type { MacAddress, Micros } from '../../stack/index.ts';
import { formatMac, formatV4, parseMac, parseV4 } from '../../stack/index.ts';

/**
 * - offered: held for a client that has not taken it yet
 * - bound: a client's, until it expires
 * - released: given back; its client gets it again if nobody else has needed it
 * - declined: somebody uses it who has it from nobody: found by a client, or by our own ping
 */
export type LeaseState = 'offered' | 'bound' | 'released' | 'declined';

/** For people and for files. */
export interface Lease {
  readonly address: string;
  /** As `clientKey` makes it: the client identifier in hex digits; empty for an address that was declined. */
  readonly client: string;
  readonly mac: string;
  /** As the client says; it may be empty. */
  readonly hostName: string;
  readonly state: LeaseState;
  /** On the server's clock. */
  readonly since: Micros;
  /** On the server's clock; Infinity for ever. */
  readonly expires: Micros;
}

/** The same in the server's table. */
export interface LeaseEntry {
  readonly address: number;
  client: string;
  mac: MacAddress;
  hostName: string;
  state: LeaseState;
  since: Micros;
  expires: Micros;
}

export const leaseOf = (entry: LeaseEntry): Lease => ({
  address: formatV4(entry.address),
  client: entry.client,
  mac: formatMac(entry.mac),
  hostName: entry.hostName,
  state: entry.state,
  since: entry.since,
  expires: entry.expires,
});

/** @returns undefined for a line that cannot be one: files are written by people, too */
export function entryOf({ address, client, mac, hostName, state, since, expires }: Lease): LeaseEntry | undefined {
  const [word, station] = [parseV4(address), parseMac(mac)];
  if (word === undefined || station === undefined) return undefined;
  return { address: word, client, mac: station, hostName, state, since, expires };
}
