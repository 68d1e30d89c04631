/** The minimal HTTP responder: on two stacks and a cable, in virtual time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HelloOptions } from '../../src/services/hello.ts';
import { startHello } from '../../src/services/hello.ts';
import { findEndOfHead, RequestHead, readHead } from '../../src/services/http/request-head.ts';
import type { Service } from '../../src/services/service.ts';
import type { TcpSocket } from '../../src/stack/index.ts';
import { connectTcp, ipv4, SECOND, SocketError } from '../../src/stack/index.ts';
import type { TwoHosts, TwoHostsOptions } from '../two-hosts.ts';
import { twoHosts } from '../two-hosts.ts';
import { worldTimekeeper } from './iperf3/two-ends.ts';

const BOB = ipv4('10.0.0.2');
const GET = 'GET / HTTP/1.1\r\nHost: bob\r\n\r\n';
const LAST = 'GET / HTTP/1.1\r\nHost: bob\r\nConnection: close\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 21\r\n\r\nHello from tapstack.\n';
const OK_LAST = OK.replace('\r\n', '\r\nConnection: close\r\n');
const OK_KEPT = OK.replace('\r\n', '\r\nConnection: keep-alive\r\n');

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

interface Setting extends TwoHosts {
  readonly service: Service;
  connect(): Promise<TcpSocket>;
}

function setting(options: Partial<HelloOptions> = {}, hosts: TwoHostsOptions = {}): Setting {
  const two = twoHosts(hosts);
  const { world, alice, bob } = two;
  const service = startHello(bob, { time: worldTimekeeper(world), ...options });
  return { ...two, service, connect: () => world.finish(connectTcp(alice, BOB, service.port)) };
}

async function readAll(socket: TcpSocket): Promise<string> {
  let all = '';
  for await (const chunk of socket) all += Buffer.from(chunk).toString('latin1');
  return all;
}

/** What a client gets that says this, whole, and then waits for the end. */
async function exchange(said: string, { world, connect, service }: Setting = setting()): Promise<string> {
  const socket = await connect();
  const writing = socket.write(bytes(said));
  const [answer] = await world.finish(Promise.all([readAll(socket), writing]));
  await world.finish(socket.close());
  await world.runFor(SECOND);
  expect(service.connections).toBe(0);
  return answer;
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);

test.each([
  { name: 'one request', said: LAST, answer: OK_LAST },
  { name: 'requests in a row, pipelined', said: GET + GET + LAST, answer: OK + OK + OK_LAST },
  { name: 'nothing is answered after the last', said: LAST + GET, answer: OK_LAST },
  {
    name: 'HEAD has the same head and no body',
    said: LAST.replace('GET', 'HEAD'),
    answer: OK_LAST.replace('Hello from tapstack.\n', ''),
  },
  { name: 'HTTP/1.0 closes', said: 'GET / HTTP/1.0\r\n\r\n', answer: OK_LAST },
  {
    name: 'HTTP/1.0 stays open when it asks for that',
    said: `GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n${LAST}`,
    answer: OK_KEPT + OK_LAST,
  },
  { name: 'lines that end with LF alone', said: LAST.replaceAll('\r\n', '\n'), answer: OK_LAST },
  { name: 'empty lines in front of a request', said: `\r\n\r\n${GET}\r\n${LAST}`, answer: OK + OK_LAST },
  {
    name: 'a body is passed over',
    said: `POST / HTTP/1.1\r\nHost: bob\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n${LAST}`,
    answer: OK + OK_LAST,
  },
  {
    name: 'a body that is waited for is asked for',
    said: `PUT / HTTP/1.1\r\nHost: bob\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc${LAST}`,
    answer: `HTTP/1.1 100 Continue\r\n\r\n${OK}${OK_LAST}`,
  },
  {
    name: 'names and tokens in any case, in lists',
    said: 'GET /a?b HTTP/1.1\r\nhOST:bob\r\nCONNECTION: foo ,\tClose \r\n\r\n',
    answer: OK_LAST,
  },
  { name: 'a later minor version', said: LAST.replace('1.1', '1.7'), answer: OK_LAST },
])('RFC 9112: $name', async ({ said, answer }) => {
  expect(await exchange(said)).toBe(answer);
});

