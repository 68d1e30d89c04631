/** The options that have a stack ask for its address, or give addresses to Linux: see `dhcp.ts`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { readPool } from '../../services/dhcp/pool.ts';
import { parseInterfaceAddress } from '../../stack/ip/prefix.ts';
import type { Micros } from '../../stack/time.ts';
import * as parse from './parse.ts';
import { UsageError } from './usage-error.ts';

export interface DhcpOptions {
  /** Ask for an address. */
  readonly dhcp?: boolean;
  /** Addresses to give away, such as `10.0.0.100-10.0.0.150`. */
  readonly dhcpServer?: string;
  readonly dhcpLease?: Micros;
  readonly dhcpRouter?: string;
  readonly dhcpDns?: readonly string[];
  readonly dhcpDomain?: string;
}

const HEADING = 'DHCP:';

export function addDhcpOptions(command: Command): Command {
  const add = (flags: string, description: string, parser?: (text: string) => unknown): void => {
    const option = new Option(flags, description).helpGroup(HEADING);
    command.addOption(parser === undefined ? option : option.argParser(parser));
  };
  add('--dhcp', 'ask for an address in place of --ip; given back at the end');
  add('--dhcp-server <range>', "give Linux an address out of the stack's network, such as 10.0.0.100-10.0.0.150");
  add('--dhcp-lease <time>', 'how long it is lent, such as 90s, 30min or 1h (default: 1h)', parse.leaseTime);
  add('--dhcp-router <address>', 'the router that Linux is told (default: none)', parse.address);
  add('--dhcp-dns <addresses>', 'the DNS servers that it is told, joined by commas (default: none)', parse.addresses);
  add('--dhcp-domain <name>', 'the domain that it is told (default: none)');
  return command;
}

/** Whether there is anything to start. */
export const asksForDhcp = ({ dhcp, dhcpServer }: DhcpOptions): boolean => dhcp === true || dhcpServer !== undefined;

/** What only shows when the options are seen together. @throws UsageError */
export function checkDhcp(options: DhcpOptions & { readonly ip: string; readonly gateway?: string }, isIpAsked: boolean): void {
  const { dhcp = false, dhcpServer, gateway } = options;
  if (dhcp && dhcpServer !== undefined) {
    throw new UsageError('--dhcp and --dhcp-server exclude each other: who gives addresses away has one of its own');
  }
  if (dhcp && isIpAsked) throw new UsageError('--dhcp and --ip exclude each other: the address comes from the server');
  if (dhcp && gateway !== undefined) {
    throw new UsageError('--dhcp and --gateway exclude each other: the router comes from the server');
  }
  const { dhcpLease, dhcpRouter, dhcpDns, dhcpDomain } = options;
  const orphan = Object.entries({ dhcpLease, dhcpRouter, dhcpDns, dhcpDomain }).find(([, value]) => value !== undefined)?.[0];
  if (dhcpServer !== undefined) checkPool(options);
  else if (orphan !== undefined) {
    const flag = orphan.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${flag} is for the server: add --dhcp-server RANGE`);
  }
}

function checkPool(options: DhcpOptions & { readonly ip: string }): void {
  try {
    readPool(poolOf(options));
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--dhcp-server ${options.dhcpServer}: ${error.message}`);
    throw error;
  }
}

/** Of the stack's network. */
export function poolOf({ ip, dhcpServer, dhcpLease, dhcpRouter, dhcpDns, dhcpDomain }: DhcpOptions & { readonly ip: string }) {
  return {
    network: `${parseInterfaceAddress(ip).prefix}`,
    range: dhcpServer ?? '',
    ...(dhcpLease === undefined ? {} : { leaseTime: dhcpLease }),
    ...(dhcpRouter === undefined ? {} : { router: dhcpRouter }),
    ...(dhcpDns === undefined ? {} : { dns: dhcpDns }),
    ...(dhcpDomain === undefined ? {} : { domain: dhcpDomain }),
  };
}
