/** Frames in and out of the stack. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import {
  classify,
  encapsulate,
  isGroupFrame,
  LINK_DROPS,
  MIN_FRAME,
  macOfGroup,
  pad,
} from '../../../src/stack/link/ethernet-link.ts';
import * as ethernet from '../../../src/stack/wire/ethernet.ts';
import { parseV4 } from '../../../src/stack/wire/ip-address.ts';
import * as mac from '../../../src/stack/wire/mac-address.ts';

const US = mac.parse('02:00:00:00:00:01')!;
const THEM = mac.parse('02:00:00:00:00:02')!;
const OTHER = mac.parse('02:00:00:00:00:03')!;
const GROUP = mac.parse('01:00:5e:00:00:01')!;

function frame(to: mac.MacAddress, from: mac.MacAddress, type: number, payload = 46): Packet {
  const packet = new Packet();
  packet.end += payload;
  encapsulate(packet, to, from, type);
  return packet;
}

test.each([
  ['IPv4 to us', frame(US, THEM, 0x0800), 'ipv4'],
  ['ARP to everybody', frame(mac.BROADCAST, THEM, 0x0806), 'arp'],
  ['IPv4 to a group', frame(GROUP, THEM, 0x0800), 'ipv4'],
  ['to another station', frame(OTHER, THEM, 0x0800), 'frame for another station'],
  ['from a group', frame(US, GROUP, 0x0800), 'frame source is a group address'],
  ['from everybody', frame(US, mac.BROADCAST, 0x0806), 'frame source is a group address'],
  ['a VLAN tag', frame(US, THEM, 0x8100), 'frame has a VLAN tag'],
  ['IPv6', frame(US, THEM, 0x86dd), 'frame carries IPv6'],
  ['a type nobody here knows', frame(US, THEM, 0x88cc), 'frame type unknown'],
  ['the smallest type', frame(US, THEM, 0x0600), 'frame type unknown'],
  ['a length', frame(US, THEM, 0x05ff), 'frame is IEEE 802.3 with a length'],
  ['only a header', frame(US, THEM, 0x0800, 0), 'ipv4'],
] as const)('RFC 894: %s', (_, packet, expected) => {
  expect(classify(packet.view, packet.start, packet.end, US)).toBe(expected);
});

test('a frame of 13 bytes is too short', () => {
  const packet = frame(US, THEM, 0x0800, 0);
  expect(classify(packet.view, packet.start, packet.end - 1, US)).toBe('frame too short');
  expect(classify(packet.view, packet.start, packet.start, US)).toBe('frame too short');
});

test('RFC 1122 §3.2.2: frames to several stations are known', () => {
  expect([US, mac.BROADCAST, GROUP].map((to) => isGroupFrame(frame(to, THEM, 0x0800).view, 178))).toEqual([false, true, true]);
});

test('a short frame is padded with zeros, whatever was in the buffer (CVE-2003-0001)', () => {
  const packet = new Packet();
  packet.bytes.fill(0xaa);
  packet.end += 28;
  encapsulate(packet, THEM, US, ethernet.TYPE_ARP);
  pad(packet);
  expect(packet.length).toBe(MIN_FRAME);
  expect([...packet.live().subarray(42)]).toEqual(new Array(18).fill(0));
  expect(packet.live()[41]).toBe(0xaa);
});

test('a long frame is left as it is', () => {
  const packet = frame(THEM, US, 0x0800, 47);
  pad(packet);
  expect(packet.length).toBe(61);
});

test.each([
  ['224.0.0.1', '01:00:5e:00:00:01'],
  ['239.255.255.255', '01:00:5e:7f:ff:ff'],
  ['224.128.0.251', '01:00:5e:00:00:fb'],
])('RFC 1112 §6.4: the group %s has the address %s', (group, expected) => {
  expect(mac.format(macOfGroup(parseV4(group)!))).toBe(expected);
});

test('random bytes are answered with a word and never throw', () => {
  const words = new Set<string>(['ipv4', 'arp', ...LINK_DROPS]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      expect(words.has(classify(view, 0, bytes.length, US))).toBe(true);
    }),
  );
});
