/** A zone: what one authority says about a part of the tree, and how a name is found in it (RFC 1034 §4.3.2). */
import { dataText } from './data-text.ts';
import type { DnsRecord, SoaData } from './message.ts';
import { typeOf } from './message.ts';
import { ancestorsOf, isWithin, keyOf, parentOf, ROOT, shown } from './name.ts';
import { ZoneError } from './zone-lines.ts';

/** A record and where it is written; 0: in no line. */
export interface LocatedRecord {
  readonly record: DnsRecord;
  readonly line: number;
}

/** What a zone says about a name and a type. */
export type ZoneAnswer =
  | { readonly kind: 'answer'; readonly records: readonly DnsRecord[] }
  /** The name is another name's alias. */
  | { readonly kind: 'alias'; readonly record: DnsRecord; readonly target: string }
  /** Others know: the servers of the zone below, with the addresses that this zone knows of them. */
  | { readonly kind: 'referral'; readonly servers: readonly DnsRecord[]; readonly glue: readonly DnsRecord[] }
  | { readonly kind: 'no data' }
  | { readonly kind: 'no such name' };

/** The records of a name by their type; none where only names below exist. */
type Node = Map<string, DnsRecord[]>;

/** Enough for the names of an office, and a bound. */
const MAX_RECORDS = 100_000;

export class Zone {
  readonly origin: string;
  readonly soa: DnsRecord & { readonly data: SoaData };
  readonly #key: string;
  readonly #nodes = new Map<string, Node>();

  /** @throws ZoneError when the records are not those of one zone */
  constructor(origin: string, records: readonly LocatedRecord[]) {
    if (records.length > MAX_RECORDS) throw new ZoneError(0, `a zone has at most ${MAX_RECORDS} records, not ${records.length}`);
    this.origin = origin;
    this.#key = keyOf(origin);
    for (const { record, line } of records) this.#add(record, line);
    const apex = this.#nodes.get(this.#key);
    const soa = apex?.get('SOA')?.[0];
    if (soa?.data.type !== 'SOA') throw new ZoneError(0, `${shown(origin)} has no SOA record`);
    if (apex?.get('NS') === undefined) throw new ZoneError(0, `${shown(origin)} has no NS record: a zone names its servers`);
    this.soa = { ...soa, data: soa.data };
  }

  /** How many names there are. */
  get size(): number {
    return this.#nodes.size;
  }

  /** True when the name is in this zone, or in one below that it delegates. */
  holds(name: string): boolean {
    return isWithin(keyOf(name), this.#key);
  }

  /** RFC 2308 §3: what goes with a negative answer, and says how long it holds. */
  get negative(): DnsRecord {
    return { ...this.soa, ttl: Math.min(this.soa.ttl, this.soa.data.minimum) };
  }

  /** The records of a name and type, whatever stands around them. */
  records(name: string, type: string): readonly DnsRecord[] {
    return this.#nodes.get(keyOf(name))?.get(type) ?? [];
  }

  /** @param name that this zone holds */
  find(name: string, type: string): ZoneAnswer {
    const key = keyOf(name);
    const cut = this.#cutAbove(key);
    if (cut !== undefined) return this.#referral(cut);
    const node = this.#nodes.get(key);
    return node === undefined ? this.#fromWildcard(name, key, type) : answerOf(node, type, undefined);
  }

  /** The highest name below the origin, down to the key, that has servers of its own: all below is theirs. */
  #cutAbove(key: string): readonly DnsRecord[] | undefined {
    const below = ancestorsOf(key).filter((name) => name !== this.#key && isWithin(name, this.#key));
    for (const name of below.reverse()) {
      const servers = this.#nodes.get(name)?.get('NS');
      if (servers !== undefined) return servers;
    }
    return undefined;
  }

  #referral(servers: readonly DnsRecord[]): ZoneAnswer {
    const glue = servers.flatMap(({ data }) =>
      data.type === 'NS' ? ['A', 'AAAA'].flatMap((type) => this.records(data.target, type)) : [],
    );
    return { kind: 'referral', servers, glue };
  }

  /** RFC 4592 §3.3.1: only the wildcard right below the closest name that exists counts. */
  #fromWildcard(name: string, key: string, type: string): ZoneAnswer {
    const encloser = ancestorsOf(key).find((above) => this.#nodes.has(above)) ?? this.#key;
    const wildcard = this.#nodes.get(encloser === ROOT ? '*' : `*.${encloser}`);
    return wildcard === undefined ? { kind: 'no such name' } : answerOf(wildcard, type, name);
  }

  #add(record: DnsRecord, line: number): void {
    const key = keyOf(record.name);
    if (!isWithin(key, this.#key)) throw new ZoneError(line, `${record.name} is not in the zone ${shown(this.origin)}`);
    this.#makeAncestors(key);
    const node = this.#nodes.get(key)!;
    const type = typeOf(record);
    if (type === 'SOA' && (key !== this.#key || node.has('SOA')))
      throw new ZoneError(line, 'a zone has one SOA record, of its origin');
    const isBeside = type === 'CNAME' ? node.size > 0 : node.has('CNAME');
    if (isBeside) throw new ZoneError(line, `${shown(record.name)} has a CNAME: no other record beside it (RFC 1034 §3.6.2)`);
    const set = node.get(type) ?? [];
    if (set.some(({ data }) => dataText(data).toLowerCase() === dataText(record.data).toLowerCase())) return;
    // RFC 2181 §5.2: all of a set hold equally long
    const ttl = set.reduce((least, other) => Math.min(least, other.ttl), record.ttl);
    node.set(
      type,
      [...set, record].map((each) => ({ ...each, ttl })),
    );
  }

  /** RFC 4592 §2.2.2: a name exists when one below it does. */
  #makeAncestors(key: string): void {
    for (let name = key; !this.#nodes.has(name); name = parentOf(name)) {
      this.#nodes.set(name, new Map());
      if (name === this.#key) return;
    }
  }
}

/** @param owner the name to answer for in place of a wildcard */
function answerOf(node: Node, type: string, owner: string | undefined): ZoneAnswer {
  const own = (record: DnsRecord): DnsRecord => (owner === undefined ? record : { ...record, name: owner });
  const alias = node.get('CNAME')?.[0];
  if (alias?.data.type === 'CNAME' && type !== 'CNAME' && type !== 'ANY')
    return { kind: 'alias', record: own(alias), target: alias.data.target };
  // RFC 8482 §4.1: one of the sets is an answer to ANY
  const records = type === 'ANY' ? [...node.values()][0] : node.get(type);
  return records === undefined ? { kind: 'no data' } : { kind: 'answer', records: records.map(own) };
}
