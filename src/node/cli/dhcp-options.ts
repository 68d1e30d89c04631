/** The options that have a stack ask for its address, or give addresses to Linux: see `dhcp.ts`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Micros } from '../../stack/time.ts';
import * as parse from './parse.ts';

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
