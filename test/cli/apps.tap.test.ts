/** The teaching applications with Python's sockets at the other end, as clients and as servers, over a TAP. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requirePrivateNamespace } from '../node/private.ts';
import type { Result, Running } from './tapstack.ts';
import { sha256, start, Tapstack } from './tapstack.ts';

const tapstack = new Tapstack();
const PYTHON = resolve(import.meta.dirname, '../python');
const HOST = '10.68.0.1';
/** Each client of ours has a TAP of its own, in this test's namespace, where the Python servers are. */
const LINK = ['--tap', 'app%d', '--ip', '10.68.0.2/24'];
const NOTES = 'zwei Zeilen\nüber Löwen\n';
const BIG = Buffer.alloc(300_000, 'tapstack');

beforeAll(requirePrivateNamespace);
beforeAll(() => {
  for (const folder of ['in', 'out', 'python-in']) mkdirSync(tapstack.path(folder));
  writeFileSync(tapstack.path('out/notes.txt'), NOTES);
  writeFileSync(tapstack.path('out/big.bin'), BIG);
});
afterAll(() => tapstack.remove());

/** Python does not leave its caches among the sources. */
const env = { PYTHONDONTWRITEBYTECODE: '1' };

/** A Python server on Linux's side, for as long as the work goes on. */
async function beside(program: string, args: readonly string[], work: () => Promise<void>): Promise<Result> {
  const server: Running = start('python3', [join(PYTHON, program), '0.0.0.0', ...args], { cwd: tapstack.folder, env });
  try {
    await server.says('listening');
    await work();
    return await server.ended;
  } finally {
    server.process.kill();
  }
}

/** One `up` for all clients: its TAP and its start are what costs. */
describe('clients in Python, servers of ours', () => {
  let result: Result;
  const script = `
run() { name=$1; shift; echo "== $name"; python3 ${PYTHON}/"$@" 2>&1; echo "exit $?"; }
printf 'good morning\\nschöner Tag\\n' | run chat chat_client.py 10.0.0.2 5001 Ada
run upload upload_client.py 10.0.0.2 5002 out/notes.txt out/big.bin
run again upload_client.py 10.0.0.2 5002 out/notes.txt
run message message_client.py 10.0.0.2 5003 Ada 'Grüße aus Python' out/notes2.txt
printf '3 ../escape\\nabc' | nc -N 10.0.0.2 5002 > escape; echo "== escape"; cat escape
run udp udp_echo_client.py 10.0.0.2 7 'hello datagram'
echo "== sites"; for port in 8081 8082; do curl -s http://10.0.0.2:$port/hello.txt; done
`;
  beforeAll(async () => {
    writeFileSync(tapstack.path('out/notes2.txt'), NOTES);
    const options = ['--chat', '5001', '--upload', '5002', '--messages', '5003', '--files', 'in', '--sites', '8081,8082'];
    result = await tapstack.run(['up', '--private', ...options, '--', 'sh', '-c', script], { env });
  });
  const part = (name: string): string => result.out.split(/^== /m).find((each) => each.startsWith(`${name}\n`)) ?? result.out;

  test('chat: greeting, an answer for each line, goodbye', () => {
    expect(part('chat')).toBe(
      'chat\nHELLO server\nWELCOME Ada\nserver: you said "good morning", 12 letters\n' +
        'server: you said "schöner Tag", 11 letters\nBYE Ada\nexit 0\n',
    );
    expect(result.err).toContain('chat: Ada: good morning\n');
  });

  test('upload: both files are in the folder, with the receipts that Python computes itself', () => {
    expect(part('upload')).toBe(`upload\nOK 25 ${sha256(Buffer.from(NOTES))}\nOK 300000 ${sha256(BIG)}\nexit 0\n`);
    expect(readFileSync(tapstack.path('in/notes.txt'), 'utf8')).toBe(NOTES);
    expect(readFileSync(tapstack.path('in/big.bin')).equals(BIG)).toBe(true);
    expect(result.err).toContain('file: big.bin, 300000 bytes\n');
  });

  test('upload: nothing is overwritten', () => {
    expect(part('again')).toMatch(/^again\nERROR .*there is a file of that name\n.*\nexit 1\n$/);
  });

  test('a name that leads out of the folder is refused', () => {
    expect(part('escape')).toMatch(/^escape\nERROR .*the name has a slash\n$/);
    expect(readdirSync(tapstack.folder)).toContain('escape'); // what nc was told, and nothing from the network
    expect(readFileSync(tapstack.path('escape'), 'utf8')).toMatch(/^ERROR/);
  });

  test('messages and files: what struct and json make is understood', () => {
    expect(part('message')).toBe('message\nok Ada\nok notes2.txt\nexit 0\n');
    expect(result.err).toContain('message from Ada: Grüße aus Python\n');
    expect(readdirSync(tapstack.path('in')).sort()).toEqual(['big.bin', 'notes.txt', 'notes2.txt']);
  });

  test('UDP echo comes back, and each site answers on its own port', () => {
    expect(part('udp')).toBe('udp\n14 bytes back at try 1\nexit 0\n');
    expect(part('sites')).toBe('sites\nhello from port 8081\nhello from port 8082\n');
    expect(result.code).toBe(0);
  });
});

