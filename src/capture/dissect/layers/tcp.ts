/** The fields of TCP, RFC 9293 §3.1. */
import * as wire from '../../../stack/wire/tcp.ts';
import type { Ports, Span, Tcp } from '../dissected.ts';
import { checksumMeaning, checksumStatus } from './checksum-status.ts';
import type { FieldTable, Layer } from './field.ts';
import { bytes, flag, hex, number } from './field.ts';
import { FieldList } from './field-list.ts';
import { portName } from './port-names.ts';
import { addTcpOptions, TCP_OPTION_FIELDS } from './tcp-options.ts';

export const TCP_FIELDS = {
  'tcp.srcport': number('source port'),
  'tcp.dstport': number('destination port'),
  'tcp.len': number('segment length'),
  'tcp.seq': number('sequence number, relative'),
  'tcp.seq_raw': number('sequence number'),
  'tcp.ack': number('acknowledgment number, relative'),
  'tcp.ack_raw': number('acknowledgment number'),
  'tcp.hdr_len': number('data offset'),
  'tcp.flags': hex('flags', 4),
  'tcp.flags.res': flag('reserved'),
  'tcp.flags.ae': flag('accurate ECN'),
  'tcp.flags.cwr': flag('CWR, congestion window reduced'),
  'tcp.flags.ece': flag('ECE, congestion was experienced'),
  'tcp.flags.urg': flag('URG, urgent pointer counts'),
  'tcp.flags.ack': flag('ACK, acknowledgment counts'),
  'tcp.flags.push': flag('PSH, push'),
  'tcp.flags.reset': flag('RST, reset'),
  'tcp.flags.syn': flag('SYN, synchronize'),
  'tcp.flags.fin': flag('FIN, no more data'),
  'tcp.window_size_value': number('window'),
  'tcp.checksum': hex('checksum', 4),
  'tcp.checksum.status': number('checksum status'),
  'tcp.urgent_pointer': number('urgent pointer'),
  'tcp.payload': bytes('payload'),
  ...TCP_OPTION_FIELDS,
} satisfies FieldTable;

/** What a segment's numbers are relative to, and how much data it carries. */
export interface SegmentContext {
  readonly seqBase: number;
  readonly ackBase: number;
  /** On the wire. */
  readonly length: number;
  readonly payload: Span;
}

const FLAG_WORDS: readonly (readonly [bit: number, name: string])[] = [
  [wire.SYN, 'SYN'],
  [wire.FIN, 'FIN'],
  [wire.RST, 'RST'],
  [wire.PSH, 'PSH'],
  [wire.ACK, 'ACK'],
  [wire.URG, 'URG'],
  [wire.ECE, 'ECE'],
  [wire.CWR, 'CWR'],
];

export function tcpLayer(
  view: DataView,
  end: number,
  segment: Tcp,
  { seqBase, ackBase, length, payload }: SegmentContext,
): Layer {
  const { at, flags, checksum } = segment;
  const list = new FieldList(view, TCP_FIELDS, end);
  list.u16('tcp.srcport', at, portName(segment.sourcePort));
  list.u16('tcp.dstport', at + 2, portName(segment.destinationPort));
  list.add('tcp.len', at + 12, 0, length, 'bytes of data');
  addNumber(list, 'tcp.seq', at + 4, segment.seq, seqBase);
  addNumber(list, 'tcp.ack', at + 8, segment.ack, flags & wire.ACK ? ackBase : 0);
  list.add('tcp.hdr_len', at + 12, 1, segment.headerLength, `bytes, ${segment.headerLength / 4} words of 4`, 0xf0);
  addFlags(list, at + 12, flags);
  list.u16('tcp.window_size_value', at + 14, flags & wire.SYN ? 'bytes' : 'before scaling');
  const sum = list.u16('tcp.checksum', at + 16, checksumMeaning(checksum));
  sum.add('tcp.checksum.status', at + 16, 0, checksumStatus(checksum), checksumMeaning(checksum));
  list.u16('tcp.urgent_pointer', at + 18);
  addTcpOptions(list, segment, Math.min(at + segment.headerLength, end), { seqBase, ackBase });
  list.bytes('tcp.payload', payload.at, payload.length);
  const headerEnd = Math.min(at + Math.max(segment.headerLength, wire.HEADER), end);
  return { protocol: 'tcp', name: 'TCP', osi: '4', at, length: headerEnd - at, fields: list.fields, quoted: [] };
}

/** The number as it stands there, and, as a part of it, since the beginning of the conversation. */
function addNumber(
  list: FieldList<typeof TCP_FIELDS>,
  key: 'tcp.seq' | 'tcp.ack',
  at: number,
  value: number,
  base: number,
): void {
  const relative = (value - base) >>> 0;
  const parts = list.u32(`${key}_raw`, at, base === 0 ? '' : `relative ${relative}`);
  parts.add(key, at, 4, relative);
}

function addFlags(list: FieldList<typeof TCP_FIELDS>, at: number, flags: number): void {
  const words = FLAG_WORDS.filter(([bit]) => flags & bit).map(([, name]) => name);
  const parts = list.bits('tcp.flags', at, 2, 0x0fff, words.join(', '));
  parts.flag('tcp.flags.res', at, 1, 0x0e);
  parts.flag('tcp.flags.ae', at, 1, 0x01);
  parts.flag('tcp.flags.cwr', at + 1, 1, wire.CWR);
  parts.flag('tcp.flags.ece', at + 1, 1, wire.ECE);
  parts.flag('tcp.flags.urg', at + 1, 1, wire.URG);
  parts.flag('tcp.flags.ack', at + 1, 1, wire.ACK);
  parts.flag('tcp.flags.push', at + 1, 1, wire.PSH);
  parts.flag('tcp.flags.reset', at + 1, 1, wire.RST);
  parts.flag('tcp.flags.syn', at + 1, 1, wire.SYN);
  parts.flag('tcp.flags.fin', at + 1, 1, wire.FIN);
}

export function tcpPortsLayer(view: DataView, end: number, { at, sourcePort, destinationPort }: Ports): Layer {
  const list = new FieldList(view, TCP_FIELDS, end);
  list.u16('tcp.srcport', at, portName(sourcePort));
  list.u16('tcp.dstport', at + 2, portName(destinationPort));
  if (list.holds(at + 4, 4)) addNumber(list, 'tcp.seq', at + 4, view.getUint32(at + 4), 0);
  return { protocol: 'tcp', name: 'TCP, what is left of it', osi: '4', at, length: end - at, fields: list.fields, quoted: [] };
}
