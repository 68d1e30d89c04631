/** The fields of Ethernet II and 802.3, of the tags of 802.1Q and 802.1ad, and of 802.2. */
import type { Dissected, Ethernet, Llc, Span, Vlan } from '../dissected.ts';
import { etherTypeName, sapName } from '../names.ts';
import type { FieldTable, Layer } from './field.ts';
import { bytes, flag, hex, mac, number } from './field.ts';
import { FieldList } from './field-list.ts';

export const ETHERNET_FIELDS = {
  'eth.dst': mac('destination'),
  'eth.dst.lg': flag('locally administered'),
  'eth.dst.ig': flag('group address'),
  'eth.src': mac('source'),
  'eth.src.lg': flag('locally administered'),
  'eth.src.ig': flag('group address'),
  'eth.type': hex('type', 4),
  'eth.len': number('length'),
  'eth.padding': bytes('padding'),
  'eth.trailer': bytes('trailer'),
} satisfies FieldTable;

export const VLAN_FIELDS = {
  'vlan.priority': number('priority code point'),
  'vlan.dei': flag('drop eligible indicator'),
  'vlan.id': number('VLAN identifier'),
  'vlan.etype': hex('type', 4),
  'vlan.len': number('length'),
  'vlan.trailer': bytes('trailer'),
} satisfies FieldTable;

export const SERVICE_VLAN_FIELDS = {
  'ieee8021ad.priority': number('priority code point'),
  'ieee8021ad.dei': flag('drop eligible indicator'),
  'ieee8021ad.id': number('VLAN identifier'),
  'ieee8021ah.etype': hex('type', 4),
} satisfies FieldTable;

export const LLC_FIELDS = {
  'llc.dsap': hex('destination service access point', 2),
  'llc.dsap.ig': flag('group'),
  'llc.ssap': hex('source service access point', 2),
  'llc.ssap.cr': flag('response'),
  'llc.control': hex('control', 2),
  'llc.oui': number('organization code'),
  'llc.type': hex('type', 4),
} satisfies FieldTable;

const HEADER = 14;
const LOCAL = 0x02_0000;
const GROUP = 0x01_0000;
/** IEEE 802.3 §3.2.7: without the frame check sequence. */
const SHORTEST_FRAME = 60;
const TYPE_SERVICE_VLAN = 0x88a8;
/** Below are lengths. */
const LOWEST_TYPE = 0x0600;

export function ethernetLayer(view: DataView, packet: Dissected, { etherType, vlans }: Ethernet): Layer {
  const list = new FieldList(view, ETHERNET_FIELDS, packet.length);
  const destination = list.mac(
    'eth.dst',
    0,
    view.getUint32(0) === 0xffff_ffff && view.getUint16(4) === 0xffff ? 'broadcast' : '',
  );
  destination.flag('eth.dst.lg', 0, 3, LOCAL);
  destination.flag('eth.dst.ig', 0, 3, GROUP);
  const source = list.mac('eth.src', 6);
  source.flag('eth.src.lg', 6, 3, LOCAL);
  source.flag('eth.src.ig', 6, 3, GROUP);
  const first = view.getUint16(12);
  const isLength = first < LOWEST_TYPE;
  if (isLength) list.u16('eth.len', 12, 'bytes, so this is 802.3');
  else list.u16('eth.type', 12, etherTypeName(first));
  const { trailer } = packet;
  // a frame that would have been too short is filled with zeros; what else stands there someone appended
  const paddingLength = paddingOf(view, trailer);
  list.bytes('eth.padding', trailer.at, paddingLength, 'up to the shortest frame that Ethernet allows');
  // behind a tag it is counted to the tag
  if (vlans.length === 0 || etherType < LOWEST_TYPE)
    list.bytes('eth.trailer', trailer.at + paddingLength, trailer.length - paddingLength);
  const name = isLength || (vlans.length > 0 && etherType < LOWEST_TYPE) ? 'IEEE 802.3 Ethernet' : 'Ethernet II';
  return { protocol: 'eth', name, osi: '2', at: 0, length: HEADER, fields: list.fields, quoted: [] };
}

