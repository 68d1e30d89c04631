/** The body of a TCP segment: flags, sequence range, numbers and options. */
import { ACK, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../../stack/wire/tcp.ts';
import type { Ports, SeqRange, Tcp, TcpOption } from './ast.ts';
import { AE } from './ast.ts';
import type { Reader } from './reader.ts';

const FLAGS = /(?:-|[SFRPUEWA]+\.?|\.)(?![A-Za-z_])/y;
const ACE = /[0-7](?=\s)/y;
const BITS: Readonly<Record<string, number>> = {
  F: FIN,
  S: SYN,
  R: RST,
  P: PSH,
  '.': ACK,
  U: URG,
  E: ECE,
  W: CWR,
  A: AE,
  '-': 0,
};

export function parseTcp(reader: Reader): Tcp {
  const flags = parseFlags(reader);
  const seq = parseSeqRange(reader);
  const ack = reader.takesWord('ack') ? reader.integer('an acknowledgment number') : undefined;
  const window = reader.takesWord('win') ? reader.integer('a window') : undefined;
  const urgent = reader.takesWord('urg') ? reader.integer('an urgent pointer') : undefined;
  const options = reader.takes('<') ? parseOptions(reader) : [];
  const udp = reader.takes('/') ? parseEncapsulation(reader) : undefined;
  return { kind: 'tcp', flags, seq, ack, window, urgent, options, udp };
}

function parseFlags(reader: Reader): number {
  const letters = reader.match(FLAGS);
  if (letters === undefined) return reader.fail('flags such as "S", "S.", "P." or "-", or udp(...) or icmp');
  let flags = 0;
  for (const letter of letters) flags |= BITS[letter] ?? 0;
  // accurate ECN: ".5" is an ACK whose three bits AE, CWR and ECE count to five
  const count = letters.endsWith('.') && /\d/.test(reader.text[reader.at] ?? '') ? reader.match(ACE) : undefined;
  if (count === undefined) return flags;
  const n = Number(count);
  return flags | (n & 4 ? AE : 0) | (n & 2 ? CWR : 0) | (n & 1 ? ECE : 0);
}

/** `1:1001(1000)`, with `!` behind it for numbers that do not count from the initial one, or `...(1000)`. */
export function parseSeqRange(reader: Reader): SeqRange {
  if (reader.takes('...')) return { kind: 'any', length: parseLength(reader) };
  const from = reader.integer('a sequence range such as 1:1001(1000)');
  reader.expect(':');
  const at = reader.at;
  const to = reader.integer('the end of the sequence range');
  const length = parseLength(reader);
  if ((to - from) >>> 0 !== length) reader.fail(`a length of ${(to - from) >>> 0} for ${from}:${to}`, at);
  return { kind: 'range', from, to, length, absolute: reader.takes('!') };
}

function parseLength(reader: Reader): number {
  reader.expect('(');
  const length = reader.integer('a length');
  reader.expect(')');
  return length;
}

function parseEncapsulation(reader: Reader): Ports {
  if (!reader.takesWord('udp')) reader.fail('"udp(port > port)" behind "/"');
  reader.expect('(');
  const source = reader.integer('a port');
  reader.expect('>');
  const destination = reader.integer('a port');
  reader.expect(')');
  return { source, destination };
}

function parseOptions(reader: Reader): readonly TcpOption[] | 'any' {
  if (reader.takes('...')) {
    reader.expect('>');
    return 'any';
  }
  const options: TcpOption[] = [];
  if (reader.takes('>')) return options;
  do options.push(parseOption(reader));
  while (reader.takes(','));
  if (!reader.takes('>')) reader.fail('"," or ">" behind an option');
  return options;
}

const OPTION_NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
const REST_OF_OPTION = /[^,<>\n]*/y;
const HEX = /(?:0x)?([0-9a-fA-F]{2})+(?![0-9a-zA-Z_])/y;

function parseOption(reader: Reader): TcpOption {
  const name = reader.match(OPTION_NAME);
  switch (name) {
    case undefined:
      return reader.fail('a TCP option');
    case 'nop':
    case 'eol':
    case 'sackOK':
      return { kind: name };
    case 'mss':
    case 'wscale':
      return { kind: name, value: reader.integer('a number') };
    case 'sack':
      return { kind: 'sack', blocks: parseBlocks(reader) };
    case 'TS':
      return parseTimestamps(reader);
    case 'FO':
    case 'FOEXP':
      return { kind: name, cookie: hexDigits(reader) };
    case 'md5':
      return { kind: 'md5', digest: reader.takesWord('valid') ? 'valid' : hexDigits(reader) };
    default:
      return name.startsWith('gen-') ? parseGeneric(reader, name) : unknown(reader, name);
  }
}

function parseBlocks(reader: Reader): [number, number][] {
  const blocks: [number, number][] = [];
  do {
    const left = reader.integer('the left edge of a SACK block');
    reader.expect(':');
    blocks.push([left, reader.integer('the right edge of a SACK block')]);
  } while (/\d/.test(reader.text[skipped(reader)] ?? ''));
  return blocks;
}

function skipped(reader: Reader): number {
  reader.skip();
  return reader.at;
}

function parseTimestamps(reader: Reader): TcpOption {
  if (!reader.takesWord('val')) reader.fail('"val" behind TS');
  const val = reader.integer('a timestamp');
  if (!reader.takesWord('ecr')) reader.fail('"ecr" behind the timestamp');
  return { kind: 'TS', val, ecr: reader.integer('an echoed timestamp') };
}

const hexDigits = (reader: Reader): string => (reader.match(HEX) ?? '').replace(/^0x/, '').toLowerCase();

/** `gen-253 f989...` or `gen-253 [0xf9, 0x89]`. */
function parseGeneric(reader: Reader, name: string): TcpOption {
  const number = Number(name.slice(4));
  if (!(number >= 0 && number <= 255)) reader.fail('an option number from 0 to 255 behind "gen-"');
  if (!reader.takes('[')) return { kind: 'generic', number, data: hexDigits(reader) };
  let data = '';
  while (!reader.takes(']')) {
    data += (reader.integer('a byte') & 255).toString(16).padStart(2, '0');
    reader.takes(',');
  }
  return { kind: 'generic', number, data };
}

function unknown(reader: Reader, name: string): TcpOption {
  const rest = (reader.match(REST_OF_OPTION) ?? '').trim();
  return { kind: 'unknown', text: rest === '' ? name : `${name} ${rest}` };
}
