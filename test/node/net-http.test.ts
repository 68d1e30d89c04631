/** node:http unchanged over two stacks on a cable, in virtual time. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { connectNet, createConnectionOver, StackAgent } from '../../src/node/net-connect.ts';
import type { StackHttpServer } from '../../src/node/net-server.ts';
import { createHttpServer } from '../../src/node/net-server.ts';
import type { StackSocket } from '../../src/node/net-socket.ts';
import { MILLISECOND, SECOND } from '../../src/stack/index.ts';
import type { TwoHosts, TwoHostsOptions } from '../two-hosts.ts';
import { pattern, twoHosts } from '../two-hosts.ts';

interface Setting extends TwoHosts {
  readonly server: StackHttpServer;
  readonly agent: StackAgent;
}

/** Bob serves, alice asks. */
function serving(handler: RequestListener, options: TwoHostsOptions = {}): Setting {
  const hosts = twoHosts({ cable: { delay: MILLISECOND, offload: true, mtu: 1500 }, ...options });
  const server = createHttpServer(hosts.bob, handler).listen({ port: 80 });
  return { ...hosts, server, agent: new StackAgent(hosts.alice, { keepAlive: true, maxSockets: 8 }) };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly reused: boolean;
}

async function ask(agent: StackAgent, path: string, method = 'GET', body?: Uint8Array | Readable): Promise<Answer> {
  const sent = request({ host: '10.0.0.2', port: 80, path, method, agent });
  sent.on('error', () => {}); // before the response `once` tells, behind it the response does
  if (body instanceof Readable) pipeline(body, sent).catch(() => {});
  else sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks), reused: sent.reusedSocket };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('GET, a body, a 404, and the connection is kept for the next request', async () => {
  const { world, agent, server, bob } = serving((request_, response) => {
    if (request_.url !== '/hello') response.writeHead(404).end('nothing here');
    else response.end('hello over our own TCP');
  });
  const first = await world.finish(ask(agent, '/hello'));
  const second = await world.finish(ask(agent, '/missing'));
  expect(first).toMatchObject({ status: 200, reused: false });
  expect(first.body.toString()).toBe('hello over our own TCP');
  expect(second).toMatchObject({ status: 404, reused: true });
  expect(bob.tcp.connectionCount).toBe(1);
  agent.destroy();
  await world.finish(server.close());
  expect(server.net.connections).toBe(0);
});

test('20 MB both ways at once, streamed and checked by SHA-256', async () => {
  const body = pattern(20_000_000);
  const { world, agent, server } = serving((request_, response) => {
    request_.pipe(response); // chunked, since nobody knows its length
  });
  function* pieces(): Generator<Uint8Array> {
    for (let at = 0; at < body.length; at += 100_000) yield body.subarray(at, at + 100_000);
  }
  const answer = await world.finish(ask(agent, '/', 'POST', Readable.from(pieces())));
  expect(answer.headers['transfer-encoding']).toBe('chunked');
  expect(answer.body.length).toBe(20_000_000);
  expect(sha256(answer.body)).toBe(sha256(body));
  agent.destroy();
  await world.finish(server.close());
});

test('a body survives a lossy path that drops from a short queue', async () => {
  const body = pattern(300_000);
  const { world, agent } = serving((_, response) => void response.end(body), {
    cable: { delay: 5 * MILLISECOND, rate: 20_000_000, queue: { packets: 10 } },
  });
  const answer = await world.finish(ask(agent, '/'));
  expect(sha256(answer.body)).toBe(sha256(body));
});

