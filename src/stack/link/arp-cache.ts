/** The Address Resolution Protocol of one interface, RFC 826, with the care of RFC 1122 §2.3.2 and RFC 5227. */
import { Fifo } from '../bytes/fifo.ts';
import type { Packet } from '../bytes/packet.ts';
import type { Micros } from '../time.ts';
import * as arp from '../wire/arp.ts';
import * as ip from '../wire/ip-address.ts';
import type { MacAddress } from '../wire/mac-address.ts';
import * as mac from '../wire/mac-address.ts';
import type { Neighbor, NeighborTimes } from './neighbor.ts';
import { NEIGHBOR_TIMES } from './neighbor.ts';
import type { NeighborInfo } from './neighbor-table.ts';
import { NeighborTable } from './neighbor-table.ts';
import type { Jitter, ProbeTimes } from './own-address.ts';
import { OwnAddress, PROBE_TIMES } from './own-address.ts';
import type { Waited, WaitingLimits } from './waiting-room.ts';
import { WAITING_LIMITS, WaitingRoom } from './waiting-room.ts';

/** Why an ARP packet is dropped. */
export const ARP_DROPS = [
  'ARP malformed',
  'ARP sender address invalid',
  'ARP sent by ourselves',
  'ARP operation unknown',
  'ARP address conflict',
  'ARP answers overflow',
] as const;
export type ArpDrop = (typeof ARP_DROPS)[number];

export interface ArpOptions extends NeighborTimes, WaitingLimits {
  /** Neighbours remembered. @default 512 */
  readonly maxEntries: number;
  /** Messages made and not yet fetched. @default 64 */
  readonly maxOutgoing: number;
}

export const ARP_DEFAULTS: ArpOptions = { ...NEIGHBOR_TIMES, ...WAITING_LIMITS, maxEntries: 512, maxOutgoing: 64 };

/** An ARP message and the Ethernet address that its frame goes to. */
export class ArpTransmit implements arp.ArpMessage {
  destination: MacAddress = mac.BROADCAST;
  operation: number = arp.REQUEST;
  senderMac: MacAddress = mac.ZERO;
  senderIp = 0;
  targetMac: MacAddress = mac.ZERO;
  targetIp = 0;
  /** Why it is sent, where the message itself does not say it. */
  reason = '';
}

/**
 * - address conflict: somebody else uses an address that is ours
 * - address in use: probing found that it is taken; it does not become ours
 * - address claimed: probing found nobody; it is ours now
 */
export type ArpEventKind = 'address conflict' | 'address in use' | 'address claimed';

export class ArpEvent {
  kind: ArpEventKind = 'address claimed';
  address = 0;
  /** The other station; zero when there is none. */
  mac: MacAddress = mac.ZERO;
}

/** Enough for one event of every kind for every address; a conflict that nobody fetches is still counted. */
const MAX_EVENTS = 32;

/**
 * After `onArp` fetch what `pollReleased` has before sending anything new to that neighbour, so that packets stay in order.
 */
export class ArpCache {
  readonly mac: MacAddress;
  /** ARP packets dropped, by reason. */
  readonly drops: Record<ArpDrop, number> = {
    'ARP malformed': 0,
    'ARP sender address invalid': 0,
    'ARP sent by ourselves': 0,
    'ARP operation unknown': 0,
    'ARP address conflict': 0,
    'ARP answers overflow': 0,
  };
  /** RFC 1027: whom we answer for besides, so that what is for them comes to us. */
  proxyFor: ((target: number) => boolean) | undefined = undefined;
  readonly #room: WaitingRoom;
  readonly #neighbors: NeighborTable;
  readonly #own = new Map<number, OwnAddress>();
  readonly #outgoing = new Fifo<ArpTransmit>();
  readonly #events = new Fifo<ArpEvent>();
  readonly #maxOutgoing: number;

  constructor(macAddress: MacAddress, options: Partial<ArpOptions> = {}) {
    const { maxEntries, maxOutgoing, ...rest } = { ...ARP_DEFAULTS, ...options };
    this.mac = macAddress;
    this.#room = new WaitingRoom(rest);
    this.#neighbors = new NeighborTable(this.#room, rest, maxEntries);
    this.#maxOutgoing = maxOutgoing;
  }

  /** Packets lost while they waited, by reason. */
  get waitingDrops(): WaitingRoom['drops'] {
    return this.#room.drops;
  }

