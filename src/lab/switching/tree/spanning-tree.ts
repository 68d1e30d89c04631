/**
 * The spanning tree of one bridge: of all ways to the root it keeps the best, and blocks what would close a loop; RSTP as in
 * IEEE 802.1D-2004 §17, and STP as far as a neighbour speaks no more, or the options ask for it. It owns no cable: BPDUs go
 * in by `onBpdu`, and come out by `pollTransmit`.
 */
import type { Micros } from '../../../stack/time.ts';
import { NEVER, SECOND } from '../../../stack/time.ts';
import type { Bpdu, BridgeId } from '../../../stack/wire/bpdu.ts';
import * as bpdus from '../../../stack/wire/bpdu.ts';
import { messageOf } from './messages.ts';
import type { SpanningTreeOptions } from './options.ts';
import { checkPriority, timesOf } from './options.ts';
import { receiveInfo, takeOwnInfo } from './port-information.ts';
import type { TreeTimes } from './priority-vector.ts';
import { compareBridges } from './priority-vector.ts';
import type { Selection } from './role-selection.ts';
import { selectRoles } from './role-selection.ts';
import { stepRole } from './role-transitions.ts';
import { stepChange } from './topology-change.ts';
import type { TreePortOptions } from './tree-port.ts';
import { TreePort } from './tree-port.ts';

/** What the tree asks of the switch. */
export interface TreeHost {
  /** The port's state is another one. */
  portChanged(index: number): void;
  /** Stations may have moved: what was learnt at the port is forgotten. */
  flush(index: number): void;
}

/** §17.13.12, how many BPDUs a port sends in a second. */
const TX_HOLD_COUNT = 6;
/** §17.13.9, how long a port waits before it believes that its neighbour speaks something else. */
const MIGRATE_TIME: Micros = 3 * SECOND;
/** A tree settles in a few rounds; a bug must not hang the program. */
const MOST_ROUNDS = 10_000;

export class SpanningTree {
  readonly id: BridgeId;
  readonly isRapid: boolean;
  readonly ports: readonly TreePort[];
  readonly #times: TreeTimes;
  readonly #host: TreeHost;
  #selection: Selection;
  /** With STP addresses age faster for a while instead of being forgotten at once. */
  #fastUntil: Micros = 0;

  /** @param of the name of the switch, for its errors */
  constructor(of: string, mac: BridgeId['mac'], options: SpanningTreeOptions, ports: readonly TreePortOptions[], host: TreeHost) {
    this.id = { priority: checkPriority(`${of}: the priority of a bridge`, options.priority ?? 32_768, 4_096, 61_440), mac };
    this.isRapid = options.version !== 'STP';
    this.#times = timesOf(of, options);
    this.#host = host;
    this.ports = ports.map(
      (one) => new TreePort(one, { root: this.id, cost: 0, bridge: this.id, port: one.id }, this.#times, this.isRapid),
    );
    this.#selection = { rootPort: undefined, root: this.id, cost: 0, times: this.#times };
  }

  get root(): BridgeId {
    return this.#selection.root;
  }

  get isRoot(): boolean {
    return compareBridges(this.root, this.id) === 0;
  }

  /** From here to the root. */
  get rootCost(): number {
    return this.#selection.cost;
  }

  /** The times of the root, by which everybody goes. */
  get times(): TreeTimes {
    return this.#selection.times;
  }

  /** §17.19.1: how long an address may be silent at the moment; undefined: as long as ever. */
  ageing(now: Micros): Micros | undefined {
    return now < this.#fastUntil ? this.times.forwardDelay : undefined;
  }

  /** A link has got a signal, or lost it. */
  setEnabled(index: number, isEnabled: boolean, now: Micros): void {
    const port = this.ports[index]!;
    if (port.isEnabled === isEnabled) return;
    port.isEnabled = isEnabled;
    port.operEdge = isEnabled && port.adminEdge;
    port.infoIs = isEnabled ? 'aged' : 'disabled';
    port.rcvdInfoWhile = 0;
    for (const flag of ['proposing', 'proposed', 'agree', 'agreed', 'disputed', 'updtInfo', 'newInfo'] as const)
      port[flag] = false;
    port.sendRstp = this.isRapid;
    port.mdelayWhile = now + MIGRATE_TIME;
    port.helloWhen = isEnabled ? now + this.#times.helloTime : 0;
    this.#select();
    this.#settle(now);
  }

  /** @returns false when the BPDU is too old, or the port's own */
  onBpdu(index: number, bpdu: Bpdu, now: Micros): boolean {
    const port = this.ports[index]!;
    if (!port.isEnabled) return true;
    if (bpdu.type !== bpdus.TYPE_NOTIFICATION) {
      const isOwn = compareBridges(bpdu.bridge, this.id) === 0 && bpdu.port === port.id;
      if (isOwn || (bpdu.type === bpdus.TYPE_CONFIGURATION && bpdu.messageAge >= bpdu.maxAge)) return false;
    }
    port.operEdge = false;
    this.#migrate(port, bpdu.type === bpdus.TYPE_RAPID, now);
    if (bpdu.type === bpdus.TYPE_NOTIFICATION) port.rcvdTcn = true;
    else this.#inform(port, bpdu, now);
    this.#settle(now);
    return true;
  }

  /** Runs what is due. */
  onTimeout(now: Micros): void {
    let isAged = false;
    for (const port of this.ports) {
      if (port.infoIs === 'received' && port.rcvdInfoWhile <= now) {
        port.infoIs = 'aged';
        isAged = true;
      }
      // §17.25: a port that proposes, and hears nobody, has only stations behind it
      if (this.isRapid && port.sendRstp && port.proposing && port.edgeDelayWhile <= now && port.infoIs === 'mine')
        port.operEdge = true;
      this.#tick(port, now);
    }
    if (isAged) this.#select();
    this.#settle(now);
  }

  nextTimeout(now: Micros): Micros {
    let next = this.#fastUntil > now ? this.#fastUntil : NEVER;
    for (const port of this.ports) {
      if (!port.isEnabled) continue;
      if (port.newInfo && port.txCount < TX_HOLD_COUNT) return now;
      next = Math.min(next, port.nextTimeout(now));
    }
    return next;
  }

  /** The next message that a port has to send, or undefined. Call it until then. */
  pollTransmit(now: Micros): { readonly index: number; readonly bpdu: Bpdu } | undefined {
    for (const [index, port] of this.ports.entries()) {
      if (!port.newInfo || !port.isEnabled || port.txCount >= TX_HOLD_COUNT) continue;
      port.newInfo = false;
      const bpdu = messageOf(port, now);
      if (bpdu === undefined) continue;
      if (port.txCount === 0) port.txTick = now + SECOND;
      port.txCount++;
      port.tcAck = false;
      return { index, bpdu };
    }
    return undefined;
  }

  #inform(port: TreePort, bpdu: Bpdu, now: Micros): void {
    const received = receiveInfo(port, bpdu, this.isRapid, now);
    if (received === 'superior') this.#select();
    // 802.1D-1998 §8.6.2: what the root says is passed on when it comes, not by a clock of one's own
    const isFromRoot = port === this.#selection.rootPort && (received === 'superior' || received === 'repeated');
    if (isFromRoot && !this.isRapid) this.#announce();
    // 802.1D-1998 §8.6.1.3.2: who knows less is told
    if (received === 'inferior' && port.role === 'designated' && !port.sendRstp) port.newInfo = true;
  }

