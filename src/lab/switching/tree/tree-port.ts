/** A port as the spanning tree sees it: the variables of IEEE 802.1D-2004 §17.19, under their names. Timers are the time at which they run out. */
import type { Micros } from '../../../stack/time.ts';
import type { PriorityVector, TreeTimes } from './priority-vector.ts';

export type PortRole = 'disabled' | 'root' | 'designated' | 'alternate' | 'backup';

/** Whose information the port goes by: nobody's, what it received, its own, or what was received and has become too old. */
export type InfoIs = 'disabled' | 'received' | 'mine' | 'aged';

export interface TreePortOptions {
  /** With the port's priority in the upper four bits. */
  readonly id: number;
  readonly cost: number;
  /** Only stations are behind it. */
  readonly isEdge: boolean;
}

export class TreePort {
  readonly id: number;
  readonly pathCost: number;
  readonly adminEdge: boolean;
  isEnabled = false;

  role: PortRole = 'disabled';
  selectedRole: PortRole = 'disabled';
  infoIs: InfoIs = 'disabled';
  updtInfo = false;
  portPriority: PriorityVector;
  portTimes: TreeTimes;
  designatedPriority: PriorityVector;
  designatedTimes: TreeTimes;

  learn = false;
  forward = false;
  operEdge = false;
  /** Proposal and agreement: how two bridges forward at once where timers would wait. */
  proposing = false;
  proposed = false;
  agree = false;
  agreed = false;
  disputed = false;
  sync = false;
  synced = true; // a port without a link cannot close a loop
  reRoot = false;

  tc: 'inactive' | 'learning' | 'active' = 'inactive';
  rcvdTc = false;
  rcvdTcn = false;
  rcvdTcAck = false;
  tcProp = false;
  tcAck = false;

  newInfo = false;
  txCount = 0;
  sendRstp: boolean;

  fdWhile: Micros = 0;
  rrWhile: Micros = 0;
  rbWhile: Micros = 0;
  tcWhile: Micros = 0;
  rcvdInfoWhile: Micros = 0;
  edgeDelayWhile: Micros = 0;
  mdelayWhile: Micros = 0;
  helloWhen: Micros = 0;
  /** When `txCount` is next lowered. */
  txTick: Micros = 0;

  constructor({ id, cost, isEdge }: TreePortOptions, own: PriorityVector, times: TreeTimes, sendRstp: boolean) {
    this.id = id;
    this.pathCost = cost;
    this.adminEdge = isEdge;
    this.portPriority = own;
    this.designatedPriority = own;
    this.portTimes = times;
    this.designatedTimes = times;
    this.sendRstp = sendRstp;
  }

  /** When the next of its timers runs out that is still running. */
  nextTimeout(now: Micros): Micros {
    let next = Number.POSITIVE_INFINITY;
    const tick = this.txCount > 0 ? this.txTick : 0;
    const { fdWhile, rrWhile, rbWhile, tcWhile, rcvdInfoWhile, edgeDelayWhile, mdelayWhile, helloWhen } = this;
    for (const one of [fdWhile, rrWhile, rbWhile, tcWhile, rcvdInfoWhile, edgeDelayWhile, mdelayWhile, helloWhen, tick])
      if (one > now) next = Math.min(next, one);
    return next;
  }
}
