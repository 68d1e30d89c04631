/** Super-segments become what a device would have put on the wire. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Segmenter } from '../../../src/capture/record/segmentation.ts';
import { HEADROOM, Packet } from '../../../src/stack/bytes/packet.ts';
import * as ethernet from '../../../src/stack/wire/ethernet.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import {
  bytesOf,
  icmpPacket,
  leaveChecksumToDevice,
  leaveUdpChecksumToDevice,
  pattern,
  superDatagram,
  superSegment,
  tcpPacket,
  udpPacket,
} from '../frames.ts';

function framesOf(packet: Packet): Uint8Array[] {
  const frames: Uint8Array[] = [];
  new Segmenter().eachFrame(packet, (frame) => frames.push(frame.slice()));
  return frames;
}

/** Checks every length and checksum on the way. */
function read(frame: Uint8Array, network = ethernet.HEADER) {
  const view = new DataView(frame.buffer);
  expect(ipv4.isValid(view, network, frame.length)).toBe(true);
  expect(ipv4.isChecksumValid(view, network)).toBe(true);
  expect(ipv4.totalLength(view, network)).toBe(frame.length - network);
  const at = network + ipv4.headerLength(view, network);
  expect(tcp.isChecksumValid(view, at, frame.length, ipv4.source(view, network), ipv4.destination(view, network))).toBe(true);
  const segment = new tcp.Segment();
  tcp.decode(view, at, frame.length, segment);
  return { segment, id: ipv4.identification(view, network), payload: frame.subarray(segment.payloadAt) };
}

const notLast = (isLast: boolean): number => (isLast ? 0 : tcp.FIN | tcp.PSH);
const notFirst = (isFirst: boolean): number => (isFirst ? 0 : tcp.CWR);

