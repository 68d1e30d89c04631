/** StackSocket and StackServer keep the habits of Node's `net`, in virtual time. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { connectNet } from '../../src/node/net-connect.ts';
import { StackServer } from '../../src/node/net-server.ts';
import type { StackSocket, StackSocketOptions } from '../../src/node/net-socket.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../src/stack/index.ts';
import type { TwoHosts, TwoHostsOptions } from '../two-hosts.ts';
import { pattern, twoHosts } from '../two-hosts.ts';

interface Pair extends TwoHosts {
  readonly server: StackServer;
  readonly client: StackSocket;
  readonly accepted: StackSocket;
}

async function connected(options: TwoHostsOptions = {}, sockets: StackSocketOptions = {}): Promise<Pair> {
  const hosts = twoHosts(options);
  const server = new StackServer(hosts.bob, sockets).listen({ port: 7 });
  const client = connectNet(hosts.alice, { host: '10.0.0.2', port: 7, ...sockets });
  const arrived = once(server, 'connection');
  await hosts.world.finish(Promise.all([once(client, 'ready'), arrived]));
  return { ...hosts, server, client, accepted: (await arrived)[0] as StackSocket };
}

/** Collects what arrives; `text` grows. */
function reading(stream: Duplex): { text: string } {
  const heard = { text: '' };
  stream.on('data', (chunk: Buffer) => {
    heard.text += chunk.toString();
  });
  return heard;
}

test('connect: events in the order of net, addresses, and a conversation', async () => {
  const { world, alice, bob } = twoHosts();
  const server = new StackServer(bob, {}, (socket) => socket.pipe(socket)).listen({ port: 7 });
  const events: string[] = [];
  const client = connectNet(alice, { host: '10.0.0.2', port: 7 }, () => events.push('callback'));
  for (const name of ['connect', 'ready', 'end', 'finish', 'close']) client.on(name, () => events.push(name));
  expect(client).toMatchObject({ connecting: true, pending: true, readyState: 'opening', remoteAddress: undefined });
  const heard = reading(client);
  client.write('before the handshake is over ');
  await world.finish(once(client, 'ready'));
  expect(client).toMatchObject({ connecting: false, pending: false, readyState: 'open' });
  expect(client).toMatchObject({ remoteAddress: '10.0.0.2', remotePort: 7, remoteFamily: 'IPv4', localAddress: '10.0.0.1' });
  expect(client.address()).toEqual({ address: '10.0.0.1', family: 'IPv4', port: client.localPort });
  client.end('and the last words');
  await world.finish(once(client, 'close'));
  expect(heard.text).toBe('before the handshake is over and the last words');
  expect(events).toEqual(['callback', 'connect', 'ready', 'finish', 'end', 'close']);
  expect(client).toMatchObject({ bytesRead: 47, bytesWritten: 47, readyState: 'closed', destroyed: true });
  expect(server.connections).toBe(0);
});

test.each([
  ['a port where nobody listens', '10.0.0.2', 'ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.2:9999'],
  ['a host that does not answer ARP', '10.0.0.77', 'EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.77:9999'],
  ['a network without a route', '192.0.2.1', 'ENETUNREACH', 'connect ENETUNREACH 192.0.2.1:9999'],
])('%s: the error is the one of net', async (_name, host, code, message) => {
  const { world, alice } = twoHosts();
  const client = connectNet(alice, { host, port: 9999 });
  const failed = once(client, 'error');
  const closed = new Promise((resolve) => client.once('close', resolve)); // `once` would reject at the error
  const [error] = await world.finish(failed);
  expect(await closed).toBe(true);
  expect(error).toMatchObject({ code, message, syscall: 'connect', address: host, port: 9999 });
  expect(error.errno).toBeLessThan(0);
  expect(alice.tcp.connectionCount).toBe(0);
});

