/** The addresses that a DHCP server gives away on one network, and what it says along with them. */
import type { MacAddress, Micros, Prefix } from '../../stack/index.ts';
import { formatV4, parseMac, parsePrefix, parseV4, SECOND } from '../../stack/index.ts';
import type { Options } from './options.ts';

/** An address that is kept for one client. It may stand inside of the range or outside of it. */
export interface Reservation {
  /** The client's Ethernet address, such as 02:00:00:00:00:01. One of `mac` and `clientId` is given. */
  readonly mac?: string;
  /** The client identifier (option 61) in hexadecimal digits. */
  readonly clientId?: string;
  readonly address: string;
}

export interface PoolOptions {
  /** Such as `192.168.1.0/24`. A client's network is told by the interface that its message came in by, or by its relay agent. */
  readonly network: string;
  /** The first and the last address to give away, such as `192.168.1.100-192.168.1.150`; absent: reservations only. */
  readonly range?: string;
  readonly reservations?: readonly Reservation[];
  /** @default no router is told */
  readonly router?: string;
  /** Servers of DNS, the best first. @default none are told */
  readonly dns?: readonly string[];
  /** The domain that host names are completed with. */
  readonly domain?: string;
  /** @default 1 h */
  readonly leaseTime?: Micros;
  /** The longest that a client may ask for. @default `leaseTime` */
  readonly maxLeaseTime?: Micros;
  /** When a client renews, as a part of the lease time: T1. @default 0.5 */
  readonly renewAfter?: number;
  /** When it asks anybody: T2. @default 0.875 */
  readonly rebindAfter?: number;
  /** More options by number, told to clients that ask for them. */
  readonly options?: Options;
}

/** A reservation as the server reads it. */
export interface Reserved {
  /** As `clientKey` makes it. */
  readonly client: string;
  readonly address: number;
}

/** What `PoolOptions` mean. Addresses are words. */
export interface Pool {
  readonly prefix: Prefix;
  /** Of the range; `count` addresses from here on. */
  readonly first: number;
  readonly count: number;
  readonly reserved: readonly Reserved[];
  readonly router: number | undefined;
  readonly dns: readonly number[];
  readonly domain: string | undefined;
  readonly leaseTime: Micros;
  readonly maxLeaseTime: Micros;
  readonly renewAfter: number;
  readonly rebindAfter: number;
  readonly options: Options;
}

/** Enough for a /16; what a server remembers is bounded by it. */
const MAX_ADDRESSES = 65_536;
const DEFAULT_LEASE: Micros = 3_600 * SECOND;

/**
 * Who a client is: RFC 2131 §4.2, its identifier where it sends one, else its Ethernet address. An identifier that is made of the
 * Ethernet address (RFC 2132 §9.14) is the same client as the address.
 */
export function clientKey(mac: MacAddress, identifier: Uint8Array | undefined): string {
  const ofMac = `01${hex(mac)}`;
  return identifier === undefined ? ofMac : [...identifier].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

const hex = (mac: MacAddress): string => mac.toString(16).padStart(12, '0');

/** @throws RangeError in words for the person who wrote it */
export function readPool(options: PoolOptions): Pool {
  const prefix = parsePrefix(options.network);
  const { first, count } = options.range === undefined ? { first: 0, count: 0 } : readRange(options.range, prefix);
  const { leaseTime = DEFAULT_LEASE, renewAfter = 0.5, rebindAfter = 0.875, dns = [], domain, reservations = [] } = options;
  const router = options.router === undefined ? undefined : inside(options.router, prefix, 'the router');
  const { maxLeaseTime = leaseTime } = options;
  if (!(leaseTime >= SECOND)) throw new RangeError('a lease lasts a second at least');
  if (!(renewAfter > 0 && renewAfter <= rebindAfter && rebindAfter <= 1)) {
    throw new RangeError(
      `T1 comes before T2 and both before the end of the lease, not at ${renewAfter} and ${rebindAfter} of it`,
    );
  }
  return {
    prefix,
    first,
    count,
    reserved: readReservations(reservations, prefix),
    router,
    dns: dns.map((text) => addressOf(text, 'the DNS server')),
    domain,
    leaseTime,
    maxLeaseTime: Math.max(leaseTime, maxLeaseTime),
    renewAfter,
    rebindAfter,
    options: options.options ?? new Map(),
  };
}

/** `10.0.0.100-10.0.0.150`, or one address. @throws RangeError in words for the person who wrote it */
function readRange(text: string, prefix: Prefix): { first: number; count: number } {
  const [from = '', to = from, ...rest] = text.split('-').map((part) => part.trim());
  const [first, last] = [parseV4(from), parseV4(to)];
  if (first === undefined || last === undefined || rest.length > 0) {
    throw new RangeError(`"${text}" is not a range of addresses such as 10.0.0.100-10.0.0.150`);
  }
  const count = (last >>> 0) - (first >>> 0) + 1;
  if (count < 1) throw new RangeError(`the range ${text} ends before it begins`);
  if (count > MAX_ADDRESSES)
    throw new RangeError(`the range ${text} has ${count} addresses: a pool has ${MAX_ADDRESSES} at most`);
  for (const address of [first, last]) checkHost(address, prefix, `the range ${text}`);
  return { first, count };
}

function readReservations(reservations: readonly Reservation[], prefix: Prefix): Reserved[] {
  const reserved = reservations.map(({ mac, clientId, address }) => ({
    client: readClient(mac, clientId, address),
    address: inside(address, prefix, 'the reservation'),
  }));
  for (const { client, address } of reserved) {
    const same = reserved.filter((other) => other.client === client || other.address === address);
    if (same.length > 1) throw new RangeError(`${formatV4(address)} is reserved twice, or one client has two reservations`);
  }
  return reserved;
}

function readClient(mac: string | undefined, clientId: string | undefined, address: string): string {
  if (clientId !== undefined && /^([0-9a-f]{2}){2,255}$/i.test(clientId)) return clientId.toLowerCase();
  const parsed = mac === undefined ? undefined : parseMac(mac);
  if (parsed === undefined || clientId !== undefined) {
    throw new RangeError(
      `the reservation of ${address} names no client: it has a mac such as 02:00:00:00:00:01, or a clientId in hex digits`,
    );
  }
  return clientKey(parsed, undefined);
}

function inside(text: string, prefix: Prefix, what: string): number {
  const address = addressOf(text, what);
  checkHost(address, prefix, `${what} ${text}`);
  return address;
}

function addressOf(text: string, what: string): number {
  const address = parseV4(text);
  if (address === undefined) throw new RangeError(`${what} "${text}" is not an IPv4 address such as 10.0.0.1`);
  return address;
}

function checkHost(address: number, prefix: Prefix, what: string): void {
  if (!prefix.contains(address)) throw new RangeError(`${what} is outside of the network ${prefix}`);
  if (!prefix.hasBroadcast) return;
  if (address === prefix.network) throw new RangeError(`${what} has ${formatV4(address)}, which is the network itself`);
  if (address === prefix.broadcast) throw new RangeError(`${what} has ${formatV4(address)}, which is the network's broadcast`);
}
