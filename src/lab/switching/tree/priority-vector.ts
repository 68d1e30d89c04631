/** What bridges compare, IEEE 802.1D-2004 §17.5: the better root, the shorter way to it, the better bridge, the better port. */
import type { Micros } from '../../../stack/time.ts';
import type { BridgeId } from '../../../stack/wire/bpdu.ts';

export interface PriorityVector {
  readonly root: BridgeId;
  /** From the designated bridge to the root. */
  readonly cost: number;
  /** The designated bridge and its port. */
  readonly bridge: BridgeId;
  readonly port: number;
}

/** Of the protocol: the root's are everybody's. */
export interface TreeTimes {
  readonly messageAge: Micros;
  readonly maxAge: Micros;
  readonly helloTime: Micros;
  readonly forwardDelay: Micros;
}

export const compareBridges = (a: BridgeId, b: BridgeId): number => a.priority - b.priority || a.mac - b.mac;

/** Negative when `a` is the better one. */
export const compareVectors = (a: PriorityVector, b: PriorityVector): number =>
  compareBridges(a.root, b.root) || a.cost - b.cost || compareBridges(a.bridge, b.bridge) || a.port - b.port;

export const sameTimes = (a: TreeTimes, b: TreeTimes): boolean =>
  a.messageAge === b.messageAge && a.maxAge === b.maxAge && a.helloTime === b.helloTime && a.forwardDelay === b.forwardDelay;
