/**
 * A network as one draws it on the board: devices with names, cables between their ports. Everything lives by the clock of one
 * world; every end of every cable may be recorded.
 *
 * ```ts
 * const net = new Network(world);
 * const pc1 = net.host('pc1', { address: '192.168.10.1/24', gateway: '192.168.10.254' });
 * const r1 = net.router('r1', { ports: { lan10: '192.168.10.254/24', lan20: '192.168.20.254/24' } });
 * net.cable(pc1, r1.port('lan10'));
 * await pc1.ping('192.168.10.254');
 * ```
 */
import type { SeriesSink } from '../../capture/series/sample.ts';
import type { IpAddress, MacAddress, Micros } from '../../stack/index.ts';
import { NEVER } from '../../stack/index.ts';
import { faultsByMeaning } from '../by-meaning/plan.ts';
import type { FaultRule } from '../by-meaning/verbs.ts';
import type { CableOptions } from '../cable.ts';
import { Cable } from '../cable.ts';
import type { FaultOptions } from '../faults.ts';
import { FaultyDevice } from '../faulty-device.ts';
import type { Machine } from '../machine.ts';
import type { HubOptions } from '../switching/hub.ts';
import { Hub } from '../switching/hub.ts';
import type { SwitchOptions } from '../switching/port-options.ts';
import { Switch } from '../switching/switch.ts';
import { Timers } from '../timers.ts';
import type { World } from '../world.ts';
import { problemsOf } from './check.ts';
import type { Layer3SwitchOptions } from './layer3-switch.ts';
import { Layer3Switch } from './layer3-switch.ts';
import type { MiddleboxOptions } from './middlebox.ts';
import { Middlebox } from './middlebox.ts';
import { NetHost } from './net-host.ts';
import { NetHub, NetSwitch } from './net-switch.ts';
import type { NetTapOptions } from './net-tap.ts';
import { NetTap } from './net-tap.ts';
import type { NetNode, Plug } from './node.ts';
import { freePort } from './node.ts';
import { Port } from './port.ts';
import type { Recording } from './recording.ts';
import type { NetPortOptions, StationOptions } from './station.ts';
import { bootStation, said } from './station.ts';
import type { Table } from './table.ts';
import { TableWatch } from './table-watch.ts';
import type { Topology } from './topology.ts';

export interface NetworkOptions {
  /** Where the frames at all ends of all cables are kept. @default nothing is recorded */
  readonly recording?: Recording;
  /** Where the numbers of connections and queues are sampled. */
  readonly series?: SeriesSink;
  /** The clock of what hosts do. @default one of its own */
  readonly timers?: Timers;
  /** Names of stations by address, to be filled in: for ladders. */
  readonly names?: Map<string, string>;
  /** Told of what applications throw, but for the end of their connections. @default it is thrown by the world's run */
  readonly onError?: (error: unknown) => void;
}

/** A host with one port needs no name for it. */
export type NetHostOptions = Omit<StationOptions, 'ports'> &
  NetPortOptions & { readonly ports?: StationOptions['ports']; readonly firewall?: MiddleboxOptions['firewall'] };

/** A router, and what it does beside routing. */
export interface NetRouterOptions extends StationOptions, MiddleboxOptions {
  /** How it is drawn. @default by what it does */
  readonly kind?: 'router' | 'nat' | 'firewall';
}

export interface NetCableOptions extends CableOptions {
  /** The way from the second plug to the first, where it differs. */
  readonly back?: CableOptions;
  /** What goes wrong on the cable, as the first plug sees it: `transmit` is from it, `receive` to it. */
  readonly faults?: FaultOptions;
  /** What goes wrong, by meaning: `[lose(data(7).from('pc1'))]`. */
  readonly rules?: readonly FaultRule[];
  /** In place of the names of its ends. */
  readonly name?: string;
}

/** A cable and the ports in which it is plugged. */
export interface NetCable {
  readonly name: string;
  readonly a: Port;
  readonly b: Port;
  readonly cable: Cable;
  readonly options: NetCableOptions;
}

