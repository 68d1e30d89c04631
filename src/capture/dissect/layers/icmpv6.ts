/** The fields of ICMPv6: RFC 4443, neighbour discovery of RFC 4861, multicast listeners of RFC 2710. */
import type { Icmp } from '../dissected.ts';
import { checksumMeaning, checksumStatus } from './checksum-status.ts';
import type { FieldTable, Layer } from './field.ts';
import { bytes, flag, flatten, hex, ipv6, mac, number } from './field.ts';
import { FieldList } from './field-list.ts';

export const ICMPV6_FIELDS = {
  'icmpv6.type': number('type'),
  'icmpv6.code': number('code'),
  'icmpv6.checksum': hex('checksum', 4),
  'icmpv6.checksum.status': number('checksum status'),
  'icmpv6.reserved': bytes('reserved'),
  'icmpv6.mtu': number('MTU'),
  'icmpv6.pointer': number('pointer'),
  'icmpv6.echo.identifier': hex('identifier', 4),
  'icmpv6.echo.sequence_number': number('sequence number'),
  'icmpv6.nd.ra.cur_hop_limit': number('hop limit to use'),
  'icmpv6.nd.ra.flag': hex('flags', 2),
  'icmpv6.nd.ra.flag.m': flag('managed address configuration'),
  'icmpv6.nd.ra.flag.o': flag('other configuration'),
  'icmpv6.nd.ra.flag.h': flag('home agent'),
  'icmpv6.nd.ra.flag.prf': number('router preference'),
  'icmpv6.nd.ra.flag.p': flag('proxy'),
  'icmpv6.nd.ra.flag.rsv': number('reserved'),
  'icmpv6.nd.ra.router_lifetime': number('router lifetime'),
  'icmpv6.nd.ra.reachable_time': number('reachable time'),
  'icmpv6.nd.ra.retrans_timer': number('retransmission timer'),
  'icmpv6.nd.ns.target_address': ipv6('target'),
  'icmpv6.nd.na.flag': hex('flags', 8),
  'icmpv6.nd.na.flag.r': flag('router'),
  'icmpv6.nd.na.flag.s': flag('solicited'),
  'icmpv6.nd.na.flag.o': flag('override'),
  'icmpv6.nd.na.flag.rsv': number('reserved'),
  'icmpv6.nd.na.target_address': ipv6('target'),
  'icmpv6.nd.rd.target_address': ipv6('target'),
  'icmpv6.rd.na.destination_address': ipv6('destination'),
  'icmpv6.mld.maximum_response_delay': number('maximum response delay'),
  'icmpv6.mld.multicast_address': ipv6('multicast address'),
  'icmpv6.opt.type': number('option'),
  'icmpv6.opt.length': number('option length'),
  'icmpv6.opt.src_linkaddr': mac('source link-layer address'),
  'icmpv6.opt.target_linkaddr': mac('target link-layer address'),
  'icmpv6.opt.prefix.length': number('prefix length'),
  'icmpv6.opt.prefix.flag': hex('flags', 2),
  'icmpv6.opt.prefix.flag.l': flag('on-link'),
  'icmpv6.opt.prefix.flag.a': flag('autonomous address configuration'),
  'icmpv6.opt.prefix.flag.r': flag('router address'),
  'icmpv6.opt.prefix.flag.reserved': number('reserved'),
  'icmpv6.opt.prefix.valid_lifetime': number('valid lifetime'),
  'icmpv6.opt.prefix.preferred_lifetime': number('preferred lifetime'),
  'icmpv6.opt.prefix': ipv6('prefix'),
  'icmpv6.opt.mtu': number('MTU'),
} satisfies FieldTable;

type Fields = FieldList<typeof ICMPV6_FIELDS>;

const HEADER = 8;
const UNREACHABLE = 1;
const PACKET_TOO_BIG = 2;
const TIME_EXCEEDED = 3;
const PARAMETER_PROBLEM = 4;
const ECHO_REQUEST = 128;
const ECHO_REPLY = 129;
const LISTENER_QUERY = 130;
const LISTENER_DONE = 132;
const ROUTER_SOLICITATION = 133;
const ROUTER_ADVERTISEMENT = 134;
const NEIGHBOR_SOLICITATION = 135;
const NEIGHBOR_ADVERTISEMENT = 136;
const REDIRECT = 137;

/** @param quoted the layers of the packet that an error quotes */
export function icmpv6Layer(view: DataView, end: number, icmp: Icmp, quoted: readonly Layer[]): Layer {
  const { at, checksum } = icmp;
  const list = new FieldList(view, ICMPV6_FIELDS, end);
  list.u8('icmpv6.type', at, icmp.name);
  list.u8('icmpv6.code', at + 1);
  const sum = list.u16('icmpv6.checksum', at + 2, checksumMeaning(checksum));
  sum.add('icmpv6.checksum.status', at + 2, 0, checksumStatus(checksum), checksumMeaning(checksum));
  addRest(list, icmp, end);
  const headerEnd = Math.max(at + HEADER, ...[...flatten(list.fields)].map((field) => field.at + field.length));
  return { protocol: 'icmpv6', name: 'ICMPv6', osi: '3', at, length: Math.min(headerEnd, end) - at, fields: list.fields, quoted };
}

function addRest(list: Fields, { at, type }: Icmp, end: number): void {
  switch (type) {
    case PACKET_TOO_BIG:
      list.u32('icmpv6.mtu', at + 4, 'bytes');
      return;
    case PARAMETER_PROBLEM:
      list.u32('icmpv6.pointer', at + 4, 'the byte that is wrong');
      return;
    case ECHO_REQUEST:
    case ECHO_REPLY:
      list.u16('icmpv6.echo.identifier', at + 4);
      list.u16('icmpv6.echo.sequence_number', at + 6);
      return;
    case UNREACHABLE:
    case TIME_EXCEEDED:
      list.bytes('icmpv6.reserved', at + 4, 4);
      return;
    default:
      if (type >= LISTENER_QUERY && type <= LISTENER_DONE) {
        addListener(list, at);
        return;
      }
      if (type >= ROUTER_SOLICITATION && type <= REDIRECT) addDiscovery(list, at, type, end);
  }
}

