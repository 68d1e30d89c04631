/** The data of records as people write and read it: RFC 1035 §5.1 and the RFCs of the types. */
import { parseV4 } from '../../stack/index.ts';
import type { RecordData } from './message.ts';
import { TYPES, typeCode, typeName } from './message.ts';
import { problemOfName, ROOT, shown, withoutDot } from './name.ts';
import { type Word, ZoneError } from './zone-lines.ts';

/** What is known where the data is written. */
export interface TextContext {
  /** Names without a dot at their end are below it; undefined: there may be none such. */
  readonly origin: string | undefined;
  readonly line: number;
}

/** How the words behind the type are read: what is expected, for messages, and the reader. */
interface Form {
  readonly expected: string;
  readonly words: number;
  read(words: readonly string[], context: TextContext): RecordData;
}

const FORMS: Readonly<Record<string, Form>> = {
  A: { expected: 'an IPv4 address such as 192.0.2.1', words: 1, read: ([a = ''], c) => ({ type: 'A', address: v4(a, c) }) },
  AAAA: {
    expected: 'an IPv6 address such as 2001:db8::1',
    words: 1,
    read: ([a = ''], c) => ({ type: 'AAAA', address: v6(a, c) }),
  },
  NS: { expected: 'a name', words: 1, read: ([n = ''], c) => ({ type: 'NS', target: absolute(n, c) }) },
  CNAME: { expected: 'a name', words: 1, read: ([n = ''], c) => ({ type: 'CNAME', target: absolute(n, c) }) },
  PTR: { expected: 'a name', words: 1, read: ([n = ''], c) => ({ type: 'PTR', target: absolute(n, c) }) },
  MX: {
    expected: 'a preference and a name, such as 10 mail',
    words: 2,
    read: ([preference = '', n = ''], c) => ({ type: 'MX', preference: whole(preference, 0xffff, c), exchange: absolute(n, c) }),
  },
  SRV: {
    expected: 'priority, weight, port and a name, such as 0 5 5060 sip',
    words: 4,
    read: ([priority = '', weight = '', port = '', n = ''], c) => ({
      type: 'SRV',
      priority: whole(priority, 0xffff, c),
      weight: whole(weight, 0xffff, c),
      port: whole(port, 0xffff, c),
      target: absolute(n, c),
    }),
  },
  SOA: {
    expected: 'primary server, mailbox, serial, refresh, retry, expire and minimum',
    words: 7,
    read: ([primary = '', mailbox = '', serial = '', ...times], c) => {
      const [refresh = 0, retry = 0, expire = 0, minimum = 0] = times.map((time) => seconds(time, c));
      return {
        type: 'SOA',
        primary: absolute(primary, c),
        mailbox: absolute(mailbox, c, true),
        serial: whole(serial, 0xffff_ffff, c),
        refresh,
        retry,
        expire,
        minimum,
      };
    },
  },
};

/** The types that a zone may hold. */
export const ZONE_TYPES: readonly string[] = [...Object.keys(FORMS), 'TXT'];

/** @throws ZoneError when the words are not those of the type */
export function parseData(type: string, words: readonly Word[], context: TextContext): RecordData {
  if (type === 'TXT') return parseTexts(words, context);
  const form = FORMS[type];
  if (form === undefined) throw new ZoneError(context.line, `no records of type ${type} here, but ${ZONE_TYPES.join(', ')}`);
  const texts = words.map(({ text }) => text);
  if (texts.length !== form.words)
    throw new ZoneError(
      context.line,
      `${type} has ${form.expected}, not ${texts.length === 0 ? 'nothing' : `"${texts.join(' ')}"`}`,
    );
  return form.read(texts, context);
}

function parseTexts(words: readonly Word[], { line }: TextContext): RecordData {
  if (words.length === 0) throw new ZoneError(line, 'TXT has one text or more, such as "v=spf1 -all"');
  const long = words.find(({ text }) => text.length > 255);
  if (long !== undefined)
    throw new ZoneError(line, `a text has at most 255 bytes, not ${long.text.length}: write it as several, "..." "..."`);
  return { type: 'TXT', texts: words.map(({ text }) => text) };
}