  #announce(): void {
    for (const port of this.ports) if (port.selectedRole === 'designated') port.newInfo = true;
  }

  /** §17.24: once the neighbour spoke STP for long enough, so does this port, and the other way round. */
  #migrate(port: TreePort, isRapidBpdu: boolean, now: Micros): void {
    if (!this.isRapid || port.sendRstp === isRapidBpdu || port.mdelayWhile > now) return;
    port.sendRstp = isRapidBpdu;
    port.mdelayWhile = now + MIGRATE_TIME;
  }

  #tick(port: TreePort, now: Micros): void {
    if (port.txCount > 0 && port.txTick <= now) {
      port.txCount--;
      port.txTick = now + SECOND;
    }
    if (!port.isEnabled || port.helloWhen > now) return;
    port.helloWhen = now + port.designatedTimes.helloTime;
    const isSource = this.isRapid || this.isRoot;
    if ((port.role === 'designated' && isSource) || (port.role === 'root' && port.tcWhile > now)) port.newInfo = true;
  }

  #select(): void {
    this.#selection = selectRoles(this.ports, this.id, this.#times);
  }

  /** Lets the machines of all ports step until none has a step to take. */
  #settle(now: Micros): void {
    const before = this.ports.map(({ role, learn, forward }) => ({ role, learn, forward }));
    const context = {
      ports: this.ports,
      isRapid: this.isRapid,
      now,
      flush: (port: TreePort) => this.#flush(port, now),
    };
    for (let round = 0, isMoving = true; isMoving; round++) {
      if (round > MOST_ROUNDS) throw new Error('the spanning tree does not settle');
      isMoving = false;
      for (const port of this.ports) {
        if (port.updtInfo) takeOwnInfo(port);
        if (stepRole(port, context)) isMoving = true;
        if (stepChange(port, context)) isMoving = true;
      }
    }
    this.ports.forEach((port, index) => {
      const old = before[index]!;
      if (port.role !== old.role || port.learn !== old.learn || port.forward !== old.forward) this.#host.portChanged(index);
    });
  }

  #flush(port: TreePort, now: Micros): void {
    if (this.isRapid || !port.isEnabled) this.#host.flush(this.ports.indexOf(port));
    else this.#fastUntil = now + this.times.forwardDelay;
  }
}
