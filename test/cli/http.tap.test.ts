/** The real curl and nc against the services of `up`, with every byte counted and summed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { patternBlock } from '../../src/node/byte-pattern.ts';
import { sha256, Tapstack } from './tapstack.ts';

const tapstack = new Tapstack();
afterAll(() => tapstack.remove());

const SIZE = 10_000_000;

/** What `/bytes/N` is said to be. */
function pattern(length: number): Buffer {
  const blocks: Uint8Array[] = [];
  for (let left = length; left > 0; left -= blocks.at(-1)!.length) blocks.push(patternBlock(left));
  return Buffer.concat(blocks);
}

test.each([
  { name: 'a clean link', options: [] },
  { name: 'no offload', options: ['--offload', 'off'] },
  { name: 'a small MTU', options: ['--mtu', '576'] },
  {
    name: 'a bad link',
    options: ['--loss', '1%', '--reorder', '3%', '--duplicate', '1%', '--corrupt', '1%', '--delay', '1ms', '--seed', '3'],
  },
])('curl downloads and uploads 10 MB over $name, byte for byte', async ({ options }) => {
  const expected = pattern(SIZE);
  writeFileSync(tapstack.path('up.bin'), expected);
  const script = `curl -s -o down.bin http://10.0.0.2/bytes/${SIZE} && curl -s -T up.bin http://10.0.0.2/upload`;
  const { code, out } = await tapstack.beside(script, options);
  expect(code).toBe(0);
  expect(sha256(readFileSync(tapstack.path('down.bin')))).toBe(sha256(expected));
  expect(JSON.parse(out)).toEqual({ size: SIZE, sha256: sha256(expected) });
});

test('HEAD, 404, a wrong count, /hello, / and /stats', async () => {
  const url = 'http://10.0.0.2';
  const script = [
    `curl -sI ${url}/bytes/123`,
    `curl -s -o /dev/null -w '%{http_code}\\n' ${url}/nothing`,
    `curl -s -o /dev/null -w '%{http_code}\\n' ${url}/bytes/x`,
    `curl -s ${url}/hello`,
    `curl -s ${url}/ | grep -c '<h2>Interfaces</h2>'`,
    `curl -s ${url}/stats`,
  ].join('; ');
  const { out } = await tapstack.beside(script);
  expect(out).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(out).toMatch(/^content-length: 123\r$/im);
  expect(out).toMatch(/^404\n400\nHello from tapstack\.\n/m);
  expect(out).toMatch(/^1\n\{/m);
  const stats = JSON.parse(out.slice(out.indexOf('\n{')));
  expect(stats.interfaces[0]).toMatchObject({ name: 'tap0', addresses: ['10.0.0.2/24'] });
});

test('keep-alive: two pages over one connection', async () => {
  const { out } = await tapstack.beside(
    "curl -s -w '%{num_connects}\\n' -o /dev/null http://10.0.0.2/hello --next -s -w '%{num_connects}\\n' -o /dev/null http://10.0.0.2/hello",
  );
  expect(out).toBe('1\n0\n');
});

test('thirty curls at once', async () => {
  const script = 'for i in $(seq 30); do curl -s http://10.0.0.2/bytes/100000 | sha256sum & done; wait';
  const { out } = await tapstack.beside(script);
  const sums = out.trim().split('\n');
  expect(sums).toHaveLength(30);
  expect(new Set(sums)).toEqual(new Set([`${sha256(pattern(100_000))}  -`]));
});

test.each([
  { name: 'echo, TCP (RFC 862)', script: 'echo good day | nc -N 10.0.0.2 7', expected: /^good day\n$/ },
  { name: 'echo, UDP (RFC 862)', script: 'echo good day | nc -u -w 1 10.0.0.2 7', expected: /^good day\n$/ },
  { name: 'discard, TCP (RFC 863)', script: 'echo good day | nc -N 10.0.0.2 9; echo $?', expected: /^0\n$/ },
  { name: 'discard, UDP (RFC 863)', script: 'echo good day | nc -u -w 1 10.0.0.2 9; echo over', expected: /^over\n$/ },
  { name: 'daytime, TCP (RFC 867)', script: 'nc -d 10.0.0.2 13', expected: /^\w{3}, \d{2} \w{3} \d{4} [\d:]{8} GMT\r\n$/ },
  {
    name: 'daytime, UDP (RFC 867)',
    script: 'echo | nc -u -w 1 10.0.0.2 13',
    expected: /^\w{3}, \d{2} \w{3} \d{4} [\d:]{8} GMT\r\n$/,
  },
  { name: 'chargen, TCP (RFC 864)', script: 'nc -d 10.0.0.2 19 | head -c 148', expected: /^ !"#\$%.{66}\r\n!"#\$%&.{66}\r\n$/ },
  { name: 'chargen, UDP (RFC 864)', script: 'echo | nc -u -w 1 10.0.0.2 19 | wc -c', expected: /^\d{1,3}\n$/ },
])('$name by the real nc', async ({ script, expected }) => {
  const { out } = await tapstack.beside(script);
  expect(out).toMatch(expected);
});

test('services on other ports', async () => {
  const script = 'echo moved | nc -N 10.0.0.2 7007; curl -s http://10.0.0.2:8080/hello; nc -z 10.0.0.2 80 || echo closed';
  const { out } = await tapstack.beside(script, ['--echo', '7007', '--http', '8080']);
  expect(out).toMatch(/^moved\nHello from tapstack\.\n(.*\n)*closed\n$/);
});

test('--hello beside the services, and alone with --no-services: the same page, whatever is asked', async () => {
  const script =
    'curl -s http://10.0.0.2:8080/hello/you; curl -s -d body http://10.0.0.2:8080/; curl -s0 http://10.0.0.2:8080/; ' +
    'curl -s http://10.0.0.2/hello | head -n 1';
  const { out } = await tapstack.beside(script, ['--hello', '8080']);
  expect(out).toBe('Hello from tapstack.\n'.repeat(4));
  const alone =
    'head -c 3000000 /dev/zero | curl -s -T - -w "%{http_code}\\n" http://10.0.0.2/; curl -s http://10.0.0.2/; nc -z 10.0.0.2 7 || echo closed';
  expect((await tapstack.beside(alone, ['--no-services', '--hello', '80'])).out).toMatch(/^(.*\n)*411\n.*\nclosed\n$/);
});
