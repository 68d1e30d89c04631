/**
 * An Ethernet switch: it learns behind which port each address stands, sends frames there, and floods what it does not know;
 * IEEE 802.1D §7 (the relay) and IEEE 802.1Q (VLANs). A frame leaves at the instant at which it arrived: its cables have the
 * delay, the rate and the queues.
 */
import { Packet } from '../../stack/bytes/packet.ts';
import type { LinkDevice } from '../../stack/device.ts';
import type { Micros } from '../../stack/time.ts';
import { NEVER, SECOND } from '../../stack/time.ts';
import { GROUP as BPDU_GROUP } from '../../stack/wire/bpdu.ts';
import * as ethernet from '../../stack/wire/ethernet.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import * as mac from '../../stack/wire/mac-address.ts';
import { longestFrame } from '../frame-length.ts';
import type { Machine } from '../machine.ts';
import { ArpInspection } from './arp-inspection.ts';
import type { BridgeTreeHost, TreeView } from './bridge-tree.ts';
import { BridgeTree } from './bridge-tree.ts';
import { floodWords, forwardWords } from './frame-words.ts';
import { MacTable } from './mac-table.ts';
import type { SwitchOptions } from './port-options.ts';
import { treeOptions } from './port-options.ts';
import { STORM_LIMIT, StormGuard } from './storm-guard.ts';
import type { SwitchEvent } from './switch-event.ts';
import type { SwitchDrop, SwitchPort } from './switch-port.ts';
import { buildPorts, switchMac } from './switch-ports.ts';
import type { Vlan } from './vlan.ts';
import { insertTag, isTagged, MIN_TAGGED, removeTag, tagOf, vlanOf, withVlan } from './vlan-tag.ts';

/** A row of the table of addresses. */
export interface MacRow {
  readonly vlan: number;
  readonly mac: MacAddress;
  /** The name of the port. */
  readonly port: string;
  /** Since its last frame. */
  readonly age: Micros;
}

/** What became of a frame that came in. */
type Verdict = SwitchDrop | 'ok';

/** Frames taken from one port before the others have their turn. */
const RECEIVE_BUDGET = 256;

/** Frames for one station at one instant before the guard looks at those too: they can go round in a loop of stale entries. */
const INSTANT_LIMIT = 2_048;

/** IEEE 802.1D §7.12.6: 01:80:c2:00:00:00 to 0f are between neighbours and never forwarded. */
const RESERVED = 0x0180_c200_0000;
const isReserved = (destination: number): boolean => destination - (destination % 16) === RESERVED;

export class Switch implements Machine {
  readonly name: string;
  readonly mac: MacAddress;
  readonly ports: readonly SwitchPort[];
  readonly vlans: readonly Vlan[];
  readonly #byName: ReadonlyMap<string, SwitchPort>;
  readonly #table: MacTable;
  readonly #guard: StormGuard;
  readonly #stormLimit: number;
  readonly #inspection: ArpInspection | undefined;
  readonly #mirror: SwitchPort | undefined;
  readonly #tree: BridgeTree | undefined;
  readonly #ageing: Micros;
  readonly #explain: boolean;
  readonly #tell: ((event: SwitchEvent) => void) | undefined;
  readonly #in = new Packet();
  /** Of the frame at hand: its tag, and whether that stands in the packet at the moment. */
  #tag = 0;
  #carriesTag = false;
  #now: Micros = 0;
  #inThisInstant = 0;
  #moreToDo = false;

  /** @throws RangeError when the options contradict themselves; it names the switch and the port */
  constructor(name: string, options: SwitchOptions) {
    this.name = name;
    this.mac = options.mac ?? switchMac(name);
    const built = buildPorts(name, this.mac, options);
    this.ports = built.ports;
    this.vlans = built.vlans;
    this.#mirror = built.mirror;
    this.#byName = new Map(this.ports.map((port) => [port.name, port]));
    this.#ageing = options.ageing ?? 300 * SECOND;
    this.#table = new MacTable(this.vlans, options.tableSize ?? 8_192, this.#ageing);
    this.#stormLimit = options.stormLimit ?? STORM_LIMIT;
    this.#guard = new StormGuard(this.#stormLimit);
    this.#inspection = options.arpInspection && new ArpInspection(name, options.arpInspection);
    this.#explain = options.explain ?? false;
    this.#tell = options.observer;
    const tree = treeOptions(options.spanningTree);
    this.#tree = tree && new BridgeTree(name, this.mac, tree, this.ports, this.#treeHost());
  }

  /** @throws RangeError that names the ports there are */
  port(name: string): SwitchPort {
    const port = this.#byName.get(name);
    if (port !== undefined) return port;
    const known = this.ports.map((one) => one.name).join(', ');
    throw new RangeError(`${this.name} has no port "${name}"; its ports are ${known}`);
  }

  /**
   * Puts a cable into a port.
   * @param isUp whether the link has a signal; asked at each run
   */
  attach(name: string, device: LinkDevice, isUp: () => boolean = () => true): void {
    const port = this.port(name);
    if (port.device !== undefined) throw new RangeError(`port ${name} of ${this.name} has a cable already`);
    const { checksum, gsoMaxSize } = device.offload;
    if (checksum || gsoMaxSize > 0)
      throw new RangeError(`${this.name} forwards what is on the wire: its cables have offload off`);
    port.device = device;
    port.isUp = isUp;
  }

