/** Buffers that are used again. */
import { expect, test } from 'vitest';
import { BufferPool } from '../../../src/stack/ip/buffer-pool.ts';

test('sizes are powers of two from 2 KiB on', () => {
  const pool = new BufferPool(0);
  expect([1, 2_048, 2_049, 40_000, 65_535].map((length) => pool.take(length).length)).toEqual([
    2_048, 2_048, 4_096, 65_536, 65_536,
  ]);
  expect(pool.lent).toBe(2_048 * 2 + 4_096 + 65_536 * 2);
});

test('a buffer given back is used again, up to what is kept', () => {
  const pool = new BufferPool(4_096);
  const buffers = [pool.take(1), pool.take(1), pool.take(1)];
  for (const buffer of buffers) pool.give(buffer);
  expect(pool.lent).toBe(0);
  const again = [pool.take(1), pool.take(1), pool.take(1)];
  expect(again.filter((buffer) => buffers.includes(buffer))).toHaveLength(2);
  for (const buffer of again) pool.give(buffer);
  expect(pool.take(4_000)).not.toContain(1); // another size is another buffer
});
