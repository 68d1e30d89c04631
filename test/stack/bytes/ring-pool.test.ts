import { expect, test } from 'vitest';
import { RingBuffer } from '../../../src/stack/bytes/ring-buffer.ts';
import { RingPool } from '../../../src/stack/bytes/ring-pool.ts';

const MEGA = 1 << 20;

test('of two as large the one that came back last is lent first, and grows to what is asked for', () => {
  const pool = new RingPool();
  const [early, late] = [pool.take(100), pool.take(100)];
  pool.give(early);
  pool.give(late);
  expect(pool.take(50)).toBe(late);
  const grown = pool.take(1_000);
  expect([grown === early, grown.capacity, grown.length]).toEqual([true, 1_024, 0]);
});

test('the largest is lent first, whenever it came back', () => {
  const pool = new RingPool();
  const rings = [64, 4096, 16, 1024].map((capacity) => new RingBuffer(capacity));
  for (const ring of rings) pool.give(ring);
  expect([16, 16, 16, 16].map((capacity) => pool.take(capacity).capacity)).toEqual([4096, 1024, 64, 16]);
  expect(pool.take(32).capacity).toBe(32);
  pool.give(rings[0]!);
  expect(pool.take(16)).toBe(rings[0]);
});

test('at most 8 MB wait: who brings more keeps his own, and room that was lent can be filled again', () => {
  const pool = new RingPool();
  const rings = Array.from({ length: 10 }, () => new RingBuffer(MEGA));
  expect(rings.filter((ring) => pool.give(ring)).length).toBe(8);
  const lent = Array.from({ length: 10 }, () => pool.take(MEGA));
  expect(lent.filter((ring) => rings.includes(ring)).length).toBe(8);
  for (const ring of lent) pool.give(ring);
  expect(lent.includes(pool.take(MEGA))).toBe(true);
});

test('a ring that was used begins anew: what is written to it is what is read', () => {
  const pool = new RingPool();
  const used = pool.take(16);
  used.writeAt(
    0,
    Uint8Array.from({ length: 11 }, () => 7),
    0,
    11,
  );
  used.extend(11);
  used.discard(11);
  pool.give(used);
  const again = pool.take(40);
  const text = Uint8Array.from({ length: 40 }, (_, i) => i);
  again.writeAt(0, text, 0, 40);
  again.extend(40);
  const read = new Uint8Array(40);
  again.readAt(0, 40, read, 0);
  expect([again === used, read]).toEqual([true, text]);
});
