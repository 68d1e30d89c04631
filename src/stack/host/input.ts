/** The way in: from a frame to whoever it is for, or to the counter that says why not. */
import { Packet } from '../bytes/packet.ts';
import type { Timed } from '../deadlines.ts';
import { restOfPointer } from '../ip/icmp-errors.ts';
import type { Arrival } from '../ip/input.ts';
import { checkAddresses, checkHeader } from '../ip/input.ts';
import { Reassembler } from '../ip/reassemble.ts';
import { classify, isGroupFrame } from '../link/ethernet-link.ts';
import type { StackObserver } from '../observer.ts';
import type { Micros } from '../time.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as icmp from '../wire/icmpv4.ts';
import * as ipv4 from '../wire/ipv4.ts';
import { findFault } from '../wire/ipv4-options.ts';
import { isUnderWay } from '../wire/source-route.ts';
import type { Counters, DropReason } from './counters.ts';
import type { Forwarder } from './forward.ts';
import type { Guard } from './guard.ts';
import type { Icmp, Origin } from './icmp.ts';
import type { NetworkInterface } from './interface.ts';
import type { Topology } from './output.ts';
import type { Rules } from './packet-hooks.ts';

/** Who takes what IPv4 carries. Each says why it did not. */
export interface Protocols {
  onTcp(packet: Packet, now: Micros): DropReason | undefined;
  /** @param from the number of the interface that it came in by; 0: from ourselves */
  onUdp(packet: Packet, toMany: boolean, now: Micros, from: number): DropReason | undefined;
  onIcmp(packet: Packet, toMany: boolean, now: Micros, from: number): DropReason | undefined;
}

/** Told about every packet that is dropped, while its bytes are still there. @param rule as `StackObserver.dropped` */
export type DropObserver = (reason: DropReason, packet: Packet, rule: string) => void;

/** What the way in is made of. */
export interface InputParts {
  readonly topology: Topology;
  readonly icmp: Icmp;
  readonly protocols: Protocols;
  readonly counters: Counters;
  readonly guard: Guard;
  /** RFC 7126 §4.3 and §4.4: refused by default. */
  readonly acceptSourceRoutes: boolean;
  /** Of a router: takes what is for others. */
  readonly forwarder: Forwarder | undefined;
  readonly rules: Rules | undefined;
  readonly onDrop: DropObserver | undefined;
  readonly observer: StackObserver | undefined;
}

export class Input implements Timed {
  readonly reassembler = new Reassembler();
  deadlineIndex = -1;
  readonly #topology: Topology;
  readonly #icmp: Icmp;
  readonly #protocols: Protocols;
  readonly #counters: Counters;
  readonly #origin = { id: 0, isGroupFrame: false, isLoopback: false };
  readonly #expired = new Packet();
  readonly #guard: Guard;
  readonly #acceptSourceRoutes: boolean;
  readonly #forwarder: Forwarder | undefined;
  readonly #rules: Rules | undefined;
  /** Where the packet at hand came from; undefined: from ourselves. */
  #from: NetworkInterface | undefined = undefined;
  readonly #onDrop: DropObserver | undefined;
  readonly #observer: StackObserver | undefined;

  constructor({
    topology,
    icmp,
    protocols,
    counters,
    guard,
    acceptSourceRoutes,
    forwarder,
    rules,
    onDrop,
    observer,
  }: InputParts) {
    this.#topology = topology;
    this.#icmp = icmp;
    this.#protocols = protocols;
    this.#counters = counters;
    this.#guard = guard;
    this.#acceptSourceRoutes = acceptSourceRoutes;
    this.#forwarder = forwarder;
    this.#rules = rules;
    this.#onDrop = onDrop;
    this.#observer = observer;
  }

  nextTimeout(): Micros {
    return this.reassembler.nextTimeout();
  }

