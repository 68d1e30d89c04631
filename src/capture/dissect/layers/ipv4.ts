/** The fields of IPv4, RFC 791 §3.1, with the differentiated services of RFC 2474 and the congestion bits of RFC 3168. */
import type { Ipv4 } from '../dissected.ts';
import { protocolName } from '../names.ts';
import { checksumMeaning, checksumStatus } from './checksum-status.ts';
import type { FieldTable, Layer } from './field.ts';
import { flag, hex, ipv4, number } from './field.ts';
import { FieldList } from './field-list.ts';
import { addIpv4Options, IPV4_OPTION_FIELDS } from './ipv4-options.ts';
import { dscpName, ecnName } from './traffic-class.ts';

export const IPV4_FIELDS = {
  'ip.version': number('version'),
  'ip.hdr_len': number('header length'),
  'ip.dsfield': hex('differentiated services', 2),
  'ip.dsfield.dscp': number('codepoint'),
  'ip.dsfield.ecn': number('explicit congestion notification'),
  'ip.len': number('total length'),
  'ip.id': hex('identification', 4),
  'ip.flags': hex('flags', 2),
  'ip.flags.rb': flag('reserved'),
  'ip.flags.df': flag("don't fragment"),
  'ip.flags.mf': flag('more fragments'),
  'ip.frag_offset': number('fragment offset'),
  'ip.ttl': number('time to live'),
  'ip.proto': number('protocol'),
  'ip.checksum': hex('header checksum', 4),
  'ip.checksum.status': number('checksum status'),
  'ip.src': ipv4('source'),
  'ip.dst': ipv4('destination'),
  ...IPV4_OPTION_FIELDS,
} satisfies FieldTable;

export function ipv4Layer(view: DataView, end: number, network: Ipv4): Layer {
  const { at, headerLength, trafficClass, checksum } = network;
  const list = new FieldList(view, IPV4_FIELDS, end);
  list.bits('ip.version', at, 1, 0xf0);
  list.add('ip.hdr_len', at, 1, (view.getUint8(at) & 15) * 4, `bytes, ${view.getUint8(at) & 15} words of 4`, 0x0f);
  const services = list.u8('ip.dsfield', at + 1);
  services.bits('ip.dsfield.dscp', at + 1, 1, 0xfc, dscpName(trafficClass >>> 2));
  services.bits('ip.dsfield.ecn', at + 1, 1, 0x03, ecnName(trafficClass & 3));
  list.u16('ip.len', at + 2, network.totalLength === 0 ? 'left to the card: TCP segmentation offload' : 'bytes');
  list.u16('ip.id', at + 4, String(network.identification));
  addFlags(list, network);
  list.u8('ip.ttl', at + 8, 'hops');
  list.u8('ip.proto', at + 9, protocolName(network.protocol));
  const sum = list.u16('ip.checksum', at + 10, checksumMeaning(checksum));
  sum.add('ip.checksum.status', at + 10, 0, checksumStatus(checksum), checksumMeaning(checksum));
  list.ipv4('ip.src', at + 12);
  list.ipv4('ip.dst', at + 16);
  addIpv4Options(list, network);
  return { protocol: 'ip', name: 'IPv4', osi: '3', at, length: headerLength, fields: list.fields, quoted: [] };
}

function addFlags(list: FieldList<typeof IPV4_FIELDS>, { at, dontFragment, moreFragments, fragmentOffset }: Ipv4): void {
  const names = [...(dontFragment ? ["don't fragment"] : []), ...(moreFragments ? ['more fragments'] : [])];
  const flags = list.bits('ip.flags', at + 6, 1, 0xe0, names.join(', '));
  flags.flag('ip.flags.rb', at + 6, 1, 0x80);
  flags.flag('ip.flags.df', at + 6, 1, 0x40);
  flags.flag('ip.flags.mf', at + 6, 1, 0x20);
  list.bits('ip.frag_offset', at + 6, 2, 0x1fff, fragmentOffset === 0 ? '' : `times 8: byte ${fragmentOffset}`);
}
