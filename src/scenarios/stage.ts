/** Where a scenario is played: a world with its hosts, cables and recording, and the words in which it is told. */
import type { FrameSink, InterfaceDescription, RecordedFrame } from '../capture/record/frame-sink.ts';
import { SeriesLog } from '../capture/series/series-log.ts';
import type { Cable, CableEnd, CableOptions, FaultRule, HostOptions, NetNode, Table, TableKind } from '../lab/index.ts';
import { faultsByMeaning, host, Timers, type World } from '../lab/index.ts';
import { Network } from '../lab/network/network.ts';
import { Recording } from '../lab/network/recording.ts';
import type { Micros, TcpOptions } from '../stack/index.ts';
import { formatMac, formatV4, parseInterfaceAddress, SECOND } from '../stack/index.ts';
import { ofIpv4 } from '../stack/wire/mac-address.ts';
import { ScenarioError } from './scenario.ts';
import type { Segment, Sight } from './sight.ts';
import { segmentsOf, sightsOf, statesIn } from './sight.ts';
import { StageHost } from './stage-host.ts';

export interface PairOptions {
  /** Between the two. */
  readonly cable?: CableOptions;
  /** The way from the server to the client, where it differs. */
  readonly back?: CableOptions;
  /** Of both. */
  readonly tcp?: Partial<TcpOptions>;
  readonly client?: Partial<HostOptions>;
  /**
   * What goes wrong on the wire, by meaning: `[lose(data(7).from('client'))]`. It begins with the story. What the client sends is
   * recorded before it can be lost, and what the server sends after.
   */
  readonly faults?: readonly FaultRule[];
  readonly server?: Partial<HostOptions>;
  /** @default client and server */
  readonly names?: readonly [client: string, server: string];
  /** Let them find each other's Ethernet address before the story begins. @default true */
  readonly acquainted?: boolean;
}

export interface Pair {
  readonly cable: Cable;
  /** 10.0.0.1 */
  readonly client: StageHost;
  /** 10.0.0.2 */
  readonly server: StageHost;
}

/** Where a host stands. */
interface Place {
  readonly end: CableEnd;
  readonly options: HostOptions;
  readonly interfaceId: number;
}

/** What all devices of a network know at one moment of the story. */
export interface TablesAt {
  readonly at: Micros;
  /** "before the first ping" */
  readonly moment: string;
  readonly tables: readonly Table[];
}

/** Announcements of addresses (RFC 5227 §2.3) are over by then. */
const ACQUAINTANCE: Micros = 5 * SECOND;
const ECHO_ID = 1;

export class Stage {
  readonly world: World;
  readonly recording = new Recording();
  /** What the hosts knew of their connections, and how long the queues were. */
  readonly series = new SeriesLog();
  /** Tables that the story wants to be seen. */
  readonly moments: TablesAt[] = [];
  /** Of hosts, by address. */
  readonly names = new Map<string, string>();
  /** In words, what was expected and seen. */
  readonly met: string[] = [];
  readonly timers: Timers;
  readonly #places = new Map<StageHost, Place>();
  readonly #errors: unknown[] = [];
  #start: Micros = 0;
  #network: Network | undefined = undefined;

  constructor(world: World) {
    this.world = world;
    this.timers = new Timers(world);
    world.add('timers', this.timers);
  }

  /** When the story began: what was before is not recorded. */
  get start(): Micros {
    return this.#start;
  }

  /** What an application threw that it should not have. */
  get errors(): readonly unknown[] {
    return this.#errors;
  }

  /** Two hosts and a cable: the setting of nearly every scenario. */
  async pair(options: PairOptions = {}): Promise<Pair> {
    const { cable: line = {}, back = line, tcp = {}, names = ['client', 'server'], acquainted = true } = options;
    const cable = this.cable(line, back);
    const began = this.world.now + (acquainted ? ACQUAINTANCE : 0);
    const faults = options.faults && faultsByMeaning({ transmit: names[0], receive: names[1], began }, options.faults);
    const clientOptions = { address: '10.0.0.1/24', tcp, ...options.client, ...(faults === undefined ? {} : { faults }) };
    const client = this.host(names[0], cable.a, clientOptions, line.rate);
    const server = this.host(names[1], cable.b, { address: '10.0.0.2/24', tcp, ...options.server }, back.rate);
    if (acquainted) await this.acquaint(client, server);
    return { cable, client, server };
  }