function paddingOf(view: DataView, { at, length }: Span): number {
  const isPadding = at < SHORTEST_FRAME && isZero(view, at, Math.min(at + length, SHORTEST_FRAME));
  return isPadding ? Math.min(length, SHORTEST_FRAME - at) : 0;
}

/** What stands behind the padding, as a switch leaves it that tags a frame which was filled up already. */
export function behindPadding(view: DataView, { trailer }: Dissected): Span {
  const padding = paddingOf(view, trailer);
  return { at: trailer.at + padding, length: trailer.length - padding };
}

function isZero(view: DataView, at: number, end: number): boolean {
  for (let i = at; i < end; i++) if (view.getUint8(i) !== 0) return false;
  return true;
}

/**
 * @param vlan whose tag: what follows its type is its layer, as Wireshark draws the line
 * @param trailer behind the shortest frame, if the tag is the innermost one
 */
export function vlanLayer(view: DataView, end: number, { at }: Vlan, trailer?: Span): Layer {
  const isService = view.getUint16(at) === TYPE_SERVICE_VLAN;
  const fields = isService ? serviceTagFields(view, end, at + 2) : tagFields(view, end, at + 2, trailer);
  const [protocol, name] = isService ? ['ieee8021ad', '802.1ad service tag'] : ['vlan', '802.1Q tag'];
  return { protocol, name, osi: '2', at: at + 2, length: 4, fields, quoted: [] };
}

function tagFields(view: DataView, end: number, at: number, trailer: Span | undefined): Layer['fields'] {
  const list = new FieldList(view, VLAN_FIELDS, end);
  list.bits('vlan.priority', at, 2, 0xe000);
  list.flag('vlan.dei', at, 2, 0x1000);
  list.bits('vlan.id', at, 2, 0x0fff);
  const type = view.getUint16(at + 2);
  if (type < LOWEST_TYPE) list.u16('vlan.len', at + 2);
  else list.u16('vlan.etype', at + 2, etherTypeName(type));
  if (type >= LOWEST_TYPE && trailer !== undefined) list.bytes('vlan.trailer', trailer.at, trailer.length);
  return list.fields;
}

function serviceTagFields(view: DataView, end: number, at: number): Layer['fields'] {
  const list = new FieldList(view, SERVICE_VLAN_FIELDS, end);
  list.bits('ieee8021ad.priority', at, 1, 0xe0);
  list.flag('ieee8021ad.dei', at, 1, 0x10);
  list.bits('ieee8021ad.id', at, 2, 0x0fff);
  list.u16('ieee8021ah.etype', at + 2, etherTypeName(view.getUint16(at + 2)));
  return list.fields;
}

export function llcLayer(view: DataView, end: number, { at, length, destinationSap, sourceSap, snap }: Llc): Layer {
  const list = new FieldList(view, LLC_FIELDS, end);
  list.u8('llc.dsap', at, sapName(destinationSap)).flag('llc.dsap.ig', at, 1, 1);
  list.u8('llc.ssap', at + 1, sapName(sourceSap)).flag('llc.ssap.cr', at + 1, 1, 1);
  if ((view.getUint8(at + 2) & 3) === 3) list.u8('llc.control', at + 2, 'unnumbered');
  else list.u16('llc.control', at + 2);
  if (snap !== undefined) {
    list.bits('llc.oui', at + 3, 3, 0xff_ffff);
    list.u16('llc.type', at + 6, snap.oui === 0 ? etherTypeName(snap.etherType) : '');
  }
  return { protocol: 'llc', name: 'IEEE 802.2 logical link control', osi: '2', at, length, fields: list.fields, quoted: [] };
}
