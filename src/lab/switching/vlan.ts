/** A VLAN of a switch: who is in it, and what was learnt in it. */
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import type { MacEntry } from './mac-table.ts';
import type { SwitchPort } from './switch-port.ts';

export class Vlan {
  readonly id: number;
  /** In the order of the switch's ports. */
  readonly ports: SwitchPort[] = [];
  readonly entries = new Map<MacAddress, MacEntry>();

  constructor(id: number) {
    this.id = id;
  }
}
