/** Who has which address of a pool: never more lines than the pool has addresses, and one address for a client. */
import type { MacAddress, Micros } from '../../stack/index.ts';
import type { LeaseEntry, LeaseState } from './lease.ts';
import type { Pool } from './pool.ts';

/** Who asks. */
export interface Applicant {
  /** As `clientKey` makes it. */
  readonly client: string;
  readonly mac: MacAddress;
  readonly hostName: string;
}

/** Nobody: what is declined belongs to somebody who never asked. */
const NOBODY: Applicant = { client: '', mac: 0 as MacAddress, hostName: '' };

export class LeaseTable {
  readonly #pool: Pool;
  /** Never to be given away: addresses of the server itself. */
  readonly #isOurs: (address: number) => boolean;
  /** The one whose line was written longest ago comes first. */
  readonly #byAddress = new Map<number, LeaseEntry>();
  readonly #byClient = new Map<string, LeaseEntry>();
  readonly #reservedFor = new Map<number, string>();
  readonly #reservationOf = new Map<string, number>();
  /** Addresses of the range from the first on that have been given away at least once. */
  #used = 0;
  /** No address becomes free before, as far as is known. */
  #fullUntil: Micros = 0;

  constructor(pool: Pool, isOurs: (address: number) => boolean) {
    this.#pool = pool;
    this.#isOurs = isOurs;
    for (const { client, address } of pool.reserved) {
      this.#reservedFor.set(address, client);
      this.#reservationOf.set(client, address);
    }
  }

  /** In the order in which they were written last. */
  entries(): LeaseEntry[] {
    return [...this.#byAddress.values()];
  }

  /** The line of an address, whatever its state. */
  at(address: number): LeaseEntry | undefined {
    return this.#byAddress.get(address);
  }

  /** The line of a client, whatever its state. */
  of(client: string): LeaseEntry | undefined {
    return this.#byClient.get(client);
  }

  /** What a client has now: offered to it or bound. */
  current(client: string, now: Micros): LeaseEntry | undefined {
    const entry = this.#byClient.get(client);
    return entry !== undefined && isHeld(entry, now) ? entry : undefined;
  }

  /** Whether an address may be given to a client. */
  isFreeFor(client: string, address: number, now: Micros): boolean {
    const owner = this.#reservedFor.get(address);
    if (owner !== undefined ? owner !== client : !this.#isInRange(address)) return false;
    const entry = this.#byAddress.get(address);
    return (entry === undefined || !isHeld(entry, now) || entry.client === client) && !this.#isOurs(address);
  }

  /**
   * The address to offer, RFC 2131 §4.3.1: the one reserved for the client, the one that it has, the one that it had, the one that
   * it asks for, one that nobody has had, and last the one that has been free for longest.
   * @returns undefined when all are taken
   */
  choose(client: string, wanted: number | undefined, now: Micros): number | undefined {
    const reserved = this.#reservationOf.get(client);
    if (reserved !== undefined && this.isFreeFor(client, reserved, now)) return reserved;
    const had = this.#byClient.get(client)?.address;
    if (had !== undefined && this.isFreeFor(client, had, now)) return had;
    if (wanted !== undefined && this.isFreeFor(client, wanted, now)) return wanted;
    return this.#unused(client, now) ?? this.#longestFree(client, now);
  }

  /** Writes a line, and forgets what else the client or the address had. */
  write(address: number, state: LeaseState, { client, mac, hostName }: Applicant, now: Micros, expires: Micros): LeaseEntry {
    const old = client === '' ? undefined : this.#byClient.get(client);
    if (old !== undefined) this.#remove(old);
    const occupant = this.#byAddress.get(address);
    if (occupant !== undefined) this.#remove(occupant);
    const since = old?.address === address && old.state === state ? old.since : now;
    const entry: LeaseEntry = { address, client, mac, hostName, state, since, expires };
    this.#byAddress.set(address, entry);
    if (client !== '') this.#byClient.set(client, entry);
    this.#fullUntil = 0;
    return entry;
  }

  /** Somebody else uses it. */
  decline(address: number, now: Micros, until: Micros): LeaseEntry {
    return this.write(address, 'declined', NOBODY, now, until);
  }

  /** A client gives it back; the line stays, so that it may have it again. */
  release(entry: LeaseEntry, now: Micros): void {
    this.write(entry.address, 'released', entry, now, now);
  }

  /** An offer that came to nothing leaves no line. */
  withdraw(entry: LeaseEntry): void {
    this.#remove(entry);
    this.#fullUntil = 0;
  }

  #isInRange(address: number): boolean {
    const place = (address >>> 0) - (this.#pool.first >>> 0);
    return place >= 0 && place < this.#pool.count;
  }

  #unused(client: string, now: Micros): number | undefined {
    for (; this.#used < this.#pool.count; this.#used++) {
      const address = (this.#pool.first + this.#used) | 0;
      if (!this.#byAddress.has(address) && this.isFreeFor(client, address, now)) return address;
    }
    return undefined;
  }

  #longestFree(client: string, now: Micros): number | undefined {
    if (now < this.#fullUntil) return undefined; // a flood of strangers does not make us look again each time
    let next: Micros = Number.POSITIVE_INFINITY;
    for (const entry of this.#byAddress.values()) {
      if (this.isFreeFor(client, entry.address, now)) return entry.address;
      if (entry.expires > now) next = Math.min(next, entry.expires);
    }
    this.#fullUntil = next;
    return this.#forgotten(client, now);
  }

  /** Addresses that were used and whose line is gone: an offer was withdrawn. */
  #forgotten(client: string, now: Micros): number | undefined {
    for (let place = 0; place < this.#pool.count; place++) {
      const address = (this.#pool.first + place) | 0;
      if (!this.#byAddress.has(address) && this.isFreeFor(client, address, now)) return address;
    }
    return undefined;
  }

  #remove(entry: LeaseEntry): void {
    this.#byAddress.delete(entry.address);
    if (this.#byClient.get(entry.client) === entry) this.#byClient.delete(entry.client);
  }
}

/** Whether an address is not to be given to others. */
export const isHeld = ({ state, expires }: LeaseEntry, now: Micros): boolean => state !== 'released' && expires > now;
