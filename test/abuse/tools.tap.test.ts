/** Real tools that look closely at a host, or treat it badly: what they report, and that it is still there afterwards. */
import { expect, test } from 'vitest';
import { has, onTap } from './on-tap.ts';

/** Floods are made by hping3, which not every machine has; a test that is left out must not count as skipped. */
const flood: typeof test = has('hping3') ? test : ((() => {}) as unknown as typeof test);

const STILL_THERE = 'curl -s -m 10 http://10.0.0.2/hello | head -1; ping -c 1 -W 2 10.0.0.2 | grep received';
const there = (output: string): void => {
  expect(output).toContain('Hello from tapstack.');
  expect(output).toContain('1 received');
};

/** `7/tcp open echo` and so on. */
const ports = (output: string): Record<string, string> =>
  Object.fromEntries([...output.matchAll(/^(\d+\/\w+)\s+(\S+)/gm)].map(([, port = '', state = '']) => [port, state]));

test('arping finds the Ethernet address', () => {
  expect(onTap('arping -c 2 -I tap0 10.0.0.2')).toContain('[02:00:0A:00:00:02]');
});

test('ping: the longest packet to a neighbour that has to be found first, then thousands of fragments, and none is lost', () => {
  const output = onTap(
    `ip neigh flush dev tap0; ping -q -c 2 -i 0.2 -s 65507 10.0.0.2
     ping -q -c 2000 -i 0.002 -s 8000 10.0.0.2
     ping -q -f -c 2000 -s 65507 10.0.0.2`,
  );
  expect([...output.matchAll(/(\d+) received, ([\d.]+)% packet loss/g)].map(([, n, loss]) => [n, loss])).toEqual([
    ['2', '0'],
    ['2000', '0'],
    ['2000', '0'],
  ]);
});

test('nmap names open and closed ports of TCP and UDP, and finds the sequence numbers hard to predict', {
  timeout: 120_000,
}, () => {
  const output = onTap(
    `nmap -n -T4 -sS -sU -p T:1-100,U:7,9,13,19,20,53 10.0.0.2
     nmap -n -v -O --max-os-tries 1 -p 80,81 10.0.0.2 | grep -i sequence
     ${STILL_THERE}`,
  );
  // nmap puts closed ports in a list or in a sum, as it finds them many or few
  const notClosed = Object.entries(ports(output)).filter(([, state]) => state !== 'closed');
  const tcp = { '7/tcp': 'open', '9/tcp': 'open', '13/tcp': 'open', '19/tcp': 'open', '80/tcp': 'open' };
  const udp = { '7/udp': 'open', '9/udp': 'open|filtered', '13/udp': 'open', '19/udp': 'open' };
  expect(Object.fromEntries(notClosed)).toEqual({ ...tcp, ...udp });
  expect(output).toMatch(/95 closed tcp ports \(reset\)/);
  expect(ports(output)['53/udp'] ?? output).toMatch(/^closed$|2 closed udp ports \(port-unreach\)/);
  expect(Number(/Difficulty=(\d+)/.exec(output)?.[1])).toBeGreaterThan(200);
  expect(output).toMatch(/IP ID Sequence Generation: All zeros/); // RFC 6864: of packets that are never fragments
  there(output);
});

flood(
  'floods of echo requests, datagrams and SYNs to closed ports: the host is there as soon as they end',
  { timeout: 120_000 },
  () => {
    const hping = (options: string): string => `timeout -s INT 2 hping3 -q --flood ${options} 10.0.0.2 >/dev/null 2>&1 || true`;
    there(onTap([hping('-1'), hping('-2 -p 999'), hping('-S -p 99'), hping('-2 -p 7 -d 1000'), STILL_THERE].join('\n')));
  },
);

flood(
  'a flood of SYNs with random sources: the host answers, open connections live, tables stay within their bounds',
  { timeout: 120_000 },
  () => {
    const output = onTap(
      `bytes=$(mktemp); curl -s --limit-rate 400k -o $bytes http://10.0.0.2/bytes/5000000 & transfer=$!
       sleep 0.5
       timeout 20 hping3 -q -S -p 80 --rand-source -i u20 -c 20000 10.0.0.2 >/dev/null 2>&1 || true
       ping -c 1 -W 2 10.0.0.2 | grep received
       exec 3<>/dev/tcp/10.0.0.2/13; head -1 <&3 | wc -c
       wait $transfer; stat -c '%s bytes' $bytes; rm $bytes`,
      '--gateway',
      '10.0.0.1',
    );
    expect(output).toContain('1 received');
    expect(output).toContain('5000000 bytes');
    expect(output).toMatch(/^31$/m); // the daytime service, whose backlog is its own
  },
);
