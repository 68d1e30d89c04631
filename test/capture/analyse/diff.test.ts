/** Two captures side by side: every changed byte is found and named, what is missing is stepped over, what is ignored is. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DiffRow } from '../../../src/capture/analyse/diff.ts';
import { diff } from '../../../src/capture/analyse/diff.ts';
import { IGNORE_WORDS, IgnoredFields } from '../../../src/capture/analyse/frame-fields.ts';
import { CaptureWalk } from '../../../src/capture/dissect/capture-walk.ts';
import type { CapturedFrame } from '../../../src/capture/dissect/captured-frame.ts';
import type { RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import { A, arpFrame, B, echoFrame, pattern, recorded, tcpFrame } from '../frames.ts';

function* steps(frames: readonly RecordedFrame[]): Generator<CapturedFrame> {
  const walk = new CaptureWalk([{ name: 'lan0', linkType: 1 }]);
  for (const frame of frames) yield walk.next(frame);
}

const rowsOf = (a: readonly RecordedFrame[], b: readonly RecordedFrame[], ...ignore: readonly string[]): DiffRow[] => [
  ...diff(steps(a), steps(b), new IgnoredFields(ignore)),
];
const different = (rows: readonly DiffRow[]): DiffRow[] =>
  rows.filter(({ a, b, differences }) => a === undefined || b === undefined || differences.length > 0);
const fieldsIn = (rows: readonly DiffRow[]): string[] => rows.flatMap(({ differences }) => differences.map(({ field }) => field));

const segment = (seq: number, more = {}) =>
  tcpFrame({ seq, ack: 1, payload: pattern(20, seq), segment: { hasTimestamps: true, tsValue: 7 }, ...more });
const FRAMES = [
  arpFrame(1, A, B),
  echoFrame(),
  segment(1),
  segment(21),
  segment(41),
  echoFrame({ reply: true, from: B, to: A }),
].map((bytes, index) => recorded(bytes, 1_000_000 + index * 100));
const withFrame = (index: number, frame: Partial<RecordedFrame>): RecordedFrame[] =>
  FRAMES.map((one, i) => (i === index ? { ...one, ...frame } : one));

test('the same frames are the same, whatever day it is', () => {
  const later = FRAMES.map((frame) => ({ ...frame, at: frame.at + 86_400_000_000 }));
  expect(different(rowsOf(FRAMES, later))).toEqual([]);
  expect(rowsOf(FRAMES, later)).toHaveLength(FRAMES.length);
});

test.each([
  ['ip.ttl', segment(1, { ttl: 63 }), ['ip.ttl', 'ip.checksum']],
  ['tcp.window_size_value', segment(1, { window: 100 }), ['tcp.window_size_value', 'tcp.checksum']],
  ['tcp.flags', segment(1, { flags: 0x18 }), ['tcp.flags', 'tcp.flags.push', 'tcp.checksum']],
])('%s is named with both values, and ignored when asked', (field, bytes, fields) => {
  const found = fieldsIn(rowsOf(FRAMES, withFrame(2, { bytes })));
  for (const name of fields) expect(found).toContain(name);
  expect(different(rowsOf(FRAMES, withFrame(2, { bytes }), field, 'tcp.flags', 'tcp.window_size'))).toEqual([]);
});

test('time, comment, direction: what a recording says beside the bytes is compared too', () => {
  expect(fieldsIn(rowsOf(FRAMES, withFrame(2, { at: 1_000_201 })))).toEqual(['frame.time_relative']);
  expect(different(rowsOf(FRAMES, withFrame(2, { at: 1_000_201 }), 'time'))).toEqual([]);
  expect(fieldsIn(rowsOf(FRAMES, withFrame(2, { comment: 'x' })))).toEqual(['frame.comment']);
  expect(fieldsIn(rowsOf(FRAMES, withFrame(2, { direction: 'in' })))).toEqual(['frame.packet_flags_direction']);
  expect(IGNORE_WORDS).toContain('time');
});

test('two connections that differ in their first numbers alone are the same without those', () => {
  const moved = FRAMES.map((frame, index) =>
    index >= 2 && index <= 4
      ? { ...frame, bytes: segment(5000 + (index - 2) * 20, { ack: 77, payload: pattern(20, (index - 2) * 20 + 1) }) }
      : frame,
  );
  expect(new Set(fieldsIn(rowsOf(FRAMES, moved)))).toEqual(new Set(['tcp.seq_raw', 'tcp.ack_raw', 'tcp.checksum']));
  expect(different(rowsOf(FRAMES, moved, 'isn'))).toEqual([]);
});

test('frames that only one has are stepped over, and both go on side by side', () => {
  const few = FRAMES.filter((_, index) => index !== 2 && index !== 3);
  const only = different(rowsOf(FRAMES, few));
  expect(only.map(({ a, b }) => [a?.number, b?.number])).toEqual([
    [3, undefined],
    [4, undefined],
  ]);
  expect(different(rowsOf(few, FRAMES)).map(({ a, b }) => [a?.number, b?.number])).toEqual([
    [undefined, 3],
    [undefined, 4],
  ]);
  expect(different(rowsOf(FRAMES, FRAMES.slice(0, 4))).map(({ a }) => a?.number)).toEqual([5, 6]);
  expect(different(rowsOf([], FRAMES))).toHaveLength(6);
  expect(rowsOf([], [])).toEqual([]);
});

test('every byte that is changed is a difference in that frame, and every frame is in one row of each side', () => {
  fc.assert(
    fc.property(fc.nat({ max: FRAMES.length - 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (index, at, bits) => {
      const bytes = FRAMES[index]!.bytes.slice();
      bytes[at % bytes.length]! ^= bits;
      const rows = rowsOf(FRAMES, withFrame(index, { bytes }));
      expect(rows.flatMap(({ a }) => (a === undefined ? [] : [a.number]))).toEqual([1, 2, 3, 4, 5, 6]);
      expect(rows.flatMap(({ b }) => (b === undefined ? [] : [b.number]))).toEqual([1, 2, 3, 4, 5, 6]);
      expect(different(rows).some(({ a }) => a?.number === index + 1)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
