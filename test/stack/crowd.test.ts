/** Many connections at once between two whole stacks: all are served, and nothing of them is left. */
import { expect, test } from 'vitest';
import { listenTcp } from '../../src/stack/socket/tcp-listener.ts';
import { connectTcp } from '../../src/stack/socket/tcp-socket.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { SECOND } from '../../src/stack/time.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import { heapInUse } from '../heap.ts';
import type { TwoHosts } from '../two-hosts.ts';
import { pattern, twoHosts } from '../two-hosts.ts';

const CONNECTIONS = 2_000;
const BYTES = 10_000;
const ROUNDS = 10;
const BOB = ipv4('10.0.0.2');
const FILE = pattern(BYTES);

/** Sends the file to everybody and closes. */
async function serve(bob: Stack): Promise<void> {
  for await (const socket of listenTcp(bob, 80)) void socket.write(FILE).then(() => socket.close());
}

/** @returns whether the whole file came, byte for byte */
async function fetch(alice: Stack): Promise<boolean> {
  const socket = await connectTcp(alice, BOB, 80);
  let at = 0;
  for await (const bytes of socket) {
    if (!bytes.every((byte, i) => byte === FILE[at + i])) return false;
    at += bytes.length;
  }
  await socket.close();
  return at === BYTES;
}

const states = (stack: Stack): string[] => [...new Set([...stack.tcp.connections()].map(({ state }) => state))];
const queued = (stack: Stack): unknown => [...stack.tcp.listeners()].map((listener) => listener.queued);

async function round({ world, alice, bob }: TwoHosts): Promise<void> {
  const fetching = Promise.all(Array.from({ length: CONNECTIONS }, () => fetch(alice)));
  expect(new Set(await world.finish(fetching))).toEqual(new Set([true]));
  await world.runFor(SECOND);
  expect([...states(alice), ...states(bob)].filter((state) => state !== 'TIME-WAIT')).toEqual([]);
  expect([alice.tcp.connectionCount, bob.tcp.connectionCount]).toEqual([0, CONNECTIONS]); // whoever closes first remembers
  expect(queued(bob)).toEqual([{ halfOpen: 0, waiting: 0 }]);
  await world.runFor(60 * SECOND);
  for (const stack of [alice, bob]) {
    expect([stack.tcp.connectionCount, stack.tcp.hasWork, stack.udp.wantsToSend, stack.reassembly.datagrams]).toEqual([
      0,
      false,
      false,
      0,
    ]);
    for (const { arp, isBlocked } of stack.interfaces.values()) {
      expect([isBlocked, arp.entries(world.now).map(({ waiting }) => waiting)]).toEqual([false, [0]]);
    }
  }
}

test(`${CONNECTIONS} connections at once, ${ROUNDS} times: all fetch their file, none is left after 60 s, and no memory`, {
  timeout: 300_000,
}, async () => {
  const hosts = twoHosts({ cable: { delay: 500 } });
  void serve(hosts.bob);
  await round(hosts);
  await round(hosts);
  const before = await heapInUse();
  for (let i = 2; i < ROUNDS; i++) await round(hosts);
  const limit = before + (4 << 20);
  expect(await heapInUse(limit)).toBeLessThanOrEqual(limit); // 16,000 connections later
  expect(hosts.bob.drops()).toEqual({}); // the backlog has 511 places: the rest was answered with cookies
});
