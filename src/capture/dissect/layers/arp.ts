/** The fields of ARP, RFC 826. */
import type { Arp } from '../dissected.ts';
import { etherTypeName } from '../names.ts';
import type { FieldTable, Layer } from './field.ts';
import { flag, hex, ipv4, mac, number } from './field.ts';
import { FieldList } from './field-list.ts';

export const ARP_FIELDS = {
  'arp.hw.type': number('hardware type'),
  'arp.proto.type': hex('protocol type', 4),
  'arp.hw.size': number('hardware address length'),
  'arp.proto.size': number('protocol address length'),
  'arp.opcode': number('operation'),
  'arp.isgratuitous': flag('gratuitous'),
  'arp.isprobe': flag('probe'),
  'arp.isannouncement': flag('announcement'),
  'arp.src.hw_mac': mac('sender hardware address'),
  'arp.src.proto_ipv4': ipv4('sender protocol address'),
  'arp.dst.hw_mac': mac('target hardware address'),
  'arp.dst.proto_ipv4': ipv4('target protocol address'),
} satisfies FieldTable;

const LENGTH = 28;
const REQUEST = 1;
const REPLY = 2;

/** RFC 826, RFC 903, RFC 2390. */
const OPERATIONS: Readonly<Record<number, string>> = {
  1: 'request',
  2: 'reply',
  3: 'reverse request',
  4: 'reverse reply',
  8: 'inverse request',
  9: 'inverse reply',
};

export function arpLayer(view: DataView, end: number, { at, operation, senderIp, targetIp }: Arp): Layer {
  const list = new FieldList(view, ARP_FIELDS, end);
  list.u16('arp.hw.type', at, 'Ethernet');
  list.u16('arp.proto.type', at + 2, etherTypeName(view.getUint16(at + 2)));
  list.u8('arp.hw.size', at + 4, 'bytes');
  list.u8('arp.proto.size', at + 5, 'bytes');
  list.u16('arp.opcode', at + 6, OPERATIONS[operation] ?? '');
  // RFC 5227 §1.1: a host asks for an address before it uses it, and tells when it does
  const isQuestion = operation === REQUEST || operation === REPLY;
  if (isQuestion && senderIp === targetIp) list.add('arp.isgratuitous', at, 0, true, 'about its own address');
  if (operation === REQUEST && senderIp === '0.0.0.0') list.add('arp.isprobe', at, 0, true, 'is the address free?');
  if (operation === REQUEST && senderIp === targetIp) list.add('arp.isannouncement', at, 0, true, 'I use this address now');
  list.mac('arp.src.hw_mac', at + 8);
  list.ipv4('arp.src.proto_ipv4', at + 14);
  list.mac('arp.dst.hw_mac', at + 18);
  list.ipv4('arp.dst.proto_ipv4', at + 24);
  return { protocol: 'arp', name: 'ARP', osi: '2-3', at, length: LENGTH, fields: list.fields, quoted: [] };
}
