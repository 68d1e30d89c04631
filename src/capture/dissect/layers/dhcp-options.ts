/** The options of DHCP, RFC 2132, RFC 3046, RFC 3397: what each is called, and how its value is read. */
import type { DhcpOption } from '../dissect-dhcp.ts';
import { OPTION_END } from '../dissect-dhcp.ts';
import { dhcpMessageName } from '../names.ts';
import type { FieldTable } from './field.ts';
import { bytes, flag, hex, ipv4, mac, number, text } from './field.ts';
import type { FieldList } from './field-list.ts';

export const DHCP_OPTION_FIELDS = {
  'dhcp.option.type': number('option'),
  'dhcp.option.length': number('length'),
  'dhcp.option.value': bytes('value'),
  'dhcp.hw.type': hex('hardware type', 2),
  'dhcp.hw.mac_addr': mac('client hardware address'),
  'dhcp.option.end': number('end of options'),
  'dhcp.option.subnet_mask': ipv4('subnet mask'),
  'dhcp.option.router': ipv4('router'),
  'dhcp.option.time_server': ipv4('time server'),
  'dhcp.option.domain_name_server': ipv4('domain name server'),
  'dhcp.option.log_server': ipv4('log server'),
  'dhcp.option.hostname': text('host name'),
  'dhcp.option.domain_name': text('domain name'),
  'dhcp.option.root_path': text('root path'),
  'dhcp.option.ip_forwarding': flag('IP forwarding'),
  'dhcp.option.default_ip_ttl': number('default time to live'),
  'dhcp.option.interface_mtu': number('interface MTU'),
  'dhcp.option.broadcast_address': ipv4('broadcast address'),
  'dhcp.option.ntp_server': ipv4('NTP server'),
  'dhcp.option.requested_ip_address': ipv4('requested address'),
  'dhcp.option.ip_address_lease_time': number('lease time'),
  'dhcp.option.option_overload': number('option overload'),
  'dhcp.option.dhcp': number('message type'),
  'dhcp.option.dhcp_server_id': ipv4('server identifier'),
  'dhcp.option.request_list_item': number('wanted option'),
  'dhcp.option.message': text('message'),
  'dhcp.option.dhcp_max_message_size': number('maximum message size'),
  'dhcp.option.renewal_time_value': number('renewal time, T1'),
  'dhcp.option.rebinding_time_value': number('rebinding time, T2'),
  'dhcp.option.vendor_class_id': text('vendor class'),
  'dhcp.option.tftp_server_name': text('TFTP server'),
  'dhcp.option.bootfile_name': text('boot file'),
} satisfies FieldTable;

type Fields = FieldList<typeof DHCP_OPTION_FIELDS>;
type Key = keyof typeof DHCP_OPTION_FIELDS;
type Reading = 'addresses' | 'text' | 'flag' | 'u8' | 'u16' | 'seconds' | 'message type' | 'wanted options';

interface OptionInfo {
  readonly name: string;
  readonly key?: Key;
  readonly reading?: Reading;
}

