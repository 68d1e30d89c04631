/** What a network is made of: devices with ports. */
import type { Port } from './port.ts';
import type { Table } from './table.ts';
import type { TopologyNode } from './topology.ts';

export interface NetNode {
  readonly name: string;
  readonly kind: TopologyNode['kind'];
  readonly ports: readonly Port[];
  /** Addresses with their prefix that stand at a port. */
  addressesAt(port: Port): readonly string[];
  /** What it knows now. */
  tables(): readonly Table[];
}

/** What a cable is plugged into: a port, or a device: then its next free one. */
export type Plug = NetNode | Port;

/** @throws RangeError in words when there is none of that name */
export function portOf(node: NetNode, name: string): Port {
  const port = node.ports.find((one) => one.name === name);
  if (port !== undefined) return port;
  throw new RangeError(`${node.name} has no port "${name}"; it has ${node.ports.map((one) => one.name).join(', ')}`);
}

/** @throws RangeError in words when all are taken */
export function freePort(node: NetNode): Port {
  const port = node.ports.find((one) => !one.isPlugged);
  if (port !== undefined) return port;
  const count = node.ports.length;
  throw new RangeError(`${node.name} has no free port: ${count === 1 ? 'its only one is' : `all ${count} are`} taken`);
}