  /** An address that is ours from now on; nothing is sent. */
  addAddress(address: number): void {
    if (!this.#own.has(address)) this.#own.set(address, new OwnAddress(address));
  }

  removeAddress(address: number): void {
    this.#own.delete(address);
  }

  /** RFC 5227 §2.3: tells the link that an address is ours, adding it if need be. What is being told already is not begun anew. */
  announce(address: number, now: Micros): void {
    this.addAddress(address);
    const own = this.#own.get(address);
    if (own?.state !== 'announcing') own?.announce(now);
    this.onTimeout(now);
  }

  /** RFC 5227 §2.1: makes an address ours if nobody answers for it. An event tells how it went. */
  probe(address: number, now: Micros, jitter: Jitter, times: ProbeTimes = PROBE_TIMES): void {
    this.addAddress(address);
    this.#own.get(address)?.probe(now, jitter, times);
    this.onTimeout(now);
  }

  /** The Ethernet address of a neighbour, or undefined: then hand the packet to `hold`. */
  resolve(address: number, now: Micros): MacAddress | undefined {
    return this.#neighbors.resolve(address, now);
  }

  /**
   * Copies a packet, whose live bytes begin with the IPv4 header, to wait for its neighbour.
   * @returns false when it was not kept; the reason is counted in `waitingDrops`
   */
  hold(address: number, packet: Packet, now: Micros): boolean {
    return this.#neighbors.hold(address, packet, now);
  }

  /**
   * Enters a neighbour as if it had answered: who is given an address by us cannot answer for it before it knows it.
   * @returns false when the table is full of neighbours in use
   */
  learn(address: number, macAddress: MacAddress, now: Micros): boolean {
    return this.#neighbors.learn(address, macAddress, now, true);
  }

  /** Advice from above that the neighbour has answered: it need not be asked again for a while. */
  confirm(address: number, now: Micros): void {
    this.#neighbors.confirm(address, now);
  }

  /** Advice from above that packets to the neighbour find no answer: it is asked at once, by unicast (RFC 1122 §2.3.2.1). */
  doubt(address: number, now: Micros): void {
    this.#neighbors.doubt(address, now);
  }

  /** A neighbour that has not answered yet is not waited for any longer. */
  abandon(address: number, now: Micros): void {
    this.#neighbors.abandon(address, now);
  }

  /** The ARP packet in `[at, end)` has arrived. */
  onArp(view: DataView, at: number, end: number, now: Micros): 'ok' | ArpDrop {
    const verdict = this.#receive(view, at, end, now);
    if (verdict !== 'ok') this.drops[verdict]++;
    return verdict;
  }

  /** Fills `out` with the next message to send: answers and announcements first, then requests. */
  pollTransmit(out: ArpTransmit): boolean {
    const message = this.#outgoing.shift();
    if (message !== undefined) {
      Object.assign(out, message);
      return true;
    }
    const neighbor = this.#neighbors.pollRequest();
    if (neighbor === undefined) return false;
    out.destination = neighbor.state === 'probe' ? neighbor.mac : mac.BROADCAST;
    out.operation = arp.REQUEST;
    out.senderMac = this.mac;
    out.senderIp = this.#sourceFor(neighbor.address);
    out.targetMac = mac.ZERO;
    out.targetIp = neighbor.address;
    out.reason = whyAsked(neighbor);
    return true;
  }

  /** A packet that waited and can go now, to `out.mac`. */
  pollReleased(out: Waited): boolean {
    return this.#room.pollReleased(out);
  }

  /** A packet whose neighbour does not answer: its sender is owed a host unreachable (RFC 1122 §3.2.2.1, RFC 1812 §4.3.3.1). */
  pollFailed(out: Waited): boolean {
    return this.#room.pollFailed(out);
  }

  pollEvent(out: ArpEvent): boolean {
    const event = this.#events.shift();
    if (event === undefined) return false;
    Object.assign(out, event);
    return true;
  }

  nextTimeout(): Micros {
    let dueAt = this.#neighbors.nextTimeout();
    for (const own of this.#own.values()) dueAt = Math.min(dueAt, own.dueAt);
    return dueAt;
  }

  onTimeout(now: Micros): void {
    this.#neighbors.onTimeout(now);
    for (const own of this.#own.values()) {
      const wasUsable = own.isUsable;
      const step = own.onTimeout(now);
      if (step === 'nothing') continue;
      if (!wasUsable && own.isUsable) this.#report('address claimed', own.address, mac.ZERO);
      // a probe comes from nobody yet (RFC 5227 §2.1.1), an announcement is a request for the address by its owner (§2.3)
      this.#send(arp.REQUEST, mac.BROADCAST, step === 'probe' ? 0 : own.address, mac.ZERO, own.address);
    }
  }

  /** One line of the table; undefined when the address is not in it. */
  neighbor(address: number, now: Micros): NeighborInfo | undefined {
    return this.#neighbors.entry(address, now);
  }

  entries(now: Micros): readonly NeighborInfo[] {
    return this.#neighbors.entries(now);
  }

  /** RFC 826, "Packet Reception", in its order: learn first, then see whether it was for us, then what it wants. */
  #receive(view: DataView, at: number, end: number, now: Micros): 'ok' | ArpDrop {
    if (!arp.isValid(view, at, end)) return 'ARP malformed';
    const operation = arp.operation(view, at);
    if (operation !== arp.REQUEST && operation !== arp.REPLY) return 'ARP operation unknown';
    const senderMac = arp.senderMac(view, at);
    const senderIp = arp.senderIp(view, at);
    if (senderMac === this.mac) return 'ARP sent by ourselves'; // a loop in the network; RFC 5227 §2.1.1 excepts it from conflicts
    if (senderMac === mac.ZERO || mac.isGroup(senderMac) || !isHost(senderIp)) return 'ARP sender address invalid';

    const targetIp = arp.targetIp(view, at);
    const target = this.#own.get(targetIp);
    const contested = this.#contested(senderIp, target);
    if (contested !== undefined) return this.#conflict(contested, senderMac, now);

    const isForOthers =
      operation === arp.REQUEST && senderIp !== 0 && senderIp !== targetIp && this.proxyFor?.(targetIp) === true;
    const isForUs = target?.isUsable === true || isForOthers;
    // RFC 5227 §2.1.1: 0.0.0.0 marks a probe, it is nobody's address and is never learnt. RFC 826 adds the sender of whatever
    // is for us, not only of requests: refusing replies would protect nothing, since a liar can send a request.
    if (senderIp !== 0) this.#neighbors.learn(senderIp, senderMac, now, isForUs);
    if (!isForUs || operation !== arp.REQUEST) return 'ok';
    const reason = isForOthers ? 'it is reached by us: proxy ARP' : '';
    return this.#send(arp.REPLY, senderMac, targetIp, senderMac, senderIp, reason) ? 'ok' : 'ARP answers overflow';
  }

  /** The address of ours that a packet disputes: used by its sender, or probed for while we probe for it (RFC 5227 §2.1.1, §2.4). */
  #contested(senderIp: number, target: OwnAddress | undefined): OwnAddress | undefined {
    if (senderIp === 0) return target?.state === 'probing' ? target : undefined;
    const own = this.#own.get(senderIp);
    return own !== undefined && own.state !== 'lost' ? own : undefined;
  }