/** What has no key is named, and its value shown as bytes. */
const OPTIONS: Readonly<Record<number, OptionInfo>> = {
  1: { name: 'subnet mask', key: 'dhcp.option.subnet_mask', reading: 'addresses' },
  2: { name: 'time offset' },
  3: { name: 'router', key: 'dhcp.option.router', reading: 'addresses' },
  4: { name: 'time server', key: 'dhcp.option.time_server', reading: 'addresses' },
  6: { name: 'domain name server', key: 'dhcp.option.domain_name_server', reading: 'addresses' },
  7: { name: 'log server', key: 'dhcp.option.log_server', reading: 'addresses' },
  12: { name: 'host name', key: 'dhcp.option.hostname', reading: 'text' },
  15: { name: 'domain name', key: 'dhcp.option.domain_name', reading: 'text' },
  17: { name: 'root path', key: 'dhcp.option.root_path', reading: 'text' },
  19: { name: 'IP forwarding', key: 'dhcp.option.ip_forwarding', reading: 'flag' },
  23: { name: 'default time to live', key: 'dhcp.option.default_ip_ttl', reading: 'u8' },
  26: { name: 'interface MTU', key: 'dhcp.option.interface_mtu', reading: 'u16' },
  28: { name: 'broadcast address', key: 'dhcp.option.broadcast_address', reading: 'addresses' },
  33: { name: 'static route' },
  42: { name: 'NTP server', key: 'dhcp.option.ntp_server', reading: 'addresses' },
  43: { name: 'vendor information' },
  50: { name: 'requested address', key: 'dhcp.option.requested_ip_address', reading: 'addresses' },
  51: { name: 'lease time', key: 'dhcp.option.ip_address_lease_time', reading: 'seconds' },
  52: { name: 'option overload', key: 'dhcp.option.option_overload', reading: 'u8' },
  53: { name: 'message type', key: 'dhcp.option.dhcp', reading: 'message type' },
  54: { name: 'server identifier', key: 'dhcp.option.dhcp_server_id', reading: 'addresses' },
  55: { name: 'parameter request list', key: 'dhcp.option.request_list_item', reading: 'wanted options' },
  56: { name: 'message', key: 'dhcp.option.message', reading: 'text' },
  57: { name: 'maximum message size', key: 'dhcp.option.dhcp_max_message_size', reading: 'u16' },
  58: { name: 'renewal time, T1', key: 'dhcp.option.renewal_time_value', reading: 'seconds' },
  59: { name: 'rebinding time, T2', key: 'dhcp.option.rebinding_time_value', reading: 'seconds' },
  60: { name: 'vendor class', key: 'dhcp.option.vendor_class_id', reading: 'text' },
  61: { name: 'client identifier' },
  66: { name: 'TFTP server', key: 'dhcp.option.tftp_server_name', reading: 'text' },
  67: { name: 'boot file', key: 'dhcp.option.bootfile_name', reading: 'text' },
  77: { name: 'user class' },
  81: { name: 'client domain name' },
  82: { name: 'relay agent information' },
  93: { name: 'client architecture' },
  97: { name: 'client machine identifier' },
  119: { name: 'domain search' },
  121: { name: 'classless static routes' },
};

export function addDhcpOption(list: Fields, { at, length, code, value }: DhcpOption): void {
  if (code === OPTION_END) {
    list.add('dhcp.option.type', at, 1, code, 'end').add('dhcp.option.end', at, 1, code);
    return;
  }
  const info = OPTIONS[code];
  const parts = list.add('dhcp.option.type', at, length, code, info?.name ?? '');
  parts.u8('dhcp.option.length', at + 1, 'bytes');
  parts.bytes('dhcp.option.value', value.at, value.length);
  if (code === OPTION_CLIENT_ID) addClientId(parts, value.at, value.length);
  if (info?.key !== undefined && info.reading !== undefined) addValue(parts, info.key, info.reading, value.at, value.length);
}

const OPTION_CLIENT_ID = 61;

/** RFC 2132 §9.14: most clients put their Ethernet address in, with its type in front. */
function addClientId(list: Fields, at: number, length: number): void {
  if (length !== 7 || list.view.getUint8(at) !== 1) return;
  list.u8('dhcp.hw.type', at, 'Ethernet');
  list.mac('dhcp.hw.mac_addr', at + 1);
}

function addValue(list: Fields, key: Key, reading: Reading, at: number, length: number): void {
  switch (reading) {
    case 'addresses':
      for (let i = 0; i + 4 <= length; i += 4) list.ipv4(key, at + i);
      return;
    case 'text':
      list.add(key, at, length, readText(list.view, at, length));
      return;
    case 'flag':
      if (length === 1) list.add(key, at, 1, list.view.getUint8(at) !== 0);
      return;
    case 'wanted options':
      for (let i = at; i < at + length; i++) list.u8(key, i, OPTIONS[list.view.getUint8(i)]?.name ?? '');
      return;
    default:
      addNumber(list, key, reading, at, length);
  }
}

/** Of one, two or four bytes; another length is no value. */
function addNumber(list: Fields, key: Key, reading: Reading, at: number, length: number): void {
  if (reading === 'message type' && length === 1) list.u8(key, at, dhcpMessageName(list.view.getUint8(at)));
  else if (reading === 'u8' && length === 1) list.u8(key, at);
  else if (reading === 'u16' && length === 2) list.u16(key, at, 'bytes');
  else if (reading === 'seconds' && length === 4) list.u32(key, at, 'seconds');
}

/** Up to a zero, if there is one. */
function readText(view: DataView, at: number, length: number): string {
  let value = '';
  for (let i = at; i < at + length && view.getUint8(i) !== 0; i++) {
    const octet = view.getUint8(i);
    value += octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·';
  }
  return value;
}
