/**
 * What an authoritative server's response means to a resolver, and what of it is believed: only what lies in the zone that the
 * server was asked for, its bailiwick (RFC 2181 §5.4.1, RFC 5452 §6).
 */
import type { DnsMessage, DnsQuestion, DnsRecord } from './message.ts';
import { NOERROR, NXDOMAIN, rcodeName, typeOf } from './message.ts';
import { isWithin, keyOf } from './name.ts';
import { followChain } from './resolution.ts';

export type Meaning =
  /** Aliases and the records, or only aliases: the rest is elsewhere. */
  | { readonly kind: 'answer'; readonly records: readonly DnsRecord[] }
  | { readonly kind: 'alias'; readonly records: readonly DnsRecord[]; readonly end: string }
  | {
      readonly kind: 'no such name' | 'no data';
      /** Aliases before it. */
      readonly records: readonly DnsRecord[];
      readonly end: string;
      readonly soa: DnsRecord | undefined;
    }
  | { readonly kind: 'referral'; readonly servers: readonly DnsRecord[]; readonly glue: readonly DnsRecord[] }
  /** A server that does not know what it should. */
  | { readonly kind: 'useless'; readonly why: string };

export interface Classified {
  readonly meaning: Meaning;
  /** Records that lie outside of the zone. */
  readonly outside: readonly DnsRecord[];
}

/** @param zone the key of the zone that the server was asked for */
export function classify(response: DnsMessage, question: DnsQuestion, zone: string): Classified {
  const isInside = ({ name }: DnsRecord): boolean => isWithin(keyOf(name), zone);
  const all = [...response.answers, ...response.authorities, ...response.additionals];
  const outside = all.filter((record) => !isInside(record));
  const inside: DnsMessage = {
    ...response,
    answers: response.answers.filter(isInside),
    authorities: response.authorities.filter(isInside),
    additionals: response.additionals.filter(isInside),
  };
  return { meaning: meaningOf(inside, question, zone), outside };
}

function meaningOf(response: DnsMessage, question: DnsQuestion, zone: string): Meaning {
  const { rcode, isAuthoritative, answers, authorities } = response;
  if (rcode !== NOERROR && rcode !== NXDOMAIN) return { kind: 'useless', why: rcodeName(rcode) };
  const referral = isAuthoritative ? undefined : referralIn(response, question, zone);
  if (referral !== undefined) return referral;
  if (!isAuthoritative) return { kind: 'useless', why: 'not an authority' };
  const { records, end, isComplete } = followChain(answers, question);
  if (isComplete) return { kind: 'answer', records };
  const soa = authorities.find((record) => typeOf(record) === 'SOA' && isWithin(keyOf(end), keyOf(record.name)));
  if (rcode === NXDOMAIN) return { kind: 'no such name', records, end, soa };
  if (records.length > 0 && soa === undefined) return { kind: 'alias', records, end };
  return { kind: 'no data', records, end, soa };
}

/** Downwards only: to a zone below this one that the name is in. */
function referralIn({ authorities, additionals }: DnsMessage, { name }: DnsQuestion, zone: string): Meaning | undefined {
  const key = keyOf(name);
  const leadsOn = (record: DnsRecord): boolean =>
    typeOf(record) === 'NS' && keyOf(record.name) !== zone && isWithin(key, keyOf(record.name));
  const first = authorities.find(leadsOn);
  if (first === undefined) return undefined;
  const servers = authorities.filter((record) => leadsOn(record) && keyOf(record.name) === keyOf(first.name));
  const names = new Set(servers.map(({ data }) => (data.type === 'NS' ? keyOf(data.target) : '')));
  const glue = additionals.filter((record) => names.has(keyOf(record.name)) && /^(A|AAAA)$/.test(typeOf(record)));
  return { kind: 'referral', servers, glue };
}
