/** The pools of a server with their leases, and which of them a message is about. */
import type { Micros, Stack } from '../../stack/index.ts';
import type { Lease } from './lease.ts';
import { entryOf, leaseOf } from './lease.ts';
import { LeaseTable } from './lease-table.ts';
import type { DhcpMessage } from './message.ts';
import type { Pool, PoolOptions } from './pool.ts';
import { readPool } from './pool.ts';

export interface Network {
  readonly pool: Pool;
  readonly leases: LeaseTable;
}

export class Networks {
  readonly all: readonly Network[];
  readonly #stack: Stack;

  /** @throws RangeError when a pool contradicts itself or another one */
  constructor(stack: Stack, pools: readonly PoolOptions[]) {
    this.#stack = stack;
    this.all = pools.map((options) => {
      const pool = readPool(options);
      return { pool, leases: new LeaseTable(pool, (address) => stack.addresses.owns(address)) };
    });
    if (this.all.length === 0) throw new RangeError('a DHCP server needs a pool of addresses');
    for (const [index, { pool }] of this.all.entries()) {
      const other = this.all.slice(0, index).find((earlier) => overlaps(earlier.pool, pool));
      if (other !== undefined) throw new RangeError(`two pools give away the same addresses of ${pool.prefix}`);
    }
  }

  /**
   * Those of the network that a client is on, RFC 2131 §4.3.1: where its relay agent is; else where its address is, if it has one
   * and speaks to us alone (from behind a router, where no relay agent takes part); else where the message came in.
   */
  of(message: DhcpMessage, interfaceId: number, isUnicast: boolean): readonly Network[] {
    const told = message.giaddr !== 0 ? message.giaddr : isUnicast ? message.ciaddr : 0;
    if (told !== 0) return this.all.filter(({ pool }) => pool.prefix.contains(told));
    const here = this.#stack.addresses.list().filter((own) => own.interfaceId === interfaceId);
    return this.all.filter(({ pool }) => here.some(({ address }) => pool.prefix.contains(address)));
  }

  /** Every line there is, expired ones too. */
  snapshot(): Lease[] {
    return this.all.flatMap(({ leases }) => leases.entries().map(leaseOf));
  }

  /** Takes back what `snapshot` gave; what fits no pool any more is left out. */
  restore(leases: readonly Lease[], now: Micros): void {
    for (const lease of leases) {
      const entry = entryOf(lease);
      const network = entry && this.all.find(({ leases: table }) => table.isFreeFor(entry.client, entry.address, now));
      if (entry !== undefined) network?.leases.write(entry.address, entry.state, entry, entry.since, entry.expires);
    }
  }
}

const overlaps = (a: Pool, b: Pool): boolean =>
  a.count > 0 && b.count > 0 && a.first >>> 0 < (b.first >>> 0) + b.count && b.first >>> 0 < (a.first >>> 0) + a.count;
