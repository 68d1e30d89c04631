/** From the stack outwards: `ping`, `get` and `nc` against the kernel and real programs in the same private network. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requirePrivateNamespace } from '../node/private.ts';
import { sha256, start, Tapstack } from './tapstack.ts';

const tapstack = new Tapstack();
const HOST = '10.66.0.1';
/** Each call has a TAP and a network address of its own: they run in this test's namespace, where the peers are. */
const LINK = ['--tap', 'out%d', '--ip', '10.66.0.2/24'];

beforeAll(requirePrivateNamespace);
afterAll(() => tapstack.remove());

/** An HTTP server of the kernel's, by node:http in a process of its own. */
const SERVER = `
import { createServer } from 'node:http';
createServer((request, response) => {
  if (request.url === '/none') return response.writeHead(404).end('not here');
  response.end(request.url === '/big' ? Buffer.alloc(5_000_000, 'x') : 'page for ' + request.headers.host + request.url);
}).listen(8000, '0.0.0.0', () => console.log('listening'));
`;

test('ping the kernel: every answer, with its words, and exit code 0', async () => {
  const { code, out } = await tapstack.run(['ping', ...LINK, '-c', '3', '-i', '20ms', '-s', '3000', HOST]);
  expect(code).toBe(0);
  expect(out).toMatch(/^3000 bytes from 10\.66\.0\.1: seq 3 ttl 64 time [\d.]+ ms$/m); // fragments both ways
  expect(out).toContain('3 sent, 3 received, 0% lost\n');
});

test.each([
  { name: 'nobody there', target: '10.66.0.99', expected: /seq 1: (timed out|host unreachable)/ },
  { name: 'no route', target: '192.0.2.1', expected: /seq 1: no route/ },
])('ping with $name: says why, exit code 1', async ({ target, expected }) => {
  const { code, out } = await tapstack.run(['ping', ...LINK, '-c', '1', '-W', '300ms', target]);
  expect(code).toBe(1);
  expect(out).toMatch(expected);
  expect(out).toContain('1 sent, 0 received, 100% lost\n');
});

test('get: a page to standard output, a large one to a file, an error as exit code 1', async () => {
  const server = start(process.execPath, ['--input-type=module', '-e', SERVER]);
  try {
    await server.says('listening');
    const page = await tapstack.run(['get', ...LINK, '--include', `${HOST}:8000/some?thing`]);
    expect(page).toMatchObject({ code: 0, out: `page for ${HOST}:8000/some?thing` });
    expect(page.err).toMatch(/^HTTP\/1\.1 200 OK\n/);
    const big = await tapstack.run(['get', ...LINK, '-o', 'big', `http://${HOST}:8000/big`]);
    expect(big).toMatchObject({ code: 0, out: '', err: '' });
    expect(sha256(readFileSync(tapstack.path('big')))).toBe(sha256(Buffer.alloc(5_000_000, 'x')));
    const none = await tapstack.run(['get', ...LINK, `http://${HOST}:8000/none`]);
    expect(none).toMatchObject({ code: 1, out: 'not here' });
  } finally {
    server.process.kill();
    await server.ended;
  }
});

test('get where nobody listens: one line, exit code 1', async () => {
  const { code, out, err } = await tapstack.run(['get', ...LINK, `http://${HOST}:1/`]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(`cannot get http://${HOST}:1/: connect ECONNREFUSED ${HOST}:1\n`);
});

test('get into a pipe whose reader leaves: ends without a word, as SIGPIPE would end it', async () => {
  const server = start(process.execPath, ['--input-type=module', '-e', SERVER]);
  try {
    await server.says('listening');
    const words = [process.execPath, tapstack.main, 'get', ...LINK, `http://${HOST}:8000/big`].join(' ');
    const { out, err } = await start('bash', ['-c', `${words} | head -c 10; echo " \${PIPESTATUS[0]}"`]).ended;
    expect({ out, err }).toEqual({ out: 'xxxxxxxxxx 141\n', err: '' });
  } finally {
    server.process.kill();
    await server.ended;
  }
});

test('nc as a TCP client of the real nc: both directions, both ends close', async () => {
  const listener = start('nc', ['-lvnN', '5001'], { input: 'from the kernel\n' });
  await listener.says('Listening');
  const client = await tapstack.run(['nc', ...LINK, HOST, '5001'], { input: 'from the stack\n' });
  expect(client).toMatchObject({ code: 0, out: 'from the kernel\n', err: '' });
  expect((await listener.ended).out).toBe('from the stack\n');
});

test('nc -l: the real nc connects, a megabyte goes each way', async () => {
  const megabyte = 'tapstack'.repeat(131_072);
  writeFileSync(tapstack.path('megabyte'), megabyte);
  const listening = tapstack.start(['nc', '--tap', 'lst0', '--ip', '10.67.0.2/24', '-l', '5002'], { input: megabyte });
  const script = `until ip link show lst0 up >/dev/null 2>&1; do sleep 0.05; done; sleep 0.3; nc -N 10.67.0.2 5002 < megabyte | sha256sum`;
  const client = await start('sh', ['-c', script], { cwd: tapstack.folder }).ended;
  const { code, out, err } = await listening.ended;
  expect(client.out).toBe(`${sha256(Buffer.from(megabyte))}  -\n`);
  expect({ code, same: out === megabyte }).toEqual({ code: 0, same: true });
  expect(err).toMatch(/^connection from 10\.67\.0\.1:\d+\n$/);
});

test('nc -u: a datagram to the real nc, and its answer', async () => {
  const { code, out } = await tapstack.run(
    ['nc', '--private', '-u', '10.0.0.1', '5003'], // nobody there: the port is unreachable, and the input ends
    { input: 'hello\n' },
  );
  expect({ code, out }).toEqual({ code: expect.any(Number), out: '' });
  const listener = start('sh', ['-c', 'exec nc -u -l -w 3 5004'], { input: 'answer\n' });
  const client = await tapstack.run(['nc', ...LINK, '-u', HOST, '5004'], { input: 'question\n' });
  expect(client.code).toBe(0);
  expect(client.out).toBe('answer\n');
  expect((await listener.ended).out).toBe('question\n');
});

test('nc where nobody listens: one line, exit code 1', async () => {
  const { code, err } = await tapstack.run(['nc', '--private', '10.0.0.1', '5005'], { input: 'x' });
  expect(code).toBe(1);
  expect(err).toMatch(/^[^\n]*refused[^\n]*\n$/);
});

test('traceroute to Linux, by datagrams and by echo requests: one hop, exit code 0; nobody there: exit code 1', async () => {
  for (const words of [[], ['-I']]) {
    const { code, out } = await tapstack.run(['traceroute', ...LINK, ...words, '-q', '2', HOST]);
    expect(out).toMatch(
      /^traceroute to 10\.66\.0\.1 from 10\.66\.0\.2\/24, 30 hops at most\n 1 {2}10\.66\.0\.1 {2}[\d.]+ ms {2}[\d.]+ ms\n$/,
    );
    expect(code).toBe(0);
  }
  const { code, out } = await tapstack.run(['traceroute', ...LINK, '-m', '1', '-q', '1', '-w', '50ms', '10.66.0.99']);
  expect(out).toMatch(/^ 1 {2}\*$/m);
  expect(code).toBe(1);
});
