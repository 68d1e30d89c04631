/** How a host or a router comes up in a network: a stack with its ports, its recording and its place in the world. */
import type { FrameSink } from '../../capture/record/frame-sink.ts';
import type { SeriesSink } from '../../capture/series/sample.ts';
import { Explainer } from '../../explain/explainer.ts';
import { observers } from '../../explain/observers.ts';
import { Sampler } from '../../explain/sampler.ts';
import type { ForwardingOptions, MacAddress, PacketHooks, TcpOptions } from '../../stack/index.ts';
import { formatMac, formatV4, parseInterfaceAddress, parsePrefix, parseV4, Stack } from '../../stack/index.ts';
import type { ArpOptions } from '../../stack/link/arp-cache.ts';
import { ofIpv4 } from '../../stack/wire/mac-address.ts';
import type { Timed } from '../machine.ts';
import type { World } from '../world.ts';
import { Port } from './port.ts';

export interface NetPortOptions {
  /** With their prefix, such as 192.168.10.254/24. @default none yet: DHCP will bring one */
  readonly address?: string | readonly string[];
  /** @default locally administered: 02:00 and the four octets of the first address, or a number where there is none */
  readonly mac?: MacAddress;
  /** Of a router: answers ARP for everybody who is reached by another port (RFC 1027). @default false */
  readonly proxyArp?: boolean;
}

export interface StationOptions {
  /** By name; a text is its address. */
  readonly ports: Readonly<Record<string, string | NetPortOptions>>;
  /** The router for everything that is not on a link. */
  readonly gateway?: string;
  /** Networks beyond routers: `{ '192.168.20.0/24': '192.168.10.254' }`; or `blackhole`, `unreachable`, `prohibit`: to nowhere. */
  readonly routes?: Readonly<Record<string, string>>;
  readonly tcp?: Partial<TcpOptions>;
  readonly arp?: Partial<ArpOptions>;
  /** It forwards what is not for it: a router. */
  readonly forwarding?: ForwardingOptions;
  /** Address translation, firewalls. */
  readonly hooks?: PacketHooks | undefined;
  readonly acceptRedirects?: boolean;
  /** Answers a ping to everybody (RFC 1122 §3.2.2.6). @default false */
  readonly answerBroadcasts?: boolean;
  /** Tells its link at once that its addresses are its own (RFC 5227 §2.3), as hosts do that look for conflicts. @default false */
  readonly announces?: boolean;
}

/** Where a station is put. */
export interface Site {
  readonly world: World;
  readonly recording: FrameSink | undefined;
  readonly series: SeriesSink | undefined;
  /** For Ethernet addresses of ports without one of IPv4. */
  nextMac(): MacAddress;
}

/**
 * @param parts what else makes it run
 * @throws RangeError in words when an address, a network or a gateway cannot be used
 */
export function bootStation(
  site: Site,
  name: string,
  options: StationOptions,
  parts: readonly Timed[] = [],
): { stack: Stack; ports: Port[] } {
  const { world, recording, series } = site;
  const { gateway, routes = {}, tcp = {}, arp = {}, forwarding, hooks, acceptRedirects, announces = false } = options;
  const { answerBroadcasts = false } = options;
  const explainer = recording === undefined ? undefined : new Explainer();
  const sink = recording && explainer?.around(recording);
  const wanted = said(name, () => Object.entries(options.ports).map(([port, given]) => ({ port, ...settled(given, site) })));
  const ports = wanted.map(({ port, mac, addresses }) => {
    const label = wanted.length === 1 ? name : `${name}.${port}`;
    const details = { description: `${label}'s end of the cable`, mac: formatMac(mac), addresses };
    return new Port(name, port, sink && { sink, clock: world, describe: () => ({ name: label, details }) });
  });
  const stack: Stack = new Stack({
    random: world.random,
    wake: () => world.wake(stack),
    now: world.now,
    tcp,
    answerBroadcasts,
    observer: observers(explainer, series && new Sampler(name, series)),
    ...(forwarding === undefined ? {} : { forwarding }),
    ...(hooks === undefined ? {} : { hooks }),
    ...(acceptRedirects === undefined ? {} : { acceptRedirects }),
  });
  world.add(name, stack, [...ports, ...parts]);
  said(name, () => {
    wanted.forEach(({ port, mac, addresses, proxyArp }, index) => {
      stack.addInterface(ports[index]!, { name: port, mac, addresses, arp, announces, proxyArp });
    });
    if (gateway !== undefined) addRoute(stack, 'default', gateway);
    for (const [network, via] of Object.entries(routes)) addRoute(stack, network, via);
  });
  return { stack, ports };
}

function settled(
  given: string | NetPortOptions,
  site: Site,
): { readonly mac: MacAddress; readonly addresses: readonly string[]; readonly proxyArp: boolean } {
  const { address = [], mac, proxyArp = false } = typeof given === 'string' ? { address: given } : given;
  const addresses = typeof address === 'string' ? [address] : address;
  const [first] = addresses;
  return {
    mac: mac ?? (first === undefined ? site.nextMac() : ofIpv4(parseInterfaceAddress(first).address)),
    addresses,
    proxyArp,
  };
}

function addRoute(stack: Stack, network: string, via: string): void {
  if (via === 'blackhole' || via === 'unreachable' || via === 'prohibit') {
    stack.routes.add({ prefix: parsePrefix(network), interfaceId: 0, kind: via });
    return;
  }
  const gateway = parseV4(via);
  if (gateway === undefined) throw new RangeError(`"${via}" is not an IPv4 address such as 10.0.0.1`);
  const prefix = parsePrefix(network);
  const direct = stack.routes.lookup(gateway);
  if (direct === undefined || direct.gateway !== undefined) {
    const own = stack.addresses.list().map(({ prefix: attached }) => `${attached}`);
    throw new RangeError(`the gateway ${via} of ${network} is on none of its networks (${own.join(', ') || 'it has none'})`);
  }
  if (stack.addresses.owns(gateway)) throw new RangeError(`the gateway ${formatV4(gateway)} of ${network} is its own address`);
  stack.routes.add({ prefix, gateway, interfaceId: direct.interfaceId });
}

/** Errors name the device that they are about. */
export function said<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new RangeError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
