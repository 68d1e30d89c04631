/** Ethernet addresses as numbers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MacAddress } from '../../../src/stack/wire/mac-address.ts';
import * as mac from '../../../src/stack/wire/mac-address.ts';
import { ARP_REQUEST, bytesOf, hexOf, viewOf } from './frames.ts';

const addresses = fc.oneof(
  fc.nat(2 ** 48 - 1),
  fc.constantFrom(0, 2 ** 48 - 1, 2 ** 32, 2 ** 32 - 1, 2 ** 40),
) as fc.Arbitrary<MacAddress>;

test('48 bits are read as one number', () => {
  expect(mac.read(viewOf(ARP_REQUEST), 0)).toBe(mac.BROADCAST);
  expect(mac.read(viewOf(ARP_REQUEST), 6)).toBe(0x0200_0000_0001);
});

test('what is written is read back, at any alignment, and nothing beside it is touched', () =>
  fc.assert(
    fc.property(addresses, fc.nat(7), (address, at) => {
      const bytes = new Uint8Array(at + 7).fill(0xa5);
      mac.write(viewOf(bytes), at, address);
      expect(mac.read(viewOf(bytes), at)).toBe(address);
      expect([bytes[at + 6], at === 0 || bytes[at - 1] === 0xa5]).toEqual([0xa5, true]);
    }),
  ));

test('the text form comes back as the same address, in capitals too', () =>
  fc.assert(
    fc.property(addresses, (address) => {
      const text = mac.format(address);
      expect(text).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
      expect([mac.parse(text), mac.parse(text.toUpperCase())]).toEqual([address, address]);
      const bytes = new Uint8Array(6);
      mac.write(viewOf(bytes), 0, address);
      expect(hexOf(bytes)).toBe(text.replaceAll(':', ''));
    }),
  ));

for (const text of [
  '',
  '02:00:00:00:00',
  '02:00:00:00:00:01:02',
  '02-00-00-00-00-01',
  '2:0:0:0:0:1',
  '02:00:00:00:00:0g',
  ' 02:00:00:00:00:01',
  '02:00:00:00:00:01\n',
]) {
  test(`${JSON.stringify(text)} is no Ethernet address`, () => {
    expect(mac.parse(text)).toBeUndefined();
  });
}

for (const { hex, group } of [
  { hex: 'ffffffffffff', group: true },
  { hex: '01005e0000fb', group: true },
  { hex: '333300000001', group: true },
  { hex: '020000000001', group: false },
  { hex: '00ffffffffff', group: false },
  { hex: 'fe0000000000', group: false },
]) {
  test(`IEEE 802: ${hex} is ${group ? 'a group' : 'one station'}`, () => {
    expect(mac.isGroup(mac.read(viewOf(bytesOf(hex)), 0))).toBe(group);
  });
}