describe('servers in Python, clients of ours', () => {
  test('chat', async () => {
    const server = await beside('chat_server.py', ['5001'], async () => {
      const client = await tapstack.run(['app', 'chat', ...LINK, HOST, '5001', '--name', 'Bea'], { input: 'hi\nwie geht es?\n' });
      expect(client).toMatchObject({ code: 0, err: '' });
      expect(client.out).toBe('python greets Bea\npython: HI\npython: WIE GEHT ES?\nBYE Bea\n');
    });
    expect(server).toMatchObject({ code: 0 });
    expect(server.out).toContain('Bea: wie geht es?\n');
  });

  test('upload', async () => {
    const server = await beside('upload_server.py', ['5002', 'python-in'], async () => {
      const client = await tapstack.run(['app', 'upload', ...LINK, HOST, '5002', 'out/notes.txt', 'out/big.bin']);
      expect(client).toMatchObject({ code: 0, err: '' });
      expect(client.out).toBe(
        `notes.txt: 25 bytes, SHA-256 ${sha256(Buffer.from(NOTES))}\nbig.bin: 300000 bytes, SHA-256 ${sha256(BIG)}\n`,
      );
    });
    expect(server).toMatchObject({ code: 0 });
    expect(readFileSync(tapstack.path('python-in/big.bin')).equals(BIG)).toBe(true);
  });

  test('messages and files', async () => {
    const words = ['message', ...LINK, HOST, '5003', 'Grüße', 'vom', 'Stack', '--name', 'Bea', '--file', 'out/notes2.txt'];
    const server = await beside('message_server.py', ['5003', 'python-in'], async () => {
      const client = await tapstack.run(['app', ...words]);
      expect(client).toMatchObject({ code: 0, out: '2 sent, all of them taken\n', err: '' });
    });
    expect(server.out).toContain('Bea: Grüße vom Stack\nnotes2.txt: 25 bytes\n');
    expect(readFileSync(tapstack.path('python-in/notes2.txt'), 'utf8')).toBe(NOTES);
  });

  test('UDP echo', async () => {
    const server = await beside('udp_echo_server.py', ['5004'], async () => {
      const client = await tapstack.run(['app', 'udp-echo', ...LINK, HOST, '5004', 'hello', 'there']);
      expect(client).toMatchObject({ code: 0, err: '' });
      expect(client.out).toMatch(/^11 bytes back from 10\.68\.0\.1:5004 at try 1 after [\d.]+ ms\n$/);
    });
    expect(server.code).toBe(0);
  });
});

test.each([
  ['nobody there', ['app', 'chat', ...LINK, HOST, '5009'], 1, /^cannot connect to 10\.68\.0\.1:5009: refused\n$/],
  ['no such file', ['app', 'upload', HOST, '5002', 'none'], 2, /^tapstack: cannot read none: name a file that is there\n$/],
  ['nothing to send', ['app', 'message', HOST, '5003'], 2, /message wants a text or --file/],
  ['nowhere to put files', ['up', '--upload', '5002'], 2, /--upload wants --files FOLDER/],
  ['no such folder', ['up', '--upload', '5002', '--files', 'none'], 2, /name a folder that is there and that you may write to/],
  ['a folder for nobody', ['up', '--files', 'in'], 2, /--files is for --upload and --messages/],
  ['a port twice', ['up', '--chat', '80'], 2, /--http and --chat cannot both have port 80/],
  ['a site twice', ['up', '--sites', '8081,8081'], 2, /--sites and --sites cannot both have port 8081/],
  ['a site at no port', ['up', '--sites', '8081,x'], 2, /--sites/],
])('%s: one line, and its exit code', async (_name, words, code, said) => {
  const result = await tapstack.run(words);
  expect(result.err).toMatch(said);
  expect(result.err.trimEnd().split('\n')).toHaveLength(1);
  expect(result.code).toBe(code);
});
