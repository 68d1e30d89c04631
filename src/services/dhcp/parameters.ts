/** What a client learns from a server: about its network, and for how long an address is its own; RFC 2131 §4.4.1, §4.4.5. */
import type { IpAddress, Micros } from '../../stack/index.ts';
import { fromV4, Prefix, SECOND } from '../../stack/index.ts';
import type { ClasslessRoute } from './classless-routes.ts';
import { decodeRoutes } from './classless-routes.ts';
import type { DhcpMessage } from './message.ts';
import type { Options } from './options.ts';
import * as option from './options.ts';

/** What holds for a network. */
export interface Parameters {
  readonly server: IpAddress;
  /** The best first. */
  readonly routers: readonly IpAddress[];
  /** RFC 3442; where there are any, `routers` does not count. */
  readonly routes: readonly ClasslessRoute[];
  readonly dns: readonly IpAddress[];
  readonly domain: string | undefined;
  /** Everything that the server said. */
  readonly options: Options;
}

export interface ClientLease extends Parameters {
  readonly address: IpAddress;
  readonly prefix: Prefix;
  /** Infinity: for ever. */
  readonly leaseTime: Micros;
  /** T1, T2 and the end on the client's clock; they count from when the address was asked for. */
  readonly renewAt: Micros;
  readonly rebindAt: Micros;
  readonly expiresAt: Micros;
}

/** What a client asks for, RFC 2131 §3.5: the classless routes before the routers (RFC 3442). */
export const WANTED = Uint8Array.of(
  option.SUBNET_MASK,
  option.CLASSLESS_ROUTES,
  option.ROUTER,
  option.DOMAIN_NAME_SERVER,
  option.DOMAIN_NAME,
  option.BROADCAST_ADDRESS,
  option.INTERFACE_MTU,
  option.NTP_SERVER,
);

/** @returns undefined when the server does not say who it is, or says impossible things */
export function readParameters({ options }: DhcpMessage): Parameters | undefined {
  const server = option.addressIn(options, option.SERVER_IDENTIFIER);
  const routes = options.get(option.CLASSLESS_ROUTES);
  const decoded = routes === undefined ? [] : decodeRoutes(routes);
  if (server === undefined || server === 0 || decoded === undefined) return undefined;
  return {
    server: fromV4(server),
    routers: option.addressesIn(options, option.ROUTER).map(fromV4),
    routes: decoded,
    dns: option.addressesIn(options, option.DOMAIN_NAME_SERVER).map(fromV4),
    domain: option.textIn(options, option.DOMAIN_NAME),
    options,
  };
}

/** @param askedAt when the message was sent that this answers @returns undefined for one that gives nothing to live with */
export function readLease(message: DhcpMessage, askedAt: Micros): ClientLease | undefined {
  const { yiaddr, options } = message;
  const parameters = readParameters(message);
  const seconds = option.numberIn(options, option.LEASE_TIME);
  const prefix = prefixOf(yiaddr, option.addressIn(options, option.SUBNET_MASK));
  if (parameters === undefined || !seconds || prefix === undefined) return undefined;
  const leaseTime = seconds === option.INFINITE_LEASE ? Number.POSITIVE_INFINITY : seconds * SECOND;
  const [t1, t2] = timesOf(options, leaseTime);
  const times = { leaseTime, renewAt: askedAt + t1, rebindAt: askedAt + t2, expiresAt: askedAt + leaseTime };
  return { ...parameters, ...times, address: fromV4(yiaddr), prefix };
}

/** §4.4.5: half and seven eighths, where the server does not say or what it says is in no order. */
function timesOf(options: Options, leaseTime: Micros): [t1: Micros, t2: Micros] {
  const t1 = (option.numberIn(options, option.RENEWAL_TIME) ?? Number.NaN) * SECOND;
  const t2 = (option.numberIn(options, option.REBINDING_TIME) ?? Number.NaN) * SECOND;
  return t1 > 0 && t1 <= t2 && t2 <= leaseTime ? [t1, t2] : [leaseTime / 2, (leaseTime / 8) * 7];
}

/** @returns undefined for an address that no host can have, and for a mask with holes */
function prefixOf(address: number, mask: number | undefined): Prefix | undefined {
  const length = mask === undefined ? classful(address) : Math.clz32(~mask);
  const prefix = new Prefix(address, length);
  if (mask !== undefined && prefix.mask !== mask) return undefined;
  const first = address >>> 24;
  if (first === 0 || first === 127 || first >= 224) return undefined;
  return prefix.hasBroadcast && (address === prefix.network || address === prefix.broadcast) ? undefined : prefix;
}

/** RFC 950 §2: a host that nobody tells a mask goes by the class of its address. */
const classful = (address: number): number => (address >= 0 ? 8 : address >>> 30 === 2 ? 16 : 24);
