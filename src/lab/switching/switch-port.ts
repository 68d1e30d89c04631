/** A port of a switch: its cable, its VLANs, whether it forwards, and what went through it. */
import type { LinkDevice } from '../../stack/device.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import type { PortOptions, PortSecurity } from './port-options.ts';
import type { TreePortSettings } from './tree/options.ts';
import type { Vlan } from './vlan.ts';

/** Why a frame that came to a port, or was to leave by it, went no further. */
export const SWITCH_DROPS = [
  'frame too short',
  'source is a group address',
  'VLAN not allowed on this port',
  'port does not forward (spanning tree)',
  'reserved address (IEEE 802.1D)',
  'BPDU not valid',
  'destination is on the port it came from',
  'broadcast storm',
  'port security',
  'ARP inspection',
  'port is shut down',
  'mirror port takes no frames',
  'frame too long for the port',
  'device queue full',
  'no other port',
] as const;
export type SwitchDrop = (typeof SWITCH_DROPS)[number];

export class PortCounters {
  framesIn = 0;
  framesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Frames that came in here and went to all ports of their VLAN. */
  flooded = 0;
  readonly #drops = new Map<SwitchDrop, number>();

  drop(reason: SwitchDrop): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + 1);
  }

  dropped(reason: SwitchDrop): number {
    return this.#drops.get(reason) ?? 0;
  }

  /** Reasons that occurred, with their counts. */
  drops(): Readonly<Partial<Record<SwitchDrop, number>>> {
    return Object.fromEntries(this.#drops);
  }
}

export class SwitchPort {
  /** From 0 on, in the order of the switch's ports. */
  readonly index: number;
  readonly name: string;
  /** The source of what the switch itself sends here. */
  readonly mac: MacAddress;
  readonly counters = new PortCounters();
  readonly security: PortSecurity | undefined;
  /** ARP from here is believed: another switch or a router is behind it. */
  readonly isTrusted: boolean;
  readonly tree: TreePortSettings;
  /** Tagged and untagged ones, by identifier. */
  readonly vlans = new Map<number, Vlan>();
  /** The VLAN of frames without a tag, in and out; undefined: they are not taken. */
  untagged: Vlan | undefined = undefined;
  /** undefined: no cable. */
  device: LinkDevice | undefined = undefined;
  /** Whether the link has a signal. */
  isUp: () => boolean = () => true;
  /** What `isUp` said when the switch last looked. */
  wasUp = false;
  /** What the spanning tree allows. */
  learns = true;
  forwards = true;
  /** By port security; until `Switch.enable`. */
  isShutDown = false;
  /** Copies of what comes in or goes out here are sent to the mirror port. */
  isMirroredIn = false;
  isMirroredOut = false;
  /** It sends copies and takes no part otherwise. */
  isMirror = false;
  /** Entries of the table that point here. */
  addresses = 0;

  constructor(index: number, name: string, mac: MacAddress, options: PortOptions) {
    this.index = index;
    this.name = name;
    this.mac = mac;
    this.security = options.security;
    this.isTrusted = options.isTrusted ?? options.trunk !== undefined;
    this.tree = options;
  }
}
