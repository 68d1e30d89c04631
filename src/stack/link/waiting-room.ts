/** The packets that wait for ARP: bounded per neighbour and in total, and handed on in the order they came. */
import { Fifo } from '../bytes/fifo.ts';
import { HEADROOM, Packet } from '../bytes/packet.ts';
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
  /** @default 16 packets */
  readonly packetsPerNeighbor: number;
  /** @default 65,536: one super-segment or many small packets */
  readonly bytesPerNeighbor: number;
  /** @default 256 packets */
  readonly packets: number;
  /** @default 1 MiB */
  readonly bytes: number;
}

export const WAITING_LIMITS: WaitingLimits = {
  packetsPerNeighbor: 16,
  bytesPerNeighbor: 65_536,
  packets: 256,
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
   * Keeps a copy of the live bytes. A full queue loses its oldest packet: RFC 1122 §2.3.2.2 wants the latest to be saved,
   * and what is oldest is nearest to being sent again anyway. When all queues together are full, a neighbour can only
   * displace its own packets, so that nobody starves the others.
   *
   * @returns false when the packet was not kept
   */
  add(neighbor: Neighbor, packet: Packet): boolean {
    const { packetsPerNeighbor, bytesPerNeighbor, packets, bytes } = this.#limits;
    const length = packet.length;
    if (length > bytesPerNeighbor) return this.#refuse();
    while (neighbor.waiting.length >= packetsPerNeighbor || neighbor.waitingBytes + length > bytesPerNeighbor)
      this.#giveWay(neighbor);
    while (neighbor.waiting.length > 0 && (this.#packets >= packets || this.#bytes + length > bytes)) this.#giveWay(neighbor);
    if (this.#packets >= packets || this.#bytes + length > bytes) return this.#refuse();
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

  #giveWay(neighbor: Neighbor): void {
    this.drops['gave way to a newer packet while waiting for ARP']++;
    this.#takeOldest(neighbor);
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
