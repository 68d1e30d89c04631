/** The Ethernet header, RFC 894. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as ethernet from '../../../src/stack/wire/ethernet.ts';
import type { MacAddress } from '../../../src/stack/wire/mac-address.ts';
import { ARP_REQUEST, anyBytes, bytesOf, hexOf, SYN, viewOf } from './frames.ts';

for (const { name, frame, destination, source, type } of [
  {
    name: 'an ARP request',
    frame: ARP_REQUEST,
    destination: 0xffff_ffff_ffff,
    source: 0x0200_0000_0001,
    type: ethernet.TYPE_ARP,
  },
  { name: 'a SYN', frame: SYN, destination: 0x0200_0000_0002, source: 0x0200_0000_0001, type: ethernet.TYPE_IPV4 },
  {
    name: 'a VLAN tag',
    frame: bytesOf('3333 0000 0016 0200 0000 0002 8100 0001'),
    destination: 0x3333_0000_0016,
    source: 0x0200_0000_0002,
    type: ethernet.TYPE_VLAN,
  },
]) {
  test(`${name}: the fields, and back to the same bytes`, () => {
    const view = viewOf(frame);
    expect(ethernet.isValid(0, frame.length)).toBe(true);
    expect([ethernet.destination(view, 0), ethernet.source(view, 0), ethernet.etherType(view, 0)]).toEqual([
      destination,
      source,
      type,
    ]);
    const copy = new Uint8Array(ethernet.HEADER);
    ethernet.encode(viewOf(copy), 0, destination as MacAddress, source as MacAddress, type);
    expect(hexOf(copy)).toBe(hexOf(frame, 0, ethernet.HEADER));
  });
}

test('13 bytes are no header, 14 are', () => {
  expect([ethernet.isValid(5, 18), ethernet.isValid(5, 19), ethernet.isValid(5, 5), ethernet.isValid(5, 4)]).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

test('of any valid bytes every field can be read', () =>
  fc.assert(
    fc.property(anyBytes(40), ({ view, at, end }) => {
      expect(ethernet.isValid(at, end)).toBe(end - at >= 14);
      if (!ethernet.isValid(at, end)) return;
      for (const accessor of [ethernet.destination, ethernet.source, ethernet.etherType])
        expect(accessor(view, at)).toBeGreaterThanOrEqual(0);
    }),
  ));
