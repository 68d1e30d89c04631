/** The fields of DNS, RFC 1035 §4.1, with the record types that one meets and EDNS of RFC 6891. */

import type { Dns, DnsQuestion } from '../dissect-dns.ts';
import { DNS_HEADER, DNS_RESPONSE } from '../dissect-dns.ts';
import { dnsCodeName, dnsOperationName, dnsTypeName } from '../names.ts';
import { addDnsRecord, DNS_RECORD_FIELDS, dnsClassName, nameText } from './dns-record.ts';
import type { FieldTable, Layer } from './field.ts';
import { flag, hex, number, text } from './field.ts';
import { FieldList } from './field-list.ts';

export const DNS_FIELDS = {
  'dns.length': number('length'),
  'dns.id': hex('transaction id', 4),
  'dns.flags': hex('flags', 4),
  'dns.flags.response': flag('response'),
  'dns.flags.opcode': number('operation'),
  'dns.flags.authoritative': flag('authoritative'),
  'dns.flags.truncated': flag('truncated'),
  'dns.flags.recdesired': flag('recursion desired'),
  'dns.flags.recavail': flag('recursion available'),
  'dns.flags.z': flag('reserved'),
  'dns.flags.authenticated': flag('authentic data'),
  'dns.flags.checkdisable': flag('checking disabled'),
  'dns.flags.rcode': number('response code'),
  'dns.count.queries': number('questions'),
  'dns.count.answers': number('answer records'),
  'dns.count.auth_rr': number('authority records'),
  'dns.count.add_rr': number('additional records'),
  'dns.qry.name': text('name'),
  'dns.qry.name.len': number('name length'),
  'dns.count.labels': number('labels'),
  'dns.qry.type': number('type'),
  'dns.qry.class': hex('class', 4),
  ...DNS_RECORD_FIELDS,
} satisfies FieldTable;

type Fields = FieldList<typeof DNS_FIELDS>;

const NAMES: Record<Dns['protocol'], string> = { dns: 'DNS', mdns: 'multicast DNS', llmnr: 'LLMNR' };

export function dnsLayer(view: DataView, end: number, message: Dns): Layer {
  const { at, prefix, protocol, counts } = message;
  const list = new FieldList(view, DNS_FIELDS, end);
  if (prefix > 0) list.u16('dns.length', at - prefix, 'bytes follow');
  list.u16('dns.id', at);
  addFlags(list, message);
  list.u16('dns.count.queries', at + 4);
  list.u16('dns.count.answers', at + 6);
  list.u16('dns.count.auth_rr', at + 8);
  list.u16('dns.count.add_rr', at + 10);
  for (const question of message.questions) addQuestion(list, question);
  for (const record of message.records) addDnsRecord(list, record);
  const [length, name] = [message.length + prefix, `${NAMES[protocol]} ${isResponse(message) ? 'response' : 'query'}`];
  const isEmpty = counts.every((count) => count === 0);
  const shown = isEmpty ? DNS_HEADER + prefix : length;
  return { protocol, name, osi: '5-7', at: at - prefix, length: shown, fields: list.fields, quoted: [] };
}

const AUTHENTIC = 0x0020;

const isResponse = ({ flags }: Dns): boolean => (flags & DNS_RESPONSE) !== 0;

function addFlags(list: Fields, message: Dns): void {
  const at = message.at + 2;
  const { flags } = message;
  const parts = list.u16('dns.flags', at, isResponse(message) ? 'response' : 'query');
  parts.flag('dns.flags.response', at, 2, DNS_RESPONSE);
  parts.bits('dns.flags.opcode', at, 2, 0x7800, dnsOperationName((flags >>> 11) & 15));
  if (isResponse(message)) parts.flag('dns.flags.authoritative', at, 2, 0x0400);
  parts.flag('dns.flags.truncated', at, 2, 0x0200);
  parts.flag('dns.flags.recdesired', at, 2, 0x0100);
  if (isResponse(message)) parts.flag('dns.flags.recavail', at, 2, 0x0080);
  parts.flag('dns.flags.z', at, 2, 0x0040);
  // RFC 6840 §5.7: in a question the bit asks for it, and without it there is nothing to say
  if (isResponse(message) || flags & AUTHENTIC) parts.flag('dns.flags.authenticated', at, 2, AUTHENTIC);
  parts.flag('dns.flags.checkdisable', at, 2, 0x0010);
  if (isResponse(message)) parts.bits('dns.flags.rcode', at, 2, 0x000f, dnsCodeName(flags & 15));
}

function addQuestion(list: Fields, { at, name, type, class: questionClass }: DnsQuestion): void {
  const parts = list.add('dns.qry.name', at, name.length, nameText(name));
  parts.add('dns.qry.name.len', at, name.length, nameText(name).length);
  parts.add('dns.count.labels', at, name.length, name.labels);
  list.u16('dns.qry.type', at + name.length, dnsTypeName(type));
  list.u16('dns.qry.class', at + name.length + 2, dnsClassName(questionClass));
}
