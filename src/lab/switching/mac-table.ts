/** What a switch has learnt: behind which port each address stands, in each VLAN for itself (IEEE 802.1Q §8.8, independent learning). */
import type { Micros } from '../../stack/time.ts';
import { NEVER, SECOND } from '../../stack/time.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import type { SwitchPort } from './switch-port.ts';
import type { Vlan } from './vlan.ts';

export interface MacEntry {
  readonly vlan: Vlan;
  readonly mac: MacAddress;
  port: SwitchPort;
  /** When a frame from it came last. */
  seenAt: Micros;
}

/** What `MacTable.learn` did: nothing new, a new address, one at another port than before, or there was no room for it. */
export type Learning = 'known' | 'learnt' | 'moved' | 'full';

/** Looking for what has aged goes over the whole table: not more often than this. */
const SWEEP_EVERY: Micros = 1 * SECOND;

export class MacTable {
  /** Addresses that were not learnt because the table was full. */
  refused = 0;
  readonly #vlans: readonly Vlan[];
  readonly #capacity: number;
  #ageing: Micros;
  #size = 0;
  #sweepAt: Micros = NEVER;

  constructor(vlans: readonly Vlan[], capacity: number, ageing: Micros) {
    this.#vlans = vlans;
    this.#capacity = capacity;
    this.#ageing = ageing;
  }

  get size(): number {
    return this.#size;
  }

  /** IEEE 802.1D §7.9.2: an entry that no frame has confirmed for so long is removed. */
  get ageing(): Micros {
    return this.#ageing;
  }

  /** A change of topology makes entries age faster: IEEE 802.1D §17.19.1. */
  setAgeing(ageing: Micros, now: Micros): void {
    if (ageing === this.#ageing) return;
    this.#ageing = ageing;
    if (this.#size > 0) this.#sweepAt = now;
  }

  /** The port behind which the address was seen, unless that was too long ago. */
  lookup(vlan: Vlan, mac: MacAddress, now: Micros): SwitchPort | undefined {
    const entry = vlan.entries.get(mac);
    return entry !== undefined && now - entry.seenAt < this.#ageing ? entry.port : undefined;
  }

  learn(vlan: Vlan, mac: MacAddress, port: SwitchPort, now: Micros): Learning {
    const entry = vlan.entries.get(mac);
    if (entry !== undefined) {
      entry.seenAt = now;
      if (entry.port === port) return 'known';
      entry.port.addresses--;
      entry.port = port;
      port.addresses++;
      return 'moved';
    }
    if (this.#size >= this.#capacity) {
      this.refused++;
      return 'full';
    }
    vlan.entries.set(mac, { vlan, mac, port, seenAt: now });
    this.#size++;
    port.addresses++;
    if (this.#sweepAt === NEVER) this.#sweepAt = now + this.#ageing;
    return 'learnt';
  }

  /** When `sweep` has something to do. */
  nextTimeout(): Micros {
    return this.#sweepAt;
  }

  /** Removes what has aged, and tells of each. */
  sweep(now: Micros, aged: (entry: MacEntry) => void): void {
    let oldest = NEVER;
    for (const entry of this.entries()) {
      if (now - entry.seenAt >= this.#ageing) {
        this.#remove(entry);
        aged(entry);
      } else oldest = Math.min(oldest, entry.seenAt);
    }
    this.#sweepAt = oldest === NEVER ? NEVER : Math.max(oldest + this.#ageing, now + SWEEP_EVERY);
  }

  /** Forgets all that was learnt at a port. @returns how many that were */
  flush(port: SwitchPort): number {
    const before = this.#size;
    for (const entry of this.entries()) if (entry.port === port) this.#remove(entry);
    return before - this.#size;
  }

  /** In the order of VLANs, and in each as they were learnt. Entries may be removed meanwhile. */
  *entries(): Generator<MacEntry> {
    for (const vlan of this.#vlans) yield* vlan.entries.values();
  }

  #remove(entry: MacEntry): void {
    entry.vlan.entries.delete(entry.mac);
    entry.port.addresses--;
    this.#size--;
  }
}
