/** The web server of the lab and the client that reads strictly, against each other and against what others might say. */
import { expect, test } from 'vitest';
import type { HttpResponse } from '../../../src/services/http/client.ts';
import { openHttp } from '../../../src/services/http/client.ts';
import { startSites } from '../../../src/services/http/sites.ts';
import { listenTcp, SECOND } from '../../../src/stack/index.ts';
import { pattern } from '../../two-hosts.ts';
import { appSetting, PORT } from '../apps/setting.ts';

const LONG = 'x'.repeat(200_000);
const WRITTEN = 'Tue, 24 Nov 2026 08:00:00 GMT';
const SITES = [
  {
    host: 'one.example',
    documents: {
      '/': '<h1>one</h1>',
      '/long.txt': LONG,
      '/dated': { body: 'dated', lastModified: WRITTEN, etag: '"v1"' },
      '/picture.png': { body: pattern(1000) },
    },
  },
  { host: 'two.example', documents: { '/': '<h1>two</h1>' } },
];

const bodyOf = ({ body }: HttpResponse): string => Buffer.from(body).toString();
const field = ({ fields }: HttpResponse, name: string): string | undefined => fields.find(([each]) => each === name)?.[1];

test('documents come over one connection, by name of the site and path', async () => {
  const { alice, bob, time, to, done } = appSetting();
  const seen: string[] = [];
  const service = startSites(bob, {
    port: PORT,
    time,
    sites: SITES,
    onRequest: ({ method, path, host }, status) => seen.push(`${method} ${host}${path} ${status}`),
  });
  const http = await done(openHttp(alice, { ...to, host: 'one.example' }, { time }));
  const page = await done(http.request({ path: '/?q=1' }));
  expect([page.status, bodyOf(page), field(page, 'Content-Type')]).toEqual([200, '<h1>one</h1>', 'text/html; charset=utf-8']);
  expect(bodyOf(await done(http.request({ path: '/long.txt' })))).toBe(LONG);
  const picture = await done(http.request({ path: '/picture.png' }));
  expect([picture.body, field(picture, 'Content-Type')]).toEqual([pattern(1000), 'image/png']);
  const head = await done(http.request({ method: 'HEAD', path: '/long.txt' }));
  expect([head.body.length, field(head, 'Content-Length')]).toEqual([0, '200000']);
  expect((await done(http.request({ path: '/constructor' }))).status).toBe(404);
  const posted = await done(http.request({ method: 'POST', path: '/form', body: pattern(150_000) }));
  expect(bodyOf(posted)).toBe('150000 bytes came to /form\n');
  expect((await done(http.request({ method: 'DELETE', path: '/' }))).status).toBe(405);
  const last = await done(http.request({ path: '/', fields: [['Connection', 'close']] }));
  expect([last.status, http.isOpen]).toEqual([200, false]);
  await done(http.close());
  expect(seen).toHaveLength(8);
  expect(seen[0]).toBe('GET one.example/ 200');
  const other = await done(openHttp(alice, { ...to, host: 'two.example' }, { time }));
  expect(bodyOf(await done(other.request({ path: '/' })))).toBe('<h1>two</h1>');
  await done(other.close());
  expect(service.faults.size).toBe(0);
});

test.each([
  ['the same date', [['If-Modified-Since', WRITTEN]], 304],
  ['a later date', [['If-Modified-Since', 'Fri, 01 Jan 2027 00:00:00 GMT']], 304],
  ['an earlier date', [['If-Modified-Since', 'Mon, 23 Nov 2026 08:00:00 GMT']], 200],
  ['no date', [['If-Modified-Since', 'yesterday']], 200],
  ['its tag', [['If-None-Match', '"v0", W/"v1"']], 304],
  [
    'another tag, whatever the date',
    [
      ['If-None-Match', '"v0"'],
      ['If-Modified-Since', WRITTEN],
    ],
    200,
  ],
] as const)('RFC 9110 §13.1: a conditional request with %s is answered with %3$i', async (_name, fields, status) => {
  const { alice, bob, time, to, done } = appSetting();
  startSites(bob, { port: PORT, time, sites: SITES });
  const http = await done(openHttp(alice, { ...to, host: 'one.example' }, { time }));
  const response = await done(http.request({ path: '/dated', fields }));
  expect([response.status, bodyOf(response)]).toEqual([status, status === 304 ? '' : 'dated']);
  expect(field(response, 'ETag')).toBe('"v1"');
});

