/** The fields of DHCP, RFC 2131 §2. */
import type { Dhcp } from '../dissect-dhcp.ts';
import { BOOTP_HEADER } from '../dissect-dhcp.ts';
import { dhcpMessageName } from '../names.ts';
import { addDhcpOption, DHCP_OPTION_FIELDS } from './dhcp-options.ts';
import type { FieldTable, Layer } from './field.ts';
import { bytes, flag, hex, ipv4, number, text } from './field.ts';
import { FieldList } from './field-list.ts';

export const DHCP_FIELDS = {
  'dhcp.type': number('operation'),
  'dhcp.hw.len': number('hardware address length'),
  'dhcp.hops': number('hops'),
  'dhcp.id': hex('transaction id', 8),
  'dhcp.secs': number('seconds'),
  'dhcp.flags': hex('flags', 4),
  'dhcp.flags.bc': flag('broadcast'),
  'dhcp.flags.reserved': hex('reserved', 4),
  'dhcp.ip.client': ipv4('client address'),
  'dhcp.ip.your': ipv4('your address'),
  'dhcp.ip.server': ipv4('next server'),
  'dhcp.ip.relay': ipv4('relay agent'),
  'dhcp.hw.addr_padding': bytes('padding'),
  'dhcp.server': text('server name'),
  'dhcp.file': text('boot file'),
  'dhcp.cookie': ipv4('magic cookie'),
  ...DHCP_OPTION_FIELDS,
} satisfies FieldTable;

type Fields = FieldList<typeof DHCP_FIELDS>;

export function dhcpLayer(view: DataView, end: number, message: Dhcp): Layer {
  const { at, operation, messageType, options } = message;
  const list = new FieldList(view, DHCP_FIELDS, end);
  list.u8('dhcp.type', at, operation === 1 ? 'from a client' : 'from a server');
  list.u8('dhcp.hw.type', at + 1, view.getUint8(at + 1) === 1 ? 'Ethernet' : '');
  list.u8('dhcp.hw.len', at + 2, 'bytes');
  list.u8('dhcp.hops', at + 3);
  list.u32('dhcp.id', at + 4);
  list.u16('dhcp.secs', at + 8, 'since the client began');
  const flags = list.u16('dhcp.flags', at + 10, view.getUint8(at + 10) & 0x80 ? 'broadcast' : 'unicast');
  flags.flag('dhcp.flags.bc', at + 10, 2, 0x8000);
  flags.bits('dhcp.flags.reserved', at + 10, 2, 0x7fff);
  list.ipv4('dhcp.ip.client', at + 12);
  list.ipv4('dhcp.ip.your', at + 16);
  list.ipv4('dhcp.ip.server', at + 20);
  list.ipv4('dhcp.ip.relay', at + 24);
  addHardwareAddress(list, at);
  addText(list, 'dhcp.server', at + 44, 64);
  addText(list, 'dhcp.file', at + 108, 128);
  list.ipv4('dhcp.cookie', at + BOOTP_HEADER, 'DHCP');
  for (const option of options) addDhcpOption(list, option);
  const last = options.at(-1);
  const length = (last === undefined ? at + BOOTP_HEADER + 4 : last.at + last.length) - at;
  const name = messageType === 0 ? 'BOOTP' : `DHCP ${dhcpMessageName(messageType)}`;
  return { protocol: 'dhcp', name, osi: '5-7', at, length, fields: list.fields, quoted: [] };
}

function addHardwareAddress(list: Fields, at: number): void {
  list.mac('dhcp.hw.mac_addr', at + 28);
  list.bytes('dhcp.hw.addr_padding', at + 34, 10);
}

/** Ended by a zero; nothing at all where it is empty. */
function addText(list: Fields, key: 'dhcp.server' | 'dhcp.file', at: number, size: number): void {
  if (!list.holds(at, size)) return;
  let value = '';
  for (let i = at; i < at + size && list.view.getUint8(i) !== 0; i++) value += printable(list.view.getUint8(i));
  list.add(key, at, size, value);
}

const printable = (octet: number): string => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·');
