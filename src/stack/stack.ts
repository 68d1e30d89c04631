/** One host: the place where the layers meet. It takes frames, lets time pass and sends what is ready; nothing else drives it. */
import { Packet } from './bytes/packet.ts';
import { Deadlines } from './deadlines.ts';
import type { LinkDevice } from './device.ts';
import type { DropReason } from './host/counters.ts';
import { Counters } from './host/counters.ts';
import { Forwarder } from './host/forward.ts';
import { Guard } from './host/guard.ts';
import { Icmp } from './host/icmp.ts';
import { IcmpDispatch } from './host/icmp-dispatch.ts';
import type { Protocols } from './host/input.ts';
import { Input } from './host/input.ts';
import type { LinkObserver } from './host/interface.ts';
import { NetworkInterface } from './host/interface.ts';
import { Output } from './host/output.ts';
import { Rules } from './host/packet-hooks.ts';
import { answerForOthers } from './host/proxy-arp.ts';
import { Redirects } from './host/redirects.ts';
import { AddressTable } from './ip/address-table.ts';
import { GroupTable } from './ip/groups.ts';
import { IcmpRateLimit } from './ip/icmp-rate-limit.ts';
import { Identification } from './ip/identification.ts';
import { PathMtu } from './ip/path-mtu.ts';
import type { InterfaceAddress } from './ip/prefix.ts';
import { DEFAULT_PREFIX, parseInterfaceAddress } from './ip/prefix.ts';
import type { InterfaceId } from './ip/route-table.ts';
import { RouteTable } from './ip/route-table.ts';
import type { ArpEvent } from './link/arp-cache.ts';
import type { StackObserver } from './observer.ts';
import type { InterfaceOptions, StackOptions } from './stack-options.ts';
import { Tcp } from './tcp/tcp.ts';
import { TcpOutput } from './tcp/tcp-output.ts';
import type { Micros } from './time.ts';
import { MILLISECOND } from './time.ts';
import { Udp, UdpOut } from './udp/udp.ts';
import { parseV4 } from './wire/ip-address.ts';
import * as ipv4 from './wire/ipv4.ts';
import { returnRoute } from './wire/source-route.ts';
import * as tcpWire from './wire/tcp.ts';
import * as udpWire from './wire/udp.ts';

export type { InterfaceOptions, StackOptions } from './stack-options.ts';

/** Frames taken from one device before the others, the timers and the senders have their turn. */
const RECEIVE_BUDGET = 256;
/** Packets sent in one run. */
const TRANSMIT_BUDGET = 256;
/** UDP packets that may leave while TCP has something to say. */
const DATAGRAMS_IN_A_ROW = 32;
/** A device that refuses frames is asked again so much later. */
const RETRY: Micros = 1 * MILLISECOND;
/** nmap and traceroute ask many ports in a row; a hundred answers a second are still no weapon. */
const ICMP_PER_DESTINATION = { perSecondPerDestination: 100, burstPerDestination: 50, burst: 200 };

export class Stack implements LinkObserver {
  /** When the host came up, on its own clock. */
  readonly startedAt: Micros;
  readonly counters = new Counters();
  readonly routes = new RouteTable();
  readonly addresses = new AddressTable();
  /** The multicast groups that are listened to. */
  readonly groups = new GroupTable();
  readonly pathMtu = new PathMtu();
  readonly interfaces: ReadonlyMap<InterfaceId, NetworkInterface>;
  readonly icmp: Icmp;
  readonly tcp: Tcp;
  readonly udp: Udp;
  readonly #interfaces = new Map<InterfaceId, NetworkInterface>();
  readonly #input: Input;
  readonly #output: Output;
  readonly #dispatch: IcmpDispatch;
  readonly #redirects: Redirects;
  readonly #forwarder: Forwarder | undefined;
  /** It passes on or rewrites what others have made: no device may have left work in it. */
  readonly #needsWirePackets: boolean;
  readonly #deadlines = new Deadlines();
  readonly #in = new Packet();
  readonly #out = new Packet();
  readonly #tcpOut = new TcpOutput();
  readonly #udpOut = new UdpOut();
  readonly #wake: () => void;
  readonly #guard: Guard;
  readonly #observer: StackObserver | undefined;
  #now: Micros;
  #isRunning = false;
  #datagramsInARow = 0;
  /** A budget ran out: there is more to do at once. */
  #moreToDo = false;

