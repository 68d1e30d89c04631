/** The fields of a resource record of DNS, RFC 1035 §3.2 and §3.3. */
import type { DnsRecord } from '../dissect-dns.ts';
import { TYPE_AAAA, TYPE_CNAME, TYPE_DNAME, TYPE_NS, TYPE_OPT } from '../dns-data.ts';
import type { DnsName } from '../dns-name.ts';
import { dnsTypeName } from '../names.ts';
import type { FieldTable } from './field.ts';
import { bytes, flag, hex, ipv4, ipv6, number, text } from './field.ts';
import type { FieldList } from './field-list.ts';

export const DNS_RECORD_FIELDS = {
  'dns.resp.name': text('name'),
  'dns.resp.type': number('type'),
  'dns.resp.class': hex('class', 4),
  'dns.resp.ttl': number('time to live'),
  'dns.resp.len': number('data length'),
  'dns.rr.udp_payload_size': number('UDP payload size'),
  'dns.resp.ext_rcode': hex('extended response code', 2),
  'dns.resp.edns0_version': number('EDNS version'),
  'dns.resp.z': hex('flags', 4),
  'dns.resp.z.do': flag('DNSSEC records wanted'),
  'dns.resp.z.reserved': hex('reserved', 4),
  'dns.a': ipv4('address'),
  'dns.aaaa': ipv6('address'),
  'dns.ns': text('name server'),
  'dns.cname': text('canonical name'),
  'dns.dname': text('other tree'),
  'dns.ptr.domain_name': text('domain name'),
  'dns.mx.preference': number('preference'),
  'dns.mx.mail_exchange': text('mail exchange'),
  'dns.soa.mname': text('primary name server'),
  'dns.soa.rname': text('mailbox of who is responsible'),
  'dns.soa.serial_number': number('serial number'),
  'dns.soa.refresh_interval': number('refresh interval'),
  'dns.soa.retry_interval': number('retry interval'),
  'dns.soa.expire_limit': number('expire limit'),
  'dns.soa.minimum_ttl': number('minimum time to live'),
  'dns.txt.length': number('text length'),
  'dns.txt': text('text'),
  'dns.srv.priority': number('priority'),
  'dns.srv.weight': number('weight'),
  'dns.srv.port': number('port'),
  'dns.srv.target': text('target'),
  'dns.opt.code': number('option'),
  'dns.opt.len': number('option length'),
  'dns.opt.data': bytes('option value'),
  'dns.opt.cookie.client': bytes('client cookie'),
  'dns.opt.cookie.server': bytes('server cookie'),
} satisfies FieldTable;

type Fields = FieldList<typeof DNS_RECORD_FIELDS>;

/** The root has no name: it is shown as Wireshark shows it. */
export const nameText = ({ text: name }: DnsName): string => (name === '' ? '<Root>' : name);

/** RFC 1035 §3.2.4; mDNS uses the highest bit for itself (RFC 6762 §10.2). */
export const dnsClassName = (value: number): string =>
  ({ 1: 'IN, the Internet', 3: 'CH', 4: 'HS', 254: 'none', 255: 'any' })[value & 0x7fff] ?? '';

export function addDnsRecord(list: Fields, record: DnsRecord): void {
  const { at, name, type } = record;
  const typeAt = at + name.length;
  const parts = list.add('dns.resp.name', at, name.length, nameText(name), record.section);
  parts.u16('dns.resp.type', typeAt, dnsTypeName(type));
  if (type === TYPE_OPT) addExtension(parts, typeAt);
  else {
    parts.u16('dns.resp.class', typeAt + 2, dnsClassName(record.class));
    parts.u32('dns.resp.ttl', typeAt + 4, 'seconds');
  }
  parts.u16('dns.resp.len', typeAt + 8, 'bytes');
  addContent(parts, record);
}

