/** Master files, RFC 1035 §5: a zone as text, entry by entry, with the line in front of whatever is wrong. */
import { absolute, parseData, parseSeconds, ZONE_TYPES } from './data-text.ts';
import { problemOfName, withoutDot } from './name.ts';
import { type LocatedRecord, Zone } from './zone.ts';
import { type Word, ZoneError, type ZoneLine, zoneLines } from './zone-lines.ts';

export interface ZoneFileOptions {
  /** What names without a dot at their end are below, until an $ORIGIN. @default the owner of the SOA must be absolute */
  readonly origin?: string;
  /** Seconds, for records without one and without a $TTL before them. @default the minimum of the SOA, as it once was */
  readonly ttl?: number;
}

/** What holds from one entry to the next. */
interface Reading {
  origin: string | undefined;
  owner: string | undefined;
  ttl: number | undefined;
}

/** @throws ZoneError with the line */
export function parseZone(text: string, options: ZoneFileOptions = {}): Zone {
  const { origin, ttl } = options;
  if (origin !== undefined) {
    const problem = problemOfName(origin);
    if (problem !== undefined) throw new ZoneError(0, `"${origin}" is no name: ${problem}`);
  }
  const reading: Reading = { origin: origin === undefined ? undefined : withoutDot(origin), owner: undefined, ttl };
  const records: LocatedRecord[] = [];
  for (const line of zoneLines(text)) {
    const word = line.words[0]!;
    if (!line.isContinued && !word.isQuoted && word.text.startsWith('$')) readDirective(line, reading);
    else records.push(readRecord(line, reading));
  }
  const soa = records.find(({ record }) => record.data.type === 'SOA');
  if (soa === undefined) throw new ZoneError(0, 'a zone has an SOA record, and this one has none');
  return new Zone(soa.record.name, records);
}

function readDirective({ line, words }: ZoneLine, reading: Reading): void {
  const [directive, value, ...rest] = words.map(({ text }) => text);
  const name = directive?.toUpperCase();
  if (name === '$INCLUDE') throw new ZoneError(line, '$INCLUDE is not read: put everything in one file');
  if (name !== '$ORIGIN' && name !== '$TTL')
    throw new ZoneError(line, `"${directive}" is no directive, but $ORIGIN and $TTL are`);
  if (value === undefined || rest.length > 0) throw new ZoneError(line, `${name} has one word behind it`);
  if (name === '$TTL') {
    reading.ttl = parseSeconds(value);
    if (reading.ttl === undefined) throw new ZoneError(line, `"${value}" is no time: write seconds such as 3600, or 1h`);
  } else reading.origin = absolute(value, { origin: reading.origin, line });
}

/** `[owner] [ttl] [class] type data`, ttl and class in any order, RFC 1035 §5.1. */
function readRecord({ line, isContinued, words }: ZoneLine, reading: Reading): LocatedRecord {
  let at = 0;
  if (!isContinued) {
    const { text } = words[at++]!;
    reading.owner = absolute(text, { origin: reading.origin, line });
  }
  if (reading.owner === undefined) throw new ZoneError(line, 'the first entry has no owner: its line begins with a blank');
  let ttl: number | undefined;
  let type = '';
  for (; at < words.length && type === ''; at++) {
    const text = words[at]!.text;
    const time = /^\d/.test(text) ? parseSeconds(text) : undefined;
    if (time !== undefined) ttl = time;
    else if (/^(CH|HS|CS)$/i.test(text)) throw new ZoneError(line, `class ${text}: there is only IN here`);
    else if (!/^IN$/i.test(text)) type = text.toUpperCase();
  }
  if (type === '') throw new ZoneError(line, `an entry has a type, such as ${ZONE_TYPES.slice(0, 3).join(', ')}`);
  return { line, record: recordOf(reading, { line, type, ttl, words: words.slice(at) }) };
}

interface Entry {
  readonly line: number;
  readonly type: string;
  readonly ttl: number | undefined;
  readonly words: readonly Word[];
}

function recordOf(reading: Reading, { line, type, ttl, words }: Entry): LocatedRecord['record'] {
  const data = parseData(type, words, { origin: reading.origin, line });
  if (data.type === 'SOA') reading.ttl ??= data.minimum;
  const holds = ttl ?? reading.ttl;
  if (holds === undefined) throw new ZoneError(line, 'how long this holds is not said: write $TTL 3600 at the beginning');
  return { name: reading.owner ?? '', ttl: holds, data };
}