test('RFC 9293 MUST-23: a SYN that nobody answers ends in ETIMEDOUT', async () => {
  const { world, alice, cable } = await connected();
  cable.unplug();
  const client = connectNet(alice, { host: '10.0.0.2', port: 7 });
  const failed = once(client, 'error');
  const [error] = await world.finish(failed);
  expect(['ETIMEDOUT', 'EHOSTUNREACH']).toContain(error.code);
});

test('mistakes of the program are thrown at once', () => {
  const { alice, bob } = twoHosts();
  expect(() => connectNet(alice, { host: 'bob', port: 7 })).toThrow('"bob" is not an IPv4 address such as 10.0.0.2');
  expect(() => connectNet(alice, { host: '10.0.0.2', port: 70_000 })).toThrow('port 70000 is not a number from 1 to 65535');
  expect(() => new StackServer(bob).listen({ port: -1 })).toThrow('port -1 is not a number from 0 to 65535');
  expect(() => new StackServer(bob).listen({ port: 1, host: 'bob' })).toThrow('"bob" is not an IPv4 address');
});

test('half-close: with allowHalfOpen the other direction goes on for as long as it likes', async () => {
  const { world, client, accepted } = await connected({}, { allowHalfOpen: true });
  const heard = reading(client);
  accepted.resume();
  client.end('question');
  await world.finish(once(accepted, 'end'));
  await world.runFor(10 * SECOND);
  expect(client.readyState).toBe('readOnly');
  expect(accepted.readyState).toBe('writeOnly');
  accepted.end('a late answer');
  await world.finish(once(client, 'close'));
  expect(heard.text).toBe('a late answer');
});

test('end before the handshake is over: the words and the FIN go out behind it', async () => {
  const { world, alice, bob } = twoHosts();
  const arrived = once(new StackServer(bob).listen({ port: 7 }), 'connection');
  connectNet(alice, { host: '10.0.0.2', port: 7 }).end('all I have to say');
  const [accepted] = (await world.finish(arrived)) as [StackSocket];
  const heard = reading(accepted);
  await world.finish(once(accepted, 'end'));
  expect(heard.text).toBe('all I have to say');
});

test('without allowHalfOpen the peer FIN ends our direction too, although nobody reads', async () => {
  const { world, client, accepted, bob } = await connected();
  client.end();
  await world.finish(Promise.all([once(accepted, 'close'), once(client, 'close')]));
  await world.runFor(SECOND);
  expect(bob.tcp.connectionCount).toBe(0);
});

test('destroy with unread bytes sends RST (SHLD-3), without them FIN', async () => {
  const first = await connected();
  first.accepted.on('error', () => {});
  first.accepted.write('never read');
  await first.world.runFor(SECOND);
  first.client.destroy();
  await first.world.runUntil(() => first.accepted.destroyed);
  const second = await connected();
  const ended = once(second.accepted, 'end');
  second.client.destroy();
  await second.world.finish(ended);
});

test('resetAndDestroy: the peer is told ECONNRESET', async () => {
  const { world, client, accepted, alice, bob } = await connected();
  const failed = once(accepted, 'error');
  client.resetAndDestroy();
  const [error] = await world.finish(failed);
  expect(error).toMatchObject({ code: 'ECONNRESET', syscall: 'read', message: 'read ECONNRESET' });
  expect(client.destroyed).toBe(true);
  await world.runFor(SECOND);
  expect([alice.tcp.connectionCount, bob.tcp.connectionCount]).toEqual([0, 0]);
});

test('resetAndDestroy while connecting resets once connected', async () => {
  const { world, alice, bob } = twoHosts();
  const server = new StackServer(bob).listen({ port: 7 });
  const client = connectNet(alice, { host: '10.0.0.2', port: 7 }).resetAndDestroy();
  server.on('connection', (socket: StackSocket) => socket.on('error', () => {}));
  await world.finish(once(client, 'close'));
  await world.runFor(SECOND);
  expect([alice.tcp.connectionCount, bob.tcp.connectionCount]).toEqual([0, 0]);
});