test.each([
  { name: 'no request at all', said: 'hello\r\n\r\n', status: 400 },
  { name: 'no version', said: 'GET /\r\n\r\n', status: 400 },
  { name: 'bytes of TLS', said: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', status: 400 },
  { name: 'two spaces', said: 'GET  / HTTP/1.1\r\nHost: bob\r\n\r\n', status: 400 },
  { name: 'something behind the version', said: 'GET / HTTP/1.1 x\r\nHost: bob\r\n\r\n', status: 400 },
  { name: 'lower case in the version', said: 'GET / http/1.1\r\nHost: bob\r\n\r\n', status: 400 },
  { name: 'another major version', said: 'GET / HTTP/2.0\r\nHost: bob\r\n\r\n', status: 505 },
  { name: 'HTTP/1.1 without Host (§3.2)', said: 'GET / HTTP/1.1\r\nAccept: */*\r\n\r\n', status: 400 },
  { name: 'two Hosts (§3.2)', said: 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', status: 400 },
  { name: 'a space before the colon (§5.1)', said: 'GET / HTTP/1.1\r\nHost : bob\r\n\r\n', status: 400 },
  { name: 'a folded line (§5.2)', said: 'GET / HTTP/1.1\r\nHost: bob\r\nA: b\r\n c\r\n\r\n', status: 400 },
  { name: 'a field without a colon', said: 'GET / HTTP/1.1\r\nHost: bob\r\nAccept\r\n\r\n', status: 400 },
  { name: 'a NUL in a value (RFC 9110 §5.5)', said: 'GET / HTTP/1.1\r\nHost: b\0b\r\n\r\n', status: 400 },
  { name: 'a bare CR in a value', said: 'GET / HTTP/1.1\r\nHost: b\rb\r\n\r\n', status: 400 },
  { name: 'a length that is none', said: 'PUT / HTTP/1.1\r\nHost: bob\r\nContent-Length: 1e3\r\n\r\n', status: 400 },
  { name: 'an empty length', said: 'PUT / HTTP/1.1\r\nHost: bob\r\nContent-Length:\r\n\r\n', status: 400 },
  {
    name: 'a length beyond counting',
    said: `PUT / HTTP/1.1\r\nHost: bob\r\nContent-Length: ${'9'.repeat(400)}\r\n\r\n`,
    status: 400,
  },
  {
    name: 'two lengths',
    said: 'PUT / HTTP/1.1\r\nHost: bob\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n',
    status: 400,
  },
  { name: 'chunks', said: 'PUT / HTTP/1.1\r\nHost: bob\r\nTransfer-Encoding: chunked\r\n\r\n', status: 411 },
  { name: 'a tunnel', said: 'CONNECT bob:80 HTTP/1.1\r\nHost: bob\r\n\r\n', status: 400 },
  { name: 'a head without end', said: `GET / HTTP/1.1\r\nHost: ${'b'.repeat(20_000)}`, status: 431 },
  { name: 'a head that is too long', said: `GET / HTTP/1.1\r\nHost: ${'b'.repeat(9_000)}\r\n\r\n`, status: 431 },
])('refused with $status and closed: $name', async ({ said, status }) => {
  const answer = await exchange(GET + said + GET);
  expect(answer.startsWith(OK)).toBe(true);
  const refusal = answer.slice(OK.length);
  expect(statusOf(refusal)).toBe(status);
  expect(refusal).toContain('Connection: close\r\n');
  expect(refusal.match(/HTTP\/1\.1/g)).toHaveLength(1); // and nothing for what was said afterwards
});

const request = fc.oneof(
  fc.constant({ said: GET, answer: OK }),
  fc.constant({ said: GET.replace('GET', 'HEAD'), answer: OK.replace('Hello from tapstack.\n', '') }),
  fc.constant({ said: `\r\n${GET.replaceAll('\r\n', '\n')}`, answer: OK }),
  fc.nat(3_000).map((length) => ({
    said: `POST /upload HTTP/1.1\r\nHost: bob\r\nContent-Length: ${length}\r\n\r\n${'\n'.repeat(length)}`,
    answer: OK,
  })),
  fc.nat(7_000).map((length) => ({ said: GET.replace('Host', `X: ${'x'.repeat(length)}\r\nHost`), answer: OK })),
);

test('property: wherever the stream is split, every request is answered once and in order', async () => {
  const cases = fc.record({
    requests: fc.array(request, { maxLength: 12 }),
    pieces: fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ requests, pieces }) => {
      const { world, connect, service } = setting({}, { tcp: { noDelay: true } });
      const socket = await connect();
      const said = bytes(requests.map((one) => one.said).join('') + LAST);
      const speak = async (): Promise<void> => {
        for (let at = 0, turn = 0; at < said.length; turn++) {
          const piece = pieces[turn % pieces.length]!;
          await socket.write(said.subarray(at, at + piece));
          await world.runFor(10);
          at += piece;
        }
      };
      const answers = readAll(socket);
      await speak();
      expect(await world.finish(answers)).toBe(requests.map((one) => one.answer).join('') + OK_LAST);
      await world.finish(socket.close());
      await world.runFor(SECOND);
      expect(service.connections).toBe(0);
    }),
    { numRuns: 40 },
  );
});

