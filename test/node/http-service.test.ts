/** The web server of a stack, asked over the stack in virtual time. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { PERIOD, patternBlock } from '../../src/node/byte-pattern.ts';
import { describeStack } from '../../src/node/describe-stack.ts';
import { startHttpService } from '../../src/node/http-service.ts';
import { connectNet, StackAgent } from '../../src/node/net-connect.ts';
import type { StackHttpServer } from '../../src/node/net-server.ts';
import { amount, duration, escapeHtml, statusPage } from '../../src/node/status-page.ts';
import { openUdp, SECOND } from '../../src/stack/index.ts';
import type { TwoHosts } from '../two-hosts.ts';
import { pattern, twoHosts } from '../two-hosts.ts';

interface Setting extends TwoHosts {
  readonly agent: StackAgent;
  readonly service: StackHttpServer;
}

function serving(): Setting {
  const hosts = twoHosts({ cable: { offload: true } });
  return { ...hosts, agent: new StackAgent(hosts.alice), service: startHttpService(hosts.bob) };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly continued: boolean;
}

async function ask(agent: StackAgent, method: string, path: string, body?: Uint8Array, expectContinue = false): Promise<Answer> {
  const headers = expectContinue ? { expect: '100-continue', 'content-length': body?.length ?? 0 } : {};
  const sent = request({ host: '10.0.0.2', path, method, agent, headers });
  let continued = false;
  sent.on('continue', () => {
    continued = true;
    sent.end(body);
  });
  if (expectContinue) sent.flushHeaders();
  else sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks), continued };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('GET /: a page about the stack, with nothing from elsewhere', async () => {
  const { world, agent } = serving();
  const { status, headers, body } = await world.finish(ask(agent, 'GET', '/'));
  const html = body.toString();
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  for (const word of ['eth0', '10.0.0.2/24', '02:00:00:00:00:02', 'reachable', '10.0.0.1:', 'ESTABLISHED', 'framesIn'])
    expect(html).toContain(word);
  expect(html.match(/(src|href)="(?!\/)[^"]*"|@import|url\(/g)).toBeNull();
});

test('GET /stats: the same as data', async () => {
  const { world, agent, bob } = serving();
  openUdp(bob, { port: 53 });
  const { headers, body } = await world.finish(ask(agent, 'GET', '/stats'));
  const stats = JSON.parse(body.toString());
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(stats).toMatchObject({
    title: 'tapstack',
    interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:02', mtu: 1500, addresses: ['10.0.0.2/24'], offload: { checksum: true } }],
    neighbors: [{ interface: 'eth0', address: '10.0.0.1', mac: '02:00:00:00:00:01', waiting: 0 }],
    routes: [{ prefix: '10.0.0.0/24', interface: 'eth0', metric: 0 }],
    listeners: [{ address: '0.0.0.0', port: 80, backlog: 511, halfOpen: 0, waiting: 0, refused: 0 }],
    connections: { total: 1, byState: { ESTABLISHED: 1 }, shown: [{ local: '10.0.0.2:80', state: 'ESTABLISHED' }] },
    udpSockets: 1,
    drops: {},
  });
  expect(stats.counters.tcpIn).toBeGreaterThan(0);
  expect(stats.memory.rss).toBeGreaterThan(0);
  expect(stats.interfaces[0].device.sent).toBeGreaterThan(0);
});

test.each([0, 1, 250, 251, 252, 1_000_000, 5_000_003])('GET /bytes/%i: so many, byte i being i modulo 251', async (count) => {
  const { world, agent } = serving();
  const { status, headers, body } = await world.finish(ask(agent, 'GET', `/bytes/${count}`));
  expect(status).toBe(200);
  expect(headers['content-length']).toBe(`${count}`);
  const expected = Buffer.from(Uint8Array.from({ length: count }, (_, i) => i % 251));
  expect(body.equals(expected)).toBe(true);
});

test('the blocks of /bytes fit one behind the other', () => {
  const block = patternBlock(1e12);
  expect(block.length % PERIOD).toBe(0);
  expect([block[0], block[250], block[251], block.at(-1)]).toEqual([0, 250, 0, 250]);
  expect(patternBlock(10)).toEqual(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
});

test('HEAD: the length of a terabyte, and no body', async () => {
  const { world, agent } = serving();
  const { status, headers, body } = await world.finish(ask(agent, 'HEAD', '/bytes/1000000000000'));
  expect([status, headers['content-length'], body.length]).toEqual([200, '1000000000000', 0]);
  expect((await world.finish(ask(agent, 'HEAD', '/'))).body.length).toBe(0);
});

test.each(['abc', '-1', '1e9', '', '1000000000001', '99999999999999', '1/2', '%31'])(
  'GET /bytes/%s is answered 400',
  async (n) => {
    const { world, agent } = serving();
    const { status, body } = await world.finish(ask(agent, 'GET', `/bytes/${n}`));
    expect(status).toBe(400);
    expect(body.toString()).toContain('such as /bytes/1000000');
  },
);

test.each([
  ['POST', '/upload'],
  ['PUT', '/upload'],
  ['PUT', '/upload/photo.jpg'],
])('%s %s: size and SHA-256 of what was sent', async (method, path) => {
  const { world, agent } = serving();
  const body = pattern(3_000_000);
  const answer = await world.finish(ask(agent, method, path, body));
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body.toString())).toEqual({ size: 3_000_000, sha256: sha256(body) });
});

test('RFC 9110 §10.1.1: Expect: 100-continue, as curl sends it, is answered before the body', async () => {
  const { world, agent } = serving();
  const body = pattern(100_000);
  const answer = await world.finish(ask(agent, 'PUT', '/upload/file', body, true));
  expect(answer.continued).toBe(true);
  expect(JSON.parse(answer.body.toString())).toEqual({ size: 100_000, sha256: sha256(body) });
});

test('an empty upload has a size and a hash too', async () => {
  const { world, agent } = serving();
  const { body } = await world.finish(ask(agent, 'POST', '/upload'));
  expect(JSON.parse(body.toString())).toEqual({ size: 0, sha256: sha256(new Uint8Array()) });
});

test.each([
  ['GET', '/nothing', 404, 'GET  /bytes/N', undefined],
  ['GET', '/uploads', 404, 'What there is', undefined],
  ['DELETE', '/', 405, 'DELETE does not work here: use GET or HEAD', 'GET, HEAD'],
  ['POST', '/bytes/5', 405, 'use GET or HEAD', 'GET, HEAD'],
  ['GET', '/upload', 405, 'use POST or PUT', 'POST, PUT'],
])('%s %s is answered %i in words', async (method, path, status, words, allow) => {
  const { world, agent } = serving();
  const answer = await world.finish(ask(agent, method, path));
  expect(answer.status).toBe(status);
  expect(answer.body.toString()).toContain(words);
  expect(answer.headers.allow).toBe(allow);
});

test('a query behind the path changes nothing', async () => {
  const { world, agent } = serving();
  expect((await world.finish(ask(agent, 'GET', '/bytes/5?x=1'))).body).toEqual(Buffer.from([0, 1, 2, 3, 4]));
});

test.each([
  ['in the middle of a download', 'GET /bytes/1000000000000 HTTP/1.1\r\nHost: bob\r\n\r\n'],
  ['in the middle of an upload', 'PUT /upload HTTP/1.1\r\nHost: bob\r\nContent-Length: 1000000\r\n\r\nonly this much'],
  ['in the middle of a header', 'GET / HTTP/1.1\r\nHo'],
  ['before a word', ''],
])('a client that resets %s leaves nothing behind and disturbs nobody', async (_name, words) => {
  const { world, alice, bob, agent, service } = serving();
  const rude = connectNet(alice, { host: '10.0.0.2', port: 80 });
  await world.finish(once(rude, 'connect'));
  rude.write(words);
  await world.runFor(SECOND);
  rude.resetAndDestroy();
  await world.runFor(SECOND);
  expect(service.net.connections).toBe(0);
  expect(bob.tcp.connectionCount).toBe(0);
  expect((await world.finish(ask(agent, 'GET', '/bytes/3'))).status).toBe(200);
});

test('close ends the service although a client keeps its connection open', async () => {
  const { world, alice, service, bob } = serving();
  const agent = new StackAgent(alice, { keepAlive: true });
  await world.finish(ask(agent, 'GET', '/bytes/3'));
  await world.finish(service.close());
  await world.runFor(SECOND);
  expect(service.net.connections).toBe(0);
  expect([...bob.tcp.listeners()]).toEqual([]);
});

test('describeStack: at most 200 connections one by one, all of them by state', async () => {
  const { world, alice, bob } = serving();
  const sockets = Array.from({ length: 210 }, () => connectNet(alice, { host: '10.0.0.2', port: 80 }));
  await world.finish(Promise.all(sockets.map((socket) => once(socket, 'connect'))));
  await world.runFor(SECOND);
  const { connections } = describeStack(bob);
  expect(connections).toMatchObject({ total: 210, byState: { ESTABLISHED: 210 } });
  expect(connections.shown).toHaveLength(200);
});

test('what a person reads: amounts, durations, and no HTML from outside', () => {
  const { bob } = twoHosts();
  expect([0, 999, 1234, 20_500_000, Number.POSITIVE_INFINITY].map(amount)).toEqual(['0', '999', '1.23 k', '20.5 M', 'none']);
  expect([0.25, 61, 7325].map(duration)).toEqual(['0.3 s', '1 min 1 s', '2 h 2 min']);
  expect(escapeHtml(`<b class="x">'&'</b>`)).toBe('&lt;b class=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;');
  const html = statusPage({ ...describeStack(bob), title: '<script>', memory: { rss: 1 } });
  expect(html).toContain('<title>&lt;script&gt;</title>');
});

test('GET /hello: two lines for a first visitor', async () => {
  const { world, agent } = serving();
  const { status, body } = await world.finish(ask(agent, 'GET', '/hello'));
  expect([status, body.toString().split('\n').length]).toEqual([200, 3]);
});
