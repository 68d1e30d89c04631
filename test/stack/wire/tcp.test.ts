/** The TCP header, RFC 9293 §3.1. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as checksum from '../../../src/stack/bytes/checksum.ts';
import { add, seq } from '../../../src/stack/wire/seq.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { anyBytes, DATA, FIN_ACK, hexOf, RESET, SACK, SYN, SYN_ACK, TRANSPORT, viewOf } from './frames.ts';

const FRAMES = { SYN, SYN_ACK, DATA, FIN_ACK, RESET, SACK };

function decoded(frame: Uint8Array): tcp.Segment {
  const segment = new tcp.Segment();
  tcp.decode(viewOf(frame), TRANSPORT, frame.length, segment);
  return segment;
}

test('RFC 9293 §3.1: a SYN of Linux', () => {
  expect(decoded(SYN)).toMatchObject({
    sourcePort: 55_840,
    destinationPort: 7_777,
    seq: seq(0x1808_a024),
    ack: seq(0),
    flags: tcp.SYN,
    window: 64_240,
    urgent: 0,
    payloadAt: SYN.length,
    payloadLength: 0,
    length: 1,
    mss: 1_460,
    windowShift: 10,
    sackPermitted: true,
    hasTimestamps: true,
    tsValue: 0x1dd2_345e,
    tsEcho: 0,
    sackCount: 0,
  });
});

test('RFC 9293 §3.1: a segment with data', () => {
  const segment = decoded(DATA);
  expect(segment).toMatchObject({ flags: tcp.PSH | tcp.ACK, ack: seq(0x3349_a094), window: 63, payloadLength: 5, length: 5 });
  expect(segment).toMatchObject({ mss: 0, windowShift: -1, sackPermitted: false, hasTimestamps: true, tsEcho: 0x2849_09be });
  expect(String.fromCharCode(...DATA.subarray(segment.payloadAt, segment.payloadAt + segment.payloadLength))).toBe('hello');
});

test('RFC 2018 §3: SACK blocks, the first across 2^32', () => {
  const { sackCount, sackEdges, ack } = decoded(SACK);
  expect([sackCount, ...sackEdges.subarray(0, 4)]).toEqual([2, -16, 0x598, 0xb40, 0x10e8]);
  expect(add(ack, 1_448)).toBe(seq(sackEdges[0]!));
});

for (const [name, frame] of Object.entries(FRAMES)) {
  const [source, destination] = [viewOf(frame).getInt32(26), viewOf(frame).getInt32(30)];

  test(`MUST-3: ${name}: valid, its checksum right, and wrong after any change`, () => {
    const copy = Uint8Array.from(frame);
    const view = viewOf(copy);
    expect(tcp.isValid(view, TRANSPORT, copy.length)).toBe(true);
    expect(tcp.isChecksumValid(view, TRANSPORT, copy.length, source, destination)).toBe(true);
    for (let i = TRANSPORT; i < copy.length; i++) {
      copy[i]! ^= 0x04;
      expect(tcp.isChecksumValid(view, TRANSPORT, copy.length, source, destination)).toBe(false);
      copy[i]! ^= 0x04;
    }
    expect(tcp.isChecksumValid(view, TRANSPORT, copy.length, source, destination + 1)).toBe(false);
  });

  test(`MUST-2: ${name}: encoded again it is the same bytes, options in the same order`, () => {
    const segment = decoded(frame);
    const copy = Uint8Array.from(frame);
    copy.fill(0xee, TRANSPORT, segment.payloadAt);
    expect(tcp.encodedLength(segment)).toBe(segment.payloadAt - TRANSPORT);
    tcp.encode(viewOf(copy), TRANSPORT, segment);
    expect(viewOf(copy).getUint16(TRANSPORT + tcp.CHECKSUM_OFFSET)).toBe(0);
    tcp.writeChecksum(viewOf(copy), TRANSPORT, copy.length, source, destination);
    expect(hexOf(copy)).toBe(hexOf(frame));
  });

  test(`${name}: a device that finishes the checksum comes to the same one`, () => {
    const copy = Uint8Array.from(frame);
    const view = viewOf(copy);
    tcp.writePartialChecksum(view, TRANSPORT, copy.length, source, destination);
    view.setUint16(TRANSPORT + tcp.CHECKSUM_OFFSET, checksum.finish(checksum.add(view, TRANSPORT, copy.length)));
    expect(hexOf(copy)).toBe(hexOf(frame));
  });
}

for (const { name, offsetByte, length, valid } of [
  { name: 'twenty bytes and no options', offsetByte: 0x50, length: 20, valid: true },
  { name: 'reserved bits are ignored', offsetByte: 0x5f, length: 20, valid: true },
  { name: 'the longest header', offsetByte: 0xf0, length: 60, valid: true },
  { name: 'nineteen bytes', offsetByte: 0x50, length: 19, valid: false },
  { name: 'a data offset below 5', offsetByte: 0x40, length: 40, valid: false },
  { name: 'a data offset of 0', offsetByte: 0x00, length: 40, valid: false },
  { name: 'a data offset beyond the segment', offsetByte: 0x60, length: 23, valid: false },
]) {
  test(`RFC 9293 §3.1: ${valid ? 'valid' : 'not valid'}: ${name}`, () => {
    const bytes = new Uint8Array(60);
    bytes[12] = offsetByte;
    expect(tcp.isValid(viewOf(bytes), 0, length)).toBe(valid);
  });
}

test('MUST-1: the window is unsigned', () => {
  const copy = Uint8Array.from(RESET);
  viewOf(copy).setUint16(TRANSPORT + 14, 0xffff);
  expect(decoded(copy).window).toBe(65_535);
});

for (const { name, flags, payloadLength, length } of [
  { name: 'ACK', flags: tcp.ACK, payloadLength: 0, length: 0 },
  { name: 'SYN', flags: tcp.SYN, payloadLength: 0, length: 1 },
  { name: 'FIN with text', flags: tcp.FIN | tcp.ACK, payloadLength: 10, length: 11 },
  { name: 'SYN and FIN with text', flags: tcp.SYN | tcp.FIN, payloadLength: 10, length: 12 },
  { name: 'RST with text (SHLD-2)', flags: tcp.RST, payloadLength: 10, length: 10 },
]) {
  test(`RFC 9293 §3.4: the sequence space of ${name}`, () => {
    const segment = new tcp.Segment();
    Object.assign(segment, { flags, payloadLength });
    expect(segment.length).toBe(length);
    expect([segment.has(tcp.SYN), segment.has(tcp.FIN)]).toEqual([(flags & tcp.SYN) !== 0, (flags & tcp.FIN) !== 0]);
  });
}

test('a segment object that is used again keeps nothing of the segment before', () => {
  const reused = decoded(SYN);
  Object.assign(reused, { gsoSize: 1_448 });
  tcp.decode(viewOf(RESET), TRANSPORT, RESET.length, reused);
  const { sackEdges: _old, ...fields } = reused;
  const { sackEdges: _new, ...fresh } = decoded(RESET);
  expect(fields).toEqual(fresh);
});

test('clear leaves nothing to send but ports and numbers', () => {
  const segment = decoded(SACK);
  Object.assign(segment, { gsoSize: 1_448, reason: 'fast retransmit', urgent: 7, mss: 536, windowShift: 2, sackPermitted: true });
  segment.clear();
  expect(segment).toMatchObject({ flags: 0, urgent: 0, payloadAt: 0, payloadLength: 0, gsoSize: 0, reason: '' });
  expect(tcp.encodedLength(segment)).toBe(20);
});

/** Segments as a sender may make them: at most 40 bytes of options. */
const segments = fc
  .record({
    sourcePort: fc.nat(65_535),
    destinationPort: fc.nat(65_535),
    seq: fc.integer().map(seq),
    ack: fc.integer().map(seq),
    flags: fc.nat(255),
    window: fc.nat(65_535),
    urgent: fc.nat(65_535),
    mss: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 65_535 })),
    windowShift: fc.integer({ min: -1, max: 255 }),
    sackPermitted: fc.boolean(),
    hasTimestamps: fc.boolean(),
    tsValue: fc.nat(0xffff_ffff),
    tsEcho: fc.nat(0xffff_ffff),
    edges: fc.array(fc.tuple(fc.integer(), fc.integer()), { maxLength: 4 }),
  })
  .map(({ edges, ...fields }) => {
    const segment = Object.assign(new tcp.Segment(), fields);
    if (!segment.hasTimestamps) Object.assign(segment, { tsValue: 0, tsEcho: 0 });
    segment.sackCount = edges.length;
    segment.sackEdges.set(edges.flat());
    return segment;
  })
  .filter((segment) => tcp.encodedLength(segment) <= tcp.MAX_HEADER);

