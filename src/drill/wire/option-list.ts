/** TCP options as a list, in order and with their padding: what scripts compare (the stack's own reader forgets both). */
import type { TcpOption } from '../script/ast.ts';

const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;
const MD5 = 19;
const FAST_OPEN = 34;
const EXPERIMENT = 254;
/** RFC 7413 §4.1.1 names option 34; RFC 6994 gave its experiment this identifier. */
const FAST_OPEN_EXPERIMENT = 'f989';

/** Reads `bytes[at, end)`. What has an impossible length ends the list as an unknown option. */
export function decodeOptions(view: DataView, at: number, end: number): TcpOption[] {
  const options: TcpOption[] = [];
  let i = at;
  while (i < end) {
    const kind = view.getUint8(i);
    if (kind <= 1) {
      options.push({ kind: kind === 0 ? 'eol' : 'nop' });
      i++;
      continue;
    }
    const length = i + 1 < end ? view.getUint8(i + 1) : 0;
    if (length < 2 || i + length > end)
      return [...options, { kind: 'unknown', text: `option ${kind} of impossible length ${length}` }];
    options.push(decodeOption(view, i, kind, length));
    i += length;
  }
  return options;
}

/** The lengths that fixed options must have; with another one they are options like any other. */
const FIXED: Readonly<Record<number, number>> = { [MSS]: 4, [WINDOW_SCALE]: 3, [SACK_PERMITTED]: 2, [TIMESTAMPS]: 10, [MD5]: 18 };

function decodeOption(view: DataView, at: number, kind: number, length: number): TcpOption {
  const data = hex(view, at + 2, at + length);
  const other: TcpOption = { kind: 'generic', number: kind, data };
  if ((FIXED[kind] ?? length) !== length) return other;
  switch (kind) {
    case MSS:
      return { kind: 'mss', value: view.getUint16(at + 2) };
    case WINDOW_SCALE:
      return { kind: 'wscale', value: view.getUint8(at + 2) };
    case SACK_PERMITTED:
      return { kind: 'sackOK' };
    case SACK:
      return length > 2 && (length - 2) % 8 === 0 ? { kind: 'sack', blocks: decodeBlocks(view, at + 2, at + length) } : other;
    case TIMESTAMPS:
      return { kind: 'TS', val: view.getUint32(at + 2), ecr: view.getUint32(at + 6) };
    case MD5:
      return { kind: 'md5', digest: data };
    case FAST_OPEN:
      return { kind: 'FO', cookie: data };
    case EXPERIMENT:
      return data.startsWith(FAST_OPEN_EXPERIMENT) ? { kind: 'FOEXP', cookie: data.slice(4) } : other;
    default:
      return other;
  }
}

function decodeBlocks(view: DataView, at: number, end: number): [number, number][] {
  const blocks: [number, number][] = [];
  for (let i = at; i < end; i += 8) blocks.push([view.getUint32(i), view.getUint32(i + 4)]);
  return blocks;
}

function hex(view: DataView, at: number, end: number): string {
  let digits = '';
  for (let i = at; i < end; i++) digits += view.getUint8(i).toString(16).padStart(2, '0');
  return digits;
}

/** The bytes of a list as they are written, filled up with zeros (end of options) to a multiple of four. */
export function encodeOptions(options: readonly TcpOption[]): number[] {
  const bytes = options.flatMap(encodeOption);
  while (bytes.length % 4 !== 0) bytes.push(0);
  return bytes;
}

function encodeOption(option: TcpOption): number[] {
  switch (option.kind) {
    case 'eol':
      return [0];
    case 'nop':
      return [1];
    case 'mss':
      return [MSS, 4, (option.value >>> 8) & 255, option.value & 255];
    case 'wscale':
      return [WINDOW_SCALE, 3, option.value & 255];
    case 'sackOK':
      return [SACK_PERMITTED, 2];
    case 'sack':
      return [SACK, 2 + 8 * option.blocks.length, ...option.blocks.flat().flatMap(word)];
    case 'TS':
      return [TIMESTAMPS, 10, ...word(option.val), ...word(option.ecr)];
    case 'FO':
      return withLength(FAST_OPEN, option.cookie);
    case 'FOEXP':
      return withLength(EXPERIMENT, FAST_OPEN_EXPERIMENT + option.cookie);
    case 'md5':
      return withLength(MD5, option.digest);
    case 'generic':
      return withLength(option.number, option.data);
    case 'unknown':
      throw new RangeError(`an option "${option.text}" cannot be encoded: refuse it before`);
  }
}

const word = (n: number): number[] => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];

function withLength(kind: number, data: string): number[] {
  const bytes = (data.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
  return [kind, 2 + bytes.length, ...bytes];
}
