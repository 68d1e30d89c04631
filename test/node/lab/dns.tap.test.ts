/** Linux's dig and a tree of name servers in the lab: its question goes to our resolver, and from there to root, top level and authority. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { Network, World } from '../../../src/lab/index.ts';
import { RealTime } from '../../../src/node/lab/real-time.ts';
import { zoneOf } from '../../../src/services/dns/index.ts';
import { requirePrivateNamespace } from '../private.ts';

beforeAll(requirePrivateNamespace);

const running: RealTime[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

const dig = async (words: string): Promise<string> =>
  (await promisify(execFile)('dig', ['@198.51.100.53', '+time=3', ...words.split(' ')], { timeout: 20_000 })).stdout;

/** The tree, the resolver behind a router, and Linux at the other end of it. */
function tree() {
  const net = new Network(new World());
  const linux = net.tap('linuxdig', { address: '192.168.1.10/24', gateway: '192.168.1.1' });
  const router = net.router('r1', { ports: { lan: '192.168.1.1/24', net: '198.51.100.254/24' } });
  const sw = net.switch('sw', { ports: 6 });
  const host = (name: string, last: number) => {
    const made = net.host(name, { address: `198.51.100.${last}/24`, gateway: '198.51.100.254' });
    net.cable(made, sw);
    return made;
  };
  net.cable(linux, router.port('lan'));
  net.cable(router.port('net'), sw);
  const root = host('root', 1).serveZones([
    zoneOf('', { '@': { NS: 'a.root-servers.net.' }, com: { NS: 'ns.com' }, 'ns.com': { A: '198.51.100.2' } }),
  ]);
  const com = host('com', 2).serveZones([
    zoneOf('com', {
      '@': { NS: 'ns' },
      ns: { A: '198.51.100.2' },
      example: { NS: 'ns.example' },
      'ns.example': { A: '198.51.100.3' },
    }),
  ]);
  const long = Array.from({ length: 12 }, () => `"${'x'.repeat(120)}"`).join(' ');
  const example = host('example', 3).serveZones([
    zoneOf('example.com', {
      '@': { NS: 'ns', MX: '10 mail' },
      ns: { A: '198.51.100.3' },
      mail: { A: '198.51.100.25' },
      www: { CNAME: 'web' },
      web: { A: '198.51.100.80' },
      long: { TXT: long },
    }),
  ]);
  host('resolver', 53).serveNames({ root: { 'a.root-servers.net': '198.51.100.1' } });
  running.push(RealTime.start(net.world, [{ port: linux.machine, address: linux.address!, gateway: linux.gateway! }]));
  return { asked: () => [root, com, example].map(({ counts }) => counts.get('questions') ?? 0) };
}

test('dig resolves through our resolver: from the root to the authority, and the second time from its cache', async () => {
  const { asked } = tree();
  const first = await dig('www.example.com');
  expect(first).toMatch(/status: NOERROR/);
  expect(first).toMatch(/flags: qr rd ra;/);
  expect(first).toMatch(
    /www\.example\.com\.\s+3600\s+IN\s+CNAME\s+web\.example\.com\.\nweb\.example\.com\.\s+3600\s+IN\s+A\s+198\.51\.100\.80/,
  );
  expect(asked()).toEqual([1, 1, 1]);
  expect(await dig('web.example.com +short')).toBe('198.51.100.80\n');
  expect(asked()).toEqual([1, 1, 1]);
  expect(await dig('example.com MX +short')).toBe('10 mail.example.com.\n');
  expect(await dig('nobody.example.com')).toMatch(/status: NXDOMAIN[\s\S]*SOA\s+ns\.example\.com\./);
  expect(asked()).toEqual([1, 1, 3]);
  expect(await dig('long.example.com TXT')).toMatch(/Truncated, retrying in TCP mode[\s\S]*ANSWER: 1/);
  expect(await dig('+norec nowhere.org')).toMatch(/status: REFUSED/);
});
