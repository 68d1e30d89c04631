/** Which ports hear each other's broadcasts: what routers and hosts see as one link. */

import type { Network } from './network.ts';
import type { NetNode } from './node.ts';
import type { Port } from './port.ts';

/** A device that passes frames on: out of which ports, with which VLAN, one that came in by a port goes. */
export interface Bridging {
  /** @param vlan 0: untagged, as the frame is on the cable */
  leads(port: Port, vlan: number): readonly { readonly port: Port; readonly vlan: number }[];
}

export const isBridging = (node: NetNode): node is NetNode & Bridging => 'leads' in node;

/** Each as the ports of hosts and routers on it; links without any are left out. */
export function segmentsOf(net: Network): Port[][] {
  const peers = new Map(net.cables().flatMap(({ a, b }) => [[a, b] as const, [b, a] as const]));
  const seen = new Set<Port>();
  const segments: Port[][] = [];
  for (const node of net.nodes()) {
    if (isBridging(node)) continue;
    for (const port of node.ports) {
      if (seen.has(port) || !peers.has(port)) continue;
      const segment = [port, ...heardFrom(net, port, peers)];
      for (const one of segment) seen.add(one);
      segments.push(segment);
    }
  }
  return segments;
}

/** The ports of hosts that hear what is sent from this one, whatever a spanning tree will cut. */
function heardFrom(net: Network, from: Port, peers: ReadonlyMap<Port, Port>): Port[] {
  const heard = new Set<Port>();
  const visited = new Set<string>();
  const todo: { port: Port; vlan: number }[] = [{ port: from, vlan: 0 }];
  for (let sent = todo.pop(); sent !== undefined; sent = todo.pop()) {
    const into = peers.get(sent.port);
    if (into === undefined || visited.has(`${into} ${sent.vlan}`)) continue;
    visited.add(`${into} ${sent.vlan}`);
    const node = net.node(into.node);
    if (isBridging(node)) todo.push(...node.leads(into, sent.vlan));
    else if (sent.vlan === 0 && into !== from) heard.add(into);
  }
  return [...heard];
}
