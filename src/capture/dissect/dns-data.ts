/** What the records of DNS hold, RFC 1035 §3.3, RFC 3596 (AAAA), RFC 2782 (SRV), RFC 6891 (OPT). */
import { formatV4 } from '../../stack/wire/ip-address.ts';
import type { Span } from './dissected.ts';
import type { DnsName } from './dns-name.ts';
import { readName } from './dns-name.ts';
import { formatV6 } from './ipv6-address.ts';

export const TYPE_A = 1;
export const TYPE_NS = 2;
export const TYPE_CNAME = 5;
export const TYPE_SOA = 6;
export const TYPE_PTR = 12;
export const TYPE_MX = 15;
export const TYPE_TXT = 16;
export const TYPE_AAAA = 28;
export const TYPE_SRV = 33;
export const TYPE_DNAME = 39;
export const TYPE_OPT = 41;

export type DnsData =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'name'; readonly name: DnsName }
  | { readonly kind: 'mail exchange'; readonly preference: number; readonly name: DnsName }
  | { readonly kind: 'authority'; readonly server: DnsName; readonly mailbox: DnsName }
  | { readonly kind: 'text'; readonly strings: readonly Span[] }
  | {
      readonly kind: 'service';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly name: DnsName;
    }
  | { readonly kind: 'options'; readonly options: readonly Span[] }
  | { readonly kind: 'other' };

const OTHER: DnsData = { kind: 'other' };
/** Of a start of authority behind its two names: five numbers of 32 bits. */
export const SOA_NUMBERS = 20;

/** @param start of the message, from which the pointers in names count; what does not fit its type is 'other' */
export function readData(view: DataView, start: number, type: number, data: Span): DnsData {
  const end = data.at + data.length;
  switch (type) {
    case TYPE_A:
      return data.length === 4 ? { kind: 'address', address: formatV4(view.getInt32(data.at)) } : OTHER;
    case TYPE_AAAA:
      return data.length === 16 ? { kind: 'address', address: formatV6(view, data.at) } : OTHER;
    case TYPE_NS:
    case TYPE_CNAME:
    case TYPE_PTR:
    case TYPE_DNAME:
      return nameData(readName(view, start, data.at, end));
    case TYPE_MX:
      return mailData(view, start, data.at, end);
    case TYPE_SOA:
      return authorityData(view, start, data.at, end);
    case TYPE_TXT:
      return { kind: 'text', strings: stringsIn(view, data.at, end) };
    case TYPE_SRV:
      return serviceData(view, start, data.at, end);
    case TYPE_OPT:
      return { kind: 'options', options: optionsIn(view, data.at, end) };
    default:
      return OTHER;
  }
}

/** In a line about the message; empty where it would say nothing. */
export function dataText(data: DnsData): string {
  switch (data.kind) {
    case 'address':
      return data.address;
    case 'name':
    case 'mail exchange':
    case 'service':
      return data.name.text;
    case 'authority':
      return data.server.text;
    default:
      return '';
  }
}

const nameData = (name: DnsName | undefined): DnsData => (name === undefined ? OTHER : { kind: 'name', name });

function mailData(view: DataView, start: number, at: number, end: number): DnsData {
  const name = at + 2 <= end ? readName(view, start, at + 2, end) : undefined;
  return name === undefined ? OTHER : { kind: 'mail exchange', preference: view.getUint16(at), name };
}

function authorityData(view: DataView, start: number, at: number, end: number): DnsData {
  const server = readName(view, start, at, end);
  const mailbox = server === undefined ? undefined : readName(view, start, at + server.length, end);
  if (server === undefined || mailbox === undefined) return OTHER;
  return at + server.length + mailbox.length + SOA_NUMBERS <= end ? { kind: 'authority', server, mailbox } : OTHER;
}

function serviceData(view: DataView, start: number, at: number, end: number): DnsData {
  const name = at + 6 <= end ? readName(view, start, at + 6, end) : undefined;
  if (name === undefined) return OTHER;
  const [priority, weight, port] = [view.getUint16(at), view.getUint16(at + 2), view.getUint16(at + 4)];
  return { kind: 'service', priority, weight, port, name };
}

/** Each with its byte of length in front, which the span leaves out. */
function stringsIn(view: DataView, from: number, end: number): Span[] {
  const strings: Span[] = [];
  let at = from;
  while (at < end && at + 1 + view.getUint8(at) <= end) {
    const length = view.getUint8(at);
    strings.push({ at: at + 1, length });
    at += 1 + length;
  }
  return strings;
}

/** Code, length and value of each. */
function optionsIn(view: DataView, from: number, end: number): Span[] {
  const options: Span[] = [];
  let at = from;
  while (at + 4 <= end && at + 4 + view.getUint16(at + 2) <= end) {
    const length = 4 + view.getUint16(at + 2);
    options.push({ at, length });
    at += length;
  }
  return options;
}
