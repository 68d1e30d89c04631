/** Reassembly of IPv4 fragments: many datagrams at once, a timer for each, bounded memory; RFC 791 §3.2, RFC 1122 §3.3.2. */
import type { Packet } from '../bytes/packet.ts';
import type { Micros } from '../time.ts';
import { NEVER, SECOND } from '../time.ts';
import * as ipv4 from '../wire/ipv4.ts';
import type { AssemblyDrop } from './assembly.ts';
import { ASSEMBLY_DROPS, Assembly } from './assembly.ts';
import { BufferPool } from './buffer-pool.ts';
import { checkFragment, FRAGMENT_DROPS } from './fragment-check.ts';

/** Every reason for which fragments or the datagrams that they were part of are lost. */
export const REASSEMBLY_DROPS = [
  ...FRAGMENT_DROPS,
  ...ASSEMBLY_DROPS,
  'fragment repeated',
  'reassembly timed out',
  'reassembly memory full',
  'too many datagrams from one source in reassembly',
] as const;
export type ReassemblyDrop = (typeof REASSEMBLY_DROPS)[number];

export interface ReassemblyOptions {
  /**
   * From the first fragment that arrives. RFC 1122 §3.3.2 recommends 60 to 120 s, from a time of slow links; fragments that
   * are 30 s late today belong to another datagram with the same identification (RFC 4963). @default 30 s, as in Linux
   */
  readonly timeout: Micros;
  /** Datagrams in reassembly. @default 64 */
  readonly maxDatagrams: number;
  /** Of these from one source. @default 16 */
  readonly maxPerSource: number;
  /** Bytes of buffers of all datagrams together. @default 4 MiB: 64 of the longest datagrams */
  readonly maxBytes: number;
  /** Fragments of one datagram. @default 256: the longest datagram over links of 296 bytes, the smallest MTU in RFC 1191's table but one */
  readonly maxFragments: number;
}

export const REASSEMBLY_DEFAULTS: ReassemblyOptions = {
  timeout: 30 * SECOND,
  maxDatagrams: 64,
  maxPerSource: 16,
  maxBytes: 4 << 20,
  maxFragments: 256,
};

/** Unused buffers kept: a few of the longest datagrams. */
const KEEP_BYTES = 256 << 10;

export class Reassembler {
  /** Events by reason: single fragments and whole datagrams alike count one. What `onFragment` returns is included. */
  readonly drops: Record<ReassemblyDrop, number> = noDrops();
  readonly #options: ReassemblyOptions;
  readonly #pool = new BufferPool(KEEP_BYTES);
  /** In the order in which their first fragments came, which is the order of their deadlines. */
  #assemblies: Assembly[] = [];
  /** Timed out with their first fragment there, to be reported. */
  readonly #expired: Assembly[] = [];

  constructor(options: Partial<ReassemblyOptions> = {}) {
    this.#options = { ...REASSEMBLY_DEFAULTS, ...options };
  }

  /** Fragments that the datagram of the last one has so far. */
  together = 0;

  /** Datagrams in reassembly, those given up included. */
  get size(): number {
    return this.#assemblies.length;
  }

  /** Bytes of memory in use. */
  get bytes(): number {
    return this.#pool.lent;
  }