test('RFC 9293 §3.1, RFC 791 §3.1: whatever the sizes, the pieces make the whole and each is sound', () => {
  const given = fc.record({
    length: fc.integer({ min: 1, max: 65_483 }),
    gsoSize: fc.integer({ min: 500, max: 9000 }),
    seq: fc.integer({ min: 0, max: 0xffff_ffff }),
    identification: fc.integer({ min: 0, max: 0xffff }),
    hasTimestamps: fc.boolean(),
    flags: fc.integer({ min: 0, max: 0xff }),
  });
  fc.assert(
    fc.property(given, ({ length, gsoSize, seq, identification, hasTimestamps, flags }) => {
      const payload = pattern(length, seq & 0xff);
      const packet = superSegment(payload, gsoSize, {
        seq,
        identification,
        flags,
        segment: { hasTimestamps, tsValue: 7, tsEcho: 9 },
      });
      const before = bytesOf(packet);
      const frames = framesOf(packet).map((frame) => read(frame));
      expect(Buffer.concat(frames.map((frame) => frame.payload)).equals(payload)).toBe(true);
      expect(frames).toHaveLength(Math.ceil(length / gsoSize));
      for (const [index, { segment, id, payload: part }] of frames.entries()) {
        const [isFirst, isLast] = [index === 0, index === frames.length - 1];
        expect(part.length).toBe(isLast ? length - index * gsoSize : gsoSize);
        expect(segment.seq >>> 0).toBe((seq + index * gsoSize) % 2 ** 32);
        expect(id).toBe((identification + index) & 0xffff);
        expect(segment.flags).toBe(flags & ~(notLast(isLast) | notFirst(isFirst)));
        expect([segment.hasTimestamps, segment.tsValue, segment.tsEcho]).toEqual([
          hasTimestamps,
          7 * Number(hasTimestamps),
          9 * Number(hasTimestamps),
        ]);
      }
      expect(Buffer.from(packet.live()).equals(before)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('RFC 768: a super-datagram becomes the datagrams that were joined, each as it would have been alone', () => {
  const given = fc.record({
    length: fc.integer({ min: 1, max: 65_507 }),
    gsoSize: fc.integer({ min: 18, max: 9000 }),
    identification: fc.integer({ min: 0, max: 0xffff }),
    isOpen: fc.boolean(),
  });
  fc.assert(
    fc.property(given, ({ length, gsoSize, identification, isOpen }) => {
      const payload = pattern(length, identification & 0xff);
      const packet = udpPacket(payload, { identification });
      packet.gsoSize = gsoSize;
      if (isOpen) leaveUdpChecksumToDevice(packet);
      const before = bytesOf(packet);
      const alone = Array.from({ length: Math.ceil(length / gsoSize) }, (_, i) =>
        bytesOf(udpPacket(payload.subarray(i * gsoSize, (i + 1) * gsoSize), { identification: (identification + i) & 0xffff })),
      );
      const frames = framesOf(packet);
      expect(frames).toHaveLength(alone.length);
      for (const [i, frame] of frames.entries()) expect(Buffer.from(alone[i]!).equals(frame), `frame ${i}`).toBe(true);
      expect(Buffer.from(packet.live()).equals(before)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('of the beginning of a frame every byte is what it would be in the whole one, checksums too', () => {
  const given = fc.record({
    length: fc.integer({ min: 1, max: 20_000 }),
    gsoSize: fc.integer({ min: 18, max: 3000 }),
    most: fc.integer({ min: 0, max: 3100 }),
    isTcp: fc.boolean(),
  });
  fc.assert(
    fc.property(given, ({ length, gsoSize, most, isTcp }) => {
      const payload = pattern(length, most & 0xff);
      const packet = isTcp
        ? superSegment(payload, gsoSize, { segment: { hasTimestamps: true } })
        : superDatagram(payload, gsoSize);
      const whole = framesOf(packet);
      const cut: { readonly bytes: Uint8Array; readonly length: number }[] = [];
      new Segmenter().eachFrame(packet, (frame, onWire) => cut.push({ bytes: frame.slice(), length: onWire }), most);
      expect(cut.map((frame) => frame.length)).toEqual(whole.map((frame) => frame.length));
      for (const [i, { bytes }] of cut.entries()) {
        expect(bytes.length).toBeGreaterThanOrEqual(Math.min(most, whole[i]!.length));
        expect(Buffer.from(whole[i]!.subarray(0, bytes.length)).equals(bytes), `frame ${i}`).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('RFC 3168 §6.1.2: FIN and PSH on the last piece only, CWR on the first only, ECE on all', () => {
  const flags = tcp.ACK | tcp.FIN | tcp.PSH | tcp.CWR | tcp.ECE;
  const pieces = framesOf(superSegment(pattern(3000), 1000, { flags })).map((frame) => read(frame).segment.flags);
  const common = tcp.ACK | tcp.ECE;
  expect(pieces).toEqual([common | tcp.CWR, common, common | tcp.FIN | tcp.PSH]);
});

test('IEEE 802.1Q: a tagged super-segment keeps its tag on every piece', () => {
  const packet = superSegment(pattern(2000), 1000);
  packet.bytes.copyWithin(packet.start - 4, packet.start, packet.start + 12);
  packet.start -= 4;
  packet.view.setUint32(packet.start + 12, 0x8100_0005);
  const frames = framesOf(packet);
  expect(frames).toHaveLength(2);
  for (const frame of frames) {
    expect(new DataView(frame.buffer).getUint32(12)).toBe(0x8100_0005);
    expect(read(frame, 18).payload.length).toBe(1000);
  }
});

describe('a checksum that was left to the device', () => {
  test('RFC 9293 MUST-2: of TCP is completed', () => {
    const packet = tcpPacket({ payload: pattern(33), flags: tcp.ACK });
    const expected = bytesOf(packet);
    leaveChecksumToDevice(packet);
    expect(framesOf(packet)).toEqual([expected]);
  });

  test('RFC 768: of UDP is completed, and zero is sent as all ones', () => {
    for (let word = 0; word < 0x1_0000; word += 0x0101) {
      const packet = udpPacket(Uint8Array.of(word >>> 8, word & 255));
      const expected = bytesOf(packet);
      packet.checksumStart = packet.transport;
      packet.checksumOffset = 6;
      packet.view.setUint16(packet.transport + 6, pseudo(packet));
      expect(framesOf(packet)).toEqual([expected]);
    }
    const packet = udpPacket(Uint8Array.of(0, 0));
    const sum = packet.view.getUint16(packet.transport + 6);
    packet.view.setUint16(packet.payload, sum); // adds what is missing to 0xffff
    packet.checksumStart = packet.transport;
    packet.checksumOffset = 6;
    packet.view.setUint16(packet.transport + 6, pseudo(packet));
    const [frame] = framesOf(packet);
    expect(frame?.slice(40, 42)).toEqual(Uint8Array.of(0xff, 0xff));
  });

  /** The folded sum of the pseudo-header, computed here once more. */
  function pseudo({ view, network, transport, end }: Packet): number {
    let sum = ipv4.protocol(view, network) + end - transport;
    for (let at = network + 12; at < network + 20; at += 2) sum += view.getUint16(at);
    return (sum & 0xffff) + (sum >>> 16);
  }

  test('vouched for on the way in, with only the pseudo-header in it, is completed', () => {
    for (const make of [() => tcpPacket({ payload: pattern(33) }), () => udpPacket(pattern(33))]) {
      const packet = make();
      const expected = bytesOf(packet);
      packet.checksumVouched = true;
      const field = ipv4.protocol(packet.view, packet.network) === ipv4.PROTOCOL_TCP ? tcp.CHECKSUM_OFFSET : 6;
      packet.view.setUint16(packet.transport + field, pseudo(packet));
      expect(framesOf(packet)).toEqual([expected]);
    }
  });

  test('vouched for and complete, or wrong in another way, is shown as it came', () => {
    for (const field of [0x1234, undefined]) {
      const packet = tcpPacket({ payload: pattern(33) });
      packet.checksumVouched = true;
      if (field !== undefined) packet.view.setUint16(packet.transport + tcp.CHECKSUM_OFFSET, field);
      expect(framesOf(packet)).toEqual([bytesOf(packet)]);
    }
  });
});

describe('what is not cut is shown whole', () => {
  test.each([
    ['an ICMP message', () => icmpPacket(8, 0, 1, pattern(40))],
    ['a frame without network header', () => Object.assign(new Packet(), { end: HEADROOM + 10 })],
    ['a fragment', () => Object.assign(fragment(udpPacket(pattern(3000))), { gsoSize: 1000 })],
    [
      'a super-segment whose data offset is too small',
      () => {
        const packet = superSegment(pattern(3000), 1000);
        packet.clearOffload();
        packet.gsoSize = 1000;
        packet.view.setUint8(packet.transport + 12, 0x40);
        return packet;
      },
    ],
  ])('%s', (_name, make) => {
    const packet = make();
    expect(framesOf(packet)).toEqual([bytesOf(packet)]);
  });

  function fragment(packet: Packet): Packet {
    packet.view.setUint16(packet.network + 6, 0x2000);
    return packet;
  }

  test('random bytes with random offload marks never throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.nat({ max: 50 }),
        fc.boolean(),
        fc.boolean(),
        (bytes, gsoSize, isIp, vouched) => {
          const packet = new Packet();
          packet.append(bytes);
          if (isIp && bytes.length > 24) {
            packet.view.setUint16(packet.start + 12, ethernet.TYPE_IPV4);
            packet.view.setUint8(packet.start + 14, 0x45);
            packet.view.setUint16(packet.start + 16, bytes.length - 14);
            packet.view.setUint16(packet.start + 20, 0);
            if (bytes.length > 30) packet.view.setUint8(packet.start + 23, bytes[0]! & 1 ? 6 : 17);
          }
          packet.gsoSize = gsoSize;
          packet.checksumVouched = vouched;
          const total = framesOf(packet).reduce((sum, frame) => sum + frame.length, 0);
          expect(total).toBeGreaterThanOrEqual(Math.min(bytes.length, 20));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test('a packet longer than any super-segment is completed too', () => {
  const packet = new Packet(100_000);
  packet.append(udpPacket(pattern(100)).live());
  packet.end += 80_000;
  packet.checksumStart = packet.start + 34;
  packet.checksumOffset = 6;
  expect(framesOf(packet)[0]?.length).toBe(packet.length);
});
