/** What an established connection costs that has nothing to do: most connections of a busy host are idle. */
import { expect, test } from 'vitest';
import type { Connection } from '../../src/stack/tcp/connection.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import { heapInUse } from '../heap.ts';
import type { TwoHosts } from '../two-hosts.ts';
import { twoHosts } from '../two-hosts.ts';

const BOB = ipv4('10.0.0.2');
const PORTS = 10;
const TOGETHER = 100;
const LIMIT = 1_500;

/** Both ends of `count` connections, opened a hundred at a time so that the cable needs no room of its own for them. */
async function open({ world, alice, bob }: TwoHosts, count: number): Promise<Connection[]> {
  const held: Connection[] = [];
  const accept = (): void => {
    for (const listener of bob.tcp.listeners())
      for (let one = listener.accept(); one !== undefined; one = listener.accept()) held.push(one);
  };
  for (let i = 0; i < count; i++) {
    held.push(alice.tcp.connect(BOB, 8000 + (i % PORTS), world.now));
    if (i % TOGETHER !== TOGETHER - 1) continue;
    await world.runFor(10_000);
    accept();
  }
  await world.runFor(20_000_000);
  accept();
  return held;
}

test(`an established idle connection costs less than ${LIMIT} bytes`, { timeout: 120_000 }, async () => {
  const hosts = twoHosts({ cable: { delay: 10 } });
  for (let i = 0; i < PORTS; i++) hosts.bob.tcp.listen(8000 + i);
  const warm = await open(hosts, 2_000); // code, shapes and pools
  const before = await heapInUse();
  const held = await open(hosts, 8_000);
  const each = ((await heapInUse(before + held.length * LIMIT)) - before) / held.length;
  expect([...warm, ...held].filter(({ state }) => state !== 'ESTABLISHED')).toEqual([]);
  expect(held.length).toBe(16_000);
  expect(each).toBeLessThan(LIMIT);
});
