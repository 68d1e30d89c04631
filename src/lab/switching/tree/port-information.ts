/** What a BPDU changes at the port that receives it: the port information machine, IEEE 802.1D-2004 §17.27 and §17.21. */
import type { Micros } from '../../../stack/time.ts';
import { SECOND } from '../../../stack/time.ts';
import type { Bpdu } from '../../../stack/wire/bpdu.ts';
import * as bpdus from '../../../stack/wire/bpdu.ts';
import type { PriorityVector, TreeTimes } from './priority-vector.ts';
import { compareBridges, compareVectors, sameTimes } from './priority-vector.ts';
import type { TreePort } from './tree-port.ts';

const micros = (units: number): Micros => Math.round((units * SECOND) / bpdus.UNITS_PER_SECOND);

/** 'superior' and 'aged' information asks for the roles anew; 'repeated' from the root port is what STP passes on. */
export type Received = 'superior' | 'repeated' | 'inferior' | 'not designated' | 'other';

/** @param isRapid the bridge speaks RSTP: then three lost hellos are enough, where STP waits for the maximum age */
export function receiveInfo(port: TreePort, bpdu: Bpdu, isRapid: boolean, now: Micros): Received {
  const vector: PriorityVector = { root: bpdu.root, cost: bpdu.cost, bridge: bpdu.bridge, port: bpdu.port };
  const times: TreeTimes = {
    messageAge: micros(bpdu.messageAge),
    maxAge: micros(bpdu.maxAge),
    helloTime: Math.max(micros(bpdu.helloTime), SECOND),
    forwardDelay: micros(bpdu.forwardDelay),
  };
  const received = kindOf(port, bpdu, vector, times);
  if (received === 'superior') takeSuperior(port, bpdu, vector, times);
  else if (received === 'inferior' && bpdu.type === bpdus.TYPE_RAPID && (bpdu.flags & bpdus.LEARNING) !== 0) {
    port.disputed = true;
    port.agreed = false;
  } else if (received === 'not designated') takeAgreement(port, bpdu);
  if (received === 'superior' || received === 'repeated') {
    port.proposed ||= bpdu.type === bpdus.TYPE_RAPID && (bpdu.flags & bpdus.PROPOSAL) !== 0;
    port.rcvdInfoWhile = now + validity(port.portTimes, isRapid);
  }
  if (received !== 'inferior' && received !== 'other') {
    port.rcvdTc ||= (bpdu.flags & bpdus.TOPOLOGY_CHANGE) !== 0;
    port.rcvdTcAck ||= bpdu.type === bpdus.TYPE_CONFIGURATION && (bpdu.flags & bpdus.TOPOLOGY_CHANGE_ACK) !== 0;
  }
  return received;
}

/** §17.21.8, rcvInfo. */
function kindOf(port: TreePort, bpdu: Bpdu, vector: PriorityVector, times: TreeTimes): Received {
  const role = bpdu.type === bpdus.TYPE_RAPID ? (bpdu.flags & bpdus.ROLE_MASK) >> bpdus.ROLE_SHIFT : bpdus.ROLE_DESIGNATED;
  const order = compareVectors(vector, port.portPriority);
  if (role === bpdus.ROLE_DESIGNATED) {
    const isSameSender = compareBridges(vector.bridge, port.portPriority.bridge) === 0 && vector.port === port.portPriority.port;
    if (order === 0 && port.infoIs === 'received' && sameTimes(times, port.portTimes)) return 'repeated';
    return order < 0 || (isSameSender && port.infoIs === 'received') ? 'superior' : 'inferior';
  }
  const isRootOrAlternate = role === bpdus.ROLE_ROOT || role === bpdus.ROLE_ALTERNATE_OR_BACKUP;
  return isRootOrAlternate && order >= 0 ? 'not designated' : 'other';
}

function takeSuperior(port: TreePort, _bpdu: Bpdu, vector: PriorityVector, times: TreeTimes): void {
  port.agreed = false;
  port.proposing = false;
  port.agree &&= port.infoIs === 'received' && compareVectors(vector, port.portPriority) <= 0;
  port.portPriority = vector;
  port.portTimes = times;
  port.infoIs = 'received';
}

/** §17.21.9, recordAgreement: the neighbour blocks or forwards by this port's word. */
function takeAgreement(port: TreePort, bpdu: Bpdu): void {
  port.agreed = (bpdu.flags & bpdus.AGREEMENT) !== 0 && port.sendRstp;
  if (port.agreed) port.proposing = false;
}

/** §17.21.23, updtRcvdInfoWhile; with STP what 802.1D-1998 §8.6.4 has: until the age of the message reaches the maximum. */
const validity = ({ messageAge, maxAge, helloTime }: TreeTimes, isRapid: boolean): Micros =>
  isRapid ? (messageAge + SECOND <= maxAge ? 3 * helloTime : 0) : Math.max(maxAge - messageAge, 0);

/** State UPDATE: from now on the port tells what the bridge knows. */
export function takeOwnInfo(port: TreePort): void {
  port.proposing = false;
  port.proposed = false;
  port.agreed &&= port.infoIs === 'mine' && compareVectors(port.portPriority, port.designatedPriority) <= 0;
  port.synced &&= port.agreed;
  port.portPriority = port.designatedPriority;
  port.portTimes = port.designatedTimes;
  port.updtInfo = false;
  port.infoIs = 'mine';
  port.newInfo = true;
}
