/** `ifconfig` and `ip addr`: the interfaces of a host with their addresses. */
import type { Stack } from '../../stack/index.ts';
import { formatMac, formatV4 } from '../../stack/index.ts';

/** An address of an interface. */
export interface InterfaceAddressEntry {
  readonly address: string;
  readonly prefixLength: number;
  readonly mask: string;
  /** Undefined for a /31 or /32, which have none (RFC 3021). */
  readonly broadcast: string | undefined;
}

export interface InterfaceEntry {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddressEntry[];
}

export const interfaceTable = (stack: Stack): InterfaceEntry[] =>
  [...stack.interfaces.values()].map(({ id, name, mac, device }) => ({
    name,
    mac: formatMac(mac),
    mtu: device.mtu,
    addresses: stack.addresses
      .list()
      .filter(({ interfaceId }) => interfaceId === id)
      .map(({ address, prefix }) => ({
        address: formatV4(address),
        prefixLength: prefix.length,
        mask: formatV4(prefix.mask),
        broadcast: prefix.hasBroadcast ? formatV4(prefix.broadcast) : undefined,
      })),
  }));

/** As `ifconfig` writes it. */
export const formatIfconfig = (entries: readonly InterfaceEntry[]): string =>
  entries
    .map(({ name, mac, mtu, addresses }) => {
      const lines = addresses.map(
        ({ address, mask, broadcast }) =>
          `    inet ${address}  netmask ${mask}${broadcast === undefined ? '' : `  broadcast ${broadcast}`}`,
      );
      return [`${name}: mtu ${mtu}`, ...lines, `    ether ${mac}`].join('\n');
    })
    .join('\n');

/** As `ip addr` writes it. */
export const formatIpAddr = (entries: readonly InterfaceEntry[]): string =>
  entries
    .map(({ name, mac, mtu, addresses }, at) => {
      const lines = addresses.map(
        ({ address, prefixLength, broadcast }) =>
          `    inet ${address}/${prefixLength}${broadcast === undefined ? '' : ` brd ${broadcast}`}`,
      );
      return [`${at + 1}: ${name}: mtu ${mtu}`, `    link/ether ${mac}`, ...lines].join('\n');
    })
    .join('\n');
