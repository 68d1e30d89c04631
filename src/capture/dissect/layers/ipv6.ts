/** The fields of IPv6 and of its extension headers, RFC 8200 §3 and §4. */

import { AUTHENTICATION, DESTINATION_OPTIONS, FRAGMENT, HOP_BY_HOP, ROUTING } from '../dissect-ipv6.ts';
import type { Ipv6, Ipv6Extension } from '../dissected.ts';
import { protocolName } from '../names.ts';
import type { FieldTable, Layer } from './field.ts';
import { bytes, flag, hex, ipv6, none, number } from './field.ts';
import { FieldList } from './field-list.ts';
import { dscpName, ecnName } from './traffic-class.ts';

export const IPV6_FIELDS = {
  'ipv6.version': number('version'),
  'ipv6.tclass': hex('traffic class', 2),
  'ipv6.tclass.dscp': number('differentiated services codepoint'),
  'ipv6.tclass.ecn': number('explicit congestion notification'),
  'ipv6.flow': hex('flow label', 5),
  'ipv6.plen': number('payload length'),
  'ipv6.nxt': number('next header'),
  'ipv6.hlim': number('hop limit'),
  'ipv6.src': ipv6('source'),
  'ipv6.dst': ipv6('destination'),
  'ipv6.hopopts': none('hop-by-hop options'),
  'ipv6.hopopts.nxt': number('next header'),
  'ipv6.hopopts.len': number('length'),
  'ipv6.dstopts': none('destination options'),
  'ipv6.dstopts.nxt': number('next header'),
  'ipv6.dstopts.len': number('length'),
  'ipv6.opt.type': hex('option', 2),
  'ipv6.opt.type.action': number('what who does not know it does'),
  'ipv6.opt.type.change': flag('may change on the way'),
  'ipv6.opt.type.rest': hex('the other bits', 2),
  'ipv6.opt.length': number('option length'),
  'ipv6.opt.padn': bytes('padding'),
  'ipv6.opt.router_alert': number('router alert'),
  'ipv6.opt.jumbo': number('jumbo payload length'),
  'ipv6.routing': none('routing header'),
  'ipv6.routing.nxt': number('next header'),
  'ipv6.routing.len': number('length'),
  'ipv6.routing.type': number('routing type'),
  'ipv6.routing.segleft': number('segments left'),
  'ipv6.fraghdr': none('fragment header'),
  'ipv6.fraghdr.nxt': number('next header'),
  'ipv6.fraghdr.reserved_octet': hex('reserved', 2),
  'ipv6.fraghdr.reserved_bits': number('reserved'),
  'ipv6.fraghdr.offset': number('fragment offset'),
  'ipv6.fraghdr.more': flag('more fragments'),
  'ipv6.fraghdr.ident': hex('identification', 8),
  'ah.next_header': number('next header'),
  'ah.length': number('length'),
  'ah.reserved': bytes('reserved'),
  'ah.spi': hex('security parameters index', 8),
  'ah.sequence': number('sequence number'),
  'ah.icv': bytes('integrity check value'),
} satisfies FieldTable;

type Fields = FieldList<typeof IPV6_FIELDS>;

const HEADER = 40;
const PAD_1 = 0;
const PAD_N = 1;
const ROUTER_ALERT = 5;
const JUMBO = 0xc2;

export function ipv6Layer(view: DataView, end: number, network: Ipv6): Layer {
  const { at, trafficClass, extensions } = network;
  const list = new FieldList(view, IPV6_FIELDS, end);
  list.bits('ipv6.version', at, 1, 0xf0);
  const traffic = list.bits('ipv6.tclass', at, 4, 0x0ff0_0000);
  traffic.bits('ipv6.tclass.dscp', at, 4, 0x0fc0_0000, dscpName(trafficClass >>> 2));
  traffic.bits('ipv6.tclass.ecn', at, 4, 0x0030_0000, ecnName(trafficClass & 3));
  list.bits('ipv6.flow', at + 1, 3, 0x0f_ffff);
  list.u16('ipv6.plen', at + 4, 'bytes');
  list.u8('ipv6.nxt', at + 6, protocolName(network.nextHeader));
  list.u8('ipv6.hlim', at + 7, 'hops');
  list.ipv6('ipv6.src', at + 8);
  list.ipv6('ipv6.dst', at + 24);
  for (const extension of extensions) addExtension(list, extension);
  const length = HEADER + extensions.reduce((sum, extension) => sum + extension.length, 0);
  return { protocol: 'ipv6', name: 'IPv6', osi: '3', at, length, fields: list.fields, quoted: [] };
}

