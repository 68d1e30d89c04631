/** The fields of ICMP: RFC 792, RFC 950 (address mask), RFC 1191 (MTU), RFC 1256 (routers), RFC 8335 (extended echo). */
import * as wire from '../../../stack/wire/icmpv4.ts';
import type { Icmp } from '../dissected.ts';
import { checksumMeaning, checksumStatus } from './checksum-status.ts';
import type { FieldTable, Layer } from './field.ts';
import { bytes, flag, hex, ipv4, number } from './field.ts';
import { FieldList } from './field-list.ts';

export const ICMP_FIELDS = {
  'icmp.type': number('type'),
  'icmp.code': number('code'),
  'icmp.checksum': hex('checksum', 4),
  'icmp.checksum.status': number('checksum status'),
  'icmp.ident': number('identifier'),
  'icmp.seq': number('sequence number'),
  'icmp.unused': bytes('unused'),
  'icmp.mtu': number('next-hop MTU'),
  'icmp.pointer': number('pointer'),
  'icmp.redir_gw': ipv4('gateway'),
  'icmp.num_addrs': number('number of addresses'),
  'icmp.addr_entry_size': number('address entry size'),
  'icmp.lifetime': number('lifetime'),
  'icmp.router_address': ipv4('router'),
  'icmp.pref_level': number('preference level'),
  'icmp.originate_timestamp': number('originate timestamp'),
  'icmp.receive_timestamp': number('receive timestamp'),
  'icmp.transmit_timestamp': number('transmit timestamp'),
  'icmp.address_mask': ipv4('address mask'),
  'icmp.ext.echo.seq': number('sequence number'),
  'icmp.ext.echo.req.local': flag('local'),
} satisfies FieldTable;

type Fields = FieldList<typeof ICMP_FIELDS>;

const ROUTER_ADVERTISEMENT = 9;
const TIMESTAMP_REQUEST = 13;
const TIMESTAMP_REPLY = 14;
const MASK_REQUEST = 17;
const MASK_REPLY = 18;
const EXTENDED_ECHO_REQUEST = 42;
const EXTENDED_ECHO_REPLY = 43;

/** @param quoted the layers of the packet that an error quotes */
export function icmpLayer(view: DataView, end: number, icmp: Icmp, quoted: readonly Layer[]): Layer {
  const { at, checksum } = icmp;
  const list = new FieldList(view, ICMP_FIELDS, end);
  list.u8('icmp.type', at, icmp.name);
  list.u8('icmp.code', at + 1);
  const sum = list.u16('icmp.checksum', at + 2, checksumMeaning(checksum));
  sum.add('icmp.checksum.status', at + 2, 0, checksumStatus(checksum), checksumMeaning(checksum));
  addRest(list, icmp, end);
  const last = list.fields.at(-1);
  const headerEnd = Math.max(at + wire.HEADER, last === undefined ? 0 : last.at + last.length);
  return { protocol: 'icmp', name: 'ICMP', osi: '3', at, length: headerEnd - at, fields: list.fields, quoted };
}

/** What the last four bytes of the header mean, and what is no data behind it. */
function addRest(list: Fields, { at, type, code }: Icmp, end: number): void {
  switch (type) {
    case wire.ECHO_REQUEST:
    case wire.ECHO_REPLY:
      addIdentifier(list, at);
      return;
    case wire.DESTINATION_UNREACHABLE:
      addUnreachable(list, at, code === wire.FRAGMENTATION_NEEDED);
      return;
    case wire.REDIRECT:
      list.ipv4('icmp.redir_gw', at + 4, 'the better first hop');
      return;
    case wire.PARAMETER_PROBLEM:
      list.u8('icmp.pointer', at + 4, 'the byte of the header that is wrong');
      list.bytes('icmp.unused', at + 5, 3);
      return;
    case wire.TIME_EXCEEDED:
      list.bytes('icmp.unused', at + 4, 4);
      return;
    case ROUTER_ADVERTISEMENT:
      addRouters(list, at, end);
      return;
    case TIMESTAMP_REQUEST:
    case TIMESTAMP_REPLY:
      addIdentifier(list, at);
      addTimestamps(list, at);
      return;
    case MASK_REQUEST:
    case MASK_REPLY:
      addIdentifier(list, at);
      list.ipv4('icmp.address_mask', at + 8);
      return;
    case EXTENDED_ECHO_REQUEST:
    case EXTENDED_ECHO_REPLY:
      list.u16('icmp.ident', at + 4);
      list.u8('icmp.ext.echo.seq', at + 6);
      if (type === EXTENDED_ECHO_REQUEST) list.flag('icmp.ext.echo.req.local', at + 7, 1, 1);
      return;
    default:
  }
}

function addIdentifier(list: Fields, at: number): void {
  list.u16('icmp.ident', at + 4);
  list.u16('icmp.seq', at + 6);
}

/** RFC 1191 §4: a router that knows of path MTU discovery says what would have fitted. */
function addUnreachable(list: Fields, at: number, isTooBig: boolean): void {
  if (!isTooBig) {
    list.bytes('icmp.unused', at + 4, 4);
    return;
  }
  list.bytes('icmp.unused', at + 4, 2);
  list.u16('icmp.mtu', at + 6, 'bytes');
}

function addTimestamps(list: Fields, at: number): void {
  const meaning = 'milliseconds since midnight UT';
  list.u32('icmp.originate_timestamp', at + 8, meaning);
  list.u32('icmp.receive_timestamp', at + 12, meaning);
  list.u32('icmp.transmit_timestamp', at + 16, meaning);
}

function addRouters(list: Fields, at: number, end: number): void {
  list.u8('icmp.num_addrs', at + 4);
  list.u8('icmp.addr_entry_size', at + 5, 'units of 4 bytes');
  list.u16('icmp.lifetime', at + 6, 'seconds');
  const [count, size] = [list.view.getUint8(at + 4), list.view.getUint8(at + 5) * 4];
  if (size < 8) return;
  for (let i = 0, entry = at + 8; i < count && entry + 8 <= end; i++, entry += size) {
    list.ipv4('icmp.router_address', entry);
    list.add('icmp.pref_level', entry + 4, 4, list.view.getInt32(entry + 4));
  }
}