function addListener(list: Fields, at: number): void {
  list.u16('icmpv6.mld.maximum_response_delay', at + 4, 'milliseconds');
  list.bytes('icmpv6.reserved', at + 6, 2);
  list.ipv6('icmpv6.mld.multicast_address', at + 8);
}

function addDiscovery(list: Fields, at: number, type: number, end: number): void {
  if (type !== ROUTER_ADVERTISEMENT && type !== NEIGHBOR_ADVERTISEMENT) list.bytes('icmpv6.reserved', at + 4, 4);
  switch (type) {
    case ROUTER_SOLICITATION:
      addOptions(list, at + 8, end);
      return;
    case ROUTER_ADVERTISEMENT:
      addAdvertisement(list, at);
      addOptions(list, at + 16, end);
      return;
    case NEIGHBOR_SOLICITATION:
      list.ipv6('icmpv6.nd.ns.target_address', at + 8, 'whose link-layer address is wanted');
      addOptions(list, at + 24, end);
      return;
    case NEIGHBOR_ADVERTISEMENT:
      addNeighbor(list, at);
      addOptions(list, at + 24, end);
      return;
    default:
      list.ipv6('icmpv6.nd.rd.target_address', at + 8, 'the better first hop');
      list.ipv6('icmpv6.rd.na.destination_address', at + 24);
      addOptions(list, at + 40, end);
  }
}

/** RFC 4861 §4.4. */
function addNeighbor(list: Fields, at: number): void {
  const flags = list.u32('icmpv6.nd.na.flag', at + 4);
  flags.flag('icmpv6.nd.na.flag.r', at + 4, 4, 0x8000_0000);
  flags.flag('icmpv6.nd.na.flag.s', at + 4, 4, 0x4000_0000);
  flags.flag('icmpv6.nd.na.flag.o', at + 4, 4, 0x2000_0000);
  flags.bits('icmpv6.nd.na.flag.rsv', at + 4, 4, 0x1fff_ffff);
  list.ipv6('icmpv6.nd.na.target_address', at + 8);
}

/** RFC 4861 §4.2. */
function addAdvertisement(list: Fields, at: number): void {
  list.u8('icmpv6.nd.ra.cur_hop_limit', at + 4);
  const flags = list.u8('icmpv6.nd.ra.flag', at + 5);
  flags.flag('icmpv6.nd.ra.flag.m', at + 5, 1, 0x80);
  flags.flag('icmpv6.nd.ra.flag.o', at + 5, 1, 0x40);
  flags.flag('icmpv6.nd.ra.flag.h', at + 5, 1, 0x20);
  flags.bits('icmpv6.nd.ra.flag.prf', at + 5, 1, 0x18);
  flags.flag('icmpv6.nd.ra.flag.p', at + 5, 1, 0x04);
  flags.bits('icmpv6.nd.ra.flag.rsv', at + 5, 1, 0x03);
  list.u16('icmpv6.nd.ra.router_lifetime', at + 6, 'seconds');
  list.u32('icmpv6.nd.ra.reachable_time', at + 8, 'milliseconds');
  list.u32('icmpv6.nd.ra.retrans_timer', at + 12, 'milliseconds');
}

const OPTION_NAMES: Readonly<Record<number, string>> = {
  1: 'source link-layer address',
  2: 'target link-layer address',
  3: 'prefix information',
  4: 'redirected header',
  5: 'MTU',
};

/** RFC 4861 §4.6: type, length in units of 8 bytes, which may not be 0. */
function addOptions(list: Fields, from: number, end: number): void {
  let at = from;
  while (at + 2 <= end) {
    const [type, length] = [list.view.getUint8(at), list.view.getUint8(at + 1) * 8];
    if (length === 0 || at + length > end) return;
    const parts = list.u8('icmpv6.opt.type', at, OPTION_NAMES[type] ?? '');
    parts.u8('icmpv6.opt.length', at + 1, `${length} bytes, stored in units of 8`);
    addOptionValue(parts, at, type, length);
    at += length;
  }
}

function addOptionValue(list: Fields, at: number, type: number, length: number): void {
  if (type === 1 && length === 8) list.mac('icmpv6.opt.src_linkaddr', at + 2);
  else if (type === 2 && length === 8) list.mac('icmpv6.opt.target_linkaddr', at + 2);
  else if (type === 3 && length === 32) addPrefix(list, at);
  else if (type === 5 && length === 8) list.u32('icmpv6.opt.mtu', at + 4, 'bytes');
}

function addPrefix(list: Fields, at: number): void {
  list.u8('icmpv6.opt.prefix.length', at + 2, 'bits');
  const flags = list.u8('icmpv6.opt.prefix.flag', at + 3);
  flags.flag('icmpv6.opt.prefix.flag.l', at + 3, 1, 0x80);
  flags.flag('icmpv6.opt.prefix.flag.a', at + 3, 1, 0x40);
  flags.flag('icmpv6.opt.prefix.flag.r', at + 3, 1, 0x20);
  flags.bits('icmpv6.opt.prefix.flag.reserved', at + 3, 1, 0x1f);
  list.u32('icmpv6.opt.prefix.valid_lifetime', at + 4, 'seconds');
  list.u32('icmpv6.opt.prefix.preferred_lifetime', at + 8, 'seconds');
  list.ipv6('icmpv6.opt.prefix', at + 16);
}