function addExtension(list: Fields, extension: Ipv6Extension): void {
  const { at, length, protocol, nextHeader } = extension;
  switch (protocol) {
    case HOP_BY_HOP:
      addOptionsHeader(list, extension, 'ipv6.hopopts');
      return;
    case DESTINATION_OPTIONS:
      addOptionsHeader(list, extension, 'ipv6.dstopts');
      return;
    case ROUTING:
      addRouting(list.add('ipv6.routing', at, length, true), extension);
      return;
    case FRAGMENT:
      addFragment(list.add('ipv6.fraghdr', at, length, true), at, nextHeader);
      return;
    case AUTHENTICATION:
      addAuthentication(list, at, length, nextHeader);
      return;
    default:
  }
}

const UNITS = 'in units of 8 bytes behind the first 8';

function addOptionsHeader(list: Fields, extension: Ipv6Extension, key: 'ipv6.hopopts' | 'ipv6.dstopts'): void {
  const { at, length, nextHeader } = extension;
  const parts = list.add(key, at, length, true);
  parts.u8(`${key}.nxt`, at, protocolName(nextHeader));
  parts.u8(`${key}.len`, at + 1, UNITS);
  addOptions(parts, at + 2, at + length);
}

function addRouting(list: Fields, { at, nextHeader }: Ipv6Extension): void {
  list.u8('ipv6.routing.nxt', at, protocolName(nextHeader));
  list.u8('ipv6.routing.len', at + 1, UNITS);
  list.u8('ipv6.routing.type', at + 2);
  list.u8('ipv6.routing.segleft', at + 3);
}

function addFragment(list: Fields, at: number, nextHeader: number): void {
  list.u8('ipv6.fraghdr.nxt', at, protocolName(nextHeader));
  list.u8('ipv6.fraghdr.reserved_octet', at + 1);
  const offset = list.view.getUint16(at + 2) & 0xfff8;
  list.bits('ipv6.fraghdr.offset', at + 2, 2, 0xfff8, offset === 0 ? '' : `times 8: byte ${offset}`);
  list.bits('ipv6.fraghdr.reserved_bits', at + 2, 2, 0x0006);
  list.flag('ipv6.fraghdr.more', at + 2, 2, 1);
  list.u32('ipv6.fraghdr.ident', at + 4);
}

/** RFC 4302 §2. */
function addAuthentication(list: Fields, at: number, length: number, nextHeader: number): void {
  list.u8('ah.next_header', at, protocolName(nextHeader));
  list.u8('ah.length', at + 1, 'in units of 4 bytes, less 2');
  list.bytes('ah.reserved', at + 2, 2);
  list.u32('ah.spi', at + 4);
  list.u32('ah.sequence', at + 8);
  list.bytes('ah.icv', at + 12, length - 12);
}

/** RFC 8200 §4.2: type, length and value, but for the padding of one byte. */
function addOptions(list: Fields, from: number, end: number): void {
  let at = from;
  while (at < end) {
    const type = list.view.getUint8(at);
    const parts = list.u8('ipv6.opt.type', at, optionName(type));
    addOptionType(parts, at);
    if (type === PAD_1) {
      at++;
      continue;
    }
    if (at + 2 > end) return;
    const length = list.view.getUint8(at + 1);
    if (at + 2 + length > end) return;
    parts.u8('ipv6.opt.length', at + 1, 'bytes');
    if (type === PAD_N) parts.bytes('ipv6.opt.padn', at + 2, length);
    if (type === ROUTER_ALERT && length === 2) parts.u16('ipv6.opt.router_alert', at + 2);
    if (type === JUMBO && length === 4) parts.u32('ipv6.opt.jumbo', at + 2, 'bytes');
    at += 2 + length;
  }
}

const ACTIONS: readonly string[] = [
  'skip it',
  'drop the packet',
  'drop it and tell the source',
  'drop it and tell a unicast source',
];

/** RFC 8200 §4.2: the three highest bits say how it is to be treated. */
function addOptionType(list: Fields, at: number): void {
  list.bits('ipv6.opt.type.action', at, 1, 0xc0, ACTIONS[list.view.getUint8(at) >>> 6]);
  list.flag('ipv6.opt.type.change', at, 1, 0x20);
  list.bits('ipv6.opt.type.rest', at, 1, 0x1f);
}

function optionName(type: number): string {
  if (type === PAD_1 || type === PAD_N) return 'padding';
  if (type === ROUTER_ALERT) return 'router alert';
  return type === JUMBO ? 'jumbo payload' : '';
}
