/** Which port has which role: the root port is the best way to the root, IEEE 802.1D-2004 §17.21.25 (updtRolesTree). */
import { SECOND } from '../../../stack/time.ts';
import type { BridgeId } from '../../../stack/wire/bpdu.ts';
import type { PriorityVector, TreeTimes } from './priority-vector.ts';
import { compareBridges, compareVectors, sameTimes } from './priority-vector.ts';
import type { PortRole, TreePort } from './tree-port.ts';

export interface Selection {
  readonly rootPort: TreePort | undefined;
  readonly root: BridgeId;
  /** From here to the root. */
  readonly cost: number;
  readonly times: TreeTimes;
}

/** Sets `selectedRole` of each port, and `updtInfo` where its own information is to take the place of what was received. */
export function selectRoles(ports: readonly TreePort[], self: BridgeId, ownTimes: TreeTimes): Selection {
  const selection = selectRoot(ports, self, ownTimes);
  for (const port of ports) {
    port.designatedPriority = { root: selection.root, cost: selection.cost, bridge: self, port: port.id };
    port.designatedTimes = { ...selection.times, helloTime: ownTimes.helloTime };
    const role = roleOf(port, port === selection.rootPort, self);
    port.selectedRole = role;
    port.updtInfo =
      role === 'designated' &&
      (port.infoIs !== 'mine' ||
        compareVectors(port.portPriority, port.designatedPriority) !== 0 ||
        !sameTimes(port.portTimes, port.designatedTimes));
  }
  return selection;
}

function selectRoot(ports: readonly TreePort[], self: BridgeId, ownTimes: TreeTimes): Selection {
  let best: PriorityVector = { root: self, cost: 0, bridge: self, port: 0 };
  let rootPort: TreePort | undefined;
  for (const port of ports) {
    const { portPriority, infoIs, pathCost } = port;
    if (infoIs !== 'received' || compareBridges(portPriority.bridge, self) === 0) continue;
    const way = { ...portPriority, cost: portPriority.cost + pathCost };
    const order = compareVectors(way, best);
    if (order < 0 || (order === 0 && port.id < (rootPort?.id ?? 0))) [best, rootPort] = [way, port];
  }
  if (rootPort === undefined) return { rootPort, root: self, cost: 0, times: ownTimes };
  const { portTimes } = rootPort;
  return { rootPort, root: best.root, cost: best.cost, times: { ...portTimes, messageAge: portTimes.messageAge + SECOND } };
}

function roleOf(port: TreePort, isRoot: boolean, self: BridgeId): PortRole {
  if (port.infoIs === 'disabled') return 'disabled';
  if (port.infoIs !== 'received') return 'designated';
  if (isRoot) return 'root';
  if (compareVectors(port.designatedPriority, port.portPriority) < 0) return 'designated';
  return compareBridges(port.portPriority.bridge, self) === 0 ? 'backup' : 'alternate';
}
