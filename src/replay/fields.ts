/** A frame as a list of named fields, read from where they stand even when the frame makes no sense. */
import { flagNames } from '../capture/words/phrases.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import { formatV4 } from '../stack/wire/ip-address.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import { format as formatMac, read as readMac } from '../stack/wire/mac-address.ts';
import * as tcp from '../stack/wire/tcp.ts';
import type { Facts } from './facts.ts';
import type { Field } from './mask.ts';

/** What to subtract so that numbers are those that people read. */
export interface Bases {
  /** The initial sequence number of the host, and the peer's, which acknowledgments count from. */
  readonly seq: number;
  readonly ack: number;
}

export type Fields = Map<Field, string>;

const NO_BASES: Bases = { seq: 0, ack: 0 };

/** Everything but time, payload and checksums. */
export function fieldsOf(facts: Facts, bases: Bases = NO_BASES): Fields {
  const fields: Fields = new Map();
  const { view } = facts;
  if (!ethernet.isValid(0, view.byteLength)) return fields;
  const type = ethernet.etherType(view, 0);
  fields.set('eth.dst', formatMac(readMac(view, 0)));
  fields.set('eth.src', formatMac(readMac(view, 6)));
  fields.set('eth.type', hex(type, 4));
  const rest = view.byteLength - ethernet.HEADER;
  if (type === ethernet.TYPE_ARP && rest >= 28) arpFields(fields, facts);
  if (type === ethernet.TYPE_IPV4 && rest >= ipv4.HEADER) ipFields(fields, facts, bases);
  return fields;
}

function arpFields(fields: Fields, { view, network }: Facts): void {
  const kinds = [0, 2, 4].map((offset) => hex(view.getUint16(network + offset), 4));
  fields.set('arp.hardware', kinds.join(' '));
  const operation = view.getUint16(network + 6);
  fields.set('arp.operation', ['0', 'request', 'reply'][operation] ?? String(operation));
  fields.set('arp.sender.mac', formatMac(readMac(view, network + 8)));
  fields.set('arp.sender.ip', formatV4(view.getInt32(network + 14)));
  fields.set('arp.target.mac', formatMac(readMac(view, network + 18)));
  fields.set('arp.target.ip', formatV4(view.getInt32(network + 24)));
}

function ipFields(fields: Fields, facts: Facts, bases: Bases): void {
  const { view, network: at, transport } = facts;
  const header = ipv4.headerLength(view, at);
  fields.set('ip.version', String(ipv4.version(view, at)));
  fields.set('ip.hlen', String(header));
  fields.set('ip.protocol', String(ipv4.protocol(view, at)));
  fields.set('ip.src', formatV4(ipv4.source(view, at)));
  fields.set('ip.dst', formatV4(ipv4.destination(view, at)));
  fields.set('ip.tos', hex(ipv4.trafficClass(view, at), 2));
  fields.set('ip.id', String(ipv4.identification(view, at)));
  fields.set('ip.flags', ipFlags(view.getUint8(at + 6) >>> 5));
  fields.set('ip.offset', String(ipv4.fragmentOffset(view, at)));
  fields.set('ip.ttl', String(ipv4.ttl(view, at)));
  fields.set('ip.length', String(ipv4.totalLength(view, at)));
  if (header > ipv4.HEADER) fields.set('ip.options', hexOf(view, at + ipv4.HEADER, Math.min(at + header, view.byteLength)));
  if (facts.kind === 'tcp') tcpFields(fields, facts, bases);
  else if (facts.kind === 'udp') {
    fields.set('udp.srcport', String(view.getUint16(transport)));
    fields.set('udp.dstport', String(view.getUint16(transport + 2)));
    fields.set('udp.length', String(view.getUint16(transport + 4)));
  } else if (facts.kind === 'icmp' || facts.kind === 'echo') icmpFields(fields, facts);
}

/** The bit that RFC 791 reserves has no name of its own. */
const ipFlags = (bits: number): string =>
  [bits & 4 ? 'reserved' : '', bits & 2 ? 'DF' : '', bits & 1 ? 'MF' : ''].filter((name) => name !== '').join(' ') || 'none';