test('destroy while connecting leaves no connection behind', async () => {
  const { world, alice, bob } = twoHosts();
  new StackServer(bob).listen({ port: 7 });
  const client = connectNet(alice, { host: '10.0.0.2', port: 7 });
  client.destroy();
  await world.runFor(5 * SECOND);
  expect([alice.tcp.connectionCount, bob.tcp.connectionCount]).toEqual([0, 0]);
});

test('what was written before destroy still arrives', async () => {
  const { world, client, accepted } = await connected({ cable: { delay: 10 * MILLISECOND } });
  const heard = reading(accepted);
  const body = 'x'.repeat(50_000);
  client.write(body);
  client.destroy();
  await world.finish(once(accepted, 'end'));
  expect(heard.text).toBe(body);
});

test('a write that was cut short by a reset calls back with the error', async () => {
  const { world, client, accepted } = await connected({ tcp: { sendBuffer: 10_000, maxSendBuffer: 10_000 } });
  client.on('error', () => {});
  const result = new Promise<Error | null | undefined>((resolve) => client.write(Buffer.alloc(1_000_000), resolve));
  await world.runFor(SECOND);
  accepted.resetAndDestroy();
  expect(await world.finish(result)).toMatchObject({ code: 'ECONNRESET', syscall: 'write' });
  const after = await new Promise<Error | null | undefined>((resolve) => client.write('x', resolve));
  expect(after).toBeInstanceOf(Error);
});

test('back-pressure: write is false and drain comes only when the reader reads', async () => {
  const tcp = { sendBuffer: 20_000, maxSendBuffer: 20_000, receiveBuffer: 20_000, maxReceiveBuffer: 20_000 };
  const { world, client, accepted } = await connected({ tcp });
  accepted.pause();
  let drained = false;
  client.on('drain', () => {
    drained = true;
  });
  const body = pattern(500_000);
  expect(client.write(body)).toBe(false);
  await world.runFor(2 * MINUTE);
  expect(drained).toBe(false);
  // what the stream, the receive buffer and the send buffer hold, and not a byte more
  expect(accepted.bytesRead).toBeLessThanOrEqual(64 * 1024 + 20_000);
  expect(client.bytesWritten).toBe(body.length);
  const chunks: Buffer[] = [];
  accepted.on('data', (chunk: Buffer) => chunks.push(chunk));
  accepted.resume();
  await world.runUntil(() => chunks.reduce((sum, { length }) => sum + length, 0) === body.length);
  await world.runUntil(() => drained);
  expect(Buffer.concat(chunks).equals(body)).toBe(true);
});

test('read() in a data handler, and only read() with readable: the bytes stay in order', async () => {
  const { world, client, accepted } = await connected();
  const body = pattern(1_000_000);
  const chunks: Buffer[] = [];
  accepted.on('readable', () => {
    for (let chunk = accepted.read(1000) ?? accepted.read(); chunk !== null; chunk = accepted.read(1000) ?? accepted.read())
      chunks.push(chunk);
  });
  client.end(body);
  await world.finish(once(accepted, 'end'));
  expect(Buffer.concat(chunks).equals(body)).toBe(true);
  const again = await connected();
  const parts: Buffer[] = [];
  again.accepted.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    again.accepted.read();
  });
  again.client.end(body);
  await again.world.finish(once(again.accepted, 'end'));
  expect(Buffer.concat(parts).equals(body)).toBe(true);
});

test('pause and resume in the middle of the data', async () => {
  const { world, client, accepted } = await connected();
  const body = pattern(1_000_000);
  const chunks: Buffer[] = [];
  accepted.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    accepted.pause();
    setImmediate(() => accepted.resume());
  });
  client.end(body);
  await world.finish(once(accepted, 'end'));
  expect(Buffer.concat(chunks).equals(body)).toBe(true);
});

test('chunks are memory of their own: what was kept does not change', async () => {
  const { world, client, accepted } = await connected();
  const kept: Buffer[] = [];
  accepted.on('data', (chunk: Buffer) => kept.push(chunk));
  for (let i = 0; i < 20; i++) {
    client.write(Buffer.alloc(1000, i));
    await world.runFor(SECOND);
  }
  expect(kept.map((chunk) => [chunk.length, chunk[0], chunk[999]])).toEqual(Array.from({ length: 20 }, (_, i) => [1000, i, i]));
});

