/** The options of TCP: RFC 9293 §3.2, RFC 7323, RFC 2018, RFC 2385, RFC 5482, RFC 5925, RFC 6994, RFC 7413. */
import type { Tcp, TcpOption } from '../dissected.ts';
import type { FieldTable } from './field.ts';
import { bytes, flag, hex, none, number } from './field.ts';
import type { FieldList } from './field-list.ts';

export const TCP_OPTION_FIELDS = {
  'tcp.options': bytes('options'),
  'tcp.option_kind': number('kind'),
  'tcp.option_len': number('length'),
  'tcp.options.mss_val': number('maximum segment size'),
  'tcp.options.wscale.shift': number('shift count'),
  'tcp.options.wscale.multiplier': number('multiplier'),
  'tcp.options.sack.count': number('SACK blocks'),
  'tcp.options.sack_le': number('left edge'),
  'tcp.options.sack_re': number('right edge'),
  'tcp.options.timestamp.tsval': number('timestamp value'),
  'tcp.options.timestamp.tsecr': number('timestamp echo reply'),
  'tcp.options.user_to_granularity': flag('in minutes'),
  'tcp.options.user_to_val': number('user timeout'),
  'tcp.options.tfo.request': none('Fast Open cookie request'),
  'tcp.options.tfo.cookie': bytes('Fast Open cookie'),
  'tcp.options.md5.digest': bytes('MD5 digest'),
  'tcp.options.ao.keyid': number('key id'),
  'tcp.options.ao.rnextkeyid': number('next key id'),
  'tcp.options.ao.mac': bytes('message authentication code'),
  'tcp.options.experimental.exid': hex('experiment identifier', 4),
  'tcp.options.experimental.data': bytes('data'),
  'tcp.options.unknown.payload': bytes('value'),
} satisfies FieldTable;

type Options = FieldList<typeof TCP_OPTION_FIELDS>;

const MD5 = 19;
const USER_TIMEOUT = 28;
const AUTHENTICATION = 29;
const FAST_OPEN = 34;
const EXPERIMENTS: readonly number[] = [253, 254];
/** RFC 7413 appendix: how Fast Open was tried out. */
const FAST_OPEN_EXPERIMENT = 0xf989;
const HEADER = 20;

/** @param end of the header, as far as it is there */
export function addTcpOptions(list: Options, segment: Tcp, end: number, bases: { seqBase: number; ackBase: number }): void {
  const at = segment.at + HEADER;
  if (end <= at) return;
  const all = list.add('tcp.options', at, end - at, new Uint8Array(list.view.buffer, list.view.byteOffset + at, end - at));
  for (const option of segment.options) addOption(all, option, bases.ackBase);
}

const KIND_NAMES: Readonly<Record<TcpOption['kind'], string>> = {
  mss: 'maximum segment size',
  'window scale': 'window scale',
  'SACK permitted': 'SACK permitted',
  SACK: 'SACK',
  timestamps: 'timestamps',
  'no operation': 'no operation',
  end: 'end of options',
  other: '',
};

function addOption(list: Options, option: TcpOption, ackBase: number): void {
  const { at, length } = option;
  const name = option.kind === 'other' ? option.name : KIND_NAMES[option.kind];
  const parts = list.u8('tcp.option_kind', at, name);
  if (length === 1) return;
  parts.u8('tcp.option_len', at + 1, 'bytes');
  switch (option.kind) {
    case 'mss':
      parts.u16('tcp.options.mss_val', at + 2, 'bytes');
      break;
    case 'window scale':
      parts.u8('tcp.options.wscale.shift', at + 2, `the window is multiplied by ${2 ** Math.min(option.shift, 14)}`);
      parts.add('tcp.options.wscale.multiplier', at + 2, 0, 2 ** option.shift);
      break;
    case 'SACK':
      for (let edge = at + 2; edge < at + length; edge += 8) addBlock(parts, edge, ackBase);
      parts.add('tcp.options.sack.count', at, 0, option.blocks.length);
      break;
    case 'timestamps':
      parts.u32('tcp.options.timestamp.tsval', at + 2);
      parts.u32('tcp.options.timestamp.tsecr', at + 6);
      break;
    case 'other':
      addOther(parts, at, length, option.number);
      break;
    default:
  }
}

function addBlock(list: Options, at: number, base: number): void {
  const { view } = list;
  if (!list.holds(at, 8)) return;
  const [left, right] = [view.getUint32(at), view.getUint32(at + 4)].map((edge) => (edge - base) >>> 0) as [number, number];
  list.add('tcp.options.sack_le', at, 4, left, base === 0 ? '' : 'relative');
  list.add('tcp.options.sack_re', at + 4, 4, right, base === 0 ? '' : 'relative');
}

function addOther(list: Options, at: number, length: number, kind: number): void {
  if (kind === USER_TIMEOUT && length === 4) {
    list.flag('tcp.options.user_to_granularity', at + 2, 2, 0x8000);
    list.bits('tcp.options.user_to_val', at + 2, 2, 0x7fff, list.view.getUint8(at + 2) & 0x80 ? 'minutes' : 'seconds');
  } else if (kind === MD5) {
    list.bytes('tcp.options.md5.digest', at + 2, length - 2);
  } else if (kind === AUTHENTICATION && length >= 4) {
    list.u8('tcp.options.ao.keyid', at + 2);
    list.u8('tcp.options.ao.rnextkeyid', at + 3);
    list.bytes('tcp.options.ao.mac', at + 4, length - 4);
  } else if (kind === FAST_OPEN) {
    addFastOpen(list, at, 2, length);
  } else if (EXPERIMENTS.includes(kind) && length >= 4) {
    list.u16('tcp.options.experimental.exid', at + 2);
    if (list.view.getUint16(at + 2) === FAST_OPEN_EXPERIMENT) addFastOpen(list, at, 4, length);
    else list.bytes('tcp.options.experimental.data', at + 4, length - 4);
  } else {
    list.bytes('tcp.options.unknown.payload', at + 2, length - 2);
  }
}

/** RFC 7413 §4.1.1: without a cookie it asks for one. */
function addFastOpen(list: Options, at: number, head: number, length: number): void {
  if (length === head) list.add('tcp.options.tfo.request', at + head, 0, true);
  else list.bytes('tcp.options.tfo.cookie', at + head, length - head);
}
