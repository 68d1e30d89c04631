/** The options of IPv4: RFC 791 §3.1, router alert of RFC 2113. */
import type { Ipv4, Ipv4Option } from '../dissected.ts';
import type { FieldTable } from './field.ts';
import { flag, ipv4, number } from './field.ts';
import type { FieldList } from './field-list.ts';

export const IPV4_OPTION_FIELDS = {
  'ip.opt.type': number('option'),
  'ip.opt.type.copy': flag('copied into fragments'),
  'ip.opt.type.class': number('class'),
  'ip.opt.type.number': number('number'),
  'ip.opt.len': number('length'),
  'ip.opt.ptr': number('pointer'),
  'ip.rec_rt': ipv4('recorded route'),
  'ip.empty_rt': ipv4('empty slot'),
  'ip.src_rt': ipv4('source route'),
  'ip.opt.overflow': number('overflow'),
  'ip.opt.flag': number('flag'),
  'ip.opt.time_stamp': number('timestamp'),
  'ip.opt.time_stamp_addr': ipv4('address'),
  'ip.opt.ra': number('router alert'),
  'ip.opt.sid': number('stream identifier'),
} satisfies FieldTable;

type Options = FieldList<typeof IPV4_OPTION_FIELDS>;

const RECORD_ROUTE = 7;
const TIMESTAMP = 68;
const LOOSE_SOURCE_ROUTE = 131;
const STREAM_ID = 136;
const STRICT_SOURCE_ROUTE = 137;
const ROUTER_ALERT = 148;
const CLASSES: readonly string[] = ['control', 'reserved', 'debugging and measurement', 'reserved'];

export function addIpv4Options(list: Options, { options }: Ipv4): void {
  for (const option of options) addOption(list, option);
}

function addOption(list: Options, { at, length, kind, name }: Ipv4Option): void {
  const parts = list.u8('ip.opt.type', at, name);
  parts.flag('ip.opt.type.copy', at, 1, 0x80);
  parts.bits('ip.opt.type.class', at, 1, 0x60, CLASSES[(kind >>> 5) & 3]);
  parts.bits('ip.opt.type.number', at, 1, 0x1f);
  if (length === 1) return;
  parts.u8('ip.opt.len', at + 1, 'bytes');
  switch (kind) {
    case RECORD_ROUTE:
    case LOOSE_SOURCE_ROUTE:
    case STRICT_SOURCE_ROUTE:
      addRoute(parts, at, length, kind === RECORD_ROUTE);
      break;
    case TIMESTAMP:
      addTimestamps(parts, at, length);
      break;
    case STREAM_ID:
      if (length === 4) parts.u16('ip.opt.sid', at + 2);
      break;
    case ROUTER_ALERT:
      if (length === 4) parts.u16('ip.opt.ra', at + 2, 'every router shall look at the packet');
      break;
    default:
  }
}

/** The pointer counts from 1 and names the slot that is next. */
function addRoute(list: Options, at: number, length: number, isRecord: boolean): void {
  if (length < 3) return;
  list.u8('ip.opt.ptr', at + 2);
  const next = list.view.getUint8(at + 2) - 1;
  for (let slot = 3; slot + 4 <= length; slot += 4) {
    if (!isRecord) list.ipv4('ip.src_rt', at + slot, slot === next ? 'next' : '');
    else if (slot < next) list.ipv4('ip.rec_rt', at + slot);
    else list.ipv4('ip.empty_rt', at + slot);
  }
}

/** RFC 791: flag 0 timestamps only, 1 with addresses, 3 with addresses that were given. */
function addTimestamps(list: Options, at: number, length: number): void {
  if (length < 4) return;
  list.u8('ip.opt.ptr', at + 2);
  list.bits('ip.opt.overflow', at + 3, 1, 0xf0, 'hosts that found no room');
  list.bits('ip.opt.flag', at + 3, 1, 0x0f);
  const withAddress = (list.view.getUint8(at + 3) & 15) !== 0;
  const size = withAddress ? 8 : 4;
  for (let slot = 4; slot + size <= length; slot += size) {
    if (withAddress) list.ipv4('ip.opt.time_stamp_addr', at + slot);
    list.u32('ip.opt.time_stamp', at + slot + size - 4, 'milliseconds since midnight UT');
  }
}
