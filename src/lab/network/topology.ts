/** What a network looks like on the board: its nodes and cables, by name. What a picture of it is drawn from. */

export interface TopologyNode {
  /** Unique in the network. */
  readonly name: string;
  readonly kind: 'host' | 'switch' | 'hub' | 'router' | 'firewall' | 'nat' | 'tap';
  /** With their prefix lengths, such as `10.0.0.1/24`, in the order of the interfaces; empty where a box has none. */
  readonly addresses: readonly string[];
}

/** One end of a cable. */
export interface TopologyEnd {
  /** The name of a node. */
  readonly node: string;
  /** Of that node, such as `lan10` or `1`. */
  readonly port: string;
  /** The address that stands at this port, where one does. */
  readonly address?: string;
}

/** A cable. */
export interface TopologyLink {
  readonly a: TopologyEnd;
  readonly b: TopologyEnd;
  /** What is said beside it, such as `10 Mbit/s, 5 ms` or `VLAN 10`. */
  readonly label?: string;
  /** It was there, and is gone. @default false */
  readonly isRemoved?: boolean;
}

export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly TopologyLink[];
}