  /**
   * A fragment has arrived: its header is at `packet.network`, checked, and its bytes are copied.
   *
   * @param packet must have room for the longest datagram when it is to be complete (`SUPER_CAPACITY`)
   * @returns 'complete': the packet is now the whole datagram, from `start` on, without a link header; 'held': wait for more;
   *   else why the fragment was dropped
   */
  onFragment(packet: Packet, now: Micros): 'held' | 'complete' | ReassemblyDrop {
    const fault = checkFragment(packet.view, packet.network);
    if (fault !== 'ok') return this.#drop(fault);
    this.onTimeout(now); // a fragment that comes too late must not complete a datagram that is over
    const assembly = this.#find(packet) ?? this.#begin(packet, now);
    if (assembly.fault !== 'none') return this.#drop(assembly.fault);
    const verdict = assembly.add(packet, this.#pool);
    if (verdict === 'repeated') return this.#drop('fragment repeated');
    if (verdict !== 'new') return this.#giveUp(assembly, verdict);
    this.together = assembly.fragments;
    if (assembly.isComplete) {
      assembly.writeWhole(packet);
      this.#remove(assembly);
      return 'complete';
    }
    this.#stayWithinBytes();
    return 'held';
  }

  nextTimeout(): Micros {
    return this.#assemblies[0]?.deadline ?? NEVER;
  }

  onTimeout(now: Micros): void {
    for (let oldest = this.#assemblies[0]; oldest !== undefined && oldest.deadline <= now; oldest = this.#assemblies[0]) {
      this.#assemblies.shift(); // at most maxDatagrams long
      if (oldest.fault !== 'none') continue; // counted when it was given up
      this.drops['reassembly timed out']++;
      if (oldest.hasFirst && this.#expired.length < this.#options.maxDatagrams) this.#expired.push(oldest);
      else oldest.free(this.#pool);
    }
  }

  /**
   * A datagram that timed out and whose sender is owed an ICMP time exceeded (code 1), RFC 1122 §3.3.2.
   * @param out becomes the first fragment as it arrived
   */
  pollExpired(out: Packet): boolean {
    const assembly = this.#expired.shift();
    if (assembly === undefined) return false;
    assembly.writeFirst(out);
    assembly.free(this.#pool);
    return true;
  }

  #find({ view, network }: Packet): Assembly | undefined {
    const assemblies = this.#assemblies;
    for (let i = 0; i < assemblies.length; i++) if (assemblies[i]!.matches(view, network)) return assemblies[i];
    return undefined;
  }

  #begin({ view, network }: Packet, now: Micros): Assembly {
    const { maxDatagrams, maxPerSource, timeout, maxFragments } = this.#options;
    const source = ipv4.source(view, network);
    // whoever asks for too much loses its own oldest, before anybody else loses anything
    if (this.#countFrom(source) >= maxPerSource) this.#evictFrom(source);
    if (this.#assemblies.length >= maxDatagrams) this.#evictOldest();
    const assembly = new Assembly(view, network, maxFragments);
    assembly.deadline = now + timeout;
    this.#assemblies.push(assembly);
    return assembly;
  }

  /**
   * The datagram cannot be what its sender sent. It stays in the table without its bytes until its time is over, so that
   * fragments of it that are still on the way are not taken for the beginning of a new one (RFC 5722 §3: "including those not
   * yet received").
   */
  #giveUp(assembly: Assembly, fault: AssemblyDrop): ReassemblyDrop {
    assembly.fault = fault;
    assembly.free(this.#pool);
    return this.#drop(fault);
  }

  #countFrom(source: number): number {
    let count = 0;
    for (const assembly of this.#assemblies) if (assembly.source === source) count++;
    return count;
  }

  #evictFrom(source: number): void {
    const oldest = this.#assemblies.find((assembly) => assembly.source === source);
    if (oldest !== undefined) this.#evict(oldest, 'too many datagrams from one source in reassembly');
  }

  #evictOldest(): void {
    const oldest = this.#assemblies[0];
    if (oldest !== undefined) this.#evict(oldest, 'reassembly memory full');
  }

  /** Evicts the oldest that hold bytes until the rest is within the bound. */
  #stayWithinBytes(): void {
    while (this.#pool.lent > this.#options.maxBytes) {
      const unreported = this.#expired.shift();
      if (unreported !== undefined) {
        unreported.free(this.#pool);
        continue;
      }
      const oldest = this.#assemblies.find((assembly) => assembly.buffer.length > 0);
      if (oldest === undefined) return;
      this.#evict(oldest, 'reassembly memory full');
    }
  }

  #evict(assembly: Assembly, reason: ReassemblyDrop): void {
    if (assembly.fault === 'none') this.#drop(reason);
    this.#remove(assembly);
  }

  #remove(assembly: Assembly): void {
    assembly.free(this.#pool);
    this.#assemblies = this.#assemblies.filter((other) => other !== assembly);
  }

  #drop(reason: ReassemblyDrop): ReassemblyDrop {
    this.drops[reason]++;
    return reason;
  }
}

const noDrops = (): Record<ReassemblyDrop, number> =>
  Object.fromEntries(REASSEMBLY_DROPS.map((reason) => [reason, 0])) as Record<ReassemblyDrop, number>;
