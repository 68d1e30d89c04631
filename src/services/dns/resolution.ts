/** What comes of a question, and everybody who can be asked one: a cache, a hosts file, a forwarder, a resolver. */
import type { Micros } from '../../stack/index.ts';
import type { CacheHit, DnsCache } from './cache.ts';
import type { DnsMessage, DnsQuestion, DnsRecord } from './message.ts';
import { NOERROR, NXDOMAIN, REFUSED, responseTo, SERVFAIL, typeOf } from './message.ts';
import { keyOf } from './name.ts';
import type { Answerer } from './server.ts';

export interface Resolution {
  readonly rcode: number;
  /** Aliases first, then what was asked for. */
  readonly answers: readonly DnsRecord[];
  /** The SOA of a negative answer. */
  readonly authorities: readonly DnsRecord[];
  /** Who knew it: "cache", "hosts file", or the address of a server. */
  readonly from: string;
  /** The same for people, with what matters: "from the cache, 280 s left", "no server answered". */
  readonly note: string;
}

/** Never rejects: what fails is a resolution too. */
export interface Resolver {
  resolve(question: DnsQuestion): Promise<Resolution>;
  /** What is known already, without asking anybody. */
  known(question: DnsQuestion): Resolution | undefined;
  readonly cache: DnsCache | undefined;
}

/** Aliases that are followed: longer chains are mistakes, or somebody keeps us busy. */
export const MAX_ALIASES = 8;

export const failure = (note: string): Resolution => ({ rcode: SERVFAIL, answers: [], authorities: [], from: 'nobody', note });

/** A chain of aliases in a list of records. */
export interface Chain {
  /** The aliases, and the records at their end. */
  readonly records: readonly DnsRecord[];
  /** Where the aliases lead. */
  readonly end: string;
  /** What was asked for is at the end. */
  readonly isComplete: boolean;
}

/** Follows the aliases of a name through the records; nothing that is no link of the chain is taken. */
export function followChain(records: readonly DnsRecord[], { name, type }: DnsQuestion): Chain {
  const chain: DnsRecord[] = [];
  let end = name;
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
    const own = records.filter((record) => keyOf(record.name) === keyOf(end));
    const wanted = own.filter((record) => type === 'ANY' || typeOf(record) === type);
    if (wanted.length > 0) return { records: [...chain, ...wanted], end, isComplete: true };
    const alias = own.find(({ data }) => data.type === 'CNAME');
    if (alias?.data.type !== 'CNAME') break;
    chain.push(alias);
    end = alias.data.target;
  }
  return { records: chain, end, isComplete: false };
}

/** What the cache knows of a question: all of it, or the aliases at its beginning. */
export interface FromCache {
  readonly resolution: Resolution | undefined;
  readonly aliases: readonly DnsRecord[];
  /** What is still to be found. */
  readonly end: string;
}

export function fromCache(cache: DnsCache, { name, type }: DnsQuestion, now: Micros): FromCache {
  const aliases: DnsRecord[] = [];
  let end = name;
  while (aliases.length <= MAX_ALIASES) {
    const hit = cache.get(end, type, now);
    if (hit !== undefined) return { resolution: resolutionOfHit(hit, aliases), aliases, end };
    const alias = type === 'CNAME' ? undefined : cache.get(end, 'CNAME', now)?.records[0];
    if (alias?.data.type !== 'CNAME') break;
    aliases.push(alias);
    end = alias.data.target;
  }
  return { resolution: undefined, aliases, end };
}

const RCODE_OF = { records: NOERROR, 'no data': NOERROR, 'no such name': NXDOMAIN, failure: SERVFAIL } as const;
const WORDS_OF = {
  records: '',
  'no data': 'no data, ',
  'no such name': 'no such name, ',
  failure: 'failed a moment ago, ',
} as const;

function resolutionOfHit({ kind, records, left }: CacheHit, aliases: readonly DnsRecord[]): Resolution {
  const isThere = kind === 'records';
  const least = aliases.reduce((shortest, { ttl }) => Math.min(shortest, ttl), left);
  return {
    rcode: RCODE_OF[kind],
    answers: isThere ? [...aliases, ...records] : aliases,
    authorities: isThere ? [] : records,
    from: 'cache',
    note: `${WORDS_OF[kind]}from the cache, ${least} s left`,
  };
}

/** A server that answers by a resolver. Who asks without "recursion desired" hears what is known already. */
export const answerByResolver =
  (resolver: Resolver): Answerer =>
  async (query) => {
    const question = query.questions[0]!;
    if (question.class !== 'IN') return { message: responseTo(query, { rcode: REFUSED, recursionAvailable: true }) };
    const resolution = query.recursionDesired ? await resolver.resolve(question) : resolver.known(question);
    return replyOf(query, resolution);
  };

/** The reply to a query that says what was found out; undefined: nothing, and nobody was to be asked. */
export function replyOf(query: DnsMessage, resolution: Resolution | undefined): { message: DnsMessage; note: string } {
  if (resolution === undefined) {
    const message = responseTo(query, { rcode: REFUSED, recursionAvailable: true });
    return { message, note: 'not known, and recursion is not desired' };
  }
  const { rcode, answers, authorities, note } = resolution;
  return { message: responseTo(query, { rcode, answers, authorities, recursionAvailable: true }), note };
}