test('byte by byte', async () => {
  const { world, connect } = setting({}, { tcp: { noDelay: true } });
  const socket = await connect();
  const answers = readAll(socket);
  for (const byte of bytes(GET + LAST)) {
    await socket.write(Uint8Array.of(byte));
    await world.runFor(100);
  }
  expect(await world.finish(answers)).toBe(OK + OK_LAST);
});

test('a client that asks and does not read is not read either; when it reads, all of it is there', async () => {
  const { world, connect, service } = setting({}, { tcp: { receiveBuffer: 8_192, maxReceiveBuffer: 8_192 } });
  const socket = await connect();
  const count = 20_000;
  const writing = socket.write(bytes(GET.repeat(count - 1) + LAST));
  await world.runFor(5 * SECOND);
  expect(service.connections).toBe(1);
  const [answer] = await world.finish(Promise.all([readAll(socket), writing]));
  expect(answer.length).toBe(OK.length * (count - 1) + OK_LAST.length);
  expect(answer).toBe(OK.repeat(count - 1) + OK_LAST);
});

test('a client that closes its half first gets its answers', async () => {
  const { world, connect, service } = setting();
  const socket = await connect();
  await world.finish(socket.write(bytes(GET + GET)));
  socket.closeWrite();
  expect(await world.finish(readAll(socket))).toBe(OK + OK);
  await world.runFor(SECOND);
  expect(service.connections).toBe(0);
});

test.each([
  { name: 'says nothing', said: '', answer: '' },
  { name: 'has been answered', said: GET, answer: OK },
  { name: 'never ends its request', said: 'GET / HTTP/1.1\r\nHost:', status: 408 },
  { name: 'never ends its body', said: 'PUT / HTTP/1.1\r\nHost: bob\r\nContent-Length: 9\r\n\r\nabc', status: 408 },
])('a client that $name is given up after a while', async ({ said, answer, status }) => {
  const { world, connect, service } = setting({ patience: 10 * SECOND });
  const socket = await connect();
  await world.finish(socket.write(bytes(said)));
  await world.runFor(9 * SECOND);
  expect(service.connections).toBe(1);
  await world.runFor(12 * SECOND);
  const heard = await world.finish(readAll(socket));
  if (answer !== undefined) expect(heard).toBe(answer);
  else expect(statusOf(heard)).toBe(status);
  expect(service.connections).toBe(1); // the client's half is still open
  await world.runFor(12 * SECOND);
  expect(service.connections).toBe(0);
});

test('more connections than it takes are reset; those that are there are served', async () => {
  const { world, connect, service } = setting({ maxConnections: 2 });
  const sockets = [await connect(), await connect(), await connect()];
  await world.runFor(SECOND);
  expect(service.connections).toBe(2);
  expect(sockets.map(({ failure }) => failure)).toEqual([undefined, undefined, 'reset by peer']);
  await world.finish(sockets[0]!.write(bytes(LAST)));
  expect(await world.finish(readAll(sockets[0]!))).toBe(OK_LAST);
});

test('close: nobody new, and whoever is connected is reset', async () => {
  const { world, connect, service } = setting();
  const socket = await connect();
  service.close();
  await world.runFor(SECOND);
  expect(socket.failure).toBe('reset by peer');
  expect(service.connections).toBe(0);
  await expect(connect()).rejects.toThrow(SocketError);
});

test('property: no bytes make the reader of heads look beyond their end or throw', () => {
  const head = new RequestHead();
  const parts = fc.constantFrom(
    'GET',
    ' ',
    '/',
    'HTTP/1.1',
    'HTTP/',
    '\r',
    '\n',
    '\r\n',
    ':',
    'Host',
    'Content-Length',
    '7',
    ',',
    '\0',
    'é',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (words) => {
      const text = bytes(`${words.join('')}\r\n\r\n`);
      const end = findEndOfHead(text, 0, text.length);
      expect(end).toBeGreaterThan(0);
      readHead(text, 0, end, head);
      const { status, contentLength } = head;
      const followed = Buffer.concat([text.subarray(0, end), bytes(' / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n')]);
      readHead(followed, 0, end, head);
      expect({ status: head.status, contentLength: head.contentLength }).toEqual({ status, contentLength });
    }),
    { numRuns: 2_000 },
  );
});
