/** Who is where on a link: neighbours found by asking, aged, and evicted when there are too many (RFC 1122 §2.3.2). */
import { Fifo } from '../bytes/fifo.ts';
import type { Packet } from '../bytes/packet.ts';
import type { Micros } from '../time.ts';
import { NEVER } from '../time.ts';
import type { MacAddress } from '../wire/mac-address.ts';
import type { NeighborState, NeighborTimes } from './neighbor.ts';
import { Neighbor, UNUSED } from './neighbor.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** A line of the table for people to read. */
export interface NeighborInfo {
  readonly address: number;
  readonly mac: MacAddress;
  readonly state: NeighborState;
  /** Since the state began, or since the last confirmation. */
  readonly age: Micros;
  /** Packets waiting for its answer. */
  readonly waiting: number;
}

/**
 * Timers run only while there is something to ask: that an entry has become stale or forgotten is noticed when somebody
 * looks, so a link without traffic needs no wake-ups.
 */
export class NeighborTable {
  readonly #neighbors = new Map<number, Neighbor>();
  /** Those whose `dueAt` runs. */
  readonly #asking = new Set<Neighbor>();
  /** Those for whom a request is to be sent now. */
  readonly #requests = new Fifo<Neighbor>();
  readonly #room: WaitingRoom;
  readonly #times: NeighborTimes;
  readonly #maxEntries: number;
  #dueAt: Micros = NEVER; // the minimum over #asking

  constructor(room: WaitingRoom, times: NeighborTimes, maxEntries: number) {
    this.#room = room;
    this.#times = times;
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#neighbors.size;
  }

