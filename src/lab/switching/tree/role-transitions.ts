/** How a port gets into its role and to forwarding: the port role transitions machine, IEEE 802.1D-2004 §17.29. */
import type { Micros } from '../../../stack/time.ts';
import { NEVER, SECOND } from '../../../stack/time.ts';
import type { TreePort } from './tree-port.ts';

/** What the machine asks of the bridge. */
export interface TreeContext {
  readonly ports: readonly TreePort[];
  /** False: STP, and every step takes a forward delay. */
  readonly isRapid: boolean;
  readonly now: Micros;
}

const EDGE_DELAY: Micros = 3 * SECOND;

/** One step. @returns false when there is none to take */
export function stepRole(port: TreePort, context: TreeContext): boolean {
  if (port.role !== port.selectedRole) return enterRole(port, context);
  if (port.role === 'root') return stepRoot(port, context);
  if (port.role === 'designated') return stepDesignated(port, context);
  return port.role === 'disabled' ? false : stepBlocked(port, context);
}

/** §17.20.5: how long listening and learning take. */
const stepDelay = ({ sendRstp, designatedTimes }: TreePort): Micros =>
  sendRstp ? designatedTimes.helloTime : designatedTimes.forwardDelay;

function enterRole(port: TreePort, { now, isRapid }: TreeContext): boolean {
  const { role: before, selectedRole: role, designatedTimes } = port;
  const wasBlocked = before === 'alternate' || before === 'backup' || before === 'disabled';
  port.role = role;
  if (before === 'root') port.rrWhile = now + designatedTimes.forwardDelay;
  if (before === 'backup') port.rbWhile = now + 2 * designatedTimes.helloTime;
  if (role === 'root' || role === 'designated') {
    // a port that has just come up knows nothing of its neighbour yet
    const first = before === 'disabled' && isRapid ? designatedTimes.maxAge : stepDelay(port);
    if (wasBlocked) port.fdWhile = now + first;
    if (role === 'root') port.rrWhile = NEVER;
    return true;
  }
  port.learn = false;
  port.forward = false;
  port.synced = true;
  port.sync = false;
  port.reRoot = false;
  port.rrWhile = 0;
  port.fdWhile = 0;
  if (role === 'backup') port.rbWhile = NEVER;
  return true;
}

const allSynced = (ports: readonly TreePort[]): boolean =>
  ports.every((port) => port.role === port.selectedRole && (port.synced || port.role === 'root'));

/** A new root port may forward at once when no port that was one before still forwards on the old word. */
const isReRooted = (self: TreePort, { ports, now }: TreeContext): boolean =>
  ports.every((port) => port === self || port.rrWhile <= now);

function stepRoot(port: TreePort, context: TreeContext): boolean {
  const { ports, now, isRapid } = context;
  if (stepAgreement(port, ports)) return true;
  if (!port.forward && !port.reRoot) {
    for (const one of ports) one.reRoot = true;
    return true;
  }
  if (port.forward && port.reRoot) {
    port.reRoot = false;
    return true;
  }
  const mayPass = port.fdWhile <= now || (isRapid && port.rbWhile <= now && isReRooted(port, context));
  return mayPass && advance(port, now);
}

/** A proposal is answered when no other port forwards any more that might close a loop. */
function stepAgreement(port: TreePort, ports: readonly TreePort[]): boolean {
  if (port.proposed && !port.agree) {
    for (const one of ports) one.sync = true;
    port.proposed = false;
    port.sync = false;
    return true;
  }
  if (!((allSynced(ports) && !port.agree) || (port.proposed && port.agree))) return false;
  port.proposed = false;
  port.sync = false;
  port.agree = true;
  port.newInfo = true;
  return true;
}

/** From listening to learning, from learning to forwarding. */
function advance(port: TreePort, now: Micros): boolean {
  if (!port.learn) {
    port.learn = true;
    port.fdWhile = now + stepDelay(port);
    return true;
  }
  if (port.forward) return false;
  port.forward = true;
  port.fdWhile = 0;
  return true;
}

function stepDesignated(port: TreePort, { now }: TreeContext): boolean {
  if (mustDiscard(port, now)) {
    port.learn = false;
    port.forward = false;
    port.disputed = false;
    port.fdWhile = now + stepDelay(port);
    return true;
  }
  if (stepSync(port, now)) return true;
  if (!port.forward && !port.agreed && !port.proposing && !port.operEdge) {
    port.proposing = true;
    port.edgeDelayWhile = now + EDGE_DELAY;
    port.newInfo = true;
    return true;
  }
  const mayPass = (port.fdWhile <= now || port.agreed || port.operEdge) && !port.reRoot && !port.sync;
  if (!mayPass || !advance(port, now)) return false;
  if (port.forward) port.agreed = port.sendRstp;
  return true;
}

function mustDiscard(port: TreePort, now: Micros): boolean {
  const isRetired = port.reRoot && port.rrWhile > now;
  const isDoubted = (port.sync && !port.synced) || isRetired || port.disputed;
  return isDoubted && !port.operEdge && (port.learn || port.forward);
}

function stepSync(port: TreePort, now: Micros): boolean {
  const becomesSynced = !port.synced && ((!port.learn && !port.forward) || port.agreed || port.operEdge);
  if (becomesSynced || (port.sync && port.synced)) {
    port.rrWhile = 0;
    port.synced = true;
    port.sync = false;
    return true;
  }
  if (!port.reRoot || port.rrWhile > now) return false;
  port.reRoot = false;
  return true;
}

function stepBlocked(port: TreePort, { ports }: TreeContext): boolean {
  if (stepAgreement(port, ports)) return true;
  if (!(port.sync || port.reRoot) && port.synced) return false;
  port.synced = true;
  port.sync = false;
  port.reRoot = false;
  return true;
}
