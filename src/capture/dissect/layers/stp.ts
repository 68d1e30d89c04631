/** The fields of spanning trees' BPDUs, IEEE 802.1D-2004 §9. */
import * as bpdus from '../../../stack/wire/bpdu.ts';
import type { Stp } from '../dissect-stp.ts';
import { bpduName, bpduRole } from '../names.ts';
import type { FieldTable, Layer } from './field.ts';
import { flag, hex, mac, number } from './field.ts';
import { FieldList } from './field-list.ts';

export const STP_FIELDS = {
  'stp.protocol': hex('protocol identifier', 4),
  'stp.version': number('protocol version'),
  'stp.type': hex('BPDU type', 2),
  'stp.flags': hex('flags', 2),
  'stp.flags.tcack': flag('topology change acknowledgment'),
  'stp.flags.agreement': flag('agreement'),
  'stp.flags.forwarding': flag('forwarding'),
  'stp.flags.learning': flag('learning'),
  'stp.flags.port_role': number('port role'),
  'stp.flags.proposal': flag('proposal'),
  'stp.flags.tc': flag('topology change'),
  'stp.root.prio': number('root priority'),
  'stp.root.ext': number('root system identifier extension'),
  'stp.root.hw': mac('root'),
  'stp.root.cost': number('root path cost'),
  'stp.bridge.prio': number('bridge priority'),
  'stp.bridge.ext': number('bridge system identifier extension'),
  'stp.bridge.hw': mac('bridge'),
  'stp.port': hex('port identifier', 4),
  'stp.msg_age': number('message age'),
  'stp.max_age': number('maximum age'),
  'stp.hello': number('hello time'),
  'stp.forward': number('forward delay'),
  'stp.version_1_length': number('version 1 length'),
} satisfies FieldTable;

type Fields = FieldList<typeof STP_FIELDS>;

export function stpLayer(view: DataView, end: number, { at, length, type, flags }: Stp): Layer {
  const list = new FieldList(view, STP_FIELDS, end);
  list.u16('stp.protocol', at, 'spanning tree');
  list.u8('stp.version', at + 2);
  list.u8('stp.type', at + 3, bpduName(type));
  if (type !== bpdus.TYPE_NOTIFICATION) {
    addFlags(list, at + 4, type, flags);
    addBridge(list, 'root', at + 5);
    list.u32('stp.root.cost', at + 13);
    addBridge(list, 'bridge', at + 17);
    list.u16('stp.port', at + 25);
    addTime(list, 'stp.msg_age', at + 27);
    addTime(list, 'stp.max_age', at + 29);
    addTime(list, 'stp.hello', at + 31);
    addTime(list, 'stp.forward', at + 33);
  }
  if (type === bpdus.TYPE_RAPID) list.u8('stp.version_1_length', at + 35);
  const name = type === bpdus.TYPE_RAPID ? 'rapid spanning tree' : 'spanning tree';
  return { protocol: 'stp', name, osi: '2', at, length, fields: list.fields, quoted: [] };
}

/** STP has two of them. */
function addFlags(list: Fields, at: number, type: number, flags: number): void {
  const parts = list.u8('stp.flags', at);
  parts.flag('stp.flags.tcack', at, 1, bpdus.TOPOLOGY_CHANGE_ACK);
  if (type === bpdus.TYPE_RAPID) {
    parts.flag('stp.flags.agreement', at, 1, bpdus.AGREEMENT);
    parts.flag('stp.flags.forwarding', at, 1, bpdus.FORWARDING);
    parts.flag('stp.flags.learning', at, 1, bpdus.LEARNING);
    parts.bits('stp.flags.port_role', at, 1, bpdus.ROLE_MASK, bpduRole(flags));
    parts.flag('stp.flags.proposal', at, 1, bpdus.PROPOSAL);
  }
  parts.flag('stp.flags.tc', at, 1, bpdus.TOPOLOGY_CHANGE);
}

/** IEEE 802.1D-2004 §9.2.5: four bits of priority, twelve that say for which VLAN, and an address. */
function addBridge(list: Fields, which: 'root' | 'bridge', at: number): void {
  if (list.holds(at, 1)) list.add(`stp.${which}.prio`, at, 1, (list.view.getUint8(at) & 0xf0) << 8);
  list.bits(`stp.${which}.ext`, at, 2, 0x0fff);
  list.mac(`stp.${which}.hw`, at + 2);
}

function addTime(list: Fields, key: 'stp.msg_age' | 'stp.max_age' | 'stp.hello' | 'stp.forward', at: number): void {
  if (list.holds(at, 2)) list.add(key, at, 2, list.view.getUint16(at) / bpdus.UNITS_PER_SECOND, 'seconds');
}