/** @param text with a dot at its end: as it is; "@": the origin; else below the origin @throws ZoneError */
export function absolute(text: string, { origin, line }: TextContext, isMailbox = false): string {
  const name = text === '@' ? origin : text.endsWith('.') ? withoutDot(text) : below(origin, text);
  if (name === undefined)
    throw new ZoneError(line, `"${text}" is below no $ORIGIN: write one before, or end the name with a dot`);
  const problem = problemOfName(isMailbox ? name.replace(/\\\./g, '_') : name);
  if (text === '' || problem !== undefined) throw new ZoneError(line, `"${text}" is no name: ${problem ?? 'it is empty'}`);
  return name;
}

const below = (origin: string | undefined, label: string): string | undefined =>
  origin === undefined ? undefined : origin === ROOT ? label : `${label}.${origin}`;

function v4(text: string, { line }: TextContext): string {
  if (parseV4(text) === undefined) throw new ZoneError(line, `"${text}" is not an IPv4 address such as 192.0.2.1`);
  return text;
}

function v6(text: string, { line }: TextContext): string {
  if (!isIpv6(text)) throw new ZoneError(line, `"${text}" is not an IPv6 address such as 2001:db8::1`);
  return text.toLowerCase();
}

/** RFC 4291 §2.2, forms 1 and 2: groups of hexadecimal digits, and one `::` for some zeros. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const isRight = groups.every((group) => /^[\da-f]{1,4}$/i.test(group));
  return isRight && (halves.length === 2 ? groups.length < 8 : groups.length === 8);
}

function whole(text: string, limit: number, { line }: TextContext): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > limit) throw new ZoneError(line, `"${text}" is no whole number up to ${limit}`);
  return Number(text);
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const LONGEST_TIME = 0x7fff_ffff;

/** Seconds, or with units: 1h, 2d12h. @returns undefined when the text is no time */
export function parseSeconds(text: string): number | undefined {
  if (!/^(\d{1,10}|(\d{1,10}[smhdw])+)$/i.test(text)) return undefined;
  const parts = [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)];
  const sum = parts.reduce((total, [, digits, unit]) => total + Number(digits) * (UNITS[unit ?? ''] ?? 1), 0);
  return sum <= LONGEST_TIME ? sum : undefined;
}

function seconds(text: string, { line }: TextContext): number {
  const time = parseSeconds(text);
  if (time === undefined) throw new ZoneError(line, `"${text}" is no time: write seconds such as 3600, or 1h, 2d`);
  return time;
}

/** The data as a master file has it. */
export function dataText(data: RecordData): string {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return data.address;
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return dotted(data.target);
    case 'MX':
      return `${data.preference} ${dotted(data.exchange)}`;
    case 'SRV':
      return `${data.priority} ${data.weight} ${data.port} ${dotted(data.target)}`;
    case 'SOA':
      return [
        dotted(data.primary),
        dotted(data.mailbox),
        ...[data.serial, data.refresh, data.retry, data.expire, data.minimum].map(String),
      ].join(' ');
    case 'TXT':
      return data.texts.map((text) => `"${text.replace(/["\\]|[^ -~]/g, escaped)}"`).join(' ');
    case 'other':
      return `\\# ${data.bytes.length} ${[...data.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`.trimEnd();
  }
}

const dotted = (name: string): string => (name === ROOT ? shown(name) : `${name}.`);

const escaped = (character: string): string =>
  character === '"' || character === '\\' ? `\\${character}` : `\\${character.charCodeAt(0).toString().padStart(3, '0')}`;

/** Whether people may ask for it: one of ours, or TYPE and a number. @returns the type in capitals */
export function questionType(text: string): string | undefined {
  const code = typeCode(text);
  return code === undefined || code === TYPES.OPT || code === 0 ? undefined : typeName(code);
}
