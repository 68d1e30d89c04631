/** Prefixes and what people write for them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskOf, Prefix, parseInterfaceAddress, parsePrefix } from '../../../src/stack/ip/prefix.ts';
import { formatV4 } from '../../../src/stack/wire/ip-address.ts';
import { word } from './datagram.ts';

test.each([
  [0, '0.0.0.0'],
  [1, '128.0.0.0'],
  [8, '255.0.0.0'],
  [24, '255.255.255.0'],
  [31, '255.255.255.254'],
  [32, '255.255.255.255'],
])('a mask of %i bits is %s', (length, text) => {
  expect(maskOf(length)).toBe(word(text));
});

test.each([
  ['10.0.0.0/24', '10.0.0.255', true],
  ['10.0.0.0/24', '10.0.1.0', false],
  ['200.0.0.0/8', '200.255.255.255', true],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['10.0.0.4/31', '10.0.0.5', true],
  ['10.0.0.4/31', '10.0.0.6', false],
  ['10.0.0.4/32', '10.0.0.5', false],
])('%s contains %s: %s', (prefix, address, expected) => {
  expect(parsePrefix(prefix).contains(word(address))).toBe(expected);
});

test.each([
  ['10.0.0.2/24', '10.0.0.255'],
  ['10.1.2.3/8', '10.255.255.255'],
  ['192.168.1.5/30', '192.168.1.7'],
])('RFC 1122 §3.2.1.3 (d): the broadcast address of %s is %s', (text, expected) => {
  const { prefix } = parseInterfaceAddress(text);
  expect(prefix.hasBroadcast).toBe(true);
  expect(formatV4(prefix.broadcast)).toBe(expected);
});

test('RFC 3021: a /31 and a /32 have no broadcast address, and all their addresses are hosts', () => {
  expect(parseInterfaceAddress('10.0.0.0/31').prefix.hasBroadcast).toBe(false);
  expect(parseInterfaceAddress('10.0.0.1/31').address).toBe(word('10.0.0.1'));
  expect(parseInterfaceAddress('10.0.0.0/32').prefix.hasBroadcast).toBe(false);
});

test('"default" is every address', () => {
  expect(parsePrefix('default').toString()).toBe('0.0.0.0/0');
});

test.each([
  ['10.0.0.2', '"10.0.0.2" is not a network such as 10.0.0.0/24: the prefix length is missing'],
  ['home', '"home" is not a network such as 10.0.0.0/24'],
  ['10.0.0/24', '"10.0.0" in "10.0.0/24" is not an IPv4 address such as 10.0.0.2'],
  ['10.0.0.0/33', '"33" in "10.0.0.0/33" is not a prefix length: it is a number from 0 to 32'],
  ['10.0.0.0/', '"" in "10.0.0.0/" is not a prefix length: it is a number from 0 to 32'],
  ['10.0.0.0/024', '"024" in "10.0.0.0/024" is not a prefix length: it is a number from 0 to 32'],
  ['10.0.0.2/24', '"10.0.0.2/24" has bits set behind its prefix: the network is 10.0.0.0/24'],
])('parsePrefix(%s) says what is wrong', (text, message) => {
  expect(() => parsePrefix(text)).toThrow(new RangeError(message));
});

test.each([
  ['10.0.0.0/24', 'it is the network itself; the first host is 10.0.0.1/24'],
  ['10.0.0.255/24', 'it is the broadcast address of its network; the first host is 10.0.0.1/24'],
  ['224.0.0.1/4', 'it is a multicast group'],
  ['0.0.0.0/0', 'it is "no address"'],
  ['255.255.255.255/32', 'it is reserved (RFC 1122 §3.2.1.3)'],
])('parseInterfaceAddress(%s): %s', (text, message) => {
  expect(() => parseInterfaceAddress(text)).toThrow(message);
});

test('a prefix contains exactly the addresses that share its bits', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer({ min: 0, max: 32 }), (network, address, length) => {
      const bits = (n: number): string => (n >>> 0).toString(2).padStart(32, '0').slice(0, length);
      expect(new Prefix(network, length).contains(address)).toBe(bits(network) === bits(address));
    }),
  );
});

test('a prefix length outside 0 to 32 is our mistake and throws', () => {
  expect(() => new Prefix(0, 33)).toThrow(RangeError);
  expect(() => new Prefix(0, 1.5)).toThrow(RangeError);
});
