/** The fields of what stands for a link header: Linux "cooked" captures, and the address family of loopbacks. */
import type { Cooked, Loopback } from '../dissected.ts';
import { etherTypeName, IPV6_FAMILIES } from '../names.ts';
import type { FieldTable, Layer } from './field.ts';
import { bytes, hex, mac, number } from './field.ts';
import { FieldList } from './field-list.ts';

export const COOKED_FIELDS = {
  'sll.pkttype': number('packet type'),
  'sll.hatype': number('link-layer address type'),
  'sll.halen': number('link-layer address length'),
  'sll.src.eth': mac('source'),
  'sll.unused': bytes('unused'),
  'sll.etype': hex('protocol', 4),
  'sll.ltype': hex('protocol', 4),
  'sll.ifindex': number('interface index'),
} satisfies FieldTable;

export const LOOPBACK_FIELDS = { 'null.family': number('address family') } satisfies FieldTable;

const LOWEST_TYPE = 0x0600;
const TYPES: readonly string[] = ['for us', 'broadcast', 'multicast', 'for someone else', 'from us'];

export function cookedLayer(view: DataView, end: number, link: Cooked): Layer {
  const list = new FieldList(view, COOKED_FIELDS, end);
  const name = 'Linux cooked capture';
  const type = TYPES[link.packetType] ?? '';
  const address = link.addressType === 1 ? 'Ethernet' : link.addressType === 772 ? 'loopback' : '';
  const protocolKey = link.etherType < LOWEST_TYPE ? 'sll.ltype' : 'sll.etype';
  if (link.version === 1) {
    list.u16('sll.pkttype', 0, type);
    list.u16('sll.hatype', 2, address);
    list.u16('sll.halen', 4, 'bytes');
    if (link.source !== '') list.mac('sll.src.eth', 6);
    const unused = link.source === '' ? 8 : 8 - link.addressLength;
    list.bytes('sll.unused', 14 - unused, unused);
    list.u16(protocolKey, 14, link.typeName);
    return { protocol: 'sll', name, osi: '2', at: 0, length: 16, fields: list.fields, quoted: [] };
  }
  list.u16(protocolKey, 0, etherTypeName(link.etherType));
  list.u32('sll.ifindex', 4);
  list.u16('sll.hatype', 8, address);
  list.u8('sll.pkttype', 10, type);
  list.u8('sll.halen', 11, 'bytes');
  if (link.source !== '') list.mac('sll.src.eth', 12);
  const unused = link.source === '' ? 8 : 8 - link.addressLength;
  list.bytes('sll.unused', 20 - unused, unused);
  return { protocol: 'sll', name: `${name} v2`, osi: '2', at: 0, length: 20, fields: list.fields, quoted: [] };
}

export function loopbackLayer(view: DataView, end: number, { family }: Loopback): Layer {
  const list = new FieldList(view, LOOPBACK_FIELDS, end);
  list.add('null.family', 0, 4, family, family === 2 ? 'IPv4' : IPV6_FAMILIES.includes(family) ? 'IPv6' : '');
  return { protocol: 'null', name: 'address family of a loopback', osi: '2', at: 0, length: 4, fields: list.fields, quoted: [] };
}
