/** `arp -a`: the neighbours of a host on its links, and how sure it is of them. */
import type { IpAddress, Micros, Stack } from '../../stack/index.ts';
import { formatMac, fromV4, SECOND } from '../../stack/index.ts';
import { inColumns } from './columns.ts';

/** A line of the table. */
export interface ArpEntry {
  readonly address: IpAddress;
  /** Undefined while it is asked for, and when nobody answered. */
  readonly mac: string | undefined;
  /** As in RFC 4861 §7.3.2: 'incomplete', 'reachable', 'stale', 'probe', and 'failed'. */
  readonly state: string;
  /** Since the state began or was last confirmed. */
  readonly age: Micros;
  readonly interface: string;
}

/** By interface, and there by address. @param now what time it is */
export const arpTable = (stack: Stack, now: Micros): ArpEntry[] =>
  [...stack.interfaces.values()].flatMap(({ name, arp }) =>
    arp
      .entries(now)
      .map(({ address, mac, state, age }) => ({
        address: fromV4(address),
        mac: state === 'incomplete' || state === 'failed' ? undefined : formatMac(mac),
        state,
        age,
        interface: name,
      }))
      .sort((a, b) => (a.address.w3 >>> 0) - (b.address.w3 >>> 0)),
  );

export function formatArp(entries: readonly ArpEntry[]): string {
  if (entries.length === 0) return 'no neighbours are known';
  return inColumns(
    ['Address', 'Ethernet address', 'State', 'Age', 'Interface'],
    entries.map(({ address, mac = '-', state, age, interface: name }) => [
      `${address}`,
      mac,
      state,
      `${Math.floor(age / SECOND)} s`,
      name,
    ]),
  );
}
