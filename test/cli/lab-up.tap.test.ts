/** `tapstack lab up`: real programs of Linux in labs, and what is said when that cannot be. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requirePrivateNamespace } from '../node/private.ts';
import { faultyFrames, interfaces, Tapstack, tshark } from './tapstack.ts';

const tapstack = new Tapstack(['node/lab/module-hooks.ts', 'lab/index.ts']);
afterAll(() => tapstack.remove());
beforeAll(requirePrivateNamespace);

const LABS = resolve(import.meta.dirname, '../labs');
for (const name of ['behind-two-routers.ts', 'two-networks.ts', 'home.json', 'names.ts'])
  copyFileSync(resolve(LABS, name), tapstack.path(name));
const up = (...args: string[]) => tapstack.run(['lab', 'up', ...args]);

test('curl and traceroute reach a host two routers away; the capture holds both ends of every cable', async () => {
  const before = await interfaces();
  const script = 'curl -sS http://192.168.20.1/ && traceroute -n -q 1 -w 2 192.168.20.1';
  const { code, out, err } = await up('behind-two-routers.ts', '--capture', 'all.pcapng', '--', 'sh', '-c', script);
  expect([code, err.replace(/^traceroute to .*\n/m, '')]).toEqual([0, '']);
  expect(out).toContain('Hello from behind two routers.');
  const hops = [...out.matchAll(/^ *\d+ {2}(\S+)/gm)].map(([, address]) => address);
  expect(hops).toEqual(['192.168.10.254', '10.0.1.2', '192.168.20.1']);
  const path = tapstack.path('all.pcapng');
  const gets = await tshark(path, ['frame.interface_name'], 'tcp contains "GET /"');
  expect(gets).toEqual(['linux.tap', 's1.1', 's1.2', 'r1.lan', 'r1.wan', 'r2.wan', 'r2.lan', 'server']);
  expect(await faultyFrames(path)).toEqual([]);
  expect(await interfaces()).toEqual(before);
});

test('--tap plugs Linux into a free port; the exit code is that of the command', async () => {
  const { code, out } = await up(
    'two-networks.ts',
    '--tap',
    's1=192.168.10.9/24,via=192.168.10.254',
    '--',
    'ping',
    '-n',
    '-c1',
    '192.168.20.1',
  );
  expect([code, out.includes('ttl=63')]).toEqual([0, true]);
  expect((await up('two-networks.ts', '--tap', 's1.8=dhcp', '--', 'sh', '-c', 'ip -br link show tap0; exit 7')).code).toBe(7);
});

test('udhcpc gets a lease through the switch of a home, renews it, and its translator lets curl and traceroute out', async () => {
  const told = `#!/bin/sh
case "$1" in
  bound) ip address add "$ip/$mask" dev "$interface"; ip route add default via "$router"; echo "bound $ip/$mask $router" > said ;;
  renew) echo "renewed $ip" > said ;;
esac
`;
  writeFileSync(tapstack.path('told'), told, { mode: 0o755 });
  const script = [
    'mkfifo said; udhcpc -n -f -i linux -s ./told &',
    'cat said; kill -USR1 $!; cat said', // renew now
    'curl -sS http://198.51.100.7/',
    'traceroute -n -q 1 -w 2 198.51.100.7',
    'kill $!',
    'wait',
  ].join('\n');
  const { out, err } = await up('home.json', '--', 'bash', '-c', script);
  expect(out, err).toContain('bound 192.168.1.101/24 192.168.1.1\n');
  expect(out).toContain('renewed 192.168.1.101\n');
  expect(out).toContain('This is www.');
  const hops = [...out.matchAll(/^ *\d+ {2}(\S+)/gm)].map(([, address]) => address);
  expect(hops).toEqual(['192.168.1.1', '203.0.113.1', '198.51.100.7']);
});

test('dig asks the resolver of a lab, which walks from the root', async () => {
  const dig = 'dig +tries=1 @198.51.100.53 www.example.com';
  const { code, out } = await up(
    'names.ts',
    '--',
    'sh',
    '-c',
    `${dig} +short A; ${dig} +tcp +short TXT; ${dig} +noall +comments nothing.example.com`,
  );
  expect([code, out.split('\n').slice(0, 2)]).toEqual([0, ['192.0.2.80', '"found"']]);
  expect(out).toContain('status: NXDOMAIN');
});

test('without a command it says what is there, and a signal ends it', async () => {
  const running = tapstack.start(['lab', 'up', 'behind-two-routers.ts']);
  await running.says('Ctrl-C ends it');
  running.process.kill('SIGINT');
  const { code, err } = await running.ended;
  expect(code).toBe(130);
  expect(err).toContain('linux: Linux in the lab, 192.168.10.9/24\n');
  expect(err).toContain('server 192.168.20.1');
});

const REFUSED: readonly (readonly [args: readonly string[], said: string])[] = [
  [
    ['two-networks.ts', '--', 'true'],
    "this lab has no place for Linux: write net.tap('linux', { address }) into it, or add --tap DEVICE=ADDRESS (a port is free in s1)",
  ],
  [['two-networks.ts', '--tap', 's1=192.168.10.1/24'], 'pc1 and tap0 have one address: 192.168.10.1'],
  [['two-networks.ts', '--tap', 's1.9=dhcp'], 's1 has no port "9"; it has 1, 2, 3, 4, 5, 6, 7, 8'],
  [['two-networks.ts', '--tap', 'pc1=dhcp'], 'pc1 has no free port: its only one is taken'],
  [['two-networks.ts', '--tap', 's1'], '--tap s1: such as s1=192.168.10.9/24,via=192.168.10.254'],
  [['broken.ts'], 'broken.ts:3:32: there is no device "b" in this network; there are none'],
];

test('what cannot be had is said in one line, exit code 2', async () => {
  writeFileSync(tapstack.path('broken.ts'), "export default {\n  title: 'x',\n  play: (net: any) => void net.node('b'),\n};\n");
  const results = await Promise.all(REFUSED.map(([args]) => up(...args)));
  expect(results.map(({ code, err }) => [code, err])).toEqual(REFUSED.map(([, said]) => [2, `tapstack: ${said}\n`]));
});
