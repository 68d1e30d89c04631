/** What is wrong with the options of DHCP, seen together: apart from them, for it needs the stack, and they are read without one. */
import { readPool } from '../../services/dhcp/pool.ts';
import { parseInterfaceAddress } from '../../stack/ip/prefix.ts';
import type { DhcpOptions } from './dhcp-options.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError */
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
