/** What an address means to a host. */
import { expect, test } from 'vitest';
import { AddressTable } from '../../../src/stack/ip/address-table.ts';
import { parseInterfaceAddress } from '../../../src/stack/ip/prefix.ts';
import { formatV4 } from '../../../src/stack/wire/ip-address.ts';
import { word } from './datagram.ts';

/** Interface 0: two addresses; 1: another network; 2: a point-to-point link. */
function host(): AddressTable {
  const table = new AddressTable();
  table.add(0, parseInterfaceAddress('10.0.0.2/24'));
  table.add(0, parseInterfaceAddress('172.16.1.2/16'));
  table.add(1, parseInterfaceAddress('192.168.7.2/24'));
  table.add(2, parseInterfaceAddress('10.9.9.0/31'));
  return table;
}

test.each([
  ['10.0.0.2', 0, 'ours'],
  ['172.16.1.2', 0, 'ours'],
  ['192.168.7.2', 0, 'ours'], //            RFC 1122 §3.3.4.2, weak end system
  ['10.9.9.0', 2, 'ours'], //               RFC 3021: the lower host of a /31
  ['10.9.9.1', 2, 'other'], //              RFC 3021: the upper one, no broadcast
  ['255.255.255.255', 1, 'broadcast'],
  ['10.0.0.255', 0, 'broadcast'],
  ['172.16.255.255', 0, 'broadcast'],
  ['10.0.0.255', 1, 'other'], //            a broadcast of another link
  ['10.0.0.0', 0, 'broadcast'], //          RFC 1122 §3.3.6, the old form
  ['0.0.0.0', 0, 'broadcast'],
  ['224.0.0.1', 0, 'multicast'],
  ['239.255.255.255', 0, 'multicast'],
  ['127.0.0.1', 0, 'loopback'],
  ['10.0.0.3', 0, 'other'],
  ['240.0.0.1', 0, 'other'],
] as const)('RFC 1122 §3.2.1.3: %s on interface %i is %s', (address, interfaceId, expected) => {
  expect(host().classify(word(address), interfaceId)).toBe(expected);
});

test.each([
  ['10.0.0.3', 'ok'],
  ['8.8.8.8', 'ok'],
  ['0.0.0.0', 'ok'],
  ['10.0.0.2', 'source is our own address'],
  ['192.168.7.2', 'source is our own address'],
  ['255.255.255.255', 'source is a broadcast address'],
  ['10.0.0.255', 'source is a broadcast address'],
  ['224.0.0.1', 'source is a multicast group'],
  ['127.0.0.1', 'source is a loopback address from outside'],
  ['240.0.0.1', 'source is a reserved address'], // (064)
  ['0.1.2.3', 'source is a reserved address'],
])('RFC 1122 §3.2.1.3 (069): a packet from %s: %s', (address, expected) => {
  expect(host().checkSource(word(address), 0)).toBe(expected);
});

test.each([
  ['10.0.0.9', '10.0.0.9', 0, '10.0.0.2'],
  ['172.16.9.9', '172.16.9.9', 0, '172.16.1.2'],
  ['8.8.8.8', '172.16.0.1', 0, '172.16.1.2'], // by the gateway's network
  ['8.8.8.8', '1.1.1.1', 0, '10.0.0.2'], //      the first of the interface
  ['10.0.0.9', '10.0.0.9', 1, '192.168.7.2'],
  ['172.16.1.2', '172.16.1.2', 1, '172.16.1.2'], // to ourselves
])('RFC 1122 §3.3.4.3: to %s by %s on interface %i from %s', (destination, via, interfaceId, expected) => {
  expect(formatV4(host().sourceFor(word(destination), word(via), interfaceId)!)).toBe(expected);
});

test('an interface without address has no source to offer', () => {
  expect(host().sourceFor(word('8.8.8.8'), word('8.8.8.8'), 9)).toBeUndefined();
});

test('addresses come, change their prefix and go', () => {
  const table = host();
  table.add(0, parseInterfaceAddress('10.0.0.2/8'));
  expect(table.list().filter(({ address }) => address === word('10.0.0.2'))).toHaveLength(1);
  expect(table.classify(word('10.0.0.255'), 0)).toBe('other');
  expect(table.ownsOn(0, word('10.0.0.2'))).toBe(true);
  expect(table.ownsOn(1, word('10.0.0.2'))).toBe(false);
  expect(table.remove(0, word('10.0.0.2'))).toBe(true);
  expect(table.remove(0, word('10.0.0.2'))).toBe(false);
  table.removeInterface(0);
  expect(table.list()).toHaveLength(2);
});
