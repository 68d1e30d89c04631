/** What one connection costs does not depend on how many others there are: counted in calls, not in time. */
import { expect, test, vi } from 'vitest';
import { Connection } from '../../src/stack/tcp/connection.ts';
import { Demux } from '../../src/stack/tcp/demux.ts';
import { fromV4, ipv4 } from '../../src/stack/wire/ip-address.ts';
import type { TwoHosts } from '../two-hosts.ts';
import { pattern, twoHosts } from '../two-hosts.ts';

const FEW = 10;
const MANY = 4_000;
const TOGETHER = 100;
const BOB = ipv4('10.0.0.2');
const TEXT = pattern(1_000);
const CALLS = ['onSegment', 'pollTransmit', 'onTimeout', 'nextTimeout'] as const;

/** Both ends of the next connection that waits at port 80. */
async function connected({ world, alice, bob }: TwoHosts): Promise<[Connection, Connection]> {
  const client = alice.tcp.connect(BOB, 80, world.now);
  await world.runFor(10_000);
  const [listener] = bob.tcp.listeners();
  const server = listener?.accept();
  if (server === undefined) throw new Error('nobody has come');
  return [client, server];
}

/** With keep-alive each of them has a timer that runs. */
async function crowd(count: number): Promise<TwoHosts> {
  const hosts = twoHosts({ cable: { delay: 10 }, tcp: { keepAlive: true } });
  const { world, alice, bob } = hosts;
  const listener = bob.tcp.listen(80);
  const accept = (): void => {
    while (listener.accept() !== undefined);
  };
  for (let i = 0; i < count; i++) {
    alice.tcp.connect(BOB, 80, world.now);
    if (i % TOGETHER !== TOGETHER - 1) continue;
    await world.runFor(10_000);
    accept();
  }
  await world.runFor(5_000_000); // those for which there was no room while ARP had no answer
  accept();
  expect([alice.tcp.connectionCount, bob.tcp.connectionCount]).toEqual([count, count]);
  return hosts;
}

/** How often the machines of all connections are called for one that comes, asks, is answered and goes. */
async function callsOfOne(hosts: TwoHosts): Promise<readonly number[]> {
  const spies = CALLS.map((name) => vi.spyOn(Connection.prototype, name));
  try {
    const [client, server] = await connected(hosts);
    const into = new Uint8Array(TEXT.length);
    client.send(TEXT);
    await hosts.world.runFor(10_000);
    expect(server.receive(into)).toBe(TEXT.length);
    server.send(into);
    server.closeWrite();
    await hosts.world.runFor(10_000);
    expect(client.receive(into)).toBe(TEXT.length);
    client.closeWrite();
    await hosts.world.runFor(1_000_000);
    expect([client.state, server.state]).toEqual(['CLOSED', 'TIME-WAIT']);
    return spies.map((spy) => spy.mock.calls.length);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test(`a connection among ${MANY} takes as many calls as one among ${FEW}`, { timeout: 120_000 }, async () => {
  const alone = await callsOfOne(await crowd(FEW));
  const inTheCrowd = await callsOfOne(await crowd(MANY));
  expect(alone.every((calls, i) => calls > 0 || CALLS[i] === 'onTimeout')).toBe(true);
  expect(inTheCrowd).toEqual(alone);
});

test('four-tuples of one server and many clients spread over the buckets', () => {
  const demux = new Demux();
  const entries = Array.from({ length: 16_384 }, (_, i) => ({
    id: { local: BOB, localPort: 80, remote: fromV4(0x0a00_0100 + (i >> 8)), remotePort: 49_152 + (i & 0xff) },
    nextInBucket: undefined,
  })) as unknown as Connection[]; // the table looks at nothing else
  for (const entry of entries) demux.add(entry);
  const depth = (entry: Connection): number => {
    let behind = 0;
    for (let next = entry.nextInBucket; next !== undefined; next = next.nextInBucket) behind++;
    return behind;
  };
  const depths = entries.map(depth);
  expect(Math.max(...depths)).toBeLessThan(10);
  expect(depths.reduce((sum, behind) => sum + behind, 0) / entries.length).toBeLessThan(0.75); // a good hash, one entry a bucket: a half
});
