/** The checks on an arriving packet, and their order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Packet } from '../../../src/stack/bytes/packet.ts';
import { AddressTable } from '../../../src/stack/ip/address-table.ts';
import { checkAddresses, checkHeader, INPUT_DROPS } from '../../../src/stack/ip/input.ts';
import { parseInterfaceAddress } from '../../../src/stack/ip/prefix.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import { datagram, word } from './datagram.ts';

/** Changes a byte of the header and mends the checksum. */
const withByte = (packet: Packet, at: number, value: number): Packet => {
  packet.bytes[packet.network + at] = value;
  ipv4.updateChecksum(packet.view, packet.network);
  return packet;
};
const cut = (packet: Packet, bytes: number): Packet => {
  packet.end = packet.network + bytes;
  return packet;
};
const unmended = (packet: Packet): Packet => {
  packet.bytes[packet.network + 8]! ^= 1;
  return packet;
};

test.each([
  ['a good packet', () => datagram(), 'ok'],
  ['a good packet with padding behind it', () => cut(datagram({ payload: 8 }), 46), 'ok'],
  ['19 bytes', () => cut(datagram(), 19), 'IP header too short'],
  ['nothing', () => cut(datagram(), 0), 'IP header too short'],
  ['version 6', () => withByte(datagram(), 0, 0x65), 'IP version is not 4'],
  ['a header length of 16', () => withByte(datagram(), 0, 0x44), 'IP header length wrong'],
  ['a header length beyond the packet', () => withByte(datagram(), 0, 0x4f), 'IP header length wrong'],
  ['a total length beyond the packet', () => withByte(datagram(), 3, 29), 'IP total length wrong'],
  ['a total length below the header', () => withByte(datagram(), 3, 19), 'IP total length wrong'],
  ['a bit flipped', () => unmended(datagram()), 'IP header checksum wrong'],
  ['padding options', () => datagram({ options: [1, 1, 1, 0] }), 'ok'],
  ['an unknown option', () => datagram({ options: [0x5e, 4, 0, 0] }), 'ok'], // MUST-50
  ['an option of length 0', () => datagram({ options: [7, 0, 0, 0] }), 'IP option malformed'],
  ['an option beyond the header', () => datagram({ options: [7, 9, 0, 0] }), 'IP option malformed'],
  ['a loose source route', () => datagram({ options: [131, 7, 4, 1, 2, 3, 4, 0] }), 'IP source route refused'],
  ['a strict source route', () => datagram({ options: [1, 137, 7, 4, 1, 2, 3, 4] }), 'IP source route refused'],
])('RFC 1122 §3.2.1: %s', (_, make, expected) => {
  const packet = make();
  expect(checkHeader(packet.view, packet.network, packet.end)).toBe(expected);
});

test('RFC 7126 §4.3: source routes pass where they are allowed', () => {
  const { view, network, end } = datagram({ options: [131, 7, 4, 1, 2, 3, 4, 0] });
  expect(checkHeader(view, network, end, true)).toBe('ok');
});

test('the first of several faults is named', () => {
  const { view, network, end } = unmended(datagram({ options: [7, 0, 0, 0], source: word('127.0.0.1') }));
  expect(checkHeader(view, network, end)).toBe('IP header checksum wrong');
});

function host(): AddressTable {
  const table = new AddressTable();
  table.add(0, parseInterfaceAddress('10.0.0.2/24'));
  table.add(7, parseInterfaceAddress('127.0.0.1/8'));
  return table;
}

test.each([
  ['10.0.0.1', '10.0.0.2', 17, 'ours'],
  ['10.0.0.1', '10.0.0.255', 17, 'broadcast'],
  ['10.0.0.1', '255.255.255.255', 17, 'broadcast'],
  ['10.0.0.1', '224.0.0.251', 17, 'multicast'],
  ['10.0.0.1', '10.0.0.7', 17, 'other'],
  ['0.0.0.0', '255.255.255.255', 17, 'broadcast'], //  a DHCP client, RFC 2131 §4.1
  ['0.0.0.0', '255.255.255.255', 6, 'source is no address yet'],
  ['0.0.0.0', '10.0.0.2', 17, 'source is no address yet'],
  ['10.0.0.2', '10.0.0.2', 6, 'source is our own address'], // the LAND attack
  ['240.0.0.1', '10.0.0.2', 17, 'source is a reserved address'],
  ['10.0.0.1', '127.0.0.1', 17, 'destination is a loopback address from outside'], // though it is ours on interface 7
  ['10.0.0.1', '127.1.2.3', 17, 'destination is a loopback address from outside'],
] as const)('RFC 1122 §3.2.1.3: from %s to %s, protocol %i: %s', (source, destination, protocol, expected) => {
  const { view, network } = datagram({ source: word(source), destination: word(destination), protocol });
  expect(checkAddresses(view, network, host(), 0)).toBe(expected);
});

test('random bytes are answered with a word and never throw', () => {
  const words = new Set<string>(['ok', ...INPUT_DROPS]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      if (bytes.length > 0) bytes[0] = 0x40 | (bytes[0]! & 15);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      expect(words.has(checkHeader(view, 0, bytes.length))).toBe(true);
    }),
  );
});
