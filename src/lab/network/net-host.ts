/** A host in a network, or a router, which is a host that forwards: its stack, and what one does with a host, in few words. */

import type { DhcpServer, DhcpServerOptions } from '../../services/dhcp/index.ts';
import type { DnsClient, DnsService, Zone } from '../../services/dns/index.ts';
import type { PingOptions, PingResult } from '../../services/ping.ts';
import { ping } from '../../services/ping.ts';
import type { Rip, RipOptions } from '../../services/rip/index.ts';
import type { Timekeeper } from '../../services/timekeeper.ts';
import { runCommand } from '../../services/tools/run-command.ts';
import type { ToolHost } from '../../services/tools/tool-host.ts';
import type { ConnectOptions, IpAddress, ListenOptions, Random, Stack, TcpListener } from '../../stack/index.ts';
import { formatV4, fromV4, ipv4, listenTcp, SocketError, TcpSocket } from '../../stack/index.ts';
import type { Obtained, ObtainOptions } from './host-services.ts';
import { obtainAddress, serveAddresses, speakRip } from './host-services.ts';
import { hostTables } from './host-tables.ts';
import type { AskNamesOptions, NameServer, ResolveNamesOptions, ServeOptions } from './name-services.ts';
import { askNames, serveNames, serveZones } from './name-services.ts';
import type { NetNode } from './node.ts';
import { portOf } from './node.ts';
import type { Port } from './port.ts';
import type { Table } from './table.ts';
import type { TopologyNode } from './topology.ts';

/** What a server does with a connection. The connection is not closed behind it. */
export type Serve = (socket: TcpSocket) => Promise<void>;

/** A host, or the address of one in dotted form. */
export type Target = NetHost | string;

export interface NetHostParts {
  readonly name: string;
  readonly stack: Stack;
  readonly kind?: TopologyNode['kind'];
  /** In the order of the stack's interfaces. @default none: it stands on a stage without a network */
  readonly ports?: readonly Port[];
  /** The lab's clock, for what takes time. */
  readonly clock: Timekeeper;
  readonly random: Random;
  /** The names of the lab, for its command line. @default no name is known */
  readonly names?: Pick<ToolHost, 'resolve' | 'nameOf'>;
  /** Told of what the host's applications throw, but for the end of their connections. */
  readonly onError: (error: unknown) => void;
}

export class NetHost implements NetNode {
  readonly name: string;
  readonly kind: TopologyNode['kind'];
  readonly stack: Stack;
  readonly ports: readonly Port[];
  readonly clock: Timekeeper;
  readonly #random: Random;
  readonly #names: Pick<ToolHost, 'resolve' | 'nameOf'>;
  readonly #onError: (error: unknown) => void;
  readonly #moreTables: (() => readonly Table[])[] = [];

  constructor({ name, stack, kind = 'host', ports = [], clock, random, names = {}, onError }: NetHostParts) {
    this.name = name;
    this.kind = kind;
    this.stack = stack;
    this.ports = ports;
    this.clock = clock;
    this.#random = random;
    this.#names = names;
    this.#onError = onError;
  }

  /** Its primary address. @throws RangeError while it has none */
  get address(): IpAddress {
    const [own] = this.stack.addresses.list();
    if (own === undefined) throw new RangeError(`${this.name} has no address yet`);
    return fromV4(own.address);
  }

  /** @throws RangeError in words when there is none of that name */
  port(name: string): Port {
    return portOf(this, name);
  }

  addressesAt(port: Port): readonly string[] {
    const index = this.ports.indexOf(port) + 1;
    return this.stack.addresses
      .list()
      .filter(({ interfaceId }) => interfaceId === index)
      .map(({ address, prefix }) => `${formatV4(address)}/${prefix.length}`);
  }

  tables(): readonly Table[] {
    return [...hostTables(this.name, this.stack), ...this.#moreTables.flatMap((more) => more())];
  }

  /** A service of this host has something to show: leases, names. */
  showTables(more: () => readonly Table[]): void {
    this.#moreTables.push(more);
  }

  /** Waits for connections and serves each of them. */
  listen(port: number, serve: Serve, options: ListenOptions = {}): TcpListener {
    const listener = listenTcp(this.stack, port, options);
    this.goesOn(async () => {
      for await (const socket of listener) this.goesOn(() => serve(socket));
    });
    return listener;
  }

  /** Begins to connect; the handshake is still to come. */
  open(to: Target, port: number, options: ConnectOptions = {}): TcpSocket {
    return new TcpSocket(this.stack.tcp.connect(addressOf(to), port, this.stack.now, options));
  }

  /** Connects. @throws SocketError when the other side refuses or does not answer */
  async connect(to: Target, port: number, options: ConnectOptions = {}): Promise<TcpSocket> {
    const socket = this.open(to, port, options);
    await socket.connected();
    return socket;
  }

  /** Pings, once unless told otherwise. */
  async ping(to: Target, options: Partial<PingOptions> = {}): Promise<PingResult[]> {
    const { now, after } = this.clock;
    const sleep = (duration: number): Promise<void> => new Promise((resolve) => void after(duration, resolve));
    const results: PingResult[] = [];
    for await (const result of ping(this.stack, addressOf(to), { now, sleep, count: 1, ...options })) results.push(result);
    return results;
  }

  /** Asks for an address by DHCP, and keeps it renewed. @returns when there is one */
  obtainAddress(options: ObtainOptions = {}): Promise<Obtained> {
    return obtainAddress(this, this.#random, options);
  }

  /** Gives addresses to others by DHCP. @throws RangeError in words when a pool cannot be used */
  serveAddresses(options: Omit<DhcpServerOptions, 'time'>): DhcpServer {
    return serveAddresses(this, options);
  }

  /** Learns routes from its neighbours by RIP, and tells them its own. @throws UdpError when it does already */
  speakRip(options: Partial<RipOptions> = {}): Rip {
    return speakRip(this, this.#random, options);
  }

  /** Answers for zones of DNS: see `zoneOf` and `parseZone`. @throws UdpError when a server is there already */
  serveZones(zones: readonly Zone[], options: ServeOptions = {}): DnsService {
    return serveZones(this, zones, options);
  }

  /** Resolves names for others, from the root on or by another resolver. @throws RangeError when neither is named */
  serveNames(options: ResolveNamesOptions): NameServer {
    return serveNames(this, this.#random, options);
  }

  /** A client of DNS: its cache, its hosts file, its servers. */
  askNames(options: AskNamesOptions): DnsClient {
    return askNames(this, this.#random, options);
  }

  /**
   * Runs a command line on this host, such as `traceroute pc3` or `arp -a`: see `runCommand`.
   * @returns what a terminal would show @throws CommandError when the line cannot be carried out as it is written
   */
  run(line: string): Promise<string> {
    return runCommand({ stack: this.stack, time: this.clock, ...this.#names }, line);
  }

  /** Lets an application of this host run beside the story. That its connection fails is part of the story. */
  goesOn(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (!(error instanceof SocketError)) this.#onError(error);
    });
  }
}

/** @throws RangeError when a text is no address */
export const addressOf = (target: Target): IpAddress => (typeof target === 'string' ? ipv4(target) : target.address);