const DEFAULT_PORTS = 8;
const FIRST_MAC = 0x02_00_00_00_00_01;

export class Network implements Machine {
  readonly world: World;
  readonly timers: Timers;
  readonly names: Map<string, string>;
  /** What changed in the tables of the devices so far; undefined without a recording. */
  readonly watch: TableWatch | undefined;
  onSooner: (() => void) | undefined = undefined;
  readonly #series: SeriesSink | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #nodes = new Map<string, NetNode>();
  readonly #cables: NetCable[] = [];
  /** Those that were taken away: a picture shows where they were. */
  readonly #removed: NetCable[] = [];
  readonly #thrown: unknown[] = [];
  #macs = FIRST_MAC;
  #isChecked = true;

  constructor(world: World, options: NetworkOptions = {}) {
    const { recording, series, timers, names = new Map(), onError } = options;
    this.world = world;
    this.names = names;
    this.timers = timers ?? new Timers(world);
    if (timers === undefined) world.add('timers', this.timers);
    this.#series = series;
    this.#onError =
      onError ??
      ((error) => {
        this.#thrown.push(error);
        this.onSooner?.();
      });
    world.add('network', this);
    this.watch = recording && new TableWatch(recording, () => this.nodes());
    if (this.watch !== undefined) world.add('tables', this.watch);
  }

