/** Who learns that stations may have moved: the topology change machine, IEEE 802.1D-2004 §17.31. */
import { SECOND } from '../../../stack/time.ts';
import type { TreeContext } from './role-transitions.ts';
import type { TreePort } from './tree-port.ts';

export interface ChangeContext extends TreeContext {
  /** Forgets what was learnt at the port. */
  flush(port: TreePort): void;
}

/** One step. @returns false when there is none to take */
export function stepChange(port: TreePort, context: ChangeContext): boolean {
  const isActiveRole = port.role === 'root' || port.role === 'designated';
  switch (port.tc) {
    case 'inactive':
      if (!port.learn) return false;
      port.tc = 'learning';
      return true;
    case 'learning':
      return stepLearning(port, isActiveRole, context);
    case 'active':
      if (isActiveRole && !port.operEdge) return stepActive(port, context);
      port.tc = 'learning';
      return true;
  }
}

function stepLearning(port: TreePort, isActiveRole: boolean, context: ChangeContext): boolean {
  port.rcvdTc = false;
  port.rcvdTcn = false;
  port.rcvdTcAck = false;
  port.tcProp = false;
  if (isActiveRole && port.forward && !port.operEdge) {
    begin(port, context);
    propagate(port, context);
    port.newInfo = true;
    port.tc = 'active';
    return true;
  }
  if (isActiveRole || port.learn) return false;
  context.flush(port);
  port.tcWhile = 0;
  port.tcAck = false;
  port.tc = 'inactive';
  return true;
}

function stepActive(port: TreePort, context: ChangeContext): boolean {
  if (port.rcvdTcn || port.rcvdTc) {
    if (port.rcvdTcn) begin(port, context);
    if (port.rcvdTcn && port.role === 'designated') {
      port.tcAck = true;
      port.newInfo = true;
    }
    port.rcvdTcn = false;
    port.rcvdTc = false;
    propagate(port, context);
    return true;
  }
  if (port.tcProp) {
    begin(port, context);
    context.flush(port);
    port.tcProp = false;
    return true;
  }
  if (!port.rcvdTcAck) return false;
  port.tcWhile = 0;
  port.rcvdTcAck = false;
  return true;
}

/** §17.21.7, newTcWhile. */
function begin(port: TreePort, { now }: ChangeContext): void {
  if (port.tcWhile > now) return;
  const { helloTime, maxAge, forwardDelay } = port.designatedTimes;
  port.tcWhile = now + (port.sendRstp ? helloTime + SECOND : maxAge + forwardDelay);
  port.newInfo = true;
}

function propagate(from: TreePort, { ports }: ChangeContext): void {
  for (const port of ports) if (port !== from) port.tcProp = true;
}
