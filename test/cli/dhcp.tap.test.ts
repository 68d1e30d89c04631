/** `tapstack up --dhcp` and `--dhcp-server`: beside the programs that Linux has for the other end. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { requirePrivateNamespace } from '../node/private.ts';
import { faultyFrames, Tapstack, tshark } from './tapstack.ts';

const tapstack = new Tapstack();
beforeAll(requirePrivateNamespace);
afterAll(() => tapstack.remove());

test.each<[words: string, line: RegExp]>([
  ['up --dhcp-server x', /--dhcp-server x: "x" is not a range of addresses such as 10\.0\.0\.100-10\.0\.0\.150/],
  ['up --dhcp-server 10.0.1.1-10.0.1.9', /the range 10\.0\.1\.1-10\.0\.1\.9 is outside of the network 10\.0\.0\.0\/24/],
  ['up --dhcp-server 10.0.0.9-10.0.0.1', /ends before it begins/],
  ['up --dhcp-server 10.0.0.9 --dhcp-lease 0s', /--dhcp-lease 0s: a lease time is written 90s, 30min, 1h or 7d/],
  ['up --dhcp-server 10.0.0.9 --dhcp-router 10.9.0.1', /the router 10\.9\.0\.1 is outside of the network/],
  ['up --dhcp-server 10.0.0.9 --dhcp-dns 8.8.8.8,x', /"x" is not an IPv4 address/],
  ['up --dhcp --dhcp-server 10.0.0.9', /--dhcp and --dhcp-server exclude each other/],
  ['up --dhcp --ip 10.0.0.7/24', /--dhcp and --ip exclude each other: the address comes from the server/],
  ['up --dhcp --gateway 10.0.0.1', /--dhcp and --gateway exclude each other/],
  ['up --dhcp-lease 1h', /--dhcp-lease is for the server: add --dhcp-server RANGE/],
  ['shell --dhcp --dhcp-domain x', /--dhcp-domain is for the server/],
])('%s: one line that says what is wrong', async (words, line) => {
  const { code, out, err } = await tapstack.run(words.split(' '));
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^tapstack: [^\n]+\n$/);
  expect(err).toMatch(line);
});

test('Linux gets its address, router, DNS and domain from the stack, and the capture is sound', async () => {
  const told = ['--dhcp-router', '10.0.0.2', '--dhcp-dns', '10.0.0.2,10.0.0.3', '--dhcp-domain', 'lan.example'];
  const script = 'ip -4 -o address show tap0; udhcpc -nqf -i tap0 -s ./told && ping -c 1 -W 5 10.0.0.2';
  const body = 'case $1 in bound) echo "$ip/$mask $router $dns $domain $lease"; ip address add $ip/$mask dev $interface;; esac';
  const { code, out, err } = await tapstack.beside(`printf '#!/bin/sh\\n%s\\n' '${body}' > told; chmod +x told; ${script}`, [
    ...['--tap', 'tap0', '--dhcp-server', '10.0.0.100-10.0.0.150', '--dhcp-lease', '30min', ...told],
    ...['--capture', 'server.pcapng'],
  ]);
  expect(code, err).toBe(0);
  expect(out).toContain('10.0.0.100/24 10.0.0.2 10.0.0.2 10.0.0.3 lan.example 1800\n');
  expect(out).toContain(' 0% packet loss');
  expect(out).not.toContain('10.0.0.1/24'); // the kernel's side has no address of its own
  expect(err).toMatch(/^dhcp: lease 10\.0\.0\.100 for 30 min offered \([0-9a-f:]{17}\)$/m);
  expect(err).toMatch(/^dhcp: lease 10\.0\.0\.100 for 30 min: taken \(/m);
  const path = tapstack.path('server.pcapng');
  expect(await faultyFrames(path)).toEqual([]);
  expect(await tshark(path, ['dhcp.option.dhcp', 'dhcp.ip.your'], 'dhcp')).toEqual([
    '1;0.0.0.0',
    '2;10.0.0.100',
    '3;0.0.0.0',
    '5;10.0.0.100',
  ]);
  const comments = readCapture(readFileSync(path)).frames.map(({ comment }) => comment);
  expect(comments).toContain('lease 10.0.0.100 for 30 min offered');
});

test('the stack gets its address from dnsmasq, answers there, and gives it back at the end', async () => {
  const range = '--dhcp-range=10.0.0.77,10.0.0.77,255.255.255.0,1h --dhcp-leasefile=leases --dhcp-authoritative --no-ping';
  const daemon = `dnsmasq --no-daemon --conf-file=/dev/null --pid-file= --user=root --port=0 --interface=tap0 ${range}`;
  const script = [
    `${daemon} >daemon.log 2>&1 & daemon=$!`,
    'tries=0; until ping -c 1 -W 1 10.0.0.77 >/dev/null 2>&1 || [ $tries -ge 20 ]; do tries=$((tries + 1)); done',
    'curl -s --max-time 5 http://10.0.0.77/hello | head -1',
  ];
  const options = ['--tap', 'tap0', '--dhcp', '--capture', 'client.pcapng'];
  const { code, out, err } = await tapstack.beside(`${script.join('; ')}; kill $daemon; wait $daemon; true`, options);
  expect(code, err).toBe(0);
  expect(out).toContain('Hello from tapstack.');
  expect(err).toContain('dhcp: 10.0.0.77 bound for 1 h by 10.0.0.1; network 10.0.0.0/24, router 10.0.0.1');
  expect(err).toContain('dhcp: gives 10.0.0.77 back');
  const path = tapstack.path('client.pcapng');
  // dnsmasq has ended when the release comes: Linux says so, and tshark finds that the quotation of it is cut
  const faulty = (await faultyFrames(path)).filter((line) => !line.endsWith('(Port unreachable)'));
  expect(faulty).toEqual([]);
  const types = await tshark(path, ['dhcp.option.dhcp'], 'dhcp');
  expect([types.at(0), types.at(-1), types.includes('5')]).toEqual(['1', '7', true]);
});