  /** In the order in which they were added. */
  nodes(): readonly NetNode[] {
    return [...this.#nodes.values()];
  }

  cables(): readonly NetCable[] {
    return this.#cables;
  }

  /** @throws RangeError in words when there is none of that name */
  node(name: string): NetNode {
    const node = this.#nodes.get(name);
    if (node !== undefined) return node;
    throw new RangeError(
      `there is no device "${name}" in this network; there are ${[...this.#nodes.keys()].join(', ') || 'none'}`,
    );
  }

  /** A host, with one port unless `ports` names several. @throws RangeError in words when an address or a gateway cannot be used */
  host(name: string, options: NetHostOptions = {}): NetHost {
    const { address, mac, ports, ...rest } = options;
    const only = { eth0: { ...(address === undefined ? {} : { address }), ...(mac === undefined ? {} : { mac }) } };
    return this.#station(name, { ...rest, ports: ports ?? only }, 'host');
  }

  /** A router: a host that forwards. @throws RangeError in words when an address or a gateway cannot be used */
  router(name: string, options: NetRouterOptions): NetHost {
    return this.#station(name, { forwarding: {}, ...options }, options.kind);
  }

  /** A switch, with eight ports unless told otherwise. @throws RangeError in words when its options contradict themselves */
  switch(name: string, options: Partial<SwitchOptions> = {}): NetSwitch {
    const machine = new Switch(name, { ports: DEFAULT_PORTS, explain: this.watch !== undefined, ...options });
    const ports = this.makePorts(
      name,
      machine.ports.map((port) => port.name),
    );
    this.world.add(name, machine, ports);
    return this.add(new NetSwitch(machine, ports));
  }

  /** A switch that routes between its VLANs. @throws RangeError in words when an address or a port cannot be used */
  layer3Switch(name: string, options: Layer3SwitchOptions): Layer3Switch {
    return new Layer3Switch(this, name, options);
  }

  /** A hub, with eight ports unless told otherwise. */
  hub(name: string, options: Partial<HubOptions> = {}): NetHub {
    const machine = new Hub(name, { ports: DEFAULT_PORTS, ...options });
    const ports = this.makePorts(
      name,
      machine.ports.map((port) => port.name),
    );
    this.world.add(name, machine, ports);
    return this.add(new NetHub(machine, ports));
  }

  /** A place for Linux, by way of a TAP of this name, when the lab runs in real time. @throws RangeError when its address cannot be used */
  tap(name: string, options: NetTapOptions = {}): NetTap {
    const [port] = this.makePorts(name, ['tap']);
    const tap = new NetTap(name, port!, options);
    this.world.add(name, tap.machine, tap.ports);
    for (const address of tap.addressesAt()) this.names.set(address.split('/')[0] ?? '', name);
    return this.add(tap);
  }

  /** A device of any other kind, whose machine is already in the world. @throws RangeError when the name is taken */
  add<T extends NetNode>(node: T): T {
    this.#claim(node.name);
    this.#nodes.set(node.name, node);
    this.watch?.knows(node);
    return node;
  }

  /** Ports for a device that is to be added: each end of a cable there is recorded under the device's name and the port's. */
  makePorts(node: string, names: readonly string[]): Port[] {
    this.#claim(node);
    const recording = this.watch?.sink;
    const describe = (port: Port) => ({ name: `${port}`, details: { description: `port ${port.name} of ${node}` } });
    return names.map((name) => new Port(node, name, recording && { sink: recording, clock: this.world, describe }));
  }

  /** Joins two ports. @throws RangeError in words when one of them is taken */
  cable(from: Plug, to: Plug, options: NetCableOptions = {}): NetCable {
    const [a, b] = [plugOf(from), plugOf(to)];
    for (const port of [a, b]) if (port.isPlugged) throw new RangeError(`port ${port} is taken: ${this.#takenBy(port)}`);
    if (a.node === b.node) throw new RangeError(`both ends of a cable in ${a.node}: a device needs none to reach itself`);
    const { back = options, faults, rules, name = `${a.node}-${b.node}` } = options;
    const cable = new Cable(this.world, options, back);
    const joined = { name, a, b, cable, options };
    this.#cables.push(joined);
    const { world } = this;
    if (faults === undefined && rules === undefined) a.plug(cable.a, [cable.a], () => cable.a.connected);
    else {
      const meant = rules && faultsByMeaning({ transmit: a.node, receive: b.node, began: world.now }, rules);
      const faulty = new FaultyDevice(cable.a, world, world.random, { ...faults, ...meant });
      a.plug(faulty, [cable.a, faulty], () => cable.a.connected);
    }
    b.plug(cable.b, [cable.b], () => cable.b.connected);
    if (this.#series !== undefined && (options.rate ?? back.rate) !== undefined) world.watchQueues(cable, name, this.#series);
    this.#changed();
    return joined;
  }

  /** The cable in a port, or between two devices. @throws RangeError in words when there is none */
  cableAt(from: Plug, to?: Plug): NetCable {
    const [one, other] = [nameOf(from), to === undefined ? undefined : nameOf(to)];
    const found = this.#cables.find(({ a, b }) => {
      const ends = [a.node, `${a}`, b.node, `${b}`];
      return ends.includes(one) && (other === undefined || ends.includes(other));
    });
    if (found !== undefined) return found;
    throw new RangeError(`there is no cable ${other === undefined ? `in ${one}` : `between ${one} and ${other}`}`);
  }

  /** Takes a cable away: what is on it is lost, and its ports are free. */
  remove(joined: NetCable): void {
    const index = this.#cables.indexOf(joined);
    if (index < 0) return;
    this.#cables.splice(index, 1);
    this.#removed.push(joined);
    joined.cable.unplug();
    joined.a.pull();
    joined.b.pull();
  }

  /** @throws RangeError in words, naming the devices, when the network cannot work as it is drawn */
  check(): void {
    this.#isChecked = true;
    const problems = problemsOf(this);
    if (problems.length > 0) throw new RangeError(problems.join('\n'));
  }

  /** It may stay as it is drawn, whatever `check` would say: the mistake is what is to be shown. */
  isMeantSo(): void {
    this.#isChecked = true;
  }

