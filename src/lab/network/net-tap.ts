/** A place in a network for somebody from outside: Linux at the end of a cable, once the lab runs in real time over a TAP. */

import { parseInterfaceAddress } from '../../stack/index.ts';
import type { InterfaceAddress } from '../../stack/ip/prefix.ts';
import { TapPort } from '../tap-port.ts';
import type { NetNode } from './node.ts';
import type { Port } from './port.ts';
import type { Table } from './table.ts';

export interface NetTapOptions {
  /** Linux's own, with its prefix. @default none: a DHCP client of Linux will ask for one */
  readonly address?: string;
  /** Where Linux sends what is not on its link. */
  readonly gateway?: string;
}

export class NetTap implements NetNode {
  readonly name: string;
  readonly kind = 'tap';
  readonly ports: readonly [Port];
  /** Until a device is attached to it, nobody is there. */
  readonly machine: TapPort;
  readonly address: string | undefined;
  readonly gateway: string | undefined;

  /** @throws RangeError in words when the address cannot be used */
  constructor(name: string, port: Port, { address, gateway }: NetTapOptions) {
    if (address !== undefined) parseInterfaceAddress(address);
    this.name = name;
    this.ports = [port];
    this.machine = new TapPort(name, port);
    this.address = address;
    this.gateway = gateway;
  }

  /** undefined: it is not known here. */
  get own(): InterfaceAddress | undefined {
    return this.address === undefined ? undefined : parseInterfaceAddress(this.address);
  }

  addressesAt(): readonly string[] {
    return this.address === undefined ? [] : [this.address];
  }

  /** What Linux knows it tells itself. */
  tables(): readonly Table[] {
    return [];
  }
}
