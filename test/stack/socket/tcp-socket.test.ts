/** TcpSocket and TcpListener: conversations in virtual time. */
import { expect, test } from 'vitest';
import type { TcpSocket } from '../../../src/stack/index.ts';
import {
  connectTcp,
  ipv4,
  listenTcp,
  MILLISECOND,
  MINUTE,
  parsePrefix,
  SECOND,
  SocketError,
  TcpError,
} from '../../../src/stack/index.ts';
import type { TwoHosts, TwoHostsOptions } from '../../two-hosts.ts';
import { pattern, twoHosts } from '../../two-hosts.ts';

const BOB = ipv4('10.0.0.2');
const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (data: Uint8Array | undefined): string | undefined =>
  data === undefined ? undefined : Buffer.from(data).toString();

interface Pair extends TwoHosts {
  readonly client: TcpSocket;
  readonly server: TcpSocket;
}

async function connected(options: TwoHostsOptions = {}): Promise<Pair> {
  const hosts = twoHosts(options);
  const listener = listenTcp(hosts.bob, 7);
  const both = Promise.all([connectTcp(hosts.alice, BOB, 7), listener.accept()]);
  const [client, server] = await hosts.world.finish(both);
  if (server === undefined) throw new Error('the listener is closed');
  return { ...hosts, client, server };
}

async function readAll(socket: TcpSocket): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a conversation: ends, words both ways, and both sides close', async () => {
  const { world, client, server, alice, bob } = await connected();
  expect(`${client.remote.address}:${client.remote.port}`).toBe('10.0.0.2:7');
  expect(server.remote).toMatchObject({ port: client.local.port });
  expect(client.info().state).toBe('ESTABLISHED');
  await world.finish(client.write(bytes('question')));
  expect(text(await world.finish(server.read()))).toBe('question');
  await world.finish(server.write(bytes('answer')));
  expect(text(await world.finish(client.read(3)))).toBe('ans');
  expect(text(await world.finish(client.read()))).toBe('wer');
  const closing = client.close();
  expect(await world.finish(server.read())).toBeUndefined();
  await world.finish(Promise.all([closing, server.close()]));
  await world.runFor(2 * MINUTE);
  expect([alice.tcp.connectionCount, bob.tcp.connectionCount]).toEqual([0, 0]);
});

test('RFC 9293 §3.8.5, MUST-32, MUST-33: a socket is told of urgent bytes, and a read ends in front of the last of them', async () => {
  const { world, client, server } = await connected();
  let told = 0;
  server.onUrgent = () => told++;
  await world.finish(client.write(bytes('stop'), { urgent: true }));
  await world.finish(client.write(bytes(' it')));
  await world.runFor(MILLISECOND);
  expect([told > 0, server.urgentAhead, server.readUrgent()]).toEqual([true, 4, undefined]);
  expect(text(await world.finish(server.read()))).toBe('sto');
  expect(server.urgentAhead).toBe(1);
  expect(text(await world.finish(server.read()))).toBe('p it');
  expect(server.urgentAhead).toBe(0);
});

test('RFC 6093 §5: without `oobInline` the last urgent byte is read by itself', async () => {
  const { world, client, server } = await connected({ tcp: { oobInline: false } });
  await world.finish(client.write(bytes('abc'), { urgent: true }));
  await world.runFor(MILLISECOND);
  expect(server.readUrgent()).toBe('c'.charCodeAt(0));
  expect(server.readUrgent()).toBeUndefined();
  expect(text(await world.finish(server.read()))).toBe('ab');
  client.closeWrite();
  expect(await world.finish(server.read())).toBeUndefined();
});

test('SHLD-9: a socket with an ear for it hears that nothing is acknowledged, and goes on when it comes through', async () => {
  const { world, client, server, cable } = await connected();
  const heard: string[] = [];
  client.onProblem = (reason) => heard.push(reason);
  cable.unplug();
  await world.finish(client.write(bytes('hello')));
  await world.runFor(4 * SECOND);
  expect(heard).toEqual(['timed out']);
  cable.plug();
  expect(text(await world.finish(server.read()))).toBe('hello');
});

test('RFC 9293 §3.6: half-close, reading goes on after closeWrite', async () => {
  const { world, client, server } = await connected();
  client.closeWrite();
  expect(await world.finish(server.read())).toBeUndefined();
  await expect(client.write(bytes('x'))).rejects.toMatchObject({ reason: 'closed' });
  const body = pattern(300_000);
  const writing = server.write(body).then(() => server.closeWrite());
  const [received] = await world.finish(Promise.all([readAll(client), writing]));
  expect(Buffer.from(body).equals(received)).toBe(true);
});