test.each([
  [
    'two requests in one write',
    'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /dated HTTP/1.0\r\n\r\n',
    /one<\/h1>HTTP\/1\.1 200 OK\r\n.*dated$/s,
  ],
  ['the whole address as the target', 'GET http://two.example/ HTTP/1.1\r\nHost: x\r\n\r\n', /two<\/h1>$/],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 Bad Request\r\n/],
  ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['another version', 'GET / HTTP/2.0\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 505 /],
  ['chunks', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', /^HTTP\/1\.1 411 /],
  ['too large a body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n', /^HTTP\/1\.1 413 /],
  ['half a head', 'GET / HTTP/1.1\r\nHost', /^HTTP\/1\.1 400 /],
  ['half a body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf', /^HTTP\/1\.1 400 /],
  ['a head without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(10_000)}`, /^HTTP\/1\.1 431 /],
  ['nothing', '', /^$/],
])('the server answers %s as it should', async (_name, said, expected) => {
  const { bob, time, tell, world } = appSetting();
  const service = startSites(bob, { port: PORT, time, sites: SITES });
  expect(await tell(said)).toMatch(expected);
  await world.runFor(SECOND);
  expect(service.connections).toBe(0);
});

test('a browser that keeps its connection and says nothing is left without a word', async () => {
  const { bob, time, tellAndWait, world } = appSetting();
  startSites(bob, { port: PORT, time, sites: SITES, patience: 5 * SECOND });
  expect(await tellAndWait('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/one<\/h1>$/);
  expect(world.now).toBeGreaterThanOrEqual(5 * SECOND);
});

/** The client against a server that says this and closes. */
async function answered(said: string): Promise<HttpResponse> {
  const { alice, bob, time, to, done } = appSetting();
  const listener = listenTcp(bob, PORT);
  listener.onChange = () => {
    const socket = listener.acceptNow();
    void socket?.write(Buffer.from(said)).then(() => socket.closeWrite());
  };
  const http = await done(openHttp(alice, to, { time, maxBody: 1000 }));
  return done(http.request({ path: '/' }));
}

test.each([
  [
    'chunks with an extension and a trailer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n',
    'abcde',
  ],
  ['an end by closing', 'HTTP/1.0 200 OK\r\n\r\nuntil the end', 'until the end'],
  ['an interim answer in front', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'ok'],
  ['lines that end with LF alone', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', 'ok'],
  ['no body for 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', ''],
])('the client reads %s', async (_name, said, body) => {
  expect(bodyOf(await answered(said))).toBe(body);
});

test.each([
  ['no HTTP', 'hello\r\n\r\n', /"hello" is no status line/],
  ['a status that is none', 'HTTP/1.1 999 X\r\n\r\n', /is no status line/],
  ['a field that is none', 'HTTP/1.1 200 OK\r\nA b: c\r\n\r\n', /is no header field/],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', /its length is none/],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', /its length is none/],
  ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', /cannot be told/],
  ['a coding that nobody knows', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', /cannot be told/],
  ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\n', /is no chunk size/],
  [
    'a chunk that is longer than it says',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n',
    /does not end where it says/,
  ],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab', /ended in the middle: 2 of 5/],
  ['more than is wanted', 'HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n', /larger than allowed/],
  ['more than is wanted, until the end', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1001)}`, /larger than allowed/],
  ['more than is wanted, in chunks', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n`, /larger than allowed/],
  ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, /line too long/],
  ['interim answers without end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(20), /one interim answer after the other/],
  ['nothing', '', /no answer came/],
])('the client refuses %s, in words', async (_name, said, expected) => {
  await expect(answered(said)).rejects.toThrow(expected);
});

test.each([
  { path: 'no-slash' },
  { path: '/with space' },
  { path: '/', fields: [['A', 'b\r\nC: d']] as const },
  { path: '/', method: 'GET / HTTP/1.1\r\n' },
])('the client does not write what is no request: %j', async (request) => {
  const { alice, bob, time, to, done } = appSetting();
  startSites(bob, { port: PORT, time, sites: SITES });
  const http = await done(openHttp(alice, to, { time }));
  await expect(http.request(request)).rejects.toThrow(RangeError);
});
