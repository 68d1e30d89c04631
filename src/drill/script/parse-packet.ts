/** A packet event: direction, what the IP header carries, ports, and the body. */
import type { Body, Ecn, Icmp, IpItem, PacketAction, Ports, Udp } from './ast.ts';
import { parseSeqRange, parseTcp } from './parse-tcp.ts';
import type { Reader } from './reader.ts';

/** Protocols that scripts of other stacks test and this one does not speak. */
const FOREIGN = ['sctp', 'udplite', 'mpls', 'gre', 'ipv4', 'ipv6', 'ipip'];
/** The beginning of the next event, or of the cleanup. */
const NEXT_EVENT = /\n[ \t]*(?=[+*`]|\d+(?:\.\d+)?(?:~|\s))/g;
const ECN: readonly string[] = ['ect0', 'ect1', 'ect01', 'ce', 'noecn'];

export function parsePacket(reader: Reader): PacketAction {
  const direction = reader.takes('<') ? 'in' : 'out';
  if (direction === 'out') reader.expect('>');
  const ip = reader.takes('(') ? parseIpItems(reader, ')') : reader.takes('[') ? parseIpItems(reader, ']') : [];
  const ports = parsePorts(reader);
  return { kind: 'packet', direction, ip, ports, body: parseBody(reader) };
}

function parseIpItems(reader: Reader, close: string): IpItem[] {
  const items: IpItem[] = [];
  do items.push(parseIpItem(reader));
  while (reader.takes(','));
  if (!reader.takes(close)) reader.fail(`"," or "${close}"`);
  return items;
}

function parseIpItem(reader: Reader): IpItem {
  const at = reader.at;
  const name = reader.word();
  switch (name) {
    case 'tos':
    case 'class':
      return { kind: 'tos', value: reader.integer('an octet') };
    case 'ttl':
    case 'hlim':
      return { kind: 'ttl', value: reader.integer('a number of hops') };
    case 'flowlabel':
      return { kind: 'flowlabel', value: reader.integer('a flow label') };
    default:
      if (name !== undefined && ECN.includes(name)) return { kind: 'ecn', value: name as Ecn };
      return reader.fail('ect0, ect1, ect01, ce, noecn, tos, ttl, hlim, class or flowlabel', at);
  }
}

/** `54321 > 80`, with or without a colon behind it. */
function parsePorts(reader: Reader): Ports | undefined {
  const source = reader.match(/\d+(?=\s*>)/y);
  if (source === undefined) return undefined;
  reader.expect('>');
  const destination = reader.integer('the destination port');
  reader.takes(':');
  return { source: Number(source), destination };
}

function parseBody(reader: Reader): Body {
  const at = reader.at;
  const name = reader.match(/[a-z][a-z0-9]*/y);
  if (name === undefined) return parseTcp(reader);
  if (name === 'udp') return parseUdp(reader);
  if (name === 'icmp' || name === 'icmpv6') return parseIcmp(reader, name === 'icmp' ? 4 : 6);
  if (FOREIGN.includes(name)) return { kind: 'foreign', name, text: restOfEvent(reader) };
  reader.at = at;
  return reader.fail('flags such as "S", "S.", "P." or "-", or udp(...) or icmp');
}

function restOfEvent(reader: Reader): string {
  NEXT_EVENT.lastIndex = reader.at;
  const end = NEXT_EVENT.exec(reader.text)?.index ?? reader.text.length;
  const text = reader.text.slice(reader.at, end).trim();
  reader.at = end;
  return text;
}

function parseUdp(reader: Reader): Udp {
  reader.expect('(');
  const length = reader.integer('a length');
  reader.expect(')');
  return { kind: 'udp', length };
}

const CODE = /[a-z_][a-z0-9_]*|\d+/y;

function parseIcmp(reader: Reader, version: 4 | 6): Icmp {
  const type = reader.match(CODE) ?? reader.fail('a type of ICMP such as unreachable');
  const code = isKeyword(reader) ? undefined : reader.match(CODE);
  const mtu = reader.takesWord('mtu') ? reader.integer('an MTU') : undefined;
  const id = reader.takesWord('id') ? reader.integer('an identifier') : undefined;
  const quoted = reader.takes('[') ? parseQuoted(reader) : undefined;
  return { kind: 'icmp', version, type, code, mtu, id, quoted };
}

function isKeyword(reader: Reader): boolean {
  const at = reader.at;
  const word = reader.match(CODE);
  reader.at = at;
  // a time without a sign begins the next event: codes are words, or numbers on the same line
  return word === 'mtu' || word === 'id' || (word !== undefined && /^\d/.test(word) && startsLine(reader));
}

function startsLine(reader: Reader): boolean {
  reader.skip();
  const before = reader.text.slice(0, reader.at);
  return /\n[ \t]*$/.test(before);
}

function parseQuoted(reader: Reader): Icmp['quoted'] {
  const quoted = reader.takesWord('udp') ? parseUdp(reader) : parseSeqRange(reader);
  reader.expect(']');
  return quoted;
}