  /** Opens a port that port security has shut down. */
  enable(name: string): void {
    this.port(name).isShutDown = false;
  }

  /** What it has learnt and not yet forgotten. */
  table(now: Micros = this.#now): MacRow[] {
    return [...this.#table.entries()]
      .filter(({ seenAt }) => now - seenAt < this.#table.ageing)
      .map(({ vlan, mac: address, port, seenAt }) => ({ vlan: vlan.id, mac: address, port: port.name, age: now - seenAt }));
  }

  /** Addresses that were not learnt because the table was full. */
  get notLearnt(): number {
    return this.#table.refused;
  }

  /** Frames dropped because too many copies of them came: there is a loop. */
  get stormDrops(): number {
    return this.#guard.dropped;
  }

  /** What it knows of the spanning tree; undefined without one. */
  tree(): TreeView | undefined {
    return this.#tree?.view();
  }

  run(now: Micros): void {
    if (now !== this.#now) this.#inThisInstant = 0;
    this.#now = now;
    this.#moreToDo = false;
    for (const port of this.ports) {
      if (port.device === undefined) continue;
      const isUp = port.isUp();
      if (isUp !== port.wasUp) this.#onLink(port, isUp);
      this.#receive(port, port.device);
    }
    if (this.#tree !== undefined) this.#runTree(this.#tree, now);
    if (this.#table.nextTimeout() <= now)
      this.#table.sweep(now, ({ vlan, mac: address, port }) =>
        this.#tell?.({ kind: 'aged', at: now, port: port.name, vlan: vlan.id, mac: address }),
      );
  }

  nextTimeout(): Micros {
    if (this.#moreToDo) return this.#now;
    return Math.min(this.#table.nextTimeout(), this.#tree?.nextTimeout() ?? NEVER);
  }

  #treeHost(): BridgeTreeHost {
    return {
      send: (packet, port) => this.#transmit(packet, port),
      flush: (port) => this.#flush(port),
      tell: (port, words) => this.#tell?.({ kind: 'spanning tree', at: this.#now, port: port.name, words }),
    };
  }

  #runTree(tree: BridgeTree, now: Micros): void {
    tree.run(now);
    this.#table.setAgeing(Math.min(this.#ageing, tree.ageing(now) ?? this.#ageing), now);
  }

  #flush(port: SwitchPort): void {
    const count = this.#table.flush(port);
    if (count > 0) this.#tell?.({ kind: 'flushed', at: this.#now, port: port.name, count });
  }

  #onLink(port: SwitchPort, isUp: boolean): void {
    port.wasUp = isUp;
    this.#tell?.({ kind: isUp ? 'link up' : 'link down', at: this.#now, port: port.name });
    if (!isUp) this.#flush(port); // whoever was there is not there any more
    this.#tree?.onLink(port, isUp, this.#now);
  }

  #receive(port: SwitchPort, device: LinkDevice): void {
    const packet = this.#in;
    let left = RECEIVE_BUDGET;
    for (packet.reset(); left > 0 && device.receive(packet); packet.reset()) {
      const verdict = this.#onFrame(packet, port);
      if (verdict !== 'ok') port.counters.drop(verdict);
      left--;
    }
    if (left === 0) this.#moreToDo = true;
  }

  #onFrame(packet: Packet, port: SwitchPort): Verdict {
    const { view, start, end } = packet;
    port.counters.framesIn++;
    port.counters.bytesIn += packet.length;
    if (port.isMirroredIn && this.#mirror !== undefined) this.#transmit(packet, this.#mirror);
    if (!ethernet.isValid(start, end)) return 'frame too short';
    if (port.isShutDown) return 'port is shut down';
    if (port.isMirror) return 'mirror port takes no frames';
    if (mac.isGroup(ethernet.source(view, start))) return 'source is a group address';
    if (isReserved(ethernet.destination(view, start))) return this.#onReserved(packet, port);
    return this.#classify(packet, port);
  }

  /** Between neighbours: to the spanning tree, or to nobody. */
  #onReserved(packet: Packet, port: SwitchPort): Verdict {
    if (this.#tree === undefined || ethernet.destination(packet.view, packet.start) !== BPDU_GROUP)
      return 'reserved address (IEEE 802.1D)';
    return this.#tree.onFrame(packet, port, this.#now) ? 'ok' : 'BPDU not valid';
  }

  /** IEEE 802.1Q §6.9: the VLAN of the frame, and ingress filtering. */
  #classify(packet: Packet, port: SwitchPort): Verdict {
    this.#carriesTag = isTagged(packet);
    if (this.#carriesTag && packet.length < MIN_TAGGED) return 'frame too short';
    const tag = this.#carriesTag ? tagOf(packet) : 0;
    const id = vlanOf(tag);
    const vlan = id === 0 ? port.untagged : port.vlans.get(id);
    if (vlan === undefined) return 'VLAN not allowed on this port';
    this.#tag = withVlan(tag, vlan.id);
    if (this.#carriesTag) packet.view.setUint16(packet.start + ethernet.HEADER, this.#tag);
    return this.#enter(packet, port, vlan);
  }

  /** Asks everybody who may object to the frame, and learns its source. */
  #enter(packet: Packet, port: SwitchPort, vlan: Vlan): Verdict {
    const source = ethernet.source(packet.view, packet.start);
    if (port.security !== undefined && !this.#isSecure(port, vlan, source)) return 'port security';
    if (this.#inspection !== undefined && !port.isTrusted && !this.#isHonest(packet, port)) return 'ARP inspection';
    if (port.learns) this.#learn(port, vlan, source);
    return port.forwards ? this.#relay(packet, port, vlan) : 'port does not forward (spanning tree)';
  }

  #learn(port: SwitchPort, vlan: Vlan, source: MacAddress): void {
    const before = this.#tell === undefined ? undefined : vlan.entries.get(source)?.port.name;
    const learning = this.#table.learn(vlan, source, port, this.#now);
    if (learning === 'known' || this.#tell === undefined) return;
    const event = { at: this.#now, port: port.name, vlan: vlan.id, mac: source };
    if (learning === 'moved') this.#tell({ kind: 'moved', ...event, from: before ?? '' });
    else this.#tell({ kind: learning === 'full' ? 'table full' : 'learnt', ...event });
  }

  #isSecure(port: SwitchPort, vlan: Vlan, source: MacAddress): boolean {
    const { addresses = 1, violation = 'drop' } = port.security ?? {};
    const known = vlan.entries.get(source);
    if (known?.port === port || (known === undefined && port.addresses < addresses)) return true;
    this.#tell?.({ kind: 'violation', at: this.#now, port: port.name, vlan: vlan.id, mac: source });
    if (violation === 'shut down') {
      port.isShutDown = true;
      this.#table.flush(port);
      this.#tell?.({ kind: 'shut down', at: this.#now, port: port.name });
    }
    return false;
  }

  #isHonest(packet: Packet, port: SwitchPort): boolean {
    const claims = this.#inspection?.lieIn(packet, this.#carriesTag) ?? '';
    if (claims === '') return true;
    this.#tell?.({
      kind: 'ARP refused',
      at: this.#now,
      port: port.name,
      mac: ethernet.source(packet.view, packet.start),
      claims,
    });
    return false;
  }

