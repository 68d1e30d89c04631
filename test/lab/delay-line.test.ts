/** The line of frames on their way. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DelayLine, deliver, fits } from '../../src/lab/delay-line.ts';
import { HEADROOM, Packet } from '../../src/stack/bytes/packet.ts';
import { NEVER } from '../../src/stack/time.ts';
import { bytesOf, testFrame } from '../link-device-suite.ts';

test('frames leave by due time, those due at the same time in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 60 }), fc.integer({ min: 0, max: 40 }), (times, warmUp) => {
      const line = new DelayLine();
      for (let i = 0; i < warmUp; i++) {
        line.insert(line.take(60), 0); // turns the ring, so that the frames wrap around its end
        line.discard();
      }
      for (const [i, time] of times.entries()) line.insert(line.copy(testFrame(60, i)), time);
      const left: number[] = [];
      for (let packet = line.peek(100); packet !== undefined; packet = line.peek(100)) {
        left.push(packet.view.getUint32(packet.start + 14));
        line.discard();
      }
      const expected = [...times.keys()].sort((a, b) => times[a]! - times[b]! || a - b);
      expect(left).toEqual(expected);
    }),
  );
});

test('a frame is there when it is due, not a microsecond earlier', () => {
  const line = new DelayLine();
  expect([line.nextDue(), line.peek(NEVER)]).toEqual([NEVER, undefined]);
  line.insert(line.copy(testFrame(60)), 1000);
  expect([line.nextDue(), line.length]).toEqual([1000, 1]);
  expect(line.peek(999)).toBeUndefined();
  expect(line.peek(1000)).toBeDefined();
  line.discard();
  expect([line.nextDue(), line.length]).toEqual([NEVER, 0]);
});

test('buffers are used again: short frames and super-segments each have their own', () => {
  const line = new DelayLine();
  const short = line.copy(testFrame(1518));
  const long = line.copy(testFrame(60_000));
  expect(short.bytes.length).toBeLessThan(2048);
  line.insert(long, 1);
  line.insert(short, 2);
  line.discard();
  line.discard();
  expect(line.take(60)).toBe(short);
  expect(line.take(1600)).toBe(long);
});

test('discarding from an empty line is a mistake of ours', () => {
  expect(() => new DelayLine().discard()).toThrow(RangeError);
});

test('a delivered frame lies where the receiver wants it, and so do its checksum marks', () => {
  const frame = testFrame(2000);
  frame.checksumStart = frame.start + 34;
  frame.checksumOffset = 16;
  frame.gsoSize = 1448;
  frame.checksumVouched = true;
  frame.note = 'fast retransmit';
  const into = new Packet();
  into.start = 70;
  deliver(frame, into);
  expect(bytesOf(into)).toEqual(bytesOf(frame));
  const { checksumStart, checksumOffset, gsoSize, checksumVouched, note } = into;
  expect({ checksumStart, checksumOffset, gsoSize, checksumVouched, note }).toEqual({
    checksumStart: 104,
    checksumOffset: 16,
    gsoSize: 1448,
    checksumVouched: true,
    note: 'fast retransmit',
  });
});

test('whether a frame fits is a question of the room behind into.start', () => {
  const into = new Packet(HEADROOM + 100);
  expect([fits(testFrame(100), into), fits(testFrame(101), into)]).toEqual([true, false]);
});