  constructor(options: StackOptions) {
    const { random, wake = () => {}, onDrop, onError, tcp = {}, now = 0, acceptSourceRoutes = false, observer } = options;
    const { acceptRedirects = options.forwarding === undefined, answerBroadcasts = false } = options;
    this.#observer = observer;
    this.#guard = new Guard(onError);
    this.#wake = wake;
    this.#now = now;
    this.startedAt = now;
    this.interfaces = this.#interfaces;
    const rules = options.hooks && new Rules(options.hooks, this.#guard);
    this.#needsWirePackets = rules !== undefined || options.forwarding !== undefined;
    this.#output = new Output(this, new Identification(random), this.counters, rules);
    this.#redirects = new Redirects(this, acceptRedirects, observer);
    this.icmp = new Icmp({
      host: this,
      output: this.#output,
      limit: new IcmpRateLimit(random, ICMP_PER_DESTINATION),
      counters: this.counters,
      guard: this.#guard,
      redirects: this.#redirects,
      answersBroadcasts: answerBroadcasts,
    });
    this.tcp = new Tcp(
      {
        path: (to, from) => this.#output.path(to, this.#now, from),
        doubt: (to) => this.#output.doubt(to, this.#now),
        wake: () => this.wake(),
        learnPathMtu: (to, mtu) => this.pathMtu.learn(to.w3, mtu, this.#now),
      },
      this.#deadlines,
      random,
      tcp,
      observer,
    );
    this.udp = new Udp(
      {
        isBroadcast: (word) => this.isBroadcast(word),
        sourceFor: (to, interfaceId) => this.#output.sourceFor(to, interfaceId),
        superLength: (to, length) => this.#output.superLength(to, length, this.#now),
        wake: () => this.wake(),
      },
      random,
    );
    this.#dispatch = new IcmpDispatch(this.tcp, this.udp, this.pathMtu, observer);
    const { icmp, counters } = this;
    const through = { topology: this, icmp, output: this.#output, counters, rules, observer };
    this.#forwarder = options.forwarding && new Forwarder(through, options.forwarding);
    this.#input = new Input({
      topology: this,
      icmp,
      forwarder: this.#forwarder,
      rules,
      protocols: this.#protocols(),
      counters,
      guard: this.#guard,
      acceptSourceRoutes,
      onDrop,
      observer,
    });
  }

  /** The time of the last run. */
  get now(): Micros {
    return this.#now;
  }

  /** @throws RangeError when an address or the gateway cannot be read or reached, or a router's device has offload on */
  addInterface(device: LinkDevice, options: InterfaceOptions): NetworkInterface {
    const { checksum, gsoMaxSize, usoMaxSize } = device.offload;
    if (this.#needsWirePackets && (checksum || gsoMaxSize > 0 || usoMaxSize > 0))
      throw new RangeError('a host that forwards or has packet hooks works on what is on the wire: its devices have offload off');
    const id = this.#interfaces.size + 1;
    const { name = `eth${id - 1}`, mac, arp = {}, announces = true, proxyArp = false } = options;
    const added = new NetworkInterface(device, { id, name, mac, arp }, this.counters);
    if (proxyArp) answerForOthers(this, added, this.#forwarder !== undefined);
    const addresses = options.addresses.map(parseInterfaceAddress);
    this.#interfaces.set(id, added);
    for (const address of addresses) this.addAddress(added, address, announces);
    if (options.gateway !== undefined) {
      const gateway = parseV4(options.gateway);
      if (gateway === undefined) throw new RangeError(`"${options.gateway}" is not an IPv4 address such as 10.0.0.1`);
      this.routes.add({ prefix: DEFAULT_PREFIX, gateway, interfaceId: id });
    }
    return added;
  }

  /** Gives an interface an address, a route to its network, and tells the link if it `announces` (gratuitous ARP, RFC 5227 §2.3). */
  addAddress(to: NetworkInterface, address: InterfaceAddress, announces = true): void {
    this.addresses.add(to.id, address);
    const { prefix } = address;
    const isKnown = this.routes.list().some((r) => r.interfaceId === to.id && r.gateway === undefined && r.prefix.equals(prefix));
    // of several addresses in one network the first is the one that is sent from
    if (!isKnown) this.routes.add({ prefix, interfaceId: to.id, source: address.address, origin: 'connected' });
    if (announces) to.arp.announce(address.address, this.#now);
    else to.arp.addAddress(address.address);
    this.wake();
  }

  /** Takes an address away, with the routes that need it. @returns false when the interface has no such address */
  removeAddress(from: NetworkInterface, address: number): boolean {
    const own = this.addresses.list().find((one) => one.interfaceId === from.id && one.address === address);
    if (own === undefined) return false;
    this.addresses.remove(from.id, address);
    from.arp.removeAddress(address);
    const heir = this.addresses.list().find(({ interfaceId, prefix }) => interfaceId === from.id && prefix.equals(own.prefix));
    this.routes.detach(from.id, own, heir?.address);
    return true;
  }

  isBroadcast(word: number): boolean {
    for (const { id } of this.#interfaces.values()) if (this.addresses.isBroadcast(word, id)) return true;
    return false;
  }

  /** There is work outside of a run: an application made it. */
  wake(): void {
    if (this.#isRunning) return; // a run ends by sending what is ready
    this.#moreToDo = true;
    this.#wake();
  }

  /**
   * Takes all frames, then what is due, then sends what is ready.
   * @returns whether there were frames
   * @throws what an application threw, after all that, unless there is an `onError` to tell
   */
  run(now: Micros): boolean {
    const { framesIn } = this.counters;
    this.#now = now;
    this.#isRunning = true;
    this.#moreToDo = false;
    try {
      this.#receive(now);
      this.#deadlines.runDue(now);
      // connections that begin or end: a segment less for each, 0.75 to 0.9 of the kernel's connections a second
      this.#notifyOwners();
      this.#transmit(now);
      // applications act on what they are told, and what they write goes out in the same run
      this.#notifyOwners();
      this.#transmit(now);
    } finally {
      this.#isRunning = false;
    }
    this.#moreToDo ||= this.tcp.hasWork || this.udp.hasWork || this.#output.loopback.length > 0;
    this.#guard.rethrow();
    return this.counters.framesIn > framesIn;
  }

  /** When to call `run` again; not later than now when there is more to do at once. */
  nextTimeout(): Micros {
    if (this.#isBlocked()) return Math.min(this.#now + RETRY, this.#deadlines.next());
    return this.#moreToDo ? this.#now : this.#deadlines.next();
  }

  /** Every drop by the name of its reason; `all`: also those that never occurred. */
  drops(all = false): Readonly<Record<string, number>> {
    const counts: Record<string, number> = { ...this.counters.drops(true), ...this.#input.reassembler.drops };
    for (const { arp } of this.#interfaces.values()) {
      for (const [reason, count] of Object.entries(arp.waitingDrops)) counts[reason] = (counts[reason] ?? 0) + count;
    }
    return all ? counts : Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  }

  /** What fragments that wait for others cost now. */
  get reassembly(): { readonly datagrams: number; readonly bytes: number } {
    const { size, bytes } = this.#input.reassembler;
    return { datagrams: size, bytes };
  }

  /** Nobody answered ARP: whoever sent the packet learns it at once. */
  onUnreachable(packet: Packet): void {
    const isForwarded = this.#forwarder !== undefined && !this.addresses.owns(ipv4.source(packet.view, packet.start));
    if (isForwarded) this.#forwarder?.onUnreachable(packet, this.#now);
    else if (ipv4.protocol(packet.view, packet.start) === ipv4.PROTOCOL_ICMP) this.icmp.onUnreachable(packet, this.#now);
    else this.#dispatch.unreachable(packet);
  }

  onArpEvent(event: ArpEvent, from: NetworkInterface): void {
    if (event.kind === 'address conflict') this.counters.addressConflicts++;
    for (const listener of from.arpListeners) this.#guard.call(() => listener(event));
  }

  #isBlocked(): boolean {
    for (const one of this.#interfaces.values()) if (one.isBlocked) return true;
    return false;
  }

  #receive(now: Micros): void {
    const packet = this.#in;
    for (const from of this.#interfaces.values()) {
      let left = RECEIVE_BUDGET;
      for (packet.reset(); left > 0 && from.device.receive(packet); packet.reset()) {
        if (this.#observer === undefined) this.#input.onFrame(packet, from, now);
        else this.#receiveWatched(this.#observer, packet, from, now);
        left--;
      }
      if (left === 0) this.#moreToDo = true;
    }
    this.#receiveLoopback(now);
    this.#deadlines.schedule(this.#input);
    this.#deadlines.schedule(this.#redirects);
  }

  #receiveWatched(observer: StackObserver, packet: Packet, from: NetworkInterface, now: Micros): void {
    observer.frameArrives(packet, from, now);
    try {
      this.#input.onFrame(packet, from, now);
    } finally {
      observer.frameDone(from, now);
    }
  }

  #receiveLoopback(now: Micros): void {
    const queue = this.#output.loopback;
    for (let left = queue.length; left > 0; left--) {
      const packet = queue.shift();
      if (packet !== undefined) this.#input.onLoopback(packet, now);
    }
  }

  /** An owner that throws has had its turn; the others still wait for theirs. */
  #notifyOwners(): void {
    while (!this.#guard.call(() => this.tcp.notifyOwners()));
    while (!this.#guard.call(() => this.udp.notifyOwners()));
  }

  #transmit(now: Micros): void {
    this.#serviceLinks();
    let left = TRANSMIT_BUDGET;
    while (left > 0 && !this.#isBlocked() && this.#transmitOne(now)) left--;
    if (left === 0) this.#moreToDo = true;
    this.#serviceLinks();
  }

  /** Datagrams first, but an application that always has another one ready does not keep TCP from its turn. */
  #transmitOne(now: Micros): boolean {
    if (this.#datagramsInARow < DATAGRAMS_IN_A_ROW && this.#transmitDatagram(now)) {
      this.#datagramsInARow++;
      return true;
    }
    this.#datagramsInARow = 0;
    return this.#transmitSegment(now) || this.#transmitDatagram(now);
  }

  #transmitDatagram(now: Micros): boolean {
    const packet = this.#out;
    packet.reset();
    if (!this.udp.pollTransmit(packet, this.#udpOut)) return false;
    this.counters.udpOut += packet.frames();
    const result = this.#output.send(packet, this.#udpOut, now);
    if (result !== 'sent') this.udp.onSendFailure(this.#udpOut, result === 'no route' ? 'no route' : 'message too long');
    return true;
  }

  #transmitSegment(now: Micros): boolean {
    const packet = this.#out;
    packet.reset();
    if (!this.tcp.pollTransmit(packet, this.#tcpOut, now)) return false;
    this.counters.tcpOut++;
    this.#output.send(packet, this.#tcpOut, now);
    return true;
  }

  /** ARP's own messages, what waited for it, and what waited in vain. */
  #serviceLinks(): void {
    for (const one of this.#interfaces.values()) {
      one.flush();
      one.service(this);
      this.#deadlines.schedule(one);
    }
  }

  /** MUST-53: only what TCP has accepted may say by which way its answers go. */
  #learnRoute({ view, network, transport }: Packet): void {
    const route = returnRoute(view, network);
    if (route === undefined) return;
    const [local, remote] = [ipv4.destination(view, network), ipv4.source(view, network)];
    const [localPort, remotePort] = [tcpWire.destinationPort(view, transport), tcpWire.sourcePort(view, transport)];
    this.tcp.onReturnRoute(local, localPort, remote, remotePort, route);
  }

  /** The layers above IPv4, as it sees them. */
  #protocols(): Protocols {
    return {
      onTcp: (packet: Packet, now: Micros): DropReason | undefined => {
        this.counters.tcpIn++;
        const { view, network, transport, end } = packet;
        const source = ipv4.source(view, network);
        const destination = ipv4.destination(view, network);
        const ecn = ipv4.trafficClass(view, network) & 3;
        const verdict = this.tcp.onSegment(packet, transport, end, source, destination, now, ecn);
        if (verdict === undefined && ipv4.headerLength(view, network) > ipv4.HEADER) this.#learnRoute(packet);
        return verdict;
      },
      onUdp: (packet: Packet, toMany: boolean, _: Micros, from: InterfaceId): DropReason | undefined => {
        const { view, network, transport, end } = packet;
        const [source, destination] = [ipv4.source(view, network), ipv4.destination(view, network)];
        this.counters.udpIn += packet.frames(transport + udpWire.HEADER);
        const verdict = this.udp.onDatagram(packet, transport, end, source, destination, toMany, from);
        if (verdict === 'UDP receive queue full') this.counters.drop(verdict, this.udp.lost - 1); // the caller counts one
        return verdict;
      },
      onIcmp: (packet: Packet, toMany: boolean, now: Micros, from: InterfaceId): DropReason | undefined =>
        this.icmp.onMessage(packet, toMany, now, from, (report) => this.#dispatch.error(report, now)),
    };
  }
}
