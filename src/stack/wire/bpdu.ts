/** Bridge protocol data units: what bridges tell each other so that no loop is left; IEEE 802.1D-2004 §9, behind 802.2 in an 802.3 frame. */
import * as ethernet from './ethernet.ts';
import type { MacAddress } from './mac-address.ts';
import * as mac from './mac-address.ts';

//   0             6           12       14          17             19        20     21
//   +-------------+-----------+--------+-----------+--------------+---------+------+-----
//   | 0180c2000000| source    | length | 42 42 03  | protocol 0   | version | type | …      type 80: topology change notification, ends here
//   +-------------+-----------+--------+-----------+--------------+---------+------+-----
//   0      1           9            13           21        23      25      27      29      31
//   +------+-----------+------------+------------+---------+-------+-------+-------+-------+---
//   | flags| root 2+6  | cost       | bridge 2+6 | port    | age   | max   | hello | delay | 0     type 00: configuration; 02: rapid, with the 0
//   +------+-----------+------------+------------+---------+-------+-------+-------+-------+---

/** All bridges, IEEE 802.1D §7.12.3. */
export const GROUP = 0x0180_c200_0000 as MacAddress;

const LLC = 0x42_4203;
const LLC_LENGTH = 3;
const HEADER = ethernet.HEADER + LLC_LENGTH;
const NOTIFICATION_LENGTH = 4;
const CONFIGURATION_LENGTH = 35;
const RAPID_LENGTH = 36;
/** IEEE 802.1D §9.2.8: times are in units of 1/256 s. */
export const UNITS_PER_SECOND = 256;

export const TYPE_CONFIGURATION = 0x00;
export const TYPE_RAPID = 0x02;
export const TYPE_NOTIFICATION = 0x80;

export const TOPOLOGY_CHANGE = 0x01;
export const PROPOSAL = 0x02;
export const ROLE_SHIFT = 2;
export const ROLE_MASK = 0x0c;
export const LEARNING = 0x10;
export const FORWARDING = 0x20;
export const AGREEMENT = 0x40;
export const TOPOLOGY_CHANGE_ACK = 0x80;

export const ROLE_ALTERNATE_OR_BACKUP = 1;
export const ROLE_ROOT = 2;
export const ROLE_DESIGNATED = 3;

/** A bridge: the lower number is the better one, priority first. */
export interface BridgeId {
  /** 0 to 65,535; in steps of 4,096 since 802.1t, which uses the rest for a VLAN. */
  readonly priority: number;
  readonly mac: MacAddress;
}

export interface Bpdu {
  readonly type: number;
  readonly flags: number;
  readonly root: BridgeId;
  readonly cost: number;
  readonly bridge: BridgeId;
  readonly port: number;
  /** These four in 1/256 s. */
  readonly messageAge: number;
  readonly maxAge: number;
  readonly helloTime: number;
  readonly forwardDelay: number;
}

const NOBODY: BridgeId = { priority: 0, mac: mac.ZERO };
/** The notification of a change of topology: it has no fields. */
export const NOTIFICATION: Bpdu = {
  type: TYPE_NOTIFICATION,
  flags: 0,
  root: NOBODY,
  cost: 0,
  bridge: NOBODY,
  port: 0,
  messageAge: 0,
  maxAge: 0,
  helloTime: 0,
  forwardDelay: 0,
};

/** @returns undefined when the frame in `[at, end)` holds no BPDU, or none that is sound (IEEE 802.1D §9.3.4) */
export function decode(view: DataView, at: number, end: number): Bpdu | undefined {
  const body = at + HEADER;
  if (end - body < NOTIFICATION_LENGTH || ethernet.destination(view, at) !== GROUP) return undefined;
  const length = view.getUint16(at + 12) - LLC_LENGTH;
  const llc = view.getUint16(at + ethernet.HEADER) * 256 + view.getUint8(at + ethernet.HEADER + 2);
  return llc === LLC && body + length <= end ? decodeBody(view, body, body + length) : undefined;
}

/** The same from behind 802.2. */
export function decodeBody(view: DataView, body: number, end: number): Bpdu | undefined {
  const length = end - body;
  if (length < NOTIFICATION_LENGTH || view.getUint16(body) !== 0) return undefined;
  const type = view.getUint8(body + 3);
  if (type === TYPE_NOTIFICATION) return NOTIFICATION;
  const isRapid = type === TYPE_RAPID && view.getUint8(body + 2) >= 2;
  if (!(type === TYPE_CONFIGURATION || isRapid) || length < lengthOf(type)) return undefined;
  return {
    type,
    flags: view.getUint8(body + 4),
    root: bridgeId(view, body + 5),
    cost: view.getUint32(body + 13),
    bridge: bridgeId(view, body + 17),
    port: view.getUint16(body + 25),
    messageAge: view.getUint16(body + 27),
    maxAge: view.getUint16(body + 29),
    helloTime: view.getUint16(body + 31),
    forwardDelay: view.getUint16(body + 33),
  };
}

/** Of a sound BPDU of this type, behind 802.2. */
export function lengthOf(type: number): number {
  if (type === TYPE_NOTIFICATION) return NOTIFICATION_LENGTH;
  return type === TYPE_RAPID ? RAPID_LENGTH : CONFIGURATION_LENGTH;
}

const bridgeId = (view: DataView, at: number): BridgeId => ({ priority: view.getUint16(at), mac: mac.read(view, at + 2) });

/** Writes the whole frame, without padding. @returns its length */
export function encode(view: DataView, at: number, source: MacAddress, bpdu: Bpdu): number {
  const { type } = bpdu;
  const length = type === TYPE_NOTIFICATION ? NOTIFICATION_LENGTH : type === TYPE_RAPID ? RAPID_LENGTH : CONFIGURATION_LENGTH;
  ethernet.encode(view, at, GROUP, source, LLC_LENGTH + length);
  view.setUint16(at + ethernet.HEADER, LLC >>> 8);
  view.setUint8(at + ethernet.HEADER + 2, LLC & 0xff);
  const body = at + HEADER;
  view.setUint16(body, 0);
  view.setUint8(body + 2, type === TYPE_RAPID ? 2 : 0);
  view.setUint8(body + 3, type);
  if (type !== TYPE_NOTIFICATION) encodeFields(view, body, bpdu);
  return HEADER + length;
}

function encodeFields(view: DataView, body: number, bpdu: Bpdu): void {
  view.setUint8(body + 4, bpdu.flags);
  encodeBridge(view, body + 5, bpdu.root);
  view.setUint32(body + 13, bpdu.cost);
  encodeBridge(view, body + 17, bpdu.bridge);
  view.setUint16(body + 25, bpdu.port);
  view.setUint16(body + 27, bpdu.messageAge);
  view.setUint16(body + 29, bpdu.maxAge);
  view.setUint16(body + 31, bpdu.helloTime);
  view.setUint16(body + 33, bpdu.forwardDelay);
  if (bpdu.type === TYPE_RAPID) view.setUint8(body + 35, 0); // version 1 length
}

function encodeBridge(view: DataView, at: number, id: BridgeId): void {
  view.setUint16(at, id.priority);
  mac.write(view, at + 2, id.mac);
}
