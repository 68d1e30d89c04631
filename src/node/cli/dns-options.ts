/** The options of `up` and `shell` that put a server of DNS on the stack: see `dns.ts`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import * as parse from './parse.ts';
import { UsageError } from './usage-error.ts';

export interface DnsOptions {
  /** Names of the two ends of the TAP, without anything else. */
  readonly dns?: boolean;
  /** Master files. */
  readonly dnsZone?: readonly string[];
  /** A hosts file. */
  readonly dnsHosts?: string;
  readonly dnsForward?: readonly string[];
  readonly dnsRoot?: readonly string[];
}

const HEADING = 'Names (port 53):';

export function addDnsOptions(command: Command): Command {
  const collect = (file: string, before: readonly string[] = []): readonly string[] => [...before, file];
  const addresses = (text: string): string[] => text.split(',').map(parse.address);
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(HEADING);
  return command
    .addOption(option('--dns', 'a DNS server; alone it knows stack.test and linux.test'))
    .addOption(option('--dns-zone <file>', 'answers for the zone of a master file; may be given again').argParser(collect))
    .addOption(option('--dns-hosts <file>', 'names from a hosts file'))
    .addOption(option('--dns-forward <addresses>', 'passes other questions on, and remembers the answers').argParser(addresses))
    .addOption(
      option('--dns-root <addresses>', 'finds the others out by itself, from these root servers on').argParser(addresses),
    );
}

export const asksForDns = ({ dns, dnsZone, dnsHosts, dnsForward, dnsRoot }: DnsOptions): boolean =>
  [dns, dnsZone, dnsHosts, dnsForward, dnsRoot].some((each) => each !== undefined);

/** @throws UsageError when two cannot go together */
export function checkDns({ dnsForward, dnsRoot }: DnsOptions): void {
  if (dnsForward !== undefined && dnsRoot !== undefined)
    throw new UsageError('--dns-forward and --dns-root: questions are either passed on or found out, choose one');
}
