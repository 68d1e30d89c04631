/** What a switch and its ports can be told, and the checks that say what is wrong with it. */
import type { Micros } from '../../stack/time.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import type { SwitchEvent } from './switch-event.ts';
import type { SpanningTreeOptions, TreePortSettings } from './tree/options.ts';
import { HIGHEST_VLAN, LOWEST_VLAN } from './vlan-tag.ts';

export interface PortSecurity {
  /** How many addresses may be behind the port. @default 1 */
  readonly addresses?: number;
  /** What becomes of the port when a frame comes from one more: 'drop' drops that frame, 'shut down' closes the port. @default 'drop' */
  readonly violation?: 'drop' | 'shut down';
}

export interface PortOptions extends TreePortSettings {
  /** An access port: its frames have no tag, and belong to this VLAN. @default 1 */
  readonly vlan?: number;
  /** A trunk port: these VLANs pass with a tag; 'all': each one that the switch knows. */
  readonly trunk?: readonly number[] | 'all';
  /** Of a trunk port: the VLAN that passes without a tag; false: what has no tag is dropped. @default 1 */
  readonly native?: number | false;
  readonly security?: PortSecurity;
  /** With ARP inspection: ARP that comes from here is believed. @default true for a trunk */
  readonly isTrusted?: boolean;
}

export interface MirrorOptions {
  /** Ports whose frames are copied. */
  readonly from: readonly string[];
  /** The port that sends the copies, and does nothing else. */
  readonly to: string;
  /** @default 'both' */
  readonly direction?: 'in' | 'out' | 'both';
}

export interface SwitchOptions {
  /** How many (they are called "1", "2", …), or the ports by name. */
  readonly ports: number | Readonly<Record<string, PortOptions>>;
  /** VLANs that no port names. */
  readonly vlans?: readonly number[];
  /** Its own address, of which those of its ports are made. @default made of its name */
  readonly mac?: MacAddress;
  /** How long an address is remembered that sends nothing. @default 300 s, IEEE 802.1D §7.9.2 */
  readonly ageing?: Micros;
  /** How many addresses it remembers. @default 8,192 */
  readonly tableSize?: number;
  readonly mirror?: MirrorOptions;
  /** Blocks what would close a loop: true or 'RSTP', 'STP', or more options. @default false: as the switch from the shop */
  readonly spanningTree?: boolean | 'RSTP' | 'STP' | SpanningTreeOptions;
  /** Copies of one frame that it floods in a second; what comes beyond it is dropped as "broadcast storm". @default 500 */
  readonly stormLimit?: number;
  /** Who may say which address in ARP: IPv4 to MAC. ARP that says something else is dropped, but from trusted ports. */
  readonly arpInspection?: Readonly<Record<string, string>>;
  /** The capture of a port says beside each frame where the switch sends it and why. @default false */
  readonly explain?: boolean;
  /** Told what is learnt, forgotten and refused. */
  readonly observer?: (event: SwitchEvent) => void;
}

/** More would not fit the 12 bits of the spanning tree's port numbers with room to spare, and no switch has them. */
const MOST_PORTS = 1_024;

/** The ports by name, whichever way they were given. @throws RangeError that names the switch */
export function namedPorts(
  of: string,
  ports: SwitchOptions['ports'],
): readonly (readonly [name: string, options: PortOptions])[] {
  const named: (readonly [string, PortOptions])[] =
    typeof ports === 'number'
      ? Array.from({ length: checkCount(of, ports) }, (_, index) => [String(index + 1), {}] as const)
      : Object.entries(ports);
  checkCount(of, named.length);
  return named;
}

function checkCount(of: string, count: number): number {
  if (!Number.isInteger(count) || count < 1 || count > MOST_PORTS)
    throw new RangeError(`${of}: a switch has 1 to ${MOST_PORTS} ports, not ${count}`);
  return count;
}

/** @throws RangeError that says where */
export function checkVlan(where: string, vlan: number): number {
  if (!Number.isInteger(vlan) || vlan < LOWEST_VLAN || vlan > HIGHEST_VLAN)
    throw new RangeError(`${where}: a VLAN is a number from ${LOWEST_VLAN} to ${HIGHEST_VLAN}, not ${vlan}`);
  return vlan;
}

/** The VLANs of a port: which pass without a tag and which with one. @param all every VLAN of the switch, for 'all' */
export function membership(
  where: string,
  { vlan, trunk, native }: PortOptions,
  all: readonly number[],
): { readonly untagged: number | undefined; readonly tagged: readonly number[] } {
  if (trunk === undefined) {
    if (native !== undefined) throw new RangeError(`${where}: only a trunk has a native VLAN; an access port has \`vlan\``);
    return { untagged: checkVlan(where, vlan ?? 1), tagged: [] };
  }
  if (vlan !== undefined) throw new RangeError(`${where}: a port is an access port (\`vlan\`) or a trunk (\`trunk\`), not both`);
  const untagged = native === false ? undefined : checkVlan(where, native ?? 1);
  const tagged = trunk === 'all' ? all : trunk;
  for (const one of tagged) checkVlan(where, one);
  return { untagged, tagged: tagged.filter((one) => one !== untagged) };
}

/** Every VLAN that the options name, in ascending order. */
export function vlansOf(of: string, named: ReturnType<typeof namedPorts>, more: readonly number[] = []): readonly number[] {
  const found = new Set(more.map((vlan) => checkVlan(of, vlan)));
  for (const [name, port] of named) {
    const { untagged, tagged } = membership(`${of}.${name}`, port, []);
    for (const vlan of untagged === undefined ? tagged : [untagged, ...tagged]) found.add(vlan);
  }
  return [...found].sort((a, b) => a - b);
}

/** undefined: no spanning tree. */
export function treeOptions(spanningTree: SwitchOptions['spanningTree'] = false): SpanningTreeOptions | undefined {
  if (spanningTree === false) return undefined;
  if (spanningTree === true) return {};
  return typeof spanningTree === 'string' ? { version: spanningTree } : spanningTree;
}