  #conflict(own: OwnAddress, senderMac: MacAddress, now: Micros): ArpDrop {
    const wasUsable = own.isUsable;
    if (own.onConflict(now)) this.#send(arp.REQUEST, mac.BROADCAST, own.address, mac.ZERO, own.address, 'defends our address');
    this.#report(wasUsable ? 'address conflict' : 'address in use', own.address, senderMac);
    return 'ARP address conflict';
  }

  /** Of several addresses the one that has most leading bits in common with whom we ask; 0 when we have none. */
  #sourceFor(target: number): number {
    let best = 0;
    let bestBits = -1;
    for (const own of this.#own.values()) {
      const bits = Math.clz32(own.address ^ target);
      if (!own.isUsable || bits <= bestBits) continue;
      best = own.address;
      bestBits = bits;
    }
    return best;
  }

  #send(
    operation: number,
    destination: MacAddress,
    senderIp: number,
    targetMac: MacAddress,
    targetIp: number,
    reason = '',
  ): boolean {
    if (this.#outgoing.length >= this.#maxOutgoing) return false;
    const message = new ArpTransmit();
    this.#outgoing.push(
      Object.assign(message, { operation, destination, senderMac: this.mac, senderIp, targetMac, targetIp, reason }),
    );
    return true;
  }

  #report(kind: ArpEventKind, address: number, other: MacAddress): void {
    if (this.#events.length >= MAX_EVENTS) return;
    this.#events.push(Object.assign(new ArpEvent(), { kind, address, mac: other }));
  }
}

/** True for what can be one host's address, and for 0.0.0.0, which marks a probe. */
const isHost = (word: number): boolean => !ip.isMulticastV4(word) && !ip.isLoopbackV4(word) && !ip.isReservedV4(word);

/** In the words that the capture shows. */
function whyAsked({ state, tries }: Neighbor): string {
  if (state === 'probe') return tries > 1 ? 'asked again: is it still there?' : 'is it still there?';
  return tries > 1 ? 'asked again: no answer yet' : 'a packet waits for the answer';
}
