/** The table of connections, and of what is left of them in TIME-WAIT, by four-tuple: hash buckets, four comparisons, no garbage. */
import type { Connection } from './connection.ts';
import type { TimeWait } from './time/time-wait.ts';

export type Entry = Connection | TimeWait;

const FIRST_SIZE = 64;

export class Demux {
  #buckets: (Entry | undefined)[] = new Array<Entry | undefined>(FIRST_SIZE).fill(undefined);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param local, remote IPv4 addresses as words */
  find(local: number, localPort: number, remote: number, remotePort: number): Entry | undefined {
    let entry = this.#buckets[this.#bucket(local, localPort, remote, remotePort)];
    while (entry !== undefined) {
      const { id } = entry;
      if (id.remotePort === remotePort && id.remote.w3 === remote && id.localPort === localPort && id.local.w3 === local)
        return entry;
      entry = entry.nextInBucket;
    }
    return undefined;
  }

  add(connection: Entry): void {
    if (this.#count >= this.#buckets.length) this.#grow();
    this.#link(connection);
    this.#count++;
  }

  remove(connection: Entry): void {
    const at = this.#bucketOf(connection);
    let previous: Entry | undefined;
    for (let entry = this.#buckets[at]; entry !== undefined; entry = entry.nextInBucket) {
      if (entry === connection) {
        if (previous === undefined) this.#buckets[at] = entry.nextInBucket;
        else previous.nextInBucket = entry.nextInBucket;
        entry.nextInBucket = undefined;
        this.#count--;
        return;
      }
      previous = entry;
    }
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (const first of this.#buckets) for (let entry = first; entry !== undefined; entry = entry.nextInBucket) yield entry;
  }

  #link(connection: Entry): void {
    const at = this.#bucketOf(connection);
    connection.nextInBucket = this.#buckets[at];
    this.#buckets[at] = connection;
  }

  #bucketOf({ id }: Entry): number {
    return this.#bucket(id.local.w3, id.localPort, id.remote.w3, id.remotePort);
  }

  /** Each word is mixed before it meets the next: a plain XOR of addresses and ports puts half a subnet into one bucket. */
  #bucket(local: number, localPort: number, remote: number, remotePort: number): number {
    let h = Math.imul(remote ^ (remote >>> 15), 0x2c1b_3c6d);
    h = Math.imul(h ^ ((remotePort << 16) | localPort), 0x297a_2d39);
    h = Math.imul(h ^ (h >>> 15) ^ local, 0x85eb_ca6b);
    return (h ^ (h >>> 13)) & (this.#buckets.length - 1);
  }

  #grow(): void {
    const all = [...this];
    this.#buckets = new Array<Entry | undefined>(this.#buckets.length * 2).fill(undefined);
    for (const connection of all) this.#link(connection);
  }
}
