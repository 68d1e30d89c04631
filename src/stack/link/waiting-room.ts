/** The packets that wait for ARP: bounded per neighbour and in total, whole datagrams at a time, handed on in the order they came. */
import { Fifo } from '../bytes/fifo.ts';
import { HEADROOM, Packet } from '../bytes/packet.ts';
import * as ipv4 from '../wire/ipv4.ts';
import type { MacAddress } from '../wire/mac-address.ts';
import { ZERO } from '../wire/mac-address.ts';
import type { Neighbor } from './neighbor.ts';

export const WAITING_DROPS = [
  'gave way to a newer packet while waiting for ARP',
  'too many packets wait for ARP',
  'neighbour table full while waiting for ARP',
  'neighbour does not answer ARP',
] as const;
export type WaitingDrop = (typeof WAITING_DROPS)[number];

export interface WaitingLimits {
  /** All fragments of one datagram count as one packet here: without one of them the others are worth nothing. @default 128: what a network of hosts sends through a router in one moment */
  readonly packetsPerNeighbor: number;
  /** @default 131,072: a super-segment, the longest datagram in fragments with a header each, or many small packets */
  readonly bytesPerNeighbor: number;
  /** Of all neighbours together, every fragment counted. @default 512 */
  readonly packets: number;
  /** @default 1 MiB */
  readonly bytes: number;
}

export const WAITING_LIMITS: WaitingLimits = {
  packetsPerNeighbor: 128,
  bytesPerNeighbor: 131_072,
  packets: 512,
  bytes: 1 << 20,
};

/** A packet that waited: where the caller finds it after a poll. The packet is the caller's from then on. */
export class Waited {
  packet: Packet | undefined = undefined;
  /** The neighbour, as a 32-bit word. */
  address = 0;
  /** Zero when the neighbour did not answer. */
  mac: MacAddress = ZERO;
}

export class WaitingRoom {
  /** Every packet lost here, by reason. */
  readonly drops: Record<WaitingDrop, number> = {
    'gave way to a newer packet while waiting for ARP': 0,
    'too many packets wait for ARP': 0,
    'neighbour table full while waiting for ARP': 0,
    'neighbour does not answer ARP': 0,
  };
  readonly #limits: WaitingLimits;
  readonly #released = new Fifo<Waited>();
  readonly #failed = new Fifo<Waited>();
  #packets = 0; // waiting, released and failed together: what a caller does not fetch counts too
  #bytes = 0;

  constructor(limits: WaitingLimits) {
    this.#limits = limits;
  }

  get packets(): number {
    return this.#packets;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps a copy of the live bytes. A full queue loses its oldest datagram: RFC 1122 §2.3.2.2 wants the latest to be saved,
   * and what is oldest is nearest to being sent again anyway. When all queues together are full, a neighbour can only
   * displace its own packets, so that nobody starves the others.
   *
   * @returns false when the packet was not kept
   */
  add(neighbor: Neighbor, packet: Packet): boolean {
    const { packetsPerNeighbor, bytesPerNeighbor, packets, bytes } = this.#limits;
    const length = packet.length;
    if (length > bytesPerNeighbor) return this.#refuse();
    const newest = neighbor.waiting.at(neighbor.waiting.length - 1);
    const begins = newest === undefined || !isSameDatagram(newest, packet);
    const isFull = (): boolean =>
      (begins && neighbor.waitingDatagrams >= packetsPerNeighbor) ||
      neighbor.waitingBytes + length > bytesPerNeighbor ||
      this.#packets >= packets ||
      this.#bytes + length > bytes;
    // a datagram does not displace its own beginning
    while (isFull() && neighbor.waitingDatagrams > (begins ? 0 : 1)) this.#giveWay(neighbor);
    if (isFull()) return this.#refuse();
    if (begins) neighbor.waitingDatagrams++;
    // not from a pool: sized to the packet, so that the bound in bytes is a bound in memory; rare enough for the collector
    const copy = new Packet(HEADROOM + length);
    copy.copyFrom(packet);
    neighbor.waiting.push(copy);
    neighbor.waitingBytes += length;
    this.#packets++;
    this.#bytes += length;
    return true;
  }

  /** The neighbour has answered: its packets can be fetched, oldest first. */
  release(neighbor: Neighbor): void {
    this.#move(neighbor, this.#released);
  }

  /** The neighbour has not answered: its packets can be fetched to tell their senders. */
  fail(neighbor: Neighbor): void {
    this.drops['neighbour does not answer ARP'] += neighbor.waiting.length;
    this.#move(neighbor, this.#failed);
  }

  /** The neighbour is pushed out of the table: its packets are lost. */
  discard(neighbor: Neighbor): void {
    this.drops['neighbour table full while waiting for ARP'] += neighbor.waiting.length;
    while (neighbor.waiting.length > 0) this.#takeOldest(neighbor);
    neighbor.waitingDatagrams = 0;
  }

  pollReleased(out: Waited): boolean {
    return this.#poll(this.#released, out);
  }

  pollFailed(out: Waited): boolean {
    return this.#poll(this.#failed, out);
  }

  #refuse(): boolean {
    this.drops['too many packets wait for ARP']++;
    return false;
  }

  /** The oldest datagram with all its fragments. */
  #giveWay(neighbor: Neighbor): void {
    const oldest = neighbor.waiting.peek();
    for (
      let next = oldest;
      oldest !== undefined && next !== undefined && isSameDatagram(oldest, next);
      next = neighbor.waiting.peek()
    ) {
      this.drops['gave way to a newer packet while waiting for ARP']++;
      this.#takeOldest(neighbor);
    }
    neighbor.waitingDatagrams--;
  }

  #takeOldest(neighbor: Neighbor): void {
    const packet = neighbor.waiting.shift();
    if (packet === undefined) return;
    neighbor.waitingBytes -= packet.length;
    this.#forget(packet);
  }

  #move(neighbor: Neighbor, to: Fifo<Waited>): void {
    for (let packet = neighbor.waiting.shift(); packet !== undefined; packet = neighbor.waiting.shift()) {
      const waited = new Waited();
      waited.packet = packet;
      waited.address = neighbor.address;
      waited.mac = neighbor.mac;
      to.push(waited);
    }
    neighbor.waitingBytes = 0;
    neighbor.waitingDatagrams = 0;
  }

  #poll(from: Fifo<Waited>, out: Waited): boolean {
    const waited = from.shift();
    if (waited?.packet === undefined) return false;
    out.packet = waited.packet;
    out.address = waited.address;
    out.mac = waited.mac;
    this.#forget(waited.packet);
    return true;
  }

  #forget(packet: Packet): void {
    this.#packets--;
    this.#bytes -= packet.length;
  }
}

/** Fragments with equal identification, addresses and protocol belong together (RFC 791 §3.2); anything else is by itself. */
function isSameDatagram(a: Packet, b: Packet): boolean {
  if (a === b) return true;
  if (!isFragment(a) || !isFragment(b)) return false;
  const [at, bt] = [a.start, b.start];
  return (
    ipv4.identification(a.view, at) === ipv4.identification(b.view, bt) &&
    ipv4.source(a.view, at) === ipv4.source(b.view, bt) &&
    ipv4.destination(a.view, at) === ipv4.destination(b.view, bt) &&
    ipv4.protocol(a.view, at) === ipv4.protocol(b.view, bt)
  );
}

const isFragment = ({ view, start, length }: Packet): boolean => length >= ipv4.HEADER && ipv4.isFragment(view, start);