  /** RFC 1122 §3.3.2: whoever sent half a datagram is told that the other half never came. */
  onTimeout(now: Micros): void {
    this.reassembler.onTimeout(now);
    while (this.reassembler.pollExpired(this.#expired)) {
      const { view, network } = this.#expired;
      if (!this.#topology.addresses.owns(ipv4.destination(view, network))) continue; // put together for a rule, not for us
      const route = this.#topology.routes.lookup(ipv4.source(view, network));
      const origin = { id: route?.interfaceId ?? 0, isGroupFrame: false, isLoopback: false };
      this.#icmp.report(this.#expired, origin, icmp.TIME_EXCEEDED, icmp.REASSEMBLY_TIME_EXCEEDED, 0, now);
    }
  }

  /** A frame from a device, in the live part of `packet`. */
  onFrame(packet: Packet, from: NetworkInterface, now: Micros): void {
    this.#counters.framesIn++;
    this.#counters.bytesIn += packet.length;
    const { view, start } = packet;
    const kind = classify(view, start, packet.end, from.mac);
    packet.network = start + ethernet.HEADER;
    if (kind === 'ipv4') {
      this.#origin.id = from.id;
      this.#origin.isGroupFrame = isGroupFrame(view, start);
      this.#origin.isLoopback = false;
      this.#from = from;
      this.#drop(this.#onIpv4(packet, this.#origin, now), packet);
    } else if (kind === 'arp') {
      this.#counters.arpIn++;
      const verdict = from.arp.onArp(view, packet.network, packet.end, now);
      from.speakArp();
      if (verdict !== 'ok') this.#drop(verdict, packet);
    } else this.#drop(kind, packet);
  }

  /** A packet that we sent to ourselves, IPv4 header first. */
  onLoopback(packet: Packet, now: Micros): void {
    packet.network = packet.start;
    packet.checksumVouched = true; // it has not left the memory
    this.#origin.id = 0;
    this.#origin.isGroupFrame = false;
    this.#origin.isLoopback = true;
    this.#from = undefined;
    this.#drop(this.#onIpv4(packet, this.#origin, now), packet);
  }

  #onIpv4(packet: Packet, origin: Origin, now: Micros): DropReason | undefined {
    const { view } = packet;
    this.#counters.ipIn++;
    const fault = checkHeader(view, packet.network, packet.end, this.#acceptSourceRoutes);
    if (fault !== 'ok' && fault !== 'IP option malformed') return fault;
    packet.end = packet.network + ipv4.totalLength(view, packet.network); // what lies behind is Ethernet's padding
    if (this.#rules === undefined || this.#from === undefined || fault !== 'ok') return this.#route(packet, origin, fault, now);
    const verdict = this.#prerouting(this.#rules, this.#from, packet, now);
    return verdict === 'accept' ? this.#route(packet, origin, fault, now) : verdict;
  }

  /** @returns undefined for a fragment that waits for the others */
  #prerouting(rules: Rules, from: NetworkInterface, packet: Packet, now: Micros): DropReason | 'accept' | undefined {
    packet.start = packet.network;
    packet.note = ''; // why its sender sent it is known to those who recorded it there
    if (rules.hooks.wholeDatagrams === true && ipv4.isFragment(packet.view, packet.network)) {
      const verdict = this.#together(packet, now);
      if (verdict !== 'complete') return verdict;
    }
    return rules.arrives(packet, from, now) ? 'accept' : 'dropped by a rule';
  }

  /** Whom is it for? */
  #route(packet: Packet, origin: Origin, fault: 'ok' | 'IP option malformed', now: Micros): DropReason | undefined {
    const { view } = packet;
    const arrival = origin.isLoopback ? 'ours' : checkAddresses(view, packet.network, this.#topology.addresses, origin.id);
    if (fault !== 'ok') {
      this.#reportOption(packet, origin, arrival, now);
      return fault;
    }
    if (arrival === 'other') return this.#passOn(packet, origin, now);
    const toMany = arrival === 'broadcast' || arrival === 'multicast';
    if (arrival === 'multicast' && !this.#topology.groups.has(ipv4.destination(view, packet.network), origin.id))
      return 'multicast group not joined';
    if (arrival !== 'ours' && !toMany) return arrival;
    if (this.#acceptSourceRoutes && isUnderWay(view, packet.network)) return 'not for us'; // not even as a router: RFC 7126 §4.3
    // RFC 1122 §3.3.6: a trick to have one packet answered by many
    if (origin.isGroupFrame && arrival === 'ours') return 'packet for one host in a frame to many';
    if (ipv4.isFragment(view, packet.network)) {
      const verdict = this.#together(packet, now);
      if (verdict !== 'complete') return verdict;
    }
    return this.#deliver(packet, origin, toMany, now);
  }

  #passOn(packet: Packet, origin: Origin, now: Micros): DropReason | undefined {
    if (this.#forwarder === undefined || this.#from === undefined) return 'not for us';
    packet.start = packet.network;
    if (this.#rules === undefined) packet.note = ''; // else what the hooks have to say stands there
    return this.#forwarder.onPacket(packet, this.#from, origin, now);
  }

  /** A fragment. @returns 'complete': the packet is the whole datagram now; undefined: it waits for the others */
  #together(packet: Packet, now: Micros): DropReason | 'complete' | undefined {
    const verdict = this.reassembler.onFragment(packet, now);
    if (verdict === 'held') {
      this.#counters.fragmentsHeld++;
      this.#observer?.fragmentTaken(this.reassembler.together, 0);
      return undefined;
    }
    if (verdict !== 'complete') return verdict;
    this.#observer?.fragmentTaken(this.reassembler.together, packet.length);
    packet.clearOffload();
    return verdict;
  }

  /**
   * RFC 792: the pointer names the octet that is wrong. About another's packet a host is silent (RFC 1122 §3.2.1.3), a router is
   * not (RFC 1812 §4.3.3.5).
   */
  #reportOption(packet: Packet, origin: Origin, arrival: Arrival, now: Micros): void {
    if (arrival !== 'ours' && (arrival !== 'other' || this.#forwarder === undefined)) return;
    const pointer = restOfPointer(findFault(packet.view, packet.network));
    this.#icmp.report(packet, origin, icmp.PARAMETER_PROBLEM, 0, pointer, now);
  }

  #deliver(packet: Packet, origin: Origin, toMany: boolean, now: Micros): DropReason | undefined {
    const { view, network } = packet;
    if (this.#rules !== undefined && this.#from !== undefined && !this.#rules.enters(packet, this.#from, now))
      return 'dropped by a rule';
    packet.transport = network + ipv4.headerLength(view, network);
    switch (ipv4.protocol(view, network)) {
      case ipv4.PROTOCOL_TCP:
        // RFC 9293 §3.9.2.3, MUST-57: TCP is between two hosts
        if (toMany) return 'SYN from or to an impossible address';
        return this.#protocols.onTcp(packet, now);
      case ipv4.PROTOCOL_UDP: {
        const verdict = this.#protocols.onUdp(packet, toMany, now, origin.id);
        if (verdict === 'no such port') this.#unreachable(packet, origin, icmp.PORT_UNREACHABLE, now);
        return verdict;
      }
      case ipv4.PROTOCOL_ICMP:
        return this.#protocols.onIcmp(packet, toMany, now, origin.id);
      default:
        this.#unreachable(packet, origin, icmp.PROTOCOL_UNREACHABLE, now); // RFC 1122 §3.2.2.1
        return 'IP protocol unknown';
    }
  }

  #unreachable(packet: Packet, origin: Origin, code: number, now: Micros): void {
    this.#icmp.report(packet, origin, icmp.DESTINATION_UNREACHABLE, code, 0, now);
  }

  #drop(reason: DropReason | undefined, packet: Packet): void {
    if (reason === undefined) return;
    this.#counters.drop(reason);
    const rule = reason === 'dropped by a rule' && this.#rules !== undefined ? this.#rules.name : '';
    this.#observer?.dropped(reason, rule);
    const onDrop = this.#onDrop;
    if (onDrop !== undefined) this.#guard.call(() => onDrop(reason, packet, rule));
  }
}
