/** A connection that has moved much and is silent now keeps none of the memory that it needed for it. */
import { expect, test } from 'vitest';
import type { Connection } from '../../src/stack/tcp/connection.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import { heapInUse } from '../heap.ts';
import { pattern, twoHosts } from '../two-hosts.ts';

const CONNECTIONS = 40;
const TEXT = pattern(1_000_000);
/** What the two hosts keep for the next who needs it: 8 MB each. */
const SHARED = 16 << 20;

test(`${CONNECTIONS} connections that have carried a megabyte each and rest hold less than they would with a ring of their own`, {
  timeout: 120_000,
}, async () => {
  const { world, alice, bob } = twoHosts({ cable: { delay: 10 } });
  const listener = bob.tcp.listen(80);
  const into = new Uint8Array(TEXT.length);
  const before = await heapInUse();
  const held: Connection[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    const client = alice.tcp.connect(ipv4('10.0.0.2'), 80, world.now);
    await world.runFor(10_000);
    const server = listener.accept();
    if (server === undefined) throw new Error('nobody has come');
    held.push(client, server);
    let sent = 0;
    let got = 0;
    while (got < TEXT.length) {
      sent += client.send(TEXT, sent);
      await world.runFor(10_000);
      got += server.receive(into, got);
    }
    expect(Buffer.compare(into, TEXT)).toBe(0); // comparing a megabyte element by element takes seconds
  }
  await world.runFor(1_000_000);
  const used = (await heapInUse(before + SHARED)) - before;
  expect(held.every(({ state }) => state === 'ESTABLISHED')).toBe(true);
  expect(used).toBeLessThan(SHARED + held.length * 10_000);
});