  /** A network drawn device by device, for stories of more than two hosts: see `Network`. It begins at once and in silence. */
  get network(): Network {
    this.#network ??= new Network(this.world, {
      recording: this.recording,
      series: this.series,
      timers: this.timers,
      names: this.names,
      onError: (error) => this.#errors.push(error),
    });
    return this.#network;
  }

  /** What the devices of the network know now is a part of the story. @param moment "before the first ping" */
  showTables(moment: string): void {
    this.moments.push({ at: this.world.now, moment, tables: this.network.tables() });
  }

  /** The table of a device of the network, now. @returns its rows; none while it is empty */
  rows(of: NetNode, kind: TableKind): readonly (readonly string[])[] {
    return of.tables().find((table) => table.kind === kind)?.rows ?? [];
  }

  /** The network, if the story has one. */
  get drawn(): Network | undefined {
    return this.#network;
  }

  /** A cable whose queues are watched. @param back the direction from b to a where it differs */
  cable(options: CableOptions = {}, back: CableOptions = options, name = 'cable'): Cable {
    const cable = this.world.cable(options, back);
    this.world.watchQueues(cable, name, this.series);
    return cable;
  }

  /** A host at the end of a cable, which is recorded there. @param speed of its interface in bits per second */
  host(name: string, end: CableEnd, options: HostOptions, speed: number | undefined = undefined): StageHost {
    const addresses = typeof options.address === 'string' ? [options.address] : options.address;
    const [primary = 0] = addresses.map((text) => parseInterfaceAddress(text).address);
    const { mac = ofIpv4(primary) } = options;
    const interfaceId = this.recording.addInterface(name, {
      description: `${name}'s end of the wire`,
      mac: formatMac(mac),
      addresses,
      ...(speed === undefined ? {} : { speed }),
    });
    for (const text of addresses) this.names.set(formatV4(parseInterfaceAddress(text).address), name);
    return this.#boot(name, { end, options: { ...options, mac }, interfaceId });
  }

  /** The host is gone from one moment to the next, and with it all that it remembers; so is the link to it. */
  powerOff(host: StageHost, cable: Cable): void {
    this.world.remove(host.stack);
    cable.unplug();
  }

  /** It comes up again and remembers nothing. @returns the host as it is now */
  powerOn(host: StageHost, cable: Cable): StageHost {
    const place = this.#places.get(host);
    if (place === undefined) throw new RangeError(`${host.name} stands on no stage`);
    cable.plug();
    return this.#boot(host.name, place);
  }

  /** One ping, so that they know where the other lives; then the story begins. */
  async acquaint(one: StageHost, other: StageHost): Promise<void> {
    const echo = { destination: other.address.w3, identifier: ECHO_ID, sequence: 1, payload: new Uint8Array() };
    one.stack.icmp.sendEcho(echo, this.world.now);
    await this.pause(ACQUAINTANCE);
    this.begin();
  }

  /** The story begins here. */
  begin(): void {
    this.#start = this.world.now;
    this.recording.forget();
    this.#network?.watch?.forget();
    this.moments.length = 0;
    this.series.samples.length = 0;
  }

  /** The story is over and the network goes on without an end: nothing is kept any more, and what is recorded goes to the sink. */
  goesOn(sink: FrameSink): void {
    this.recording.forget();
    this.recording.divert(sink);
    this.#network?.watch?.rest();
    this.series.rest();
  }

  /** Resolves after so much time. */
  pause(duration: Micros): Promise<void> {
    return this.timers.sleep(duration);
  }

  /** Resolves when so much time has passed since the story began. */
  at(time: Micros): Promise<void> {
    return this.timers.sleep(Math.max(0, this.#start + time - this.world.now));
  }

  /** Every packet that was sent so far, in order. */
  sights(): Sight[] {
    return sightsOf(this.recording.frames, this.names, this.#start);
  }

  /** Every TCP segment that was on the wire so far, in order. @param by only those that this host has sent */
  segments(by?: StageHost): Segment[] {
    const all = segmentsOf(this.sights());
    return by === undefined ? all : all.filter(({ from, sent }) => sent && from === by.name);
  }

  /** Every TCP segment that passed the end of the wire of a host, in both directions and in the order in which it saw them. */
  segmentsAt(host: StageHost): Segment[] {
    return segmentsOf(sightsOf(this.#framesAt(host), this.names, this.#start));
  }

  /** The states that the connection of a host has passed through so far. */
  states(of: StageHost): string[] {
    return statesIn(this.#framesAt(of));
  }

  /**
   * What must be seen.
   * @param what in words: "one segment was sent again"
   * @throws ScenarioError unless both are alike
   */
  expect(what: string, seen: unknown, wanted: unknown): void {
    const [left, right] = [JSON.stringify(seen), JSON.stringify(wanted)];
    if (left !== right) throw new ScenarioError(`expected that ${what}: ${right}, but saw ${left}`);
    this.met.push(what);
  }

  /** The same, where not the exact value matters. @param seen for the message */
  expectThat(what: string, holds: boolean, seen: unknown): void {
    if (!holds) throw new ScenarioError(`expected that ${what}, but saw ${JSON.stringify(seen)}`);
    this.met.push(what);
  }

  #boot(name: string, place: Place): StageHost {
    const capture: FrameSink = { addInterface: () => place.interfaceId, frame: (frame) => this.recording.frame(frame) };
    const stack = host(this.world, name, place.end, { capture, explain: true, series: this.series, ...place.options });
    const booted = new StageHost({
      name,
      stack,
      clock: this.timers,
      random: this.world.random,
      onError: (error) => this.#errors.push(error),
    });
    this.#places.set(booted, place);
    return booted;
  }

  #framesAt(host: StageHost): RecordedFrame[] {
    const id = this.#places.get(host)?.interfaceId;
    const isItsOwn = ({ name }: InterfaceDescription): boolean => name === host.name || name.startsWith(`${host.name}.`);
    const ids = id === undefined ? this.recording.interfaces.flatMap((one, index) => (isItsOwn(one) ? [index] : [])) : [id];
    return this.recording.frames.filter(({ interfaceId }) => ids.includes(interfaceId));
  }
}