/** RFC 6891 §6.1.2: class and time to live have other meanings. */
function addExtension(list: Fields, typeAt: number): void {
  list.u16('dns.rr.udp_payload_size', typeAt + 2, 'bytes');
  list.u8('dns.resp.ext_rcode', typeAt + 4);
  list.u8('dns.resp.edns0_version', typeAt + 5);
  const flags = list.u16('dns.resp.z', typeAt + 6);
  flags.flag('dns.resp.z.do', typeAt + 6, 2, 0x8000);
  flags.bits('dns.resp.z.reserved', typeAt + 6, 2, 0x7fff);
}

function addContent(list: Fields, { type, data, content }: DnsRecord): void {
  const { at, length } = data;
  switch (content.kind) {
    case 'address':
      list.add(type === TYPE_AAAA ? 'dns.aaaa' : 'dns.a', at, length, content.address);
      return;
    case 'name':
      list.add(nameKey(type), at, content.name.length, nameText(content.name));
      return;
    case 'mail exchange':
      list.u16('dns.mx.preference', at, 'lower is better');
      list.add('dns.mx.mail_exchange', at + 2, content.name.length, nameText(content.name));
      return;
    case 'authority':
      addAuthority(list, at, content.server, content.mailbox);
      return;
    case 'text':
      for (const part of content.strings) {
        list.u8('dns.txt.length', part.at - 1, 'bytes');
        list.add('dns.txt', part.at, part.length, plainText(list.view, part.at, part.length));
      }
      return;
    case 'service':
      list.u16('dns.srv.priority', at, 'lower is better');
      list.u16('dns.srv.weight', at + 2);
      list.u16('dns.srv.port', at + 4);
      list.add('dns.srv.target', at + 6, content.name.length, nameText(content.name));
      return;
    case 'options':
      for (const option of content.options) {
        list.u16('dns.opt.code', option.at, ednsOptionName(list.view.getUint16(option.at)));
        list.u16('dns.opt.len', option.at + 2, 'bytes');
        list.bytes('dns.opt.data', option.at + 4, option.length - 4);
        if (list.view.getUint16(option.at) === EDNS_COOKIE) addCookie(list, option.at + 4, option.length - 4);
      }
      return;
    default:
  }
}

function nameKey(type: number): 'dns.ns' | 'dns.cname' | 'dns.dname' | 'dns.ptr.domain_name' {
  if (type === TYPE_NS) return 'dns.ns';
  if (type === TYPE_CNAME) return 'dns.cname';
  return type === TYPE_DNAME ? 'dns.dname' : 'dns.ptr.domain_name';
}

function addAuthority(list: Fields, at: number, server: DnsName, mailbox: DnsName): void {
  list.add('dns.soa.mname', at, server.length, nameText(server));
  list.add('dns.soa.rname', at + server.length, mailbox.length, nameText(mailbox));
  const numbers = at + server.length + mailbox.length;
  list.u32('dns.soa.serial_number', numbers);
  list.u32('dns.soa.refresh_interval', numbers + 4, 'seconds');
  list.u32('dns.soa.retry_interval', numbers + 8, 'seconds');
  list.u32('dns.soa.expire_limit', numbers + 12, 'seconds');
  list.u32('dns.soa.minimum_ttl', numbers + 16, 'seconds');
}

const EDNS_COOKIE = 10;

/** RFC 7873 §4: eight bytes of the client, and what the server gave it. */
function addCookie(list: Fields, at: number, length: number): void {
  list.bytes('dns.opt.cookie.client', at, Math.min(length, 8));
  list.bytes('dns.opt.cookie.server', at + 8, length - 8);
}

/** RFC 6891 and the IANA registry. */
const ednsOptionName = (code: number): string =>
  ({ 3: 'name server id', 8: 'client subnet', 10: 'cookie', 11: 'TCP keep-alive', 12: 'padding', 15: 'extended error' })[code] ??
  '';

/** Printable ASCII as it is, the rest as \ddd. */
function plainText(view: DataView, at: number, length: number): string {
  let result = '';
  for (let i = at; i < at + length; i++) {
    const octet = view.getUint8(i);
    result += octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, '0')}`;
  }
  return result;
}
