/** The spanning tree of a switch: BPDUs between its ports and the tree, and what the tree says of the ports. */
import { Packet } from '../../stack/bytes/packet.ts';
import { pad } from '../../stack/link/ethernet-link.ts';
import type { Micros } from '../../stack/time.ts';
import * as bpdus from '../../stack/wire/bpdu.ts';
import type { SwitchPort } from './switch-port.ts';
import type { SpanningTreeOptions } from './tree/options.ts';
import { checkPriority } from './tree/options.ts';
import { SpanningTree } from './tree/spanning-tree.ts';
import { bridgeText, stateOf } from './tree/words.ts';

/** What the tree tells the switch. */
export interface BridgeTreeHost {
  send(packet: Packet, port: SwitchPort): void;
  flush(port: SwitchPort): void;
  tell(port: SwitchPort, words: string): void;
}

/** A port of the spanning tree, for people. */
export interface TreeRow {
  readonly port: string;
  readonly role: string;
  readonly state: string;
  readonly cost: number;
}

/** Which bridge is the root, as this one sees it. */
export interface TreeView {
  readonly bridge: string;
  readonly root: string;
  readonly isRoot: boolean;
  /** Of the way to the root. */
  readonly cost: number;
  readonly ports: readonly TreeRow[];
}

export class BridgeTree {
  readonly #tree: SpanningTree;
  readonly #ports: readonly SwitchPort[];
  readonly #host: BridgeTreeHost;
  readonly #packet = new Packet(512);
  /** When the tree has something to do. */
  #due: Micros = 0;

  constructor(
    of: string,
    mac: SwitchPort['mac'],
    options: SpanningTreeOptions,
    ports: readonly SwitchPort[],
    host: BridgeTreeHost,
  ) {
    this.#ports = ports;
    this.#host = host;
    const isRapid = options.version !== 'STP';
    const settings = ports.map(({ index, name, tree }) => {
      const { cost = isRapid ? 20_000 : 4, portPriority = 128, edge = false } = tree;
      const priority = checkPriority(`${of}.${name}: the priority of a port`, portPriority, 16, 240);
      return { id: (priority << 8) | (index + 1), cost, isEdge: edge };
    });
    this.#tree = new SpanningTree(of, mac, options, settings, {
      portChanged: (index) => this.#onChange(ports[index]!),
      flush: (index) => host.flush(ports[index]!),
    });
    for (const port of ports) {
      port.learns = false;
      port.forwards = false;
    }
  }

  ageing(now: Micros): Micros | undefined {
    return this.#tree.ageing(now);
  }

  onLink(port: SwitchPort, isUp: boolean, now: Micros): void {
    this.#tree.setEnabled(port.index, isUp && !port.isMirror, now);
    this.#due = now;
  }

  /** @returns false when it is no sound BPDU */
  onFrame(packet: Packet, port: SwitchPort, now: Micros): boolean {
    const bpdu = bpdus.decode(packet.view, packet.start, packet.end);
    this.#due = now;
    return bpdu !== undefined && this.#tree.onBpdu(port.index, bpdu, now);
  }

  /** Runs what is due, and sends what is to be said. */
  run(now: Micros): void {
    if (this.#due > now) return;
    this.#tree.onTimeout(now);
    for (let next = this.#tree.pollTransmit(now); next !== undefined; next = this.#tree.pollTransmit(now)) {
      const port = this.#ports[next.index]!;
      const packet = this.#packet;
      packet.reset();
      packet.end = packet.start + bpdus.encode(packet.view, packet.start, port.mac, next.bpdu);
      pad(packet);
      this.#host.send(packet, port);
    }
    this.#due = this.#tree.nextTimeout(now);
  }

  nextTimeout(): Micros {
    return this.#due;
  }

  view(): TreeView {
    const { id, root, isRoot, rootCost, isRapid, ports } = this.#tree;
    const rows = ports.map((port, index) => ({
      port: this.#ports[index]!.name,
      role: port.role,
      state: stateOf(port, isRapid),
      cost: port.pathCost,
    }));
    return { bridge: bridgeText(id), root: bridgeText(root), isRoot, cost: rootCost, ports: rows };
  }

  #onChange(port: SwitchPort): void {
    const { learn, forward, role } = this.#tree.ports[port.index]!;
    port.learns = learn;
    port.forwards = forward;
    this.#host.tell(port, `${role} port, ${stateOf(this.#tree.ports[port.index]!, this.#tree.isRapid)}`);
  }
}
