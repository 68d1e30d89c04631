/** Packets that are used again. */
import { expect, test } from 'vitest';
import { HEADROOM } from '../../../src/stack/bytes/packet.ts';
import { PacketPool } from '../../../src/stack/bytes/packet-pool.ts';

test('what comes back is handed out again, as good as new', () => {
  const pool = new PacketPool(2_048);
  const packet = pool.take();
  packet.append(Uint8Array.of(1, 2, 3));
  packet.note = 'zero-window probe';
  packet.gsoSize = 1_448;
  pool.give(packet);
  const again = pool.take();
  expect(again).toBe(packet);
  expect([again.start, again.length, again.note, again.gsoSize]).toEqual([HEADROOM, 0, '', 0]);
});

test('two takers never hold the same packet', () => {
  const pool = new PacketPool(256);
  pool.give(pool.take());
  expect(pool.take()).not.toBe(pool.take());
});

test('packets have the capacity that was asked for', () => {
  expect(new PacketPool(777).take().bytes.length).toBe(777);
});

test('no more are kept than asked for', () => {
  const pool = new PacketPool(256, 2);
  const packets = [pool.take(), pool.take(), pool.take()];
  for (const packet of packets) pool.give(packet);
  const again = [pool.take(), pool.take(), pool.take()];
  expect(again.filter((packet) => packets.includes(packet))).toHaveLength(2);
});