  /** The address to send to, at once; undefined when the neighbour is being asked for or has failed. */
  resolve(address: number, now: Micros): MacAddress | undefined {
    const neighbor = this.#current(address, now) ?? this.#begin(address, now);
    neighbor.usedAt = now;
    switch (neighbor.stateAt(now, this.#times)) {
      case 'reachable':
      case 'probe':
        return neighbor.mac;
      case 'stale':
        neighbor.state = 'probe';
        this.#ask(neighbor, now);
        return neighbor.mac;
      default:
        return undefined;
    }
  }

  /** Keeps a packet until the neighbour answers. A neighbour that has just failed fails it at once, one that is known releases it. */
  hold(address: number, packet: Packet, now: Micros): boolean {
    const known = this.resolve(address, now) !== undefined;
    const neighbor = this.#neighbors.get(address)!; // resolve has made one
    const kept = this.#room.add(neighbor, packet);
    if (known) this.#room.release(neighbor);
    else if (neighbor.state === 'failed') this.#room.fail(neighbor);
    return kept;
  }

  /**
   * Learns from what a neighbour says about itself.
   *
   * @param create add the neighbour if it is not there. In a full table a stranger can only displace strangers, never one that
   *   we have sent to: else a station that talks under many addresses would empty the table of what is in use.
   * @returns false when the neighbour was unknown and was not added
   */
  learn(address: number, macAddress: MacAddress, now: Micros, create: boolean): boolean {
    let neighbor = this.#current(address, now);
    if (neighbor === undefined) {
      if (!create || !this.#makeRoom(now, UNUSED)) return false;
      neighbor = this.#add(address, now);
    }
    neighbor.mac = macAddress;
    neighbor.state = 'reachable';
    neighbor.since = now;
    this.#stopAsking(neighbor);
    this.#room.release(neighbor);
    return true;
  }

  /** Upper layers saw an answer from it: as good as ARP (RFC 1122 §2.3.2.1, RFC 4861 §7.3.1). */
  confirm(address: number, now: Micros): void {
    const neighbor = this.#neighbors.get(address);
    if (neighbor === undefined || (neighbor.state !== 'reachable' && neighbor.state !== 'probe')) return;
    neighbor.state = 'reachable';
    neighbor.since = now;
    this.#stopAsking(neighbor);
  }

  /** Upper layers hear nothing: what was believed is asked for now; without an answer the next packet asks everybody. */
  doubt(address: number, now: Micros): void {
    const neighbor = this.#current(address, now);
    if (neighbor === undefined || neighbor.state !== 'reachable') return;
    neighbor.state = 'probe';
    this.#ask(neighbor, now);
  }

  /** Whoever asked does not want to know any more: what waits fails now, as if all questions had been in vain. */
  abandon(address: number, now: Micros): void {
    const neighbor = this.#neighbors.get(address);
    if (neighbor?.state === 'incomplete') this.#giveUp(neighbor, now);
  }

  /** The next neighbour for which a request must go out; undefined when there is none. In 'probe' it goes to its MAC address alone. */
  pollRequest(): Neighbor | undefined {
    for (let neighbor = this.#requests.shift(); neighbor !== undefined; neighbor = this.#requests.shift()) {
      if (this.#asking.has(neighbor)) return neighbor; // else it has answered in the meantime
    }
    return undefined;
  }

  nextTimeout(): Micros {
    return this.#dueAt;
  }

  onTimeout(now: Micros): void {
    if (now < this.#dueAt) return;
    for (const neighbor of this.#asking) {
      if (neighbor.dueAt > now) continue;
      if (neighbor.tries < this.#times.tries) this.#ask(neighbor, now);
      else this.#giveUp(neighbor, now);
    }
    this.#updateDue();
  }

  entries(now: Micros): readonly NeighborInfo[] {
    return [...this.#neighbors.keys()].flatMap((address) => this.entry(address, now) ?? []);
  }

  entry(address: number, now: Micros): NeighborInfo | undefined {
    const neighbor = this.#neighbors.get(address);
    const state = neighbor?.stateAt(now, this.#times) ?? 'forgotten';
    if (neighbor === undefined || state === 'forgotten') return undefined;
    return { address, mac: neighbor.mac, state, age: now - neighbor.since, waiting: neighbor.waiting.length };
  }

  #current(address: number, now: Micros): Neighbor | undefined {
    const neighbor = this.#neighbors.get(address);
    if (neighbor === undefined || neighbor.stateAt(now, this.#times) !== 'forgotten') return neighbor;
    this.#remove(neighbor);
    return undefined;
  }

  #begin(address: number, now: Micros): Neighbor {
    this.#makeRoom(now, now);
    const neighbor = this.#add(address, now);
    this.#ask(neighbor, now);
    return neighbor;
  }

  #add(address: number, now: Micros): Neighbor {
    const neighbor = new Neighbor(address, now);
    this.#neighbors.set(address, neighbor);
    return neighbor;
  }

  /** Evicts the least recently used neighbour of a full table, if it was not used after `limit`. */
  #makeRoom(now: Micros, limit: Micros): boolean {
    if (this.#neighbors.size < this.#maxEntries) return true;
    let victim: Neighbor | undefined;
    let victimUsedAt: Micros = NEVER;
    for (const neighbor of this.#neighbors.values()) {
      const usedAt = neighbor.stateAt(now, this.#times) === 'forgotten' ? UNUSED : neighbor.usedAt;
      if (usedAt >= victimUsedAt) continue; // among equals the one that has been here longest
      victim = neighbor;
      victimUsedAt = usedAt;
    }
    if (victim === undefined || victimUsedAt > limit) return false;
    this.#room.discard(victim);
    this.#remove(victim);
    return true;
  }

  #remove(neighbor: Neighbor): void {
    this.#stopAsking(neighbor);
    this.#neighbors.delete(neighbor.address);
  }

  #ask(neighbor: Neighbor, now: Micros): void {
    neighbor.tries++;
    neighbor.dueAt = now + this.#times.retryInterval;
    this.#asking.add(neighbor);
    this.#requests.push(neighbor);
    this.#dueAt = Math.min(this.#dueAt, neighbor.dueAt);
  }

  #giveUp(neighbor: Neighbor, now: Micros): void {
    this.#stopAsking(neighbor);
    if (neighbor.state === 'probe') {
      this.#remove(neighbor); // the next packet asks everybody: the address may have moved (RFC 1122 §2.3.2.1 (2))
      return;
    }
    neighbor.state = 'failed';
    neighbor.since = now;
    this.#room.fail(neighbor);
  }

  #stopAsking(neighbor: Neighbor): void {
    neighbor.tries = 0;
    const wasNext = neighbor.dueAt === this.#dueAt;
    neighbor.dueAt = NEVER;
    if (this.#asking.delete(neighbor) && wasNext) this.#updateDue();
  }

  #updateDue(): void {
    let dueAt: Micros = NEVER;
    for (const neighbor of this.#asking) dueAt = Math.min(dueAt, neighbor.dueAt);
    this.#dueAt = dueAt;
  }
}
