/** The UDP header, RFC 768. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as checksum from '../../../src/stack/bytes/checksum.ts';
import * as udp from '../../../src/stack/wire/udp.ts';
import { anyBytes, hexOf, TRANSPORT, UDP, viewOf } from './frames.ts';

const [OURS, PEER] = [0x0a00_0001, 0x0a00_0002];

test('RFC 768: a datagram of Linux', () => {
  const view = viewOf(UDP);
  expect(udp.isValid(view, TRANSPORT, UDP.length)).toBe(true);
  expect([udp.sourcePort(view, TRANSPORT), udp.destinationPort(view, TRANSPORT)]).toEqual([43_145, 53]);
  expect([udp.length(view, TRANSPORT), udp.checksumField(view, TRANSPORT)]).toEqual([15, 0xde1b]);
  expect(udp.isChecksumValid(view, TRANSPORT, OURS, PEER)).toBe(true);
});

test('encoded again it is the same bytes, odd length and all', () => {
  const copy = Uint8Array.from(UDP);
  copy.fill(0xee, TRANSPORT, TRANSPORT + udp.HEADER);
  udp.encode(viewOf(copy), TRANSPORT, copy.length, { address: OURS, port: 43_145 }, { address: PEER, port: 53 });
  expect(hexOf(copy)).toBe(hexOf(UDP));
});

test('RFC 768: the checksum covers the addresses', () => {
  expect(udp.isChecksumValid(viewOf(UDP), TRANSPORT, OURS, PEER + 1)).toBe(false);
  expect(udp.isChecksumValid(viewOf(UDP), TRANSPORT, OURS + 1, PEER)).toBe(false);
});

test('audit 028: a sum that comes out as zero is sent as all ones, and is right', () => {
  const bytes = new Uint8Array(udp.HEADER + 2);
  const view = viewOf(bytes);
  const [from, to] = [
    { address: OURS, port: 1_000 },
    { address: PEER, port: 2_000 },
  ];
  udp.encode(view, 0, 10, from, to);
  view.setUint16(8, udp.checksumField(view, 0)); // what was missing to zero is now in the data
  udp.encode(view, 0, 10, from, to);
  expect(udp.checksumField(view, 0)).toBe(0xffff);
  expect(udp.isChecksumValid(view, 0, OURS, PEER)).toBe(true);
});

test('RFC 768: a checksum of zero is no checksum', () => {
  const copy = Uint8Array.from(UDP);
  viewOf(copy).setUint16(TRANSPORT + udp.CHECKSUM_OFFSET, 0);
  expect(udp.isChecksumValid(viewOf(copy), TRANSPORT, OURS, PEER)).toBe(true);
});

test('a device that sums from the header on finds the pseudo-header in the field, and comes to the same result', () => {
  const copy = Uint8Array.from(UDP);
  const view = viewOf(copy);
  udp.writePartialChecksum(view, TRANSPORT, copy.length, OURS, PEER);
  view.setUint16(TRANSPORT + udp.CHECKSUM_OFFSET, checksum.finish(checksum.add(view, TRANSPORT, copy.length)));
  expect(hexOf(copy)).toBe(hexOf(UDP));
});

for (const { name, length, end, valid } of [
  { name: 'length as the bytes that are there', length: 15, end: 15, valid: true },
  { name: 'bytes behind the datagram', length: 8, end: 15, valid: true },
  { name: 'length beyond the bytes', length: 16, end: 15, valid: false },
  { name: 'length shorter than the header', length: 7, end: 15, valid: false },
  { name: 'length 0', length: 0, end: 15, valid: false },
  { name: 'less than a header', length: 8, end: 7, valid: false },
]) {
  test(`${valid ? 'valid' : 'not valid'}: ${name}`, () => {
    const copy = Uint8Array.from(UDP);
    viewOf(copy).setUint16(TRANSPORT + 4, length);
    expect(udp.isValid(viewOf(copy), TRANSPORT, TRANSPORT + end)).toBe(valid);
  });
}

const endpoints = fc.record({ address: fc.integer(), port: fc.nat(65_535) });

test('what is encoded is decoded, and one flipped bit is noticed', () =>
  fc.assert(
    fc.property(endpoints, endpoints, fc.uint8Array({ maxLength: 50 }), fc.nat(7), fc.nat(), (from, to, data, at, where) => {
      const bytes = new Uint8Array(at + udp.HEADER + data.length);
      bytes.set(data, at + udp.HEADER);
      const view = viewOf(bytes);
      udp.encode(view, at, bytes.length, from, to);
      expect(udp.isValid(view, at, bytes.length)).toBe(true);
      expect([udp.sourcePort(view, at), udp.destinationPort(view, at), udp.length(view, at)]).toEqual([
        from.port,
        to.port,
        8 + data.length,
      ]);
      expect(udp.checksumField(view, at)).not.toBe(0);
      expect(udp.isChecksumValid(view, at, from.address, to.address)).toBe(true);
      fc.pre(data.length > 0);
      bytes[at + udp.HEADER + (where % data.length)]! ^= 1 << (where & 7);
      expect(udp.isChecksumValid(view, at, from.address, to.address)).toBe(false);
    }),
  ));

test('of any valid bytes every field can be read', () => {
  let valid = 0;
  fc.assert(
    fc.property(anyBytes(60, UDP.subarray(TRANSPORT, TRANSPORT + 6)), fc.integer(), ({ view, at, end }, address) => {
      if (!udp.isValid(view, at, end)) return;
      valid++;
      for (const read of [udp.sourcePort, udp.destinationPort, udp.length, udp.checksumField])
        expect(read(view, at)).toBeGreaterThanOrEqual(0);
      udp.isChecksumValid(view, at, address, address);
    }),
    { numRuns: 500 },
  );
  expect(valid).toBeGreaterThan(50);
});
