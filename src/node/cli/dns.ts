/** The server of DNS that `up` and `shell` put on a stack: zones first, then names of its own, then a resolver. */
import { readFileSync } from 'node:fs';
import {
  type Answerer,
  answerByResolver,
  answerFromZones,
  Forwarder,
  LocalNames,
  parseHosts,
  parseZone,
  RecursiveResolver,
  type Resolver,
  startDns,
  withLocalNames,
  type Zone,
  ZoneError,
} from '../../services/dns/index.ts';
import type { Timekeeper } from '../../services/timekeeper.ts';
import type { Stack } from '../../stack/index.ts';
import { formatV4, ipv4 } from '../../stack/index.ts';
import { SecureRandom } from '../secure-random.ts';
import type { DnsOptions } from './dns-options.ts';
import { UsageError } from './usage-error.ts';

/** What was read before anything was opened. */
export interface DnsFiles {
  readonly zones: readonly Zone[];
  readonly hosts: LocalNames;
}

/** @throws UsageError with file and line */
export function readDnsFiles({ dnsZone = [], dnsHosts }: DnsOptions): DnsFiles {
  const zones = dnsZone.map((path) => read(path, parseZone));
  return { zones, hosts: dnsHosts === undefined ? new LocalNames() : read(dnsHosts, parseHosts) };
}

/** @param linux the address of the other end of the TAP, if it has one */
export function startNames(stack: Stack, options: DnsOptions, files: DnsFiles, time: Timekeeper, linux?: string): void {
  const { zones, hosts } = files;
  const [own] = stack.addresses.list();
  if (own !== undefined) hosts.add('stack.test', formatV4(own.address));
  if (linux !== undefined) hosts.add('linux.test', linux);
  const byResolver = answerByResolver(withLocalNames(hosts, resolverOf(stack, options, time)));
  const isAlone = options.dnsForward === undefined && options.dnsRoot === undefined;
  const answerer: Answerer = (query, asker) => {
    const question = query.questions[0]!;
    const isOurs = zones.some((zone) => zone.holds(question.name));
    // who has nobody to ask refuses, as an authority does
    if (isOurs || (isAlone && hosts.find(question) === undefined)) return { message: answerFromZones(zones, query) };
    return byResolver(query, asker);
  };
  startDns(stack, answerer, { time });
}

function resolverOf(stack: Stack, { dnsForward, dnsRoot }: DnsOptions, time: Timekeeper): Resolver {
  const setting = { stack, time, random: new SecureRandom() };
  if (dnsRoot === undefined) return new Forwarder({ ...setting, servers: (dnsForward ?? []).map(ipv4) });
  const hints = Object.fromEntries(dnsRoot.map((address, index) => [`root${index + 1}`, ipv4(address)]));
  return new RecursiveResolver({ ...setting, hints });
}

function read<T>(path: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof ZoneError) throw new UsageError(`${path}: ${error.message}`);
    throw new UsageError(`cannot read ${path} (${(error as NodeJS.ErrnoException).code}): name a file that is there`);
  }
}
