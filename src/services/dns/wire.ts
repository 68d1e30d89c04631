/**
 * Messages to bytes and back, by the library `dns-packet`; nobody else knows it. What it is given was looked over before (see
 * `outline.ts`), and what it throws in spite of that is a reason like the others.
 */
import dnsPacket, { type Answer, type Packet } from 'dns-packet';
import type { DnsMessage, DnsRecord, RecordData, SoaData, SrvData } from './message.ts';
import { TYPES, typeCode, typeName } from './message.ts';
import { withoutDot } from './name.ts';
import type { Malformed, Outline, OutlinedRecord } from './outline.ts';
import { outline } from './outline.ts';

/** The library works on Node's Buffers; where there is no Node whoever bundles us brings one. */
declare const Buffer: {
  from(bytes: ArrayBufferLike, at: number, length: number): Uint8Array;
  from(text: string, encoding: 'latin1'): Uint8Array;
};

const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const RECURSION_AVAILABLE = 0x0080;

/** RFC 2181 §8: the first bit is none of the number. */
const LONGEST_TTL = 0x7fff_ffff;
const CLASS_IN = 1;

export type Decoded = { readonly message: DnsMessage } | { readonly problem: Malformed };

/** @param message whose names are names and whose texts have a character for each byte, up to 255 */
export function encode(message: DnsMessage): Uint8Array {
  const { edns, questions } = message;
  const additionals = message.additionals.map(toAnswer);
  if (edns !== undefined) additionals.push(optRecord(edns.size, edns.version, message.rcode >> 4));
  const bytes = dnsPacket.encode({
    type: message.isResponse ? 'response' : 'query',
    id: message.id,
    flags: flagsOf(message),
    questions: questions.map(({ name, type, class: questionClass }) => ({
      name,
      type: libraryType(typeCode(type) ?? 0),
      class: questionClass,
    })),
    answers: message.answers.map(toAnswer),
    authorities: message.authorities.map(toAnswer),
    additionals,
  });
  return new Uint8Array(bytes); // a Buffer's slices are no copies
}

/** Never throws. */
export function decode(bytes: Uint8Array): Decoded {
  const found = outline(bytes);
  if (typeof found === 'string') return { problem: found };
  if (found.records.filter(({ code }) => code === TYPES.OPT).length > 1) return { problem: 'more than one OPT' };
  try {
    const packet = dnsPacket.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    if (packet.questions.some((question) => question.class?.startsWith('UNKNOWN_')))
      return { problem: 'a class that nobody has' };
    return { message: toMessage(bytes, packet, found) };
  } catch {
    return { problem: 'the codec cannot read it' };
  }
}

const flagsOf = (message: DnsMessage): number =>
  (message.opcode << 11) |
  (message.isAuthoritative ? AUTHORITATIVE : 0) |
  (message.isTruncated ? TRUNCATED : 0) |
  (message.recursionDesired ? RECURSION_DESIRED : 0) |
  (message.recursionAvailable ? RECURSION_AVAILABLE : 0) |
  (message.rcode & 0xf);

/** The library's name of a type that it only carries. */
const libraryType = (code: number): string => {
  const name = typeName(code);
  return name.startsWith('TYPE') ? `UNKNOWN_${code}` : name;
};

const optRecord = (size: number, version: number, extendedRcode: number): Answer => ({
  name: '.',
  type: 'OPT',
  udpPayloadSize: size,
  ednsVersion: version,
  extendedRcode,
  flags: 0,
  options: [],
});

function toAnswer({ name, ttl, data }: DnsRecord): Answer {
  const type = data.type === 'other' ? `UNKNOWN_${data.code}` : data.type;
  return { name, type, ttl, data: toLibrary(data) };
}

function toLibrary(data: RecordData): unknown {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return data.address;
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return data.target;
    case 'TXT':
      return data.texts.map((text) => Buffer.from(text, 'latin1'));
    case 'SOA':
      return { ...data, mname: data.primary, rname: data.mailbox };
    case 'other':
      return Buffer.from(data.bytes.buffer, data.bytes.byteOffset, data.bytes.length);
    default:
      return { ...data }; // MX and SRV have the library's names
  }
}

function toMessage(bytes: Uint8Array, packet: Packet, { questions, records }: Outline): DnsMessage {
  let next = 0;
  /** Those of class IN; OPT is read by itself. */
  const section = (answers: readonly Answer[]): DnsRecord[] =>
    answers.flatMap((answer) => {
      const place = records[next++];
      return place === undefined || place.code === TYPES.OPT || place.class !== CLASS_IN ? [] : [toRecord(bytes, answer, place)];
    });
  const { flags } = packet;
  const opt = packet.additionals.find(({ type }) => type === 'OPT');
  return {
    id: packet.id,
    isResponse: packet.type === 'response',
    opcode: (flags >> 11) & 0xf,
    isAuthoritative: (flags & AUTHORITATIVE) !== 0,
    isTruncated: (flags & TRUNCATED) !== 0,
    recursionDesired: (flags & RECURSION_DESIRED) !== 0,
    recursionAvailable: (flags & RECURSION_AVAILABLE) !== 0,
    rcode: (flags & 0xf) | ((opt?.extendedRcode ?? 0) << 4),
    questions: packet.questions.map(({ name, class: questionClass = 'IN' }, index) => ({
      name: withoutDot(name),
      type: typeName(questions[index] ?? 0),
      class: questionClass,
    })),
    answers: section(packet.answers),
    authorities: section(packet.authorities),
    additionals: section(packet.additionals),
    edns: opt && { size: opt.udpPayloadSize ?? 0, version: opt.ednsVersion ?? 0 },
  };
}

function toRecord(bytes: Uint8Array, { name, ttl = 0, data }: Answer, place: OutlinedRecord): DnsRecord {
  return { name: withoutDot(name), ttl: ttl > LONGEST_TTL ? 0 : ttl, data: fromLibrary(bytes, data, place) };
}

/** What the library gives for each type is as its documentation says: the place was checked before. */
function fromLibrary(bytes: Uint8Array, data: unknown, { code, at, length }: OutlinedRecord): RecordData {
  const type = typeName(code);
  switch (type) {
    case 'A':
    case 'AAAA':
      return { type, address: data as string };
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return { type, target: withoutDot(data as string) };
    case 'TXT':
      return { type, texts: (data as Uint8Array[]).map((text) => String.fromCharCode(...text)) };
    case 'MX': {
      const { preference, exchange } = data as { preference: number; exchange: string };
      return { type, preference, exchange: withoutDot(exchange) };
    }
    case 'SRV': {
      const { priority, weight, port, target } = data as SrvData;
      return { type, priority, weight, port, target: withoutDot(target) };
    }
    case 'SOA': {
      const { mname, rname, serial, refresh, retry, expire, minimum } = data as SoaData & { mname: string; rname: string };
      return { type, primary: withoutDot(mname), mailbox: withoutDot(rname), serial, refresh, retry, expire, minimum };
    }
    default:
      return { type: 'other', code, bytes: new Uint8Array(bytes.subarray(at, at + length)) };
  }
}
