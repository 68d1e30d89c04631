/** What an authoritative server answers, RFC 1034 §4.3.2, from the zones that it has. */
import type { Answering, DnsMessage, DnsQuestion, DnsRecord } from './message.ts';
import { NXDOMAIN, REFUSED, responseTo } from './message.ts';
import type { Zone } from './zone.ts';

/** CNAMEs that one answer follows: a longer way is the asker's to go on with. */
const MAX_ALIASES = 8;

/** @param query with one question, which the server has made sure of */
export function answerFromZones(zones: readonly Zone[], query: DnsMessage): DnsMessage {
  const question = query.questions[0]!;
  const zone = zoneFor(zones, question.name);
  const isTransfer = question.type === 'AXFR' || question.type === 'IXFR';
  if (zone === undefined || isTransfer || question.class !== 'IN') return responseTo(query, { rcode: REFUSED });
  return responseTo(query, answering(zones, zone, question));
}

/** The zone that is nearest to the name. */
export function zoneFor(zones: readonly Zone[], name: string): Zone | undefined {
  const holding = zones.filter((zone) => zone.holds(name));
  return holding.reduce<Zone | undefined>(
    (best, zone) => (best === undefined || zone.origin.length > best.origin.length ? zone : best),
    undefined,
  );
}

function answering(zones: readonly Zone[], first: Zone, { name, type }: DnsQuestion): Answering {
  const answers: DnsRecord[] = [];
  let zone = first;
  let at = name;
  for (let aliases = 0; ; aliases++) {
    const found = zone.find(at, type);
    switch (found.kind) {
      case 'alias': {
        answers.push(found.record);
        const next = zoneFor(zones, found.target);
        if (next === undefined || aliases === MAX_ALIASES) return { answers, isAuthoritative: true };
        zone = next;
        at = found.target;
        break;
      }
      case 'referral':
        return { answers, authorities: found.servers, additionals: found.glue, isAuthoritative: answers.length > 0 };
      case 'answer':
        answers.push(...found.records);
        return { answers, additionals: addressesFor(zones, found.records), isAuthoritative: true };
      case 'no data':
        return { answers, authorities: [zone.negative], isAuthoritative: true };
      case 'no such name':
        return { answers, authorities: [zone.negative], isAuthoritative: true, rcode: NXDOMAIN };
    }
  }
}

/** RFC 1035 §3.3: who asks for a mail exchanger or a name server asks for its address next. */
function addressesFor(zones: readonly Zone[], records: readonly DnsRecord[]): DnsRecord[] {
  return records.flatMap(({ data }) => {
    const name = data.type === 'MX' ? data.exchange : data.type === 'NS' || data.type === 'SRV' ? data.target : undefined;
    const zone = name === undefined ? undefined : zoneFor(zones, name);
    if (name === undefined || zone === undefined) return [];
    return ['A', 'AAAA'].flatMap((type) => {
      const found = zone.find(name, type);
      return found.kind === 'answer' ? found.records : [];
    });
  });
}
