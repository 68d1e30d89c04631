/** The ports and VLANs of a switch, made of its options. */
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import type { SwitchOptions } from './port-options.ts';
import { membership, namedPorts, vlansOf } from './port-options.ts';
import { SwitchPort } from './switch-port.ts';
import { Vlan } from './vlan.ts';

export interface BuiltPorts {
  readonly ports: readonly SwitchPort[];
  /** In ascending order. */
  readonly vlans: readonly Vlan[];
  readonly mirror: SwitchPort | undefined;
}

/** @throws RangeError that names the switch and the port */
export function buildPorts(of: string, base: MacAddress, options: SwitchOptions): BuiltPorts {
  const named = namedPorts(of, options.ports);
  const all = vlansOf(of, named, options.vlans);
  const vlans = all.map((id) => new Vlan(id));
  const byId = new Map(vlans.map((vlan) => [vlan.id, vlan]));
  const ports = named.map(([name, port], index) => {
    const mac = (base + index + 1) as MacAddress;
    const made = new SwitchPort(index, name, mac, port);
    const { untagged, tagged } = membership(`${of}.${name}`, port, all);
    made.untagged = untagged === undefined ? undefined : byId.get(untagged);
    for (const id of untagged === undefined ? tagged : [untagged, ...tagged]) made.vlans.set(id, byId.get(id)!);
    return made;
  });
  const mirror = connectMirror(of, ports, options.mirror);
  for (const port of ports) if (!port.isMirror) for (const vlan of port.vlans.values()) vlan.ports.push(port);
  return { ports, vlans, mirror };
}

function connectMirror(of: string, ports: readonly SwitchPort[], mirror: SwitchOptions['mirror']): SwitchPort | undefined {
  if (mirror === undefined) return undefined;
  const find = (name: string): SwitchPort => {
    const port = ports.find((one) => one.name === name);
    if (port === undefined)
      throw new RangeError(`${of} has no port "${name}" to mirror; its ports are ${ports.map((one) => one.name).join(', ')}`);
    return port;
  };
  const to = find(mirror.to);
  to.isMirror = true;
  for (const name of mirror.from) {
    const port = find(name);
    if (port === to) throw new RangeError(`${of}: port "${name}" cannot mirror itself`);
    port.isMirroredIn = mirror.direction !== 'out';
    port.isMirroredOut = mirror.direction !== 'in';
  }
  return to;
}

/** FNV-1a of the name, in a locally administered address with room for the ports behind it. */
export function switchMac(name: string): MacAddress {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x0100_0193);
  return (0x0253_0000_0000 + ((hash >>> 12) & 0xf_ffff) * 0x1000) as MacAddress;
}
