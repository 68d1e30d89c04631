/** Classic pcap against golden bytes, its own reader, and damage. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteBuilder } from '../../../src/capture/file/byte-builder.ts';
import { writeFrame, writeHeader } from '../../../src/capture/file/pcap.ts';
import { readCapture } from '../../../src/capture/file/read-capture.ts';
import type { RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import { hexOf, recorded } from '../frames.ts';

function written(frames: readonly RecordedFrame[], offset = 0): Uint8Array {
  const out = new ByteBuilder(16);
  writeHeader(out);
  for (const frame of frames) writeFrame(out, frame, offset);
  return out.take();
}

const GOLDEN_HEADER = '4d3cb2a1' + '0200' + '0400' + '00000000' + '00000000' + '00000400' + '01000000';

test('a file of one frame, byte for byte', () => {
  const frame = recorded(Uint8Array.of(1, 2, 3, 4, 5), 2_000_007, { nanoseconds: 9, originalLength: 60 });
  expect(hexOf(written([frame]))).toBe(`${GOLDEN_HEADER}02000000611b0000050000003c0000000102030405`);
});

test('the time offset is added: 7 µs after 2026-01-01T00:00:00Z', () => {
  const offset = 1_767_225_600_000_000;
  const [frame] = readCapture(written([recorded(Uint8Array.of(1), 7)], offset)).frames;
  expect(frame?.at).toBe(offset + 7);
  expect(frame?.nanoseconds).toBe(0);
});

/** The same record in the four forms there are. */
const FORMS = [
  ['nanoseconds, little-endian', '4d3cb2a1020004000000000000000000ffff000001000000', '0100000015cd5b070200000002000000aabb', 789],
  ['nanoseconds, big-endian', 'a1b23c4d0002000400000000000000000000ffff00000001', '00000001075bcd150000000200000002aabb', 789],
  ['microseconds, little-endian', 'd4c3b2a1020004000000000000000000ffff000001000000', '0100000040e201000200000002000000aabb', 0],
  ['microseconds, big-endian', 'a1b2c3d40002000400000000000000000000ffff00000001', '000000010001e2400000000200000002aabb', 0],
] as const;

for (const [name, header, record, nanoseconds] of FORMS)
  test(`reads ${name}`, () => {
    const capture = readCapture(Buffer.from(header + record, 'hex'));
    expect(capture).toMatchObject({ format: 'pcap', end: 'complete', interfaces: [{ linkType: 1, snapLength: 65_535 }] });
    expect(capture.frames).toMatchObject([{ at: 1_123_456, nanoseconds, originalLength: 2, direction: 'unknown' }]);
    expect([...capture.frames[0]!.bytes]).toEqual([0xaa, 0xbb]);
  });

test('what is written is read', () => {
  const frames = fc.array(
    fc.record({
      bytes: fc.uint8Array({ maxLength: 200 }),
      at: fc.integer({ min: 0, max: 4_294_967_295_999_999 }),
      nanoseconds: fc.integer({ min: 0, max: 999 }),
    }),
  );
  fc.assert(
    fc.property(frames, (list) => {
      const given = list.map(({ bytes, at, nanoseconds }) =>
        recorded(bytes, at, { nanoseconds, direction: 'unknown', originalLength: bytes.length }),
      );
      const capture = readCapture(written(given));
      expect(capture.end).toBe('complete');
      expect(capture.frames.map((frame) => ({ ...frame, bytes: frame.bytes.slice() }))).toEqual(given);
    }),
  );
});

describe('damage', () => {
  const whole = written([recorded(Uint8Array.of(1, 2, 3)), recorded(Uint8Array.of(4, 5, 6))]);

  test('cut anywhere, it gives the frames that are whole and says so', () => {
    for (let length = 4; length < whole.length; length++) {
      const capture = readCapture(whole.subarray(0, length));
      const complete = length < 24 ? -1 : Math.floor((length - 24) / 19);
      expect(capture.frames.length).toBe(Math.max(complete, 0));
      expect(capture.end).toBe(length >= 24 && (length - 24) % 19 === 0 ? 'complete' : 'truncated');
      if (capture.end === 'truncated') expect(capture.problem).toMatch(/^offset \d+: .* but only (1 is|\d+ are) there$/);
    }
  });

  test('a frame of 4 GB is damage, not an allocation', () => {
    const bytes = whole.slice();
    new DataView(bytes.buffer).setUint32(24 + 19 + 8, 0xffff_fff0, true);
    const capture = readCapture(bytes);
    expect(capture).toMatchObject({
      end: 'damaged',
      problem: 'offset 51: expected a frame of at most 16777216 bytes, found 4294967280',
    });
    expect(capture.frames).toHaveLength(1);
  });

  test('what is no capture is said to be none', () => {
    expect(readCapture(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d))).toMatchObject({
      format: 'unknown',
      end: 'damaged',
      problem:
        'offset 0: expected a capture, pcapng (0a 0d 0d 0a) or pcap (a1 b2 c3 d4, a1 b2 3c 4d, or either reversed), found 89 50 4e 47',
    });
    expect(readCapture(new Uint8Array(0)).problem).toContain('found an empty file');
  });
});
