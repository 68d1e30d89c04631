/** Pieces of memory written as one, by the kernel itself. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BufferAddresses } from '../../src/node/buffer-addresses.ts';
import { IoVector } from '../../src/node/io-vector.ts';
import { libc } from '../../src/node/libc.ts';

const counting = (length: number, from: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);

test('three pieces of two buffers arrive in their order, and a vector is used again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapstack-vector-'));
  const file = join(folder, 'written');
  const fd = openSync(file, 'w');
  try {
    const [head, ring] = [counting(100, 0), counting(200, 100)];
    const addresses = new BufferAddresses();
    const vector = new IoVector();
    vector.add(addresses.of(head) + 10, 5);
    vector.add(addresses.of(ring) + 190, 10);
    vector.add(addresses.of(ring), 3);
    expect(libc().writev(fd, vector.address, vector.count)).toBe(18);
    vector.clear();
    vector.add(addresses.of(head), 2);
    expect(libc().writev(fd, vector.address, vector.count)).toBe(2);
    const wanted = [...counting(5, 10), ...counting(10, 290), ...counting(3, 100), 0, 1];
    expect([...readFileSync(file)]).toEqual(wanted);
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
});

test('addresses of three buffers in turn are each their own', () => {
  const addresses = new BufferAddresses();
  const buffers = [0, 1, 2].map(() => new Uint8Array(4096));
  const first = buffers.map((one) => addresses.of(one));
  expect(new Set(first).size).toBe(3);
  for (const at of [2, 0, 0, 1, 2, 1, 0]) expect(addresses.of(buffers[at]!)).toBe(first[at]);
});

test('there is room for four pieces', () => {
  const vector = new IoVector();
  for (let i = 0; i < 4; i++) vector.add(4096, 1);
  expect(() => vector.add(4096, 1)).toThrow(RangeError);
});
