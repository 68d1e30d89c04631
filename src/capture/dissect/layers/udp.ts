/** The fields of UDP, RFC 768, and the ports that are left of a header. */
import type { Ports, Span, Udp } from '../dissected.ts';
import { checksumMeaning, checksumStatus } from './checksum-status.ts';
import type { FieldTable, Layer } from './field.ts';
import { bytes, hex, number } from './field.ts';
import { FieldList } from './field-list.ts';
import { portName } from './port-names.ts';

export const UDP_FIELDS = {
  'udp.srcport': number('source port'),
  'udp.dstport': number('destination port'),
  'udp.length': number('length'),
  'udp.checksum': hex('checksum', 4),
  'udp.checksum.status': number('checksum status'),
  'udp.payload': bytes('payload'),
} satisfies FieldTable;

const HEADER = 8;

export function udpLayer(view: DataView, end: number, udp: Udp, payload: Span): Layer {
  const { at, sourcePort, destinationPort, checksum } = udp;
  const list = new FieldList(view, UDP_FIELDS, end);
  list.u16('udp.srcport', at, portName(sourcePort));
  list.u16('udp.dstport', at + 2, portName(destinationPort));
  list.u16('udp.length', at + 4, 'bytes of header and data');
  const sum = list.u16('udp.checksum', at + 6, checksumMeaning(checksum));
  sum.add('udp.checksum.status', at + 6, 0, checksumStatus(checksum), checksumMeaning(checksum));
  list.bytes('udp.payload', payload.at, payload.length);
  return { protocol: 'udp', name: 'UDP', osi: '4', at, length: HEADER, fields: list.fields, quoted: [] };
}

export function udpPortsLayer(view: DataView, end: number, { at, sourcePort, destinationPort }: Ports): Layer {
  const list = new FieldList(view, UDP_FIELDS, end);
  list.u16('udp.srcport', at, portName(sourcePort));
  list.u16('udp.dstport', at + 2, portName(destinationPort));
  return { protocol: 'udp', name: 'UDP, what is left of it', osi: '4', at, length: end - at, fields: list.fields, quoted: [] };
}
