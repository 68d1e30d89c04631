/** Names in a network in few words: servers of zones, resolvers that walk from the root, forwarders, and the client inside of a host. */
import type { DnsService, RecursiveOptions, Resolver, Zone } from '../../services/dns/index.ts';
import {
  answerByResolver,
  answerFromZones,
  cacheTable,
  DnsClient,
  type DnsClientOptions,
  type DnsServerOptions,
  Forwarder,
  LocalNames,
  parseHosts,
  RecursiveResolver,
  startDns,
  withLocalNames,
} from '../../services/dns/index.ts';
import { ipv4, type Random } from '../../stack/index.ts';
import type { NetHost } from './net-host.ts';
import type { Table } from './table.ts';

export type ServeOptions = Partial<Omit<DnsServerOptions, 'time'>>;

type Own = 'stack' | 'time' | 'random';

export interface ResolveNamesOptions extends Partial<Omit<RecursiveOptions, Own | 'hints'>> {
  /** Finds out by itself, from the servers of the root on: addresses by name. */
  readonly root?: Readonly<Record<string, string>>;
  /** Passes on to these servers instead. */
  readonly forwardTo?: readonly string[];
  /** Lines of a hosts file in front of it: `192.168.1.10 printer`. */
  readonly hosts?: string;
  readonly serve?: ServeOptions;
}

export interface NameServer<R extends Resolver = Resolver> {
  readonly resolver: R;
  readonly service: DnsService;
}

export interface AskNamesOptions extends Partial<Omit<DnsClientOptions, Own | 'servers'>> {
  /** Resolvers, in the order in which they are asked. */
  readonly servers?: readonly string[];
}

/** Answers for its zones and nobody else's. @throws UdpError when a server is there already */
export function serveZones(host: NetHost, zones: readonly Zone[], options: ServeOptions = {}): DnsService {
  const note = (message: { isAuthoritative: boolean; rcode: number; answers: readonly unknown[] }): string => {
    if (!message.isAuthoritative) return message.rcode === 0 ? 'others know: a referral' : 'none of its zones';
    return message.answers.length > 0 ? 'from its zone' : 'its zone has no such record';
  };
  return startDns(
    host.stack,
    (query) => {
      const message = answerFromZones(zones, query);
      return { message, note: note(message) };
    },
    { time: host.clock, ...options },
  );
}

/** @throws RangeError when neither a root nor servers are named; UdpError when a server is there already */
export function serveNames(host: NetHost, random: Random, options: ResolveNamesOptions): NameServer {
  const { root, forwardTo, hosts, serve = {}, ...rest } = options;
  const setting = { stack: host.stack, time: host.clock, random, ...rest };
  const names = hosts === undefined ? new LocalNames() : parseHosts(hosts);
  const resolver = withLocalNames(names, upstream());
  const service = startDns(host.stack, answerByResolver(resolver), { time: host.clock, ...serve });
  showCache(host, resolver);
  return { resolver, service };

  function upstream(): Resolver {
    if (forwardTo !== undefined) return new Forwarder({ ...setting, servers: forwardTo.map(ipv4) });
    if (root === undefined) throw new RangeError(`${host.name}: name the servers of the root, or those to forward to`);
    const hints = Object.fromEntries(Object.entries(root).map(([name, address]) => [name, ipv4(address)]));
    return new RecursiveResolver({ ...setting, hints });
  }
}

/** The client inside of a host. @throws ZoneError when its hosts file cannot be read */
export function askNames(host: NetHost, random: Random, { servers = [], ...options }: AskNamesOptions): DnsClient {
  const setting = { stack: host.stack, time: host.clock, random };
  const client = new DnsClient({ ...setting, servers: servers.map(ipv4), ...options });
  showCache(host, client);
  return client;
}

/** Its table, while there is anything in it. */
function showCache(host: NetHost, { cache }: Pick<Resolver, 'cache'>): void {
  if (cache === undefined) return;
  host.showTables((): readonly Table[] => {
    const table = cacheTable(host.name, cache, host.clock.now());
    return table.rows.length === 0 ? [] : [table];
  });
}