test('what is encoded is decoded, whatever the options and the alignment (MUST-14, MUST-64)', () =>
  fc.assert(
    fc.property(segments, fc.nat(7), fc.nat(20), (segment, at, payloadLength) => {
      const header = tcp.encodedLength(segment);
      const bytes = new Uint8Array(at + header + payloadLength).fill(0xee);
      const view = viewOf(bytes);
      tcp.encode(view, at, segment);
      expect([header % 4, tcp.isValid(view, at, bytes.length), tcp.headerLength(view, at)]).toEqual([0, true, header]);
      const back = new tcp.Segment();
      tcp.decode(view, at, bytes.length, back);
      expect(back).toEqual(Object.assign(segment, { payloadAt: at + header, payloadLength }));
      expect(bytes.subarray(0, at).every((byte) => byte === 0xee)).toBe(true);
      expect(bytes.subarray(at + header).every((byte) => byte === 0xee)).toBe(true);
    }),
    { numRuns: 500 },
  ));

test('of any valid bytes every field can be read and the segment decoded', () => {
  let valid = 0;
  const segment = new tcp.Segment();
  fc.assert(
    fc.property(anyBytes(100, SYN.subarray(TRANSPORT)), fc.integer({ min: 5, max: 15 }), ({ view, at, end }, words) => {
      if (end - at > 12) view.setUint8(at + 12, words << 4);
      if (!tcp.isValid(view, at, end)) return;
      valid++;
      for (const read of [tcp.sourcePort, tcp.destinationPort, tcp.flags, tcp.window, tcp.urgent])
        expect(read(view, at)).toBeGreaterThanOrEqual(0);
      tcp.decode(view, at, end, segment);
      expect(segment.payloadAt + segment.payloadLength).toBe(end);
      expect(segment.payloadLength).toBeGreaterThanOrEqual(0);
      tcp.isChecksumValid(view, at, end, 1, 2);
    }),
    { numRuns: 1_000 },
  );
  expect(valid).toBeGreaterThan(100);
});
