/** What a port says to its neighbour: the BPDUs of IEEE 802.1D-2004 §17.21.19 to 22. */
import type { Micros } from '../../../stack/time.ts';
import { SECOND } from '../../../stack/time.ts';
import type { Bpdu } from '../../../stack/wire/bpdu.ts';
import * as bpdus from '../../../stack/wire/bpdu.ts';
import type { TreePort } from './tree-port.ts';

const units = (time: Micros): number => Math.min(0xffff, Math.round((time * bpdus.UNITS_PER_SECOND) / SECOND));

const ROLES = { disabled: 0, alternate: 1, backup: 1, root: 2, designated: 3 } as const;

/** @returns undefined when the port has nothing to say in its role */
export function messageOf(port: TreePort, now: Micros): Bpdu | undefined {
  const isChange = port.tcWhile > now;
  if (port.sendRstp) return fields(port, bpdus.TYPE_RAPID, rapidFlags(port, isChange));
  if (port.role === 'root') return isChange ? bpdus.NOTIFICATION : undefined;
  if (port.role !== 'designated') return undefined;
  const flags = (isChange ? bpdus.TOPOLOGY_CHANGE : 0) | (port.tcAck ? bpdus.TOPOLOGY_CHANGE_ACK : 0);
  return fields(port, bpdus.TYPE_CONFIGURATION, flags);
}

function rapidFlags(port: TreePort, isChange: boolean): number {
  let flags = ROLES[port.role] << bpdus.ROLE_SHIFT;
  if (isChange) flags |= bpdus.TOPOLOGY_CHANGE;
  if (port.role === 'designated' && port.proposing) flags |= bpdus.PROPOSAL;
  if (port.role !== 'designated' && port.agree) flags |= bpdus.AGREEMENT;
  if (port.learn) flags |= bpdus.LEARNING;
  if (port.forward) flags |= bpdus.FORWARDING;
  return flags;
}

function fields({ designatedPriority, designatedTimes }: TreePort, type: number, flags: number): Bpdu {
  const { root, cost, bridge, port } = designatedPriority;
  const { messageAge, maxAge, helloTime, forwardDelay } = designatedTimes;
  return {
    type,
    flags,
    root,
    cost,
    bridge,
    port,
    messageAge: units(messageAge),
    maxAge: units(maxAge),
    helloTime: units(helloTime),
    forwardDelay: units(forwardDelay),
  };
}