  topology(): Topology {
    const nodes = this.nodes().map((node) => ({
      name: node.name,
      kind: node.kind,
      addresses: node.ports.flatMap((port) => node.addressesAt(port)),
    }));
    const end = (port: Port) => {
      const [address] = this.node(port.node).addressesAt(port);
      return { node: port.node, port: port.name, ...(address === undefined ? {} : { address }) };
    };
    const linkOf = ({ a, b }: NetCable, label: string) => ({ a: end(a), b: end(b), ...(label === '' ? {} : { label }) });
    const gone = this.#removed.filter(({ a, b }) => !this.#cables.some((cable) => joins(cable, a.node, b.node)));
    const links = [
      ...this.#cables.map((cable) => linkOf(cable, labelOf(cable.options))),
      ...gone.map((cable) => ({ ...linkOf(cable, 'removed'), isRemoved: true })),
    ];
    return { nodes, links };
  }

  /** What all devices know now. */
  tables(): readonly Table[] {
    return this.nodes().flatMap((node) => node.tables());
  }

  /** The first run after a change of the cabling is the time to look whether it can work, and what an application threw comes out here. */
  run(): void {
    if (!this.#isChecked) this.check();
    if (this.#thrown.length > 0) throw this.#thrown.shift();
  }

  nextTimeout(): Micros {
    return this.#isChecked && this.#thrown.length === 0 ? NEVER : this.world.now;
  }

  /** @param kind as it is drawn; undefined: by what it does */
  #station(name: string, options: StationOptions & MiddleboxOptions, kind: NetHost['kind'] | undefined): NetHost {
    this.#claim(name);
    const { world, timers } = this;
    const box = said(name, () => new Middlebox(options, () => this.watch?.stirs(name)));
    const nextMac = (): MacAddress => this.#macs++ as MacAddress;
    const site = { world, recording: this.watch?.sink, series: this.#series, nextMac };
    const { stack, ports } = bootStation(site, name, { ...options, hooks: box.hooks }, box.parts);
    said(name, () => box.joins(stack));
    const host = new NetHost({
      name,
      kind: kind ?? box.kind,
      stack,
      ports,
      clock: timers,
      random: world.random,
      names: { resolve: (other) => this.#addressOf(other), nameOf: (address) => this.names.get(`${address}`) },
      onError: (error) => this.#onError(error),
    });
    host.showTables(() => box.tables(name, world.now));
    for (const address of [...ports.flatMap((port) => host.addressesAt(port)), ...box.addresses])
      this.names.set(address.split('/')[0] ?? '', name);
    this.#nodes.set(name, host);
    this.watch?.knows(host);
    return host;
  }

  /** Of a device that has one. */
  #addressOf(name: string): IpAddress | undefined {
    const node = this.#nodes.get(name);
    return node instanceof NetHost && node.stack.addresses.list().length > 0 ? node.address : undefined;
  }

  #claim(name: string): void {
    if (this.#nodes.has(name)) throw new RangeError(`there are two devices "${name}"`);
  }

  #takenBy(port: Port): string {
    const found = this.#cables.find(({ a, b }) => a === port || b === port);
    return found === undefined ? 'a cable is in it' : `its cable goes to ${found.a === port ? found.b : found.a}`;
  }

  #changed(): void {
    this.#isChecked = false;
    this.onSooner?.();
  }
}

const plugOf = (plug: Plug): Port => (plug instanceof Port ? plug : freePort(plug));
const joins = ({ a, b }: NetCable, one: string, other: string): boolean =>
  (a.node === one && b.node === other) || (a.node === other && b.node === one);

const nameOf = (plug: Plug): string => (plug instanceof Port ? `${plug}` : plug.name);

/** "10 Mbit/s, 5 ms", where the cable is not just a cable. */
function labelOf({ rate, delay }: NetCableOptions): string {
  const words: string[] = [];
  if (rate !== undefined)
    words.push(rate >= 1e9 ? `${rate / 1e9} Gbit/s` : rate >= 1e6 ? `${rate / 1e6} Mbit/s` : `${rate / 1e3} kbit/s`);
  if (delay !== undefined && delay > 0) words.push(delay >= 1000 ? `${delay / 1000} ms` : `${delay} µs`);
  return words.join(', ');
}
