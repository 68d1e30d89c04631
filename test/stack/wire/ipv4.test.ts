/** The IPv4 header, RFC 791 §3.1. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import * as options from '../../../src/stack/wire/ipv4-options.ts';
import {
  anyBytes,
  bytesOf,
  DATA,
  ECHO_REQUEST,
  hexOf,
  NETWORK,
  PORT_UNREACHABLE,
  RECORD_ROUTE,
  RESET,
  SACK,
  SYN,
  SYN_ACK,
  UDP,
  viewOf,
} from './frames.ts';

const fieldsOf = (view: DataView, at: number): ipv4.Ipv4Fields => ({
  source: ipv4.source(view, at),
  destination: ipv4.destination(view, at),
  protocol: ipv4.protocol(view, at),
  ttl: ipv4.ttl(view, at),
  trafficClass: ipv4.trafficClass(view, at),
  identification: ipv4.identification(view, at),
  dontFragment: ipv4.dontFragment(view, at),
});

test('RFC 791 §3.1: every field of a SYN of Linux', () => {
  const view = viewOf(SYN);
  expect(fieldsOf(view, NETWORK)).toEqual({
    source: 0x0a00_0001,
    destination: 0x0a00_0002,
    protocol: ipv4.PROTOCOL_TCP,
    ttl: 64,
    trafficClass: 0,
    identification: 0x2fba,
    dontFragment: true,
  });
  expect([ipv4.version(view, NETWORK), ipv4.headerLength(view, NETWORK), ipv4.totalLength(view, NETWORK)]).toEqual([4, 20, 60]);
  expect([ipv4.moreFragments(view, NETWORK), ipv4.fragmentOffset(view, NETWORK), ipv4.isFragment(view, NETWORK)]).toEqual([
    false,
    0,
    false,
  ]);
});

for (const [name, frame] of Object.entries({ ECHO_REQUEST, SYN, SYN_ACK, DATA, RESET, SACK, UDP, PORT_UNREACHABLE })) {
  test(`${name}: valid, and encoded again it is the same 20 bytes, checksum included`, () => {
    const view = viewOf(frame);
    expect(ipv4.isValid(view, NETWORK, frame.length)).toBe(true);
    expect(ipv4.isChecksumValid(view, NETWORK)).toBe(true);
    const copy = new Uint8Array(ipv4.HEADER);
    ipv4.encode(viewOf(copy), 0, fieldsOf(view, NETWORK), ipv4.totalLength(view, NETWORK));
    expect(hexOf(copy)).toBe(hexOf(frame, NETWORK, NETWORK + ipv4.HEADER));
  });
}

test('a header with options is as long as it says, and its checksum covers them', () => {
  const frame = Uint8Array.from(RECORD_ROUTE);
  const view = viewOf(frame);
  expect([
    ipv4.headerLength(view, NETWORK),
    ipv4.isValid(view, NETWORK, frame.length),
    ipv4.isChecksumValid(view, NETWORK),
  ]).toEqual([60, true, true]);
  frame[NETWORK + 59] = 1; // the last byte of the options
  expect(ipv4.isChecksumValid(view, NETWORK)).toBe(false);
  ipv4.updateChecksum(view, NETWORK);
  expect(ipv4.isChecksumValid(view, NETWORK)).toBe(true);
});

for (const { name, change, end = UDP.length } of [
  { name: 'one byte short of its total length', change: [0, 0x45], end: UDP.length - 1 },
  { name: 'shorter than a header', change: [0, 0x45], end: NETWORK + 19 },
  { name: 'version 6', change: [0, 0x65] },
  { name: 'a header length of 16', change: [0, 0x44] },
  { name: 'a header length of 0', change: [0, 0x40] },
  { name: 'a header longer than the packet', change: [0, 0x4f] },
  { name: 'a total length shorter than the header', change: [3, 19] },
  { name: 'a total length of 65,315', change: [2, 0xff] },
] as const) {
  test(`RFC 1122 §3.2.1: not valid: ${name}`, () => {
    const frame = Uint8Array.from(UDP);
    frame[NETWORK + change[0]] = change[1];
    expect(ipv4.isValid(viewOf(frame), NETWORK, end)).toBe(false);
  });
}

test('bytes behind the total length, as Ethernet pads, do no harm', () => {
  const padded = new Uint8Array(60);
  padded.set(UDP);
  expect(ipv4.isValid(viewOf(padded), NETWORK, 60)).toBe(true);
});

for (const { name, word, dontFragment, more, offset, isFragment } of [
  { name: 'a whole packet', word: 0x0000, dontFragment: false, more: false, offset: 0, isFragment: false },
  { name: 'a whole packet that must stay so', word: 0x4000, dontFragment: true, more: false, offset: 0, isFragment: false },
  { name: 'a first fragment', word: 0x2000, dontFragment: false, more: true, offset: 0, isFragment: true },
  { name: 'a middle fragment', word: 0x20b9, dontFragment: false, more: true, offset: 1_480, isFragment: true },
  { name: 'the last possible fragment', word: 0x1fff, dontFragment: false, more: false, offset: 65_528, isFragment: true },
  { name: 'the reserved bit is nothing', word: 0x8000, dontFragment: false, more: false, offset: 0, isFragment: false },
]) {
  test(`RFC 791 §3.1: ${name}`, () => {
    const view = viewOf(Uint8Array.from(UDP));
    view.setUint16(NETWORK + 6, word);
    expect([ipv4.dontFragment(view, NETWORK), ipv4.moreFragments(view, NETWORK)]).toEqual([dontFragment, more]);
    expect([ipv4.fragmentOffset(view, NETWORK), ipv4.isFragment(view, NETWORK)]).toEqual([offset, isFragment]);
  });
}

test('RFC 791 §3.2: a header becomes that of a fragment; everything else stays and the checksum is right', () =>
  fc.assert(
    fc.property(
      fc.nat(8_191),
      fc.boolean(),
      fc.integer({ min: 21, max: 65_535 }),
      fc.boolean(),
      (blocks, more, length, isFixed) => {
        const view = viewOf(Uint8Array.from(UDP));
        view.setUint16(NETWORK + 6, isFixed ? ipv4.DONT_FRAGMENT : 0);
        const before = fieldsOf(view, NETWORK);
        ipv4.setFragment(view, NETWORK, length, blocks * 8, more);
        expect([ipv4.fragmentOffset(view, NETWORK), ipv4.moreFragments(view, NETWORK), ipv4.totalLength(view, NETWORK)]).toEqual([
          blocks * 8,
          more,
          length,
        ]);
        expect(fieldsOf(view, NETWORK)).toEqual(before);
        expect(ipv4.isChecksumValid(view, NETWORK)).toBe(true);
      },
    ),
  ));

const fields = fc.record({
  source: fc.integer(),
  destination: fc.integer(),
  protocol: fc.nat(255),
  ttl: fc.nat(255),
  trafficClass: fc.nat(255),
  identification: fc.nat(65_535),
  dontFragment: fc.boolean(),
});

test('what is encoded is decoded, at any alignment', () =>
  fc.assert(
    fc.property(fields, fc.integer({ min: 20, max: 60 }), fc.nat(7), (header, length, at) => {
      const view = viewOf(new Uint8Array(at + length).fill(0xee));
      ipv4.encode(view, at, header, length);
      expect([ipv4.isValid(view, at, at + length), ipv4.isChecksumValid(view, at), ipv4.totalLength(view, at)]).toEqual([
        true,
        true,
        length,
      ]);
      expect(fieldsOf(view, at)).toEqual(header);
    }),
  ));

test('of any valid bytes every field can be read, and the options walked', () => {
  let valid = 0;
  fc.assert(
    fc.property(anyBytes(120, bytesOf('4f 00 003c')), fc.integer({ min: 5, max: 15 }), ({ view, at, end }, words) => {
      if (end > at) view.setUint8(at, (view.getUint8(at) & 0xf0) | words);
      if (!ipv4.isValid(view, at, end)) return;
      valid++;
      fieldsOf(view, at);
      ipv4.fragmentOffset(view, at);
      ipv4.isChecksumValid(view, at);
      expect(options.findFault(view, at)).toBeLessThan(ipv4.headerLength(view, at));
      options.hasSourceRoute(view, at);
    }),
    { numRuns: 1_000 },
  );
  expect(valid).toBeGreaterThan(100);
});
