/** Listeners as applications hold them: by promises, and inside of the stack's run. */
import { expect, test } from 'vitest';
import type { TcpSocket } from '../../../src/stack/index.ts';
import { connectTcp, ipv4, listenTcp, SECOND } from '../../../src/stack/index.ts';
import { twoHosts } from '../../two-hosts.ts';

const BOB = ipv4('10.0.0.2');

test('acceptNow gives who waits, in their order, and then nobody', async () => {
  const { world, alice, bob } = twoHosts();
  const listener = listenTcp(bob, 80);
  expect(listener.acceptNow()).toBeUndefined();
  const callers = [await world.finish(connectTcp(alice, BOB, 80)), await world.finish(connectTcp(alice, BOB, 80))];
  await world.runFor(SECOND);
  const ports = [listener.acceptNow(), listener.acceptNow()].map((socket) => socket?.remote.port);
  expect(ports).toEqual(callers.map(({ local }) => local.port));
  expect(listener.acceptNow()).toBeUndefined();
});

test('onChange is told inside of the run: what is written then leaves with it', async () => {
  const { world, alice, bob } = twoHosts();
  const listener = listenTcp(bob, 80);
  const accepted: TcpSocket[] = [];
  let sentBefore = 0;
  listener.onChange = () => {
    const socket = listener.acceptNow();
    if (socket === undefined) return;
    accepted.push(socket);
    sentBefore = bob.counters.tcpOut;
    socket.writeNow(Buffer.from('welcome'));
    queueMicrotask(() => expect(bob.counters.tcpOut).toBe(sentBefore + 1));
  };
  const caller = await world.finish(connectTcp(alice, BOB, 80));
  expect(Buffer.from((await world.finish(caller.read())) ?? []).toString()).toBe('welcome');
  expect(accepted).toHaveLength(1);
});
