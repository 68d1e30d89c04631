/** A switch or a hub in a network: its machine, the ports in its front, and what is drawn and told of it. */
import { formatMac, SECOND } from '../../stack/index.ts';
import type { Hub } from '../switching/hub.ts';
import type { Switch } from '../switching/switch.ts';
import type { NetNode } from './node.ts';
import { portOf } from './node.ts';
import type { Port } from './port.ts';
import type { Bridging } from './segments.ts';
import type { Table } from './table.ts';

export class NetSwitch implements NetNode, Bridging {
  readonly name: string;
  readonly kind = 'switch';
  readonly ports: readonly Port[];
  readonly machine: Switch;

  constructor(machine: Switch, ports: readonly Port[]) {
    this.name = machine.name;
    this.machine = machine;
    this.ports = ports;
    for (const port of ports) port.onFirstPlug = () => machine.attach(port.name, port, () => port.isUp);
  }

  /** @throws RangeError in words when there is none of that name */
  port(name: string): Port {
    return portOf(this, name);
  }

  addressesAt(): readonly string[] {
    return [];
  }

  leads(port: Port, vlan: number): { port: Port; vlan: number }[] {
    const from = this.machine.port(port.name);
    const inside = vlan === 0 ? from.untagged : from.vlans.get(vlan);
    if (inside === undefined) return [];
    return inside.ports
      .filter((out) => out !== from)
      .map((out) => ({ port: this.port(out.name), vlan: out.untagged === inside ? 0 : inside.id }));
  }

  tables(): readonly Table[] {
    const { machine } = this;
    const hasVlans = machine.vlans.length > 1;
    const rows = machine.table().map(({ vlan, mac, port, age }) => {
      const known = [formatMac(mac), port, `${Math.floor(age / SECOND)} s`];
      return hasVlans ? [`${vlan}`, ...known] : known;
    });
    const columns = ['Ethernet address', 'port', 'silent for'];
    const table: Table = {
      of: this.name,
      kind: 'mac',
      columns: hasVlans ? ['VLAN', ...columns] : columns,
      rows,
      passing: [hasVlans ? 3 : 2],
    };
    return [table, ...this.#treeTable()];
  }

  /** The tree is named by its root, as this switch sees it. */
  #treeTable(): Table[] {
    const tree = this.machine.tree();
    if (tree === undefined) return [];
    const rows = tree.ports
      .filter(({ state }) => state !== 'disabled')
      .map(({ port, role, state, cost }) => [port, role, state, `${cost}`, tree.isRoot ? 'this switch' : tree.root]);
    return [{ of: this.name, kind: 'stp', columns: ['port', 'role', 'state', 'cost', 'root'], rows }];
  }
}

export class NetHub implements NetNode, Bridging {
  readonly name: string;
  readonly kind = 'hub';
  readonly ports: readonly Port[];
  readonly machine: Hub;

  constructor(machine: Hub, ports: readonly Port[]) {
    this.name = machine.name;
    this.machine = machine;
    this.ports = ports;
    for (const port of ports) port.onFirstPlug = () => machine.attach(port.name, port);
  }

  /** @throws RangeError in words when there is none of that name */
  port(name: string): Port {
    return portOf(this, name);
  }

  addressesAt(): readonly string[] {
    return [];
  }

  leads(port: Port, vlan: number): { port: Port; vlan: number }[] {
    return this.ports.filter((out) => out !== port).map((out) => ({ port: out, vlan }));
  }

  /** It knows nothing. */
  tables(): readonly Table[] {
    return [];
  }
}
