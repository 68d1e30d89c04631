/** The queue in front of a line. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DropTailQueue } from '../../src/lab/drop-tail-queue.ts';
import { NEVER, SECOND } from '../../src/stack/time.ts';

const FULL = 1514;
const ON_LINE = FULL + 24;

test('IEEE 802.3: 1000 full frames at 10 Mbit/s take 1230.4 µs each, to the microsecond', () => {
  const queue = new DropTailQueue(10_000_000);
  const left = Array.from({ length: 1000 }, () => queue.admit(FULL, ON_LINE, 0));
  expect(left.slice(0, 6)).toEqual([1231, 2461, 3692, 4922, 6152, 7383]);
  expect(left.at(-1)).toBe(1_230_400);
});

test('a frame leaves after exactly the bits before it and its own, rounded up once, at any rate', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1_000, max: 400_000_000 }),
      fc.array(fc.integer({ min: 84, max: 1538 }), { maxLength: 50 }),
      (rate, sizes) => {
        const queue = new DropTailQueue(rate);
        let bits = 0n;
        for (const size of sizes) {
          bits += BigInt(size) * 8n;
          const exact = (bits * 1_000_000n + BigInt(rate) - 1n) / BigInt(rate);
          expect(queue.admit(size, size, 0)).toBe(Number(exact));
        }
      },
    ),
  );
});

test('the line stays exact over hours of being busy', () => {
  const queue = new DropTailQueue(10_000_000, { packets: 10 });
  let left = 0;
  const frames = 3_000_000;
  for (let i = 0; i < frames; i++) left = queue.admit(FULL, ON_LINE, Math.max(0, left - 2000));
  expect(left).toBe((frames * 12_304) / 10);
});

test('after a pause the line is free at once', () => {
  const queue = new DropTailQueue(8_000_000); // a byte a microsecond
  expect(queue.admit(100, 100, 0)).toBe(100);
  expect(queue.admit(100, 100, 100)).toBe(200);
  expect(queue.admit(100, 100, 5000)).toBe(5100);
  expect(queue.packets(5000)).toBe(0);
});

test('the frame on the line does not count, those behind it do, and the tail is dropped', () => {
  const queue = new DropTailQueue(8_000_000, { packets: 2 });
  expect([1, 2, 3, 4].map(() => queue.admit(100, 100, 0))).toEqual([100, 200, 300, NEVER]);
  expect([queue.packets(99), queue.packets(100), queue.packets(200)]).toEqual([2, 1, 0]);
  expect([queue.admit(100, 100, 250), queue.bytes(250)]).toEqual([400, 100]);
});

test('a limit in bytes lets as many frames wait as fit', () => {
  const queue = new DropTailQueue(8_000_000, { bytes: 250 });
  expect([200, 150, 101, 100, 1].map((length) => queue.admit(length, length, 0))).toEqual([200, 350, NEVER, 450, NEVER]);
  expect([queue.packets(0), queue.bytes(0)]).toEqual([2, 250]);
});

test('a queue of zero frames carries one at a time', () => {
  const queue = new DropTailQueue(8_000_000, { packets: 0 });
  expect([queue.admit(100, 100, 0), queue.admit(100, 100, 99), queue.admit(100, 100, 100)]).toEqual([100, NEVER, 200]);
});

test('many may wait: the ring grows while it is turned', () => {
  const queue = new DropTailQueue(8_000_000);
  for (let i = 0; i < 10; i++) queue.admit(100, 100, 0);
  expect(queue.packets(500)).toBe(4);
  for (let i = 0; i < 200; i++) queue.admit(100 + i, 100, 500);
  expect(queue.packets(500)).toBe(204);
  expect(queue.packets(1000 + 100 * 100)).toBe(99);
  expect(queue.bytes(1000 + 100 * 100)).toBe(Array.from({ length: 99 }, (_, i) => 201 + i).reduce((a, b) => a + b));
});

test('without a rate nothing waits, and a rate is a positive number', () => {
  expect(new DropTailQueue(Number.POSITIVE_INFINITY, { packets: 0 }).admit(FULL, ON_LINE, 7 * SECOND)).toBe(7 * SECOND);
  for (const rate of [0, -1, Number.NaN]) expect(() => new DropTailQueue(rate)).toThrow(`not ${rate}`);
});