test('many small writes in one turn leave as few segments (writev)', async () => {
  const { world, client, accepted, alice } = await connected();
  const heard = reading(accepted);
  const before = alice.counters.tcpOut;
  client.cork();
  for (let i = 0; i < 100; i++) client.write('0123456789');
  client.uncork();
  await world.runUntil(() => heard.text.length === 1000);
  expect(heard.text).toBe('0123456789'.repeat(100));
  expect(alice.counters.tcpOut - before).toBeLessThanOrEqual(2);
});

test('a connection that fails while it waits to be accepted is still told', async () => {
  const { world, alice, bob } = twoHosts();
  const listener = bob.tcp.listen(7);
  const client = connectNet(alice, { host: '10.0.0.2', port: 7 });
  await world.finish(once(client, 'connect'));
  client.resetAndDestroy();
  await world.runFor(SECOND);
  const connection = listener.accept();
  const { StackSocket: Socket } = await import('../../src/node/net-socket.ts');
  const [error] = await world.finish(once(new Socket(connection), 'error'));
  expect(error.code).toBe('ECONNRESET');
});

test('setTimeout: silence for so long emits timeout, traffic puts it off, 0 ends it', async () => {
  const { world, client, accepted } = await connected();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const onTimeout = vi.fn();
    accepted.resume();
    client.setTimeout(1000, onTimeout);
    expect(client.timeout).toBe(1000);
    vi.advanceTimersByTime(900);
    client.write('x');
    await world.runFor(SECOND);
    vi.advanceTimersByTime(900);
    expect(onTimeout).not.toHaveBeenCalled();
    vi.advanceTimersByTime(200);
    expect(onTimeout).toHaveBeenCalledTimes(1);
    expect(client.destroyed).toBe(false);
    client.setTimeout(0);
    vi.advanceTimersByTime(5000);
    expect(onTimeout).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

test('RFC 9293 MUST-24: setKeepAlive works on a connection that is open already', async () => {
  const { world, client, accepted, cable } = await connected();
  accepted.resume();
  client.setKeepAlive(true, 10_000);
  await world.runFor(MINUTE); // the peer answers the probes
  expect(client.destroyed).toBe(false);
  cable.unplug();
  const [error] = await world.finish(once(client, 'error'));
  expect(error.code).toBe('ETIMEDOUT');
});

test('a server tells EADDRINUSE, its address, and closes when the last connection has ended', async () => {
  const { world, server, client, bob } = await connected();
  const [error] = await once(new StackServer(bob).listen({ port: 7 }), 'error');
  expect(error).toMatchObject({ code: 'EADDRINUSE', syscall: 'listen', port: 7, message: 'listen EADDRINUSE 0.0.0.0:7' });
  expect(server.address()).toEqual({ address: '0.0.0.0', family: 'IPv4', port: 7 });
  expect(await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(1);
  let closed = false;
  server.close(() => {
    closed = true;
  });
  expect(server.address()).toBeNull();
  await world.runFor(SECOND);
  expect(closed).toBe(false);
  client.end();
  await world.runUntil(() => closed);
  const again = await new Promise<Error | undefined>((resolve) => server.close(resolve));
  expect(again).toMatchObject({ code: 'ERR_SERVER_NOT_RUNNING' });
});

test('maxConnections: one too many is reset and told by drop', async () => {
  const { world, server, alice } = await connected();
  server.maxConnections = 1;
  const dropped = once(server, 'drop');
  const extra = connectNet(alice, { host: '10.0.0.2', port: 7 });
  const [error] = await world.finish(once(extra, 'error'));
  expect(error.code).toBe('ECONNRESET');
  expect((await dropped)[0]).toMatchObject({ localPort: 7, remoteAddress: '10.0.0.1', remoteFamily: 'IPv4' });
});
