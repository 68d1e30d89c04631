/** What was learnt from others, and for how long it holds: RFC 1034 §4.3.4, RFC 2181 §5, and what does not exist, RFC 2308. */
import type { Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';
import { dataText } from './data-text.ts';
import type { DnsRecord } from './message.ts';
import { typeOf } from './message.ts';
import { keyOf, shown } from './name.ts';

/** How far something is believed, RFC 2181 §5.4.1: glue and referrals lead on, they are no answers. */
export const TRUST = { glue: 0, referral: 1, answer: 2, authority: 3 } as const;
export type Trust = (typeof TRUST)[keyof typeof TRUST];

export type NegativeKind = 'no such name' | 'no data' | 'failure';

export interface CacheOptions {
  /** Sets of records; the one that was longest not asked for goes first. @default 10,000 */
  readonly maxEntries?: number;
  /** Seconds that anything is kept at most. @default one day */
  readonly maxTtl?: number;
  /** Seconds that a "no" is kept at most: RFC 2308 §5 advises one to three hours. @default 3 hours */
  readonly maxNegativeTtl?: number;
}

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly kind: 'records' | NegativeKind;
  /** What there is; of a "no" the SOA that says how long it holds. */
  readonly records: readonly DnsRecord[];
  readonly until: Micros;
  readonly trust: Trust;
  readonly from: string;
}

/** What the cache knows; times to live are what is left of them. */
export interface CacheHit {
  readonly kind: 'records' | NegativeKind;
  readonly records: readonly DnsRecord[];
  /** Seconds. */
  readonly left: number;
  /** Who said it. */
  readonly from: string;
}

const MAX_ENTRIES = 10_000;
const DAY = 86_400;
const NEGATIVE = 3 * 3_600;

/** The type under which is kept that a name does not exist at all. */
const NO_NAME = '-';

export class DnsCache {
  readonly #options: Required<CacheOptions>;
  /** By name and type; what was used last stands last. */
  readonly #entries = new Map<string, Entry>();
  hits = 0;
  misses = 0;

  constructor({ maxEntries = MAX_ENTRIES, maxTtl = DAY, maxNegativeTtl = NEGATIVE }: CacheOptions = {}) {
    this.#options = { maxEntries, maxTtl, maxNegativeTtl };
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Keeps a set of records of one name and type, unless something that is believed more is there.
   * @param from who said it, for people
   */
  put(records: readonly DnsRecord[], trust: Trust, from: string, now: Micros): void {
    const [first] = records;
    if (first === undefined) return;
    const ttl = records.reduce((least, record) => Math.min(least, record.ttl), this.#options.maxTtl);
    this.#keep({ name: first.name, type: typeOf(first), kind: 'records', records, trust, from, until: now + ttl * SECOND }, now);
  }

  /** Keeps that there is nothing. @param soa of the zone that says so; its time to live is how long (RFC 2308 §5) */
  putNo(kind: 'no such name' | 'no data', { name, type, soa }: Absent, from: string, now: Micros): void {
    if (soa.data.type !== 'SOA') return;
    const ttl = Math.min(soa.ttl, soa.data.minimum, this.#options.maxNegativeTtl);
    const records = [{ ...soa, ttl }];
    const kept = kind === 'no such name' ? NO_NAME : type;
    this.#keep({ name, type: kept, kind, records, trust: TRUST.answer, from, until: now + ttl * SECOND }, now);
  }

  /** RFC 9520 §3.2: a failure is remembered for some seconds, so that the servers that fail are not asked on and on. */
  putFailure(name: string, type: string, seconds: number, now: Micros): void {
    const until = now + seconds * SECOND;
    this.#keep({ name, type, kind: 'failure', records: [], trust: TRUST.glue, from: 'nobody', until }, now);
  }

  /** @param least how far it must be believed */
  get(name: string, type: string, now: Micros, least: Trust = TRUST.answer): CacheHit | undefined {
    const key = keyOf(name);
    const entry = this.#live(`${key} ${type}`, now) ?? this.#live(`${key} ${NO_NAME}`, now);
    if (entry === undefined || (entry.trust < least && entry.kind !== 'failure')) return undefined;
    const left = Math.floor((entry.until - now) / SECOND);
    const records = entry.records.map((record) => ({ ...record, ttl: left }));
    return { kind: entry.kind, records, left, from: entry.from };
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
  }

  /** What is known now, by name: name, type, data, seconds left, who said it. */
  rows(now: Micros): string[][] {
    const live = [...this.#entries.values()].filter(({ until }) => until > now);
    live.sort((a, b) => compare(keyOf(a.name), keyOf(b.name)) || compare(a.type, b.type));
    return live.flatMap(({ name, type, kind, records, until, from }) => {
      const left = `${Math.floor((until - now) / SECOND)}`;
      if (kind !== 'records') return [[shown(name), type === NO_NAME ? 'any' : type, kind, left, from]];
      return records.map(({ data }) => [shown(name), type, dataText(data), left, from]);
    });
  }

  #keep(entry: Entry, now: Micros): void {
    const key = `${keyOf(entry.name)} ${entry.type}`;
    const old = this.#live(key, now);
    if (entry.until <= now) return; // RFC 1035 §3.2.1: zero means for this question only
    if (old !== undefined && old.trust > entry.trust) return;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    // what exists now did not before, or the other way round
    if (entry.kind === 'records') this.#entries.delete(`${keyOf(entry.name)} ${NO_NAME}`);
    if (this.#entries.size > this.#options.maxEntries) this.#entries.delete(this.#entries.keys().next().value!);
  }

  /** The entry if its time is not over; it counts as used. */
  #live(key: string, now: Micros): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.until <= now) return undefined;
    this.#entries.set(key, entry);
    return entry;
  }
}

/** What there is none of. */
export interface Absent {
  readonly name: string;
  readonly type: string;
  readonly soa: DnsRecord;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The columns of `rows`. */
export const CACHE_COLUMNS: readonly string[] = ['name', 'type', 'data', 'TTL left', 'from'];

/** What a host's cache holds at one moment, as a table of a lab. What is left passes, and a row is known by name and type. */
export const cacheTable = (of: string, cache: DnsCache, now: Micros) =>
  ({ of, kind: 'dns', columns: CACHE_COLUMNS, rows: cache.rows(now), passing: [3], key: [0, 1] }) as const;
