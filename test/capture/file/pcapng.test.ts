/** pcapng against golden bytes, its own reader in both byte orders, and damage. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteBuilder } from '../../../src/capture/file/byte-builder.ts';
import { writeFrame, writeInterface, writeSectionHeader } from '../../../src/capture/file/pcapng.ts';
import { readCapture } from '../../../src/capture/file/read-capture.ts';
import type { Direction, RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import { hexOf, recorded } from '../frames.ts';
import { Blocks } from './blocks.ts';

function written(names: readonly string[], frames: readonly RecordedFrame[], offset = 0): Uint8Array {
  const out = new ByteBuilder(16);
  writeSectionHeader(out);
  for (const name of names) writeInterface(out, { name });
  for (const frame of frames) writeFrame(out, frame, offset);
  return out.take();
}

const SECTION =
  '0a0d0d0a' +
  '2c000000' +
  '4d3c2b1a' +
  '0100' +
  '0000' +
  'ffffffffffffffff' +
  '0400' +
  '0800' +
  '746170737461636b' +
  '00000000' +
  '2c000000';
const LAN0 =
  '01000000' +
  '28000000' +
  '0100' +
  '0000' +
  '00000400' +
  '0200' +
  '0400' +
  '6c616e30' +
  '0900' +
  '0100' +
  '09000000' +
  '00000000' +
  '28000000';

test('section header and interface, byte for byte: "tapstack", Ethernet, nanoseconds', () => {
  expect(hexOf(written(['lan0'], []))).toBe(SECTION + LAN0);
});

test('an enhanced packet with comment and direction, byte for byte', () => {
  const frame = recorded(Uint8Array.of(1, 2, 3, 4, 5), 1, { nanoseconds: 2, direction: 'in', comment: 'hi' });
  const packet =
    '06000000' +
    '3c000000' +
    '00000000' +
    '00000000' +
    'ea030000' +
    '05000000' +
    '05000000' +
    '0102030405000000' +
    '01000200' +
    '68690000' +
    '02000400' +
    '01000000' +
    '00000000' +
    '3c000000';
  expect(hexOf(written(['lan0'], [frame]))).toBe(SECTION + LAN0 + packet);
});

test('nanoseconds since the epoch pass 2^53 and lose nothing', () => {
  const at = 1_767_225_612_345_678; // 2026-01-01T00:00:12.345678Z
  const file = written(['lan0'], [recorded(Uint8Array.of(1), 78, { nanoseconds: 901 })], at - 78);
  const view = new DataView(file.buffer, file.byteOffset + 84 + 12);
  const ticks = (BigInt(view.getUint32(0, true)) << 32n) | BigInt(view.getUint32(4, true));
  expect(ticks).toBe(1_767_225_612_345_678_901n);
  expect(readCapture(file).frames).toMatchObject([{ at, nanoseconds: 901 }]);
});

test('what is written is read: interfaces, directions, comments in any script, times', () => {
  const frame = fc.record({
    bytes: fc.uint8Array({ maxLength: 100 }),
    at: fc.integer({ min: 0, max: 2 ** 52 }),
    nanoseconds: fc.integer({ min: 0, max: 999 }),
    direction: fc.constantFrom<Direction>('in', 'out', 'unknown'),
    interfaceId: fc.integer({ min: 0, max: 2 }),
    comment: fc.string({ unit: 'binary', maxLength: 30 }),
  });
  fc.assert(
    fc.property(fc.array(frame), (list) => {
      const given = list.map((one) => ({ ...one, originalLength: one.bytes.length }));
      const capture = readCapture(written(['lan0', 'Straße', '北'], given));
      expect(capture).toMatchObject({ format: 'pcapng', application: 'tapstack', end: 'complete', problem: '' });
      expect(capture.interfaces.map(({ name }) => name)).toEqual(['lan0', 'Straße', '北']);
      expect(capture.frames.map((one) => ({ ...one, bytes: one.bytes.slice() }))).toEqual(given);
    }),
  );
});

test('a comment longer than an option can be is cut at a character', () => {
  const [frame] = readCapture(written(['a'], [recorded(Uint8Array.of(1), 0, { comment: '€'.repeat(30_000) })])).frames;
  expect(frame?.comment).toBe('€'.repeat(Math.floor(0xfff0 / 3)));
});

for (const little of [true, false]) {
  describe(little ? 'little-endian' : 'big-endian', () => {
    test('unknown blocks are skipped, several sections number their interfaces anew', () => {
      const blocks = new Blocks(little);
      const ethernet = blocks.half(1, 0);
      const file = blocks
        .section()
        .add(1, ethernet, 0)
        .add(0xbad, [1, 2, 3, 4])
        .add(6, 0, 0, 5, 2, 2, [7, 8, 0, 0])
        .section()
        .add(1, ethernet, 0)
        .add(6, 0, 0, 6, 1, 1, [9, 0, 0, 0])
        .take();
      const capture = readCapture(file);
      expect(capture.end).toBe('complete');
      expect(capture.interfaces).toHaveLength(2);
      expect(capture.frames.map(({ at, interfaceId, bytes }) => [at, interfaceId, ...bytes])).toEqual([
        [5, 0, 7, 8],
        [6, 1, 9],
      ]);
    });

    test.each([
      ['default: microseconds', [], 1_500, 1_500, 0],
      ['10^-3', [3], 1_500, 1_500_000, 0],
      ['10^-9', [9], 1_500, 1, 500],
      ['10^-12', [12], 1_500_000, 1, 500],
      ['2^-10', [0x8a], 1024 + 512, 1_500_000, 0],
    ])('if_tsresol %s', (_name, resolution, ticks, at, nanoseconds) => {
      const blocks = new Blocks(little);
      const option = resolution.length > 0 ? [...blocks.half(9, 1), ...resolution, 0, 0, 0, ...blocks.half(0, 0)] : [];
      const file = blocks.section().add(1, blocks.half(1, 0), 0, option).add(6, 0, 0, ticks, 0, 0).take();
      expect(readCapture(file).frames).toMatchObject([{ at, nanoseconds }]);
    });

    test('if_tsoffset is added in seconds', () => {
      const blocks = new Blocks(little);
      const high = little ? 100 : 0;
      const option = [...blocks.half(14, 8), ...Blocks.word(high, little), ...Blocks.word(100 - high, little)];
      const file = blocks.section().add(1, blocks.half(1, 0), 0, option).add(6, 0, 0, 7, 0, 0).take();
      expect(readCapture(file).frames[0]?.at).toBe(100_000_007);
    });

    test('simple packets have no time and end with the snap length', () => {
      const blocks = new Blocks(little);
      const file = blocks.section().add(1, blocks.half(1, 0), 2).add(3, 9, [1, 2, 0, 0]).take();
      const [frame] = readCapture(file).frames;
      expect(frame).toMatchObject({ at: 0, originalLength: 9, interfaceId: 0 });
      expect([...frame!.bytes]).toEqual([1, 2]);
    });

    test('several comments become lines', () => {
      const blocks = new Blocks(little);
      const comment = (letter: string) => [...blocks.half(1, 1), letter.charCodeAt(0), 0, 0, 0];
      const file = blocks.section().add(1, blocks.half(1, 0), 0).add(6, 0, 0, 0, 0, 0, comment('a'), comment('b')).take();
      expect(readCapture(file).frames[0]?.comment).toBe('a\nb');
    });
  });
}

describe('damage', () => {
  const frames = [recorded(Uint8Array.of(1, 2, 3)), recorded(Uint8Array.of(4, 5, 6))];
  const whole = written(['lan0'], frames);
  const firstPacket = 84;
  const packetLength = (whole.length - firstPacket) / 2;

  test('a crash leaves a readable file: cut anywhere, it gives the frames that are whole', () => {
    for (let length = firstPacket; length < whole.length; length++) {
      const capture = readCapture(whole.subarray(0, length));
      expect(capture.frames).toHaveLength(Math.floor((length - firstPacket) / packetLength));
      const isBetween = (length - firstPacket) % packetLength === 0;
      expect(capture.end).toBe(isBetween ? 'complete' : 'truncated');
      expect(capture.problem).toMatch(isBetween ? /^$/ : /^offset \d+: a block/);
    }
  });

  const broken = (at: number, value: number): Uint8Array => {
    const bytes = whole.slice();
    new DataView(bytes.buffer).setUint32(at, value, true);
    return bytes;
  };
  test.each([
    [
      'block length 0',
      broken(firstPacket + packetLength + 4, 0),
      /^offset 136: expected a block length of 12 to .*, found 0$/,
      1,
    ],
    ['block length 4 GB', broken(firstPacket + packetLength + 4, 0xffff_fffc), /^offset 136: .* found 4294967292$/, 1],
    ['block length 33', broken(firstPacket + 4, 33), /multiples of 4, found 33$/, 0],
    [
      'two lengths that differ',
      broken(whole.length - 4, 52),
      /^offset 132: a block says it has 48 bytes .* and 52 at its end$/,
      1,
    ],
    [
      'a frame longer than its block',
      broken(firstPacket + 20, 5000),
      /^offset 84: a packet of 5000 bytes in a block that has room for 16$/,
      0,
    ],
    ['an interface nobody described', broken(firstPacket + 8, 7), /interface 7, which no block describes$/, 0],
    ['no byte-order magic', broken(8, 1), /^offset 8: expected the byte-order magic 0x1a2b3c4d, found 0x01000000$/, 0],
    ['no section header', whole.subarray(44), /^offset 0: expected a capture, pcapng/, 0],
  ])('%s', (_name, bytes, problem, count) => {
    const capture = readCapture(bytes);
    expect(capture.end).toBe('damaged');
    expect(capture.problem).toMatch(problem);
    expect(capture.frames).toHaveLength(count);
  });

  test('an option that reaches beyond its block ends the list, not the file', () => {
    const bytes = written(['lan0'], [recorded(Uint8Array.of(1), 0, { comment: 'kept' })]);
    const flags = firstPacket + 32 + 8; // behind the comment
    new DataView(bytes.buffer).setUint16(flags + 2, 0xffff, true);
    expect(readCapture(bytes)).toMatchObject({ end: 'complete', frames: [{ comment: 'kept', direction: 'unknown' }] });
  });

  test('random and mutated files never throw, loop or give more than they hold', () => {
    const mutation = fc.record({ at: fc.nat({ max: whole.length - 1 }), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 6 }), fc.uint8Array({ maxLength: 80 }), (mutations, tail) => {
        const bytes = Uint8Array.from([...whole, ...tail]);
        for (const { at, value } of mutations) bytes[at] = value;
        const capture = readCapture(bytes);
        expect(capture.frames.length).toBeLessThanOrEqual(bytes.length / 16);
        expect(capture.problem === '').toBe(capture.end === 'complete');
        expect(readCapture(tail).frames.length).toBeLessThanOrEqual(tail.length / 16);
      }),
      { numRuns: 2000 },
    );
  });
});