test('async iteration over connections and bytes: an echo server in four lines', async () => {
  const { world, alice, bob } = twoHosts();
  const listener = listenTcp(bob, 0);
  const serve = async (): Promise<number> => {
    let served = 0;
    for await (const socket of listener) {
      served++;
      void (async () => {
        for await (const chunk of socket) await socket.write(chunk);
        await socket.close();
      })();
    }
    return served;
  };
  const serving = serve();
  const ask = async (question: string): Promise<string | undefined> => {
    await using socket = await connectTcp(alice, BOB, listener.port);
    await socket.write(bytes(question));
    socket.closeWrite();
    return text(await readAll(socket));
  };
  const answers = await world.finish(Promise.all(['one', 'two', 'three'].map(ask)));
  expect(answers).toEqual(['one', 'two', 'three']);
  listener.close();
  expect(await world.finish(serving)).toBe(3);
});

test.each([
  ['refused', 'nobody listens', '10.0.0.2', 'cannot connect to 10.0.0.2:9: refused'],
  ['host unreachable', 'nobody answers ARP', '10.0.0.77', 'cannot connect to 10.0.0.77:9: host unreachable'],
])('%s: %s', async (reason, _why, address, message) => {
  const { world, alice } = twoHosts();
  const error = await world.finish(connectTcp(alice, ipv4(address), 9).catch((e: unknown) => e));
  expect(error).toBeInstanceOf(SocketError);
  expect(error).toMatchObject({ reason, message });
  expect(alice.tcp.connectionCount).toBe(0);
});

test('what cannot even be tried is a TcpError', async () => {
  const { alice, bob } = twoHosts();
  await expect(connectTcp(alice, ipv4('192.0.2.1'), 9)).rejects.toMatchObject({ reason: 'network unreachable' });
  await expect(connectTcp(alice, ipv4('255.255.255.255'), 9)).rejects.toBeInstanceOf(TcpError); // MUST-46
  listenTcp(bob, 7);
  expect(() => listenTcp(bob, 7)).toThrow('cannot listen on port 7: port in use');
});

test('RFC 9293 MUST-23: a SYN without an answer is given up after three minutes', async () => {
  const { world, alice } = await connected();
  alice.routes.add({ prefix: parsePrefix('10.9.0.0/16'), gateway: BOB.w3, interfaceId: 1 }); // he is there, and no router
  const begin = world.now;
  const attempt = world.finish(connectTcp(alice, ipv4('10.9.0.1'), 8));
  await expect(attempt).rejects.toMatchObject({ name: 'SocketError', reason: 'timed out' });
  expect(world.now - begin).toBeGreaterThanOrEqual(3 * MINUTE);
  expect(world.now - begin).toBeLessThan(5 * MINUTE);
});

test('RFC 9293 MUST-21: data that nobody acknowledges ends in timed out for the reader and the writer', async () => {
  const { world, client, cable } = await connected({ tcp: { userTimeout: 30 * SECOND } });
  const reading = client.read().catch((e: unknown) => e);
  await world.finish(client.write(bytes('into the void')));
  cable.unplug();
  expect(await world.finish(reading)).toBeInstanceOf(SocketError);
  await expect(client.write(bytes('x'))).rejects.toBeInstanceOf(SocketError);
  await world.finish(client.closed);
});

test('RFC 9293 MUST-12: an abort of the peer is told apart from its close', async () => {
  const { world, client, server } = await connected();
  const reading = server.read();
  reading.catch(() => {});
  client.abort();
  await expect(world.finish(reading)).rejects.toMatchObject({ reason: 'reset by peer' });
  await expect(client.read()).rejects.toMatchObject({ reason: 'aborted' });
  await world.finish(Promise.all([client.closed, server.closed]));
});

test('what arrived before a reset can still be read', async () => {
  const { world, client, server } = await connected();
  await world.finish(client.write(bytes('last words')));
  await world.runFor(SECOND);
  client.abort();
  await world.runFor(SECOND);
  expect(text(await server.read())).toBe('last words');
  await expect(server.read()).rejects.toMatchObject({ reason: 'reset by peer' });
});

test('RFC 9293 SHLD-3: close with unread bytes tells the peer by RST', async () => {
  const { world, client, server } = await connected();
  await world.finish(server.write(bytes('never read')));
  await world.runFor(SECOND);
  await world.finish(client.close());
  await expect(world.finish(server.read())).rejects.toMatchObject({ reason: 'reset by peer' });
});