test('pipelined requests are answered in order', async () => {
  const { world, alice } = serving((request_, response) => void response.end(`[${request_.url}]`));
  const socket = connectNet(alice, { host: '10.0.0.2', port: 80 });
  const paths = ['/one', '/two', '/three'];
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: bob\r\n\r\n`).join(''));
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await world.runUntil(() => text.includes('[/three]'));
  expect(text.match(/\[\/\w+\]/g)).toEqual(['[/one]', '[/two]', '[/three]']);
  socket.destroy();
});

test('200 requests at once over 8 connections', async () => {
  const { world, agent, bob } = serving((request_, response) => void response.end(`${request_.url}`.repeat(100)));
  const answers = await world.finish(Promise.all(Array.from({ length: 200 }, (_, i) => ask(agent, `/${i}`))));
  expect(answers.map(({ body }) => body.toString())).toEqual(Array.from({ length: 200 }, (_, i) => `/${i}`.repeat(100)));
  expect(bob.tcp.connectionCount).toBe(8);
});

test('without an agent: createConnection gives the socket', async () => {
  const { world, alice } = serving((_, response) => void response.end('ok'));
  const sent = request({ host: '10.0.0.2', port: 80, createConnection: createConnectionOver(alice) }).end();
  const [response] = (await world.finish(once(sent, 'response'))) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
});

test('a request that is no HTTP is answered 400 although the server destroys the socket right behind it', async () => {
  const { world, alice, bob } = serving(() => {});
  const socket = connectNet(alice, { host: '10.0.0.2', port: 80 });
  socket.write('this is not HTTP\r\n\r\n');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await world.finish(once(socket, 'close'));
  expect(text).toMatch(/^HTTP\/1.1 400 Bad Request/);
  await world.runFor(SECOND);
  expect([...bob.tcp.connections()].map(({ state }) => state).filter((state) => state !== 'TIME-WAIT')).toEqual([]);
});

test('RFC 9293 SHLD-3: a client that leaves in the middle of a body leaves nothing behind on the server', async () => {
  const serverSockets: StackSocket[] = [];
  const { world, agent, server, alice, bob } = serving((_, response) => {
    response.on('error', () => {});
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  });
  server.net.on('connection', (socket: StackSocket) => serverSockets.push(socket));
  const sent = request({ host: '10.0.0.2', port: 80, agent }).end();
  sent.on('error', () => {});
  const [response] = (await world.finish(once(sent, 'response'))) as [IncomingMessage];
  response.on('error', () => {});
  response.once('data', () => sent.destroy());
  response.resume();
  await world.runUntil(() => server.net.connections === 0);
  await world.runFor(SECOND);
  expect(serverSockets).toHaveLength(1);
  expect(serverSockets[0]?.destroyed).toBe(true);
  expect(bob.tcp.connectionCount).toBe(0);
  expect(alice.tcp.connectionCount).toBe(0);
});

test('a server that resets in the middle of a body: the client is told ECONNRESET', async () => {
  const { world, agent, alice } = serving((_, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('a part');
    setImmediate(() => (response.socket as unknown as StackSocket).resetAndDestroy());
  });
  await expect(world.finish(ask(agent, '/'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  await world.runFor(SECOND);
  expect(alice.tcp.connectionCount).toBe(0);
});

test('a reader that stops closes the window: what the server has written is bounded', async () => {
  const options = { sendBuffer: 64 * 1024, maxSendBuffer: 128 * 1024, receiveBuffer: 32 * 1024, maxReceiveBuffer: 128 * 1024 };
  const total = 10_000_000;
  let written = 0;
  const { world, agent, bob } = serving(
    (_, response) => {
      const block = Buffer.alloc(50_000);
      const more = (): void => {
        for (let full = false; written < total && !full; ) {
          full = !response.write(block);
          written += block.length;
        }
        if (written >= total) response.end();
      };
      response.on('drain', more);
      more();
    },
    { tcp: options },
  );
  const sent = request({ host: '10.0.0.2', port: 80, agent }).end();
  const [response] = (await world.finish(once(sent, 'response'))) as [IncomingMessage];
  await world.runFor(60 * SECOND); // nobody reads
  const [connection] = [...bob.tcp.connections()];
  expect(connection?.snd.wnd).toBe(0);
  expect(written).toBeLessThan(128 * 1024 * 2 + 4 * 65_536 + 100_000);
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
  });
  await world.finish(once(response, 'end'));
  expect(size).toBe(total);
});

test.each([
  ['at once', false],
  ['late, where the server permits it', true],
])('a client that closes its direction behind the request still gets its answer %s', async (_name, late) => {
  const { world, alice, server } = serving((_, response) => {
    if (late) setTimeout(() => response.end('the answer'), 20);
    else response.end('the answer');
  });
  Reflect.set(server.http, 'httpAllowHalfOpen', late);
  const socket = connectNet(alice, { host: '10.0.0.2', port: 80, allowHalfOpen: true });
  socket.end('GET / HTTP/1.1\r\nHost: bob\r\nConnection: close\r\n\r\n');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await world.runFor(SECOND);
  if (late) await new Promise((resolve) => setTimeout(resolve, 40));
  await world.finish(new Promise((resolve) => (socket.destroyed ? resolve(undefined) : socket.once('close', resolve))));
  expect(text).toContain('the answer');
});