function icmpFields(fields: Fields, { kind, view, transport }: Facts): void {
  fields.set('icmp.type', String(view.getUint8(transport)));
  fields.set('icmp.code', String(view.getUint8(transport + 1)));
  if (kind === 'icmp') fields.set('icmp.rest', hex(view.getUint32(transport + 4), 8));
  else {
    fields.set('icmp.id', String(view.getUint16(transport + 4)));
    fields.set('icmp.seq', String(view.getUint16(transport + 6)));
  }
}

function tcpFields(fields: Fields, facts: Facts, bases: Bases): void {
  const { view, transport: at } = facts;
  const flags = tcp.flags(view, at);
  fields.set('tcp.srcport', String(tcp.sourcePort(view, at)));
  fields.set('tcp.dstport', String(tcp.destinationPort(view, at)));
  fields.set('tcp.seq', String(relative(tcp.sequence(view, at), bases.seq)));
  const ack = tcp.acknowledgment(view, at);
  fields.set('tcp.ack', String(flags & tcp.ACK ? relative(ack, bases.ack) : ack >>> 0));
  fields.set('tcp.flags', flagNames(flags & ~tcp.PSH));
  fields.set('tcp.push', flags & tcp.PSH ? 'PSH' : 'no PSH');
  fields.set('tcp.reserved', String(view.getUint8(at + 12) & 15));
  fields.set('tcp.window', String(tcp.window(view, at)));
  fields.set('tcp.urgent', String(tcp.urgent(view, at)));
  fields.set('tcp.hlen', String(tcp.headerLength(view, at)));
  optionFields(fields, facts, bases);
}

/** RFC 7323 and RFC 2018 by their fields; the order names every option, and holds the bytes of those without a field. */
function optionFields(fields: Fields, { view, transport, payload }: Facts, bases: Bases): void {
  const order: string[] = [];
  for (let at = transport + tcp.HEADER; at < payload; ) {
    const kind = view.getUint8(at);
    const length = kind <= 1 ? 1 : at + 1 < payload ? view.getUint8(at + 1) : 0;
    if (length === 0 || (kind > 1 && length < 2) || at + length > payload) {
      order.push(`malformed ${hexOf(view, at, payload)}`);
      break;
    }
    order.push(optionField(fields, view, at, length, bases));
    at += length;
  }
  if (order.length > 0) fields.set('tcp.options.order', order.join(', '));
}

/** @returns the name of the option, with what it holds where no field has that */
function optionField(fields: Fields, view: DataView, at: number, length: number, bases: Bases): string {
  const kind = view.getUint8(at);
  switch (`${kind} ${length}`) {
    case '0 1':
      return 'end';
    case '1 1':
      return 'nop';
    case '2 4':
      fields.set('tcp.options.mss', String(view.getUint16(at + 2)));
      return 'mss';
    case '3 3':
      fields.set('tcp.options.wscale', String(view.getUint8(at + 2)));
      return 'wscale';
    case '4 2':
      fields.set('tcp.options.sackok', 'yes');
      return 'sackok';
    case '8 10':
      fields.set('tcp.options.tsval', String(view.getUint32(at + 2)));
      fields.set('tcp.options.tsecr', String(view.getUint32(at + 6)));
      return 'timestamps';
  }
  if (kind !== 5 || length % 8 !== 2 || length === 2) return `option ${kind}: ${hexOf(view, at + 2, at + length)}`;
  const blocks: string[] = [];
  for (let edge = at + 2; edge < at + length; edge += 8)
    blocks.push(`${relative(view.getInt32(edge), bases.ack)}:${relative(view.getInt32(edge + 4), bases.ack)}`);
  fields.set('tcp.options.sack', blocks.join(' '));
  return 'sack';
}

const relative = (value: number, base: number): number => (value - base) >>> 0;

export const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

function hexOf(view: DataView, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) text += view.getUint8(at).toString(16).padStart(2, '0');
  return text;
}
