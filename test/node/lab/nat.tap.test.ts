/** Linux and a NAT of the lab: it reaches a web server inside by a forwarded port, and from inside the server of a lab outside. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { NetHost } from '../../../src/lab/index.ts';
import { Network, World } from '../../../src/lab/index.ts';
import type { NetTap } from '../../../src/lab/network/net-tap.ts';
import { startHttpService } from '../../../src/node/http-service.ts';
import { RealTime } from '../../../src/node/lab/real-time.ts';
import { requirePrivateNamespace } from '../private.ts';

beforeAll(requirePrivateNamespace);

const running: RealTime[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

function start({ world }: Network, { machine: port, address, gateway }: NetTap): void {
  const place = { port, ...(address === undefined ? {} : { address }), ...(gateway === undefined ? {} : { gateway }) };
  running.push(RealTime.start(world, [place]));
}

const run = async (command: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(command, args, { timeout: 20_000, env: { PATH: process.env['PATH'] } })).stdout;

/** What fails, says why on its way out. */
const failure = (work: Promise<string>): Promise<string> =>
  work.then(
    () => 'it went well',
    (error: unknown) => (error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)),
  );

const translations = (router: NetHost): string[] =>
  (router.tables().find(({ kind }) => kind === 'nat')?.rows ?? []).map((row) => row.slice(1, 3).join(' '));

test('the kernel reaches a web server behind our NAT by port forwarding, and nothing else of it', async () => {
  const net = new Network(new World());
  const linux = net.tap('linux', { address: '203.0.113.1/30' });
  const router = net.router('home', {
    ports: { lan: '192.168.1.1/24', wan: '203.0.113.2/30' },
    gateway: '203.0.113.1',
    nat: { outside: 'wan', forward: ['tcp 8080 to 192.168.1.20:80'] },
    firewall: { rules: ['allow tcp to 192.168.1.20 port 80 as web', 'reject any as closed'] },
  });
  const nas = net.host('nas', { address: '192.168.1.20/24', gateway: '192.168.1.1' });
  net.cable(linux, router.port('wan'));
  net.cable(router.port('lan'), nas);
  startHttpService(nas.stack);
  start(net, linux);
  expect(await run('curl', '-sS', '--max-time', '10', 'http://203.0.113.2:8080/hello')).toContain('Hello from tapstack');
  const bytes = await promisify(execFile)('curl', ['-sS', 'http://203.0.113.2:8080/bytes/1000000'], {
    encoding: 'buffer',
    maxBuffer: 2e6,
  });
  expect(bytes.stdout.length).toBe(1_000_000);
  expect(translations(router).slice(0, 2)).toEqual(['192.168.1.20:80 any:8080', '192.168.1.20:80 203.0.113.2:8080']);
  expect(await run('ping', '-n', '-c', '1', '203.0.113.2')).toContain('1 received');
  expect(await failure(run('curl', '-sS', '--max-time', '1', 'http://203.0.113.2:81/'))).toContain('timed out');
});

test('the kernel behind our NAT: curl, ping and traceroute reach what is outside', async () => {
  const net = new Network(new World());
  const linux = net.tap('linux', { address: '192.168.1.10/24', gateway: '192.168.1.1' });
  const router = net.router('home', {
    ports: { lan: '192.168.1.1/24', wan: '203.0.113.2/30' },
    gateway: '203.0.113.1',
    nat: { outside: 'wan' },
  });
  const isp = net.router('isp', { ports: { home: '203.0.113.1/30', net: '198.51.100.1/24' } });
  const www = net.host('www', { address: '198.51.100.7/24', gateway: '198.51.100.1' });
  net.cable(linux, router.port('lan'));
  net.cable(router.port('wan'), isp.port('home'));
  net.cable(isp.port('net'), www);
  startHttpService(www.stack);
  start(net, linux);
  expect(await run('curl', '-sS', '--max-time', '10', 'http://198.51.100.7/hello')).toContain('Hello from tapstack');
  expect(await run('ping', '-n', '-c', '2', '-i', '0.1', '198.51.100.7')).toContain('2 received');
  expect(await run('ping', '-n', '-c', '1', '-s', '4000', '198.51.100.7')).toContain('4008 bytes from 198.51.100.7');
  const hops = await run('traceroute', '-n', '-q', '1', '-w', '2', '198.51.100.7');
  expect([...hops.matchAll(/^ *\d+ {2}(\S+)/gm)].map(([, address]) => address)).toEqual([
    '192.168.1.1',
    '203.0.113.1',
    '198.51.100.7',
  ]);
  expect(translations(router).every((row) => row.startsWith('192.168.1.10') && row.includes(' 203.0.113.2'))).toBe(true);
});