  /** IEEE 802.1D §7.7: to the port behind which the station stands, or to all others. */
  #relay(packet: Packet, port: SwitchPort, vlan: Vlan): Verdict {
    const destination = ethernet.destination(packet.view, packet.start);
    const isGroup = mac.isGroup(destination);
    const out = isGroup ? undefined : this.#table.lookup(vlan, destination, this.#now);
    if (out === port) return 'destination is on the port it came from';
    this.#inThisInstant++;
    if ((out === undefined || this.#inThisInstant > INSTANT_LIMIT) && this.#isStorm(packet, port, vlan)) return 'broadcast storm';
    if (out === undefined) return this.#flood(packet, port, vlan, isGroup);
    if (this.#explain) packet.news = forwardWords(destination, out.name);
    this.#send(packet, out, vlan);
    return 'ok';
  }

  #isStorm(packet: Packet, port: SwitchPort, vlan: Vlan): boolean {
    const verdict = this.#guard.count(packet, this.#now);
    const source = ethernet.source(packet.view, packet.start);
    if (verdict === 'begins')
      this.#tell?.({ kind: 'storm', at: this.#now, port: port.name, vlan: vlan.id, mac: source, limit: this.#stormLimit });
    return verdict !== 'passes';
  }

  #flood(packet: Packet, port: SwitchPort, vlan: Vlan, isGroup: boolean): Verdict {
    if (this.#explain) packet.news = floodWords(ethernet.destination(packet.view, packet.start), isGroup);
    port.counters.flooded++;
    let others = 0;
    for (const out of vlan.ports) {
      if (out === port || out.device === undefined || !out.forwards || out.isShutDown) continue;
      this.#send(packet, out, vlan);
      others++;
    }
    return others === 0 ? 'no other port' : 'ok';
  }

  /** With a tag or without, as the port has it. */
  #send(packet: Packet, out: SwitchPort, vlan: Vlan): void {
    const wantsTag = out.untagged !== vlan;
    if (wantsTag && !this.#carriesTag) insertTag(packet, this.#tag);
    else if (!wantsTag && this.#carriesTag) removeTag(packet);
    this.#carriesTag = wantsTag;
    this.#transmit(packet, out);
    if (out.isMirroredOut && this.#mirror !== undefined) this.#transmit(packet, this.#mirror);
  }

  #transmit(packet: Packet, { device, counters }: SwitchPort): void {
    if (device === undefined) return;
    if (packet.length > longestFrame(packet, device.mtu)) counters.drop('frame too long for the port');
    else if (!device.transmit(packet)) counters.drop('device queue full');
    else {
      counters.framesOut++;
      counters.bytesOut += packet.length;
    }
  }
}