test('back-pressure: a write waits while the peer does not read, and goes on when it does', async () => {
  const tcp = { sendBuffer: 20_000, maxSendBuffer: 20_000, receiveBuffer: 20_000, maxReceiveBuffer: 20_000 };
  const { world, client, server } = await connected({ tcp });
  let done = false;
  const body = pattern(100_000);
  const writing = client.write(body).then(() => {
    done = true;
    client.closeWrite();
  });
  await world.runFor(10 * MINUTE);
  expect(done).toBe(false);
  expect(server.info().receiveQueue).toBeLessThanOrEqual(20_000);
  const [received] = await world.finish(Promise.all([readAll(server), writing]));
  expect(Buffer.from(body).equals(received)).toBe(true);
});

test('a write that waits for room fails when its own side closes', async () => {
  const tcp = { sendBuffer: 20_000, maxSendBuffer: 20_000, receiveBuffer: 20_000, maxReceiveBuffer: 20_000 };
  const { world, client } = await connected({ tcp });
  const writing = client.write(pattern(100_000));
  writing.catch(() => {});
  await world.runFor(SECOND);
  client.closeWrite();
  const before = world.now;
  await expect(world.finish(writing)).rejects.toMatchObject({ reason: 'closed' });
  expect(world.now).toBe(before);
});

test('two readers share the bytes, and none waits for ever', async () => {
  const { world, client, server } = await connected();
  const both = Promise.all([server.read(), server.read()]);
  await world.finish(client.write(bytes('a')));
  await world.runFor(SECOND);
  await world
    .finish(
      client.close().then(
        () => {},
        () => {},
      ),
      { limit: 2 * MINUTE },
    )
    .catch(() => {});
  expect((await world.finish(both)).map(text)).toEqual(['a', undefined]);
});

test('read gives memory of its own: what was kept does not change', async () => {
  const { world, client, server } = await connected();
  await world.finish(client.write(bytes('first')));
  const first = await world.finish(server.read());
  await world.finish(client.write(bytes('other')));
  await world.finish(server.read());
  expect(text(first)).toBe('first');
});

test('setNoDelay, RFC 9293 MUST-17: small segments leave without waiting for the acknowledgment', async () => {
  const { world, client, server, alice } = await connected({ cable: { delay: 100 * MILLISECOND } });
  client.setNoDelay(true);
  const before = alice.counters.tcpOut;
  for (let i = 0; i < 3; i++) {
    await world.finish(client.write(bytes('x')));
    await world.runFor(MILLISECOND);
  }
  expect(alice.counters.tcpOut - before).toBe(3);
  await world.runFor(SECOND);
  expect(text(await world.finish(server.read()))).toBe('xxx');
});

test('setOptions: a cork holds what is written, and setNoDelay pushes it', async () => {
  const { world, client, server } = await connected();
  client.setOptions({ cork: true });
  expect(client.options.cork).toBe(true);
  await world.finish(client.write(bytes('held')));
  await world.runFor(10 * MILLISECOND);
  expect(server.info().receiveQueue).toBe(0);
  client.setNoDelay(true);
  await world.runFor(10 * MILLISECOND);
  expect(server.info().receiveQueue).toBe(4);
  client.quickAck(false);
});

test('read with a least length waits for it, or for the end of the stream', async () => {
  const { world, client, server } = await connected();
  await world.finish(client.write(bytes('abc')));
  const six = server.read(10, 6);
  await world.runFor(10 * MILLISECOND);
  await world.finish(client.write(bytes('defg')));
  expect(text(await world.finish(six))).toBe('abcdefg');
  const rest = server.read(10, 6);
  await world.finish(client.write(bytes('hi')));
  client.closeWrite();
  expect(text(await world.finish(rest))).toBe('hi');
  expect(await world.finish(server.read())).toBeUndefined();
});

test('closeRead ends a read that waits', async () => {
  const { world, server } = await connected();
  const waiting = server.read();
  server.closeRead();
  expect(await world.finish(waiting)).toBeUndefined();
});

test('closing a listener resets those whom nobody accepted, ends accept, and frees the port', async () => {
  const { world, alice, bob } = twoHosts();
  const listener = listenTcp(bob, 7);
  const waiting = await world.finish(connectTcp(alice, BOB, 7));
  await world.runFor(SECOND);
  listener.close();
  expect(await world.finish(listener.accept())).toBeUndefined();
  await expect(world.finish(waiting.read())).rejects.toMatchObject({ reason: 'reset by peer' });
  {
    using again = listenTcp(bob, 7);
    expect(again.port).toBe(7);
  }
  listenTcp(bob, 7);
});

test('RFC 9293 §3.6: both close at the same time, and neither waits for TIME-WAIT to end', async () => {
  const { world, client, server } = await connected({ cable: { delay: 10 * MILLISECOND } });
  const begin = world.now;
  await world.finish(Promise.all([client.close(), server.close()]));
  expect(world.now - begin).toBeLessThan(SECOND);
});
