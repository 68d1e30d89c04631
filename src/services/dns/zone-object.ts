/** A zone from a small object, for programs: the data is written as in a master file. */
import { absolute, parseData, ZONE_TYPES } from './data-text.ts';
import type { DnsRecord } from './message.ts';
import { problemOfName, withoutDot } from './name.ts';
import { type LocatedRecord, Zone } from './zone.ts';
import { utf8, type Word, ZoneError, zoneLines } from './zone-lines.ts';

/** What a name has, by type: `{ A: '192.0.2.1', MX: ['10 mail', '20 backup'], ttl: 60 }`. */
export type ZoneNode = {
  readonly [type: string]: string | readonly string[] | number | undefined;
  /** Seconds. @default that of the zone */
  readonly ttl?: number;
};

export interface ZoneObjectOptions {
  /** Seconds. @default 3600 */
  readonly ttl?: number;
  /** How long a negative answer holds, in seconds. @default 300 */
  readonly negativeTtl?: number;
}

const DEFAULT_TTL = 3_600;
const NEGATIVE_TTL = 300;

/**
 * @param nodes by name below the origin; "@" is the origin itself. An SOA is made where none is given
 * @throws ZoneError saying which name is wrong
 */
export function zoneOf(origin: string, nodes: Readonly<Record<string, ZoneNode>>, options: ZoneObjectOptions = {}): Zone {
  const problem = problemOfName(origin);
  if (problem !== undefined) throw new ZoneError(0, `"${origin}" is no name: ${problem}`);
  const name = withoutDot(origin);
  const { ttl = DEFAULT_TTL, negativeTtl = NEGATIVE_TTL } = options;
  const records = Object.entries(nodes).flatMap(([owner, node]) => recordsOf(name, owner, node, ttl));
  const hasSoa = records.some(({ data }) => data.type === 'SOA');
  if (!hasSoa) records.unshift(soaOf(name, records, ttl, negativeTtl));
  const located: LocatedRecord[] = records.map((record) => ({ record, line: 0 }));
  return new Zone(name, located);
}

function recordsOf(origin: string, owner: string, node: ZoneNode, zoneTtl: number): DnsRecord[] {
  const name = absolute(owner, { origin, line: 0 });
  const { ttl = zoneTtl, ...byType } = node;
  return Object.entries(byType).flatMap(([type, value]) => {
    if (typeof value === 'number') throw new ZoneError(0, `${owner}: ${type} is a number; its data is a text`);
    if (!ZONE_TYPES.includes(type))
      throw new ZoneError(0, `${owner}: no records of type ${type} here, but ${ZONE_TYPES.join(', ')}`);
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.map((text) => {
      try {
        return { name, ttl, data: parseData(type, wordsOf(type, text), { origin, line: 0 }) };
      } catch (error) {
        throw error instanceof ZoneError ? new ZoneError(0, `${owner}: ${error.problem}`) : error;
      }
    });
  });
}

/** A TXT without quotes is one text, blanks and all. */
function wordsOf(type: string, text: string): readonly Word[] {
  if (type === 'TXT' && !text.startsWith('"')) return [{ text: utf8(text), isQuoted: true }];
  return zoneLines(` ${text}`)[0]?.words ?? [];
}

function soaOf(origin: string, records: readonly DnsRecord[], ttl: number, minimum: number): DnsRecord {
  const server = records.find(({ data }) => data.type === 'NS')?.data;
  const primary = server?.type === 'NS' ? server.target : origin;
  const mailbox = origin === '' ? 'hostmaster' : `hostmaster.${origin}`;
  return {
    name: origin,
    ttl,
    data: { type: 'SOA', primary, mailbox, serial: 1, refresh: 7_200, retry: 900, expire: 1_209_600, minimum },
  };
}
