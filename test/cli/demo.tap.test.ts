/** What `npm start` shows: the real ping and curl, the conversation, and a capture that another program agrees with. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { faultyFrames, Tapstack, tshark } from './tapstack.ts';

const tapstack = new Tapstack();
afterAll(() => tapstack.remove());

const ladderOf = (out: string): string[] => out.split('\n').filter((line) => /^ *[\d.]+ ms /.test(line));

test('demo: ping loses nothing, curl gets the page, the ladder shows the handshake and the close (issue: shown by 1)', async () => {
  const { code, out, err } = await tapstack.run(['demo', '--all']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(' 0% packet loss');
  expect(out).toContain('Hello from tapstack.');
  const ladder = ladderOf(out);
  expect(ladder.some((line) => /├?──── SYN {2}seq 0 /.test(line))).toBe(true);
  expect(ladder.some((line) => /◀─── SYN ACK {2}seq 0 ack 1 /.test(line))).toBe(true);
  expect(ladder.some((line) => /──── ACK {2}seq 1 ack 1 /.test(line))).toBe(true);
  expect(ladder.filter((line) => /FIN ACK/.test(line))).toHaveLength(2);
  expect(ladder.at(-1)).toMatch(/ ACK /); // of the last FIN
  expect(out).toContain('captures/demo.pcapng');
});

test('demo: the ladder has two columns, without the IPv6 chatter of a link that comes up, and no note repeats the flags', async () => {
  const { out } = await tapstack.run(['demo', '--capture', 'columns.pcapng']);
  expect(out).toMatch(/^ +time +Linux 10\.0\.0\.1 +tapstack 10\.0\.0\.2$/m);
  expect(await tshark(tapstack.path('columns.pcapng'), ['frame.number'], 'ipv6')).toEqual([]);
  expect(out).not.toMatch(/│ +(SYN ACK|SYN|FIN)$/m);
  expect(out).toMatch(/│ +ACK of the FIN$/m); // the notes that say something are still there
});

test('demo: tshark finds no malformed frame and no bad checksum, and the last frames are the close in full', async () => {
  const { code } = await tapstack.run(['demo', '--capture', 'checked.pcapng']);
  expect(code).toBe(0);
  const path = tapstack.path('checked.pcapng');
  expect(await faultyFrames(path)).toEqual([]);
  expect(await tshark(path, ['icmp.type'], 'icmp')).toEqual(['8', '0', '8', '0', '8', '0']);
  const segments = await tshark(path, ['ip.src', 'tcp.flags.fin', 'tcp.flags.ack', 'tcp.seq', 'tcp.ack', 'tcp.len'], 'tcp');
  const last = segments.map((line) => line.split(';'));
  const fins = last.filter(([, fin]) => fin === 'True' || fin === '1');
  expect(fins).toHaveLength(2);
  const [source, , , seq, , length] = fins.at(-1)!;
  const answers = last.filter(([from, , , , ack]) => from !== source && Number(ack) === Number(seq) + Number(length) + 1);
  expect(answers.length).toBeGreaterThan(0);
});

test('demo --memory: the same conversation without a TAP, and says so in one line', async () => {
  const { code, out, err } = await tapstack.run(['demo', '--memory', '--capture', 'memory.pcapng']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.split('\n')[0]).toBe('Two stacks in memory, not the real ping and curl: asked for by --memory.');
  expect(out).toContain('3 pings sent, 3 answered');
  expect(out).toContain('Hello from tapstack.');
  expect(ladderOf(out).filter((line) => /FIN/.test(line) && /ACK/.test(line)).length).toBeGreaterThanOrEqual(2);
  expect(await faultyFrames(tapstack.path('memory.pcapng'))).toEqual([]);
});

test('demo --memory prints the same every time: its clock is virtual and its chance is seeded', async () => {
  const [first, second] = await Promise.all([
    tapstack.run(['demo', '--memory', '--capture', 'one.pcapng']),
    tapstack.run(['demo', '--memory', '--capture', 'two.pcapng']),
  ]);
  expect(first.out.replaceAll('one.pcapng', '')).toBe(second.out.replaceAll('two.pcapng', ''));
});

/** A folder that holds all that the demo needs besides ping and curl, and those that are named. */
function pathWith(...programs: readonly string[]): string {
  const folder = tapstack.path(`bin-${programs.join('-')}`);
  mkdirSync(folder);
  for (const program of ['unshare', 'true', ...programs]) {
    const found = (process.env['PATH'] ?? '').split(':').find((place) => existsSync(join(place, program)));
    symlinkSync(join(found ?? '/usr/bin', program), join(folder, program));
  }
  return folder;
}

test.each([
  { missing: 'ping', present: 'curl', remedy: 'sudo apt-get install iputils-ping' },
  { missing: 'curl', present: 'ping', remedy: 'sudo apt-get install curl' },
])('demo without $missing: the demo in memory, and one line that says what is missing', async ({ missing, present, remedy }) => {
  const env = { PATH: pathWith(present) };
  const { code, out, err } = await tapstack.run(['demo', '--capture', `no-${missing}.pcapng`], { env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.split('\n')[0]).toBe(
    `Two stacks in memory, not the real ping and curl: the program ${missing} is missing: "${remedy}" gives the real thing.`,
  );
});

test('demo where no TAP can be made: the demo in memory, one line that says why, and a capture', async () => {
  const before = ['unshare', '--mount', 'sh', '-c', 'mount --bind /dev/null /dev/net/tun && exec "$0" "$@"'];
  const { code, out, err } = await tapstack.run(['demo', '--capture', 'no-tap.pcapng'], { before });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.split('\n')[0]).toMatch(/^Two stacks in memory, not the real ping and curl: cannot create tap/);
  expect(await tshark(tapstack.path('no-tap.pcapng'), ['icmp.type'], 'icmp')).toEqual(['8', '0', '8', '0', '8', '0']);
});

test('demo fails with 1 when ping loses packets', async () => {
  const folder = pathWith('curl', 'sh');
  writeFileSync(join(folder, 'ping'), '#!/bin/sh\necho "3 packets transmitted, 1 received, 66% packet loss"\n', { mode: 0o755 });
  const { code, err } = await tapstack.run(['demo', '--capture', 'lossy.pcapng'], { env: { PATH: folder } });
  expect(code).toBe(1);
  expect(err).toBe('the demo failed: see what ping and curl said above\n');
});

test('demo in the middle of an environment that sends everything through a proxy', async () => {
  const proxy = 'http://192.0.2.1:3128';
  const env = { http_proxy: proxy, HTTP_PROXY: proxy, ALL_PROXY: proxy };
  const { code, out } = await tapstack.run(['demo', '--capture', 'proxy.pcapng'], { env });
  expect(code).toBe(0);
  expect(out).toContain('Hello from tapstack.');
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  'demo ended by %s: the exit code says so and the capture is readable',
  async (signal) => {
    const running = tapstack.start(['demo', '--capture', `${signal}.pcapng`]);
    await running.says('icmp_seq=1');
    running.process.kill(signal);
    const { code, err } = await running.ended;
    expect({ code, err }).toEqual({ code: signal === 'SIGINT' ? 130 : 143, err: '' });
    expect(await tshark(tapstack.path(`${signal}.pcapng`), ['icmp.seq'], 'icmp.type == 0')).toContain('1');
  },
);
