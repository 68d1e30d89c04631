/** Verdicts: what the engine tells apart, how lenient each level is, and how a failure reads. */
import { expect, test } from 'vitest';
import type { Level, Sut, Verdict } from '../../src/drill/index.ts';
import { NullSut, reportOn, runScript } from '../../src/drill/index.ts';
import { execute } from '../../src/drill/run/evaluate.ts';
import { Failed } from '../../src/drill/run/verdict.ts';
import { Unsupported } from '../../src/drill/unsupported.ts';
import { TimestampMap } from '../../src/replay/translate/timestamp-map.ts';
import { writeChecksum } from '../../src/stack/wire/tcp.ts';

const PROLOGUE = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0.1 < S 0:0(0) win 65535 <mss 1000,sackOK,TS val 1 ecr 0,nop,wscale 7>
`;
const SYN_ACK = '+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 2 ecr 1,nop,wscale 8>\n';
const ESTABLISHED = `${PROLOGUE}${SYN_ACK}+0.1 < . 1:1(0) ack 1 win 512 <nop,nop,TS val 2 ecr 2>\n+0 accept(3, ..., ...) = 4\n`;

const levelOf = (verdict: Verdict): Level | string => (verdict.kind === 'pass' ? verdict.level : verdict.kind);

for (const [what, line, level] of [
  ['exact', SYN_ACK, 0],
  ['another order of options', '+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 8,sackOK,TS val 2 ecr 1>\n', 1],
  ['another padding', '+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 2 ecr 1,wscale 8,eol>\n', 1],
  ['another window scale', '+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 2 ecr 1,nop,wscale 3>\n', 1],
  ['another echo', '+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 2 ecr 9,nop,wscale 8>\n', 1],
  ['another window', '+0 > S. 0:0(0) ack 1 win 5840 <mss 1460,sackOK,TS val 2 ecr 1,nop,wscale 8>\n', 2],
  ['options that do not matter', '+0 > S. 0:0(0) ack 1 <...>\n', 0],
  ['a closed window', '+0 > S. 0:0(0) ack 1 win 0 <...>\n', 'fail'],
  ['another MSS', '+0 > S. 0:0(0) ack 1 <mss 1000,sackOK,TS val 2 ecr 1,nop,wscale 8>\n', 'fail'],
  ['an option missing', '+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 2 ecr 1>\n', 'fail'],
  ['another flag', '+0 > SE. 0:0(0) ack 1 <...>\n', 'fail'],
  ['another TTL', '+0 > (ttl 3) S. 0:0(0) ack 1 <...>\n', 'fail'],
  ['too late', '+0.1 > S. 0:0(0) ack 1 <...>\n', 'fail'],
  ['any time', '* > S. 0:0(0) ack 1 <...>\n', 0],
  ['within a range', '+0~+0.1 > S. 0:0(0) ack 1 <...>\n', 0],
] as const)
  test(`leniency: ${what}`, () => expect(levelOf(runScript(PROLOGUE + line, { level: 3 }))).toBe(level));

test('a level that is not enough fails', () => {
  const line = '+0 > S. 0:0(0) ack 1 win 5840 <...>\n';
  expect([0, 1, 2].map((level) => runScript(PROLOGUE + line, { level: level as Level }).kind)).toEqual(['fail', 'fail', 'pass']);
});

test('L3 passes over a surplus pure acknowledgment, L2 does not', () => {
  const script = `${ESTABLISHED}+0 < P. 1:101(100) ack 1 win 512 <nop,nop,TS val 3 ecr 2>
+0 write(4, ..., 10) = 10
+0 > P. 1:11(10) ack 101 <...>\n`;
  expect(runScript(script, { level: 2 }).kind).toBe('fail');
  expect(levelOf(runScript(script, { level: 3 }))).toBe(3);
});

test('a failing packet: line, both packets side by side, and what happened before', () => {
  const verdict = runScript(`${ESTABLISHED}+0 write(4, ..., 100) = 100\n+0 > P. 1:201(200) ack 1 <...>\n`);
  const text = reportOn('x.pkt', verdict);
  expect(text).toMatch(/^x\.pkt:9: FAIL in length at 0\.\d+ s\n/);
  expect(text).toMatch(/\* length +200 +100\n/);
  expect(text).toContain('0.200000  write(4, ..., 100) = 100');
  expect(text).toMatch(/reason/);
});

for (const [what, text, reason] of [
  ['IPv6', '--ip_version=ipv6\n0 read(3, ..., 1) = 1', /IPv6/],
  ['an unknown option', '--wire_server_at=x\n0 read(3, ..., 1) = 1', /--wire_server_at/],
  ['an unknown call', '0 splice(3, 4) = 1', /splice/],
  ['a shell command', '0 `rm -rf /`', /rm -rf/],
  ['a shell command behind a harmless one', '0 `true; curl x`', /curl/],
  ['a delay of the path', '0 `tc qdisc add dev tun0 root netem delay 10ms`', /no delay, loss or rate/],
  ['a rate in a queue that is known', '0 `tc qdisc replace dev tun0 root fq maxrate 1mbit`', /no delay, loss or rate/],
  ['counters', '0 `nstat -a | grep TcpExtTCPSACKDiscard`', /counters/],
  ['counters as a file', '0 `cat /proc/net/netstat`', /counters/],
  ['an attribute of a route', '0 `ip route change 192.0.2.0/24 dev tun0 initrwnd 5`', /initrwnd/],
  ['a congestion control of a route', '0 `ip route change default dev tun0 congctl bbr`', /bbr/],
  ['an attribute without its value', '0 `ip route change default dev tun0 initcwnd`', /without a value/],
  ['a device that goes down', '0 `ip link set dev tun0 down`', /"down"/],
  ['an MTU below the least', '0 `ip link set dev tun0 mtu 60`', /68 to 65535/],
  ['a sysctl', '0 `sysctl -w net.ipv4.tcp_nonsense=1`', /tcp_nonsense/],
  [
    'a socket option',
    '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 setsockopt(3, SOL_TCP, TCP_REPAIR, [1], 4) = 0',
    /TCP_REPAIR/,
  ],
  ['other code', '0 %{ import os }%', /import/],
  ['another protocol', '0 < sctp: INIT[]', /sctp/],
  ['an unknown TCP option', '0 < S 0:0(0) win 5 <mp_capable 1>', /mp_capable/],
] as const)
  test(`unsupported, with its reason and never passed: ${what}`, () => {
    const verdict = runScript(text);
    expect(verdict.kind).toBe('unsupported');
    expect(verdict.kind === 'unsupported' ? verdict.reason : '').toMatch(reason);
  });

for (const command of [
  'tc qdisc replace dev tun0 root pfifo',
  'tc qdisc add dev tun0 root handle 1: fq limit 100 flow_limit 100',
  'tc qdisc del dev tun0 root',
  'nstat -n',
  'ip link set dev tun0 up',
  'ip link set dev tun0 txqueuelen 500 gso_max_segs 1',
  'ifconfig tun0 mtu 1400',
  'sleep .5',
  'true',
])
  test(`a command that is done: ${command}`, () =>
    expect(runScript(`\`${command}\`\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3`).kind).toBe('pass'));

test('what the host sent and nobody asked for is a warning', () => {
  const verdict = runScript(PROLOGUE);
  expect(verdict.kind).toBe('pass');
  expect(verdict.warnings.join()).toMatch(/left over.*S\./);
});

test('a call that never returns fails', () => {
  const verdict = runScript(`${ESTABLISHED}+0...0.5 read(4, ..., 10) = 10\n`);
  expect(verdict.kind === 'fail' ? verdict.failure.field : '').toBe('return');
});

test('a call that blocks too shortly fails', () => {
  const verdict = runScript(
    `${ESTABLISHED}+0...0.5 read(4, ..., 10) = 10\n+0.1 < P. 1:11(10) ack 1 win 512 <nop,nop,TS val 3 ecr 2>\n+0.6 close(4) = 0\n`,
  );
  expect(verdict.kind === 'fail' ? verdict.failure.field : '').toBe('time');
});

const CLOCKED = `--tcp_ts_tick_usecs=1000 --tolerance_usecs=5000\n${PROLOGUE}`;
const ANSWER =
  '+.1 < . 1:1(0) ack 1 win 512 <nop,nop,TS val 2 ecr 700>\n+0 < P. 1:11(10) ack 1 win 512 <nop,nop,TS val 3 ecr 700>\n';

for (const [value, kind] of [
  [794, 'fail'],
  [795, 'pass'],
  [805, 'pass'],
  [806, 'fail'],
] as const)
  test(`with a tick, a timestamp of ${value} in place of 800 within 5 ms: ${kind}`, () => {
    const script = `${CLOCKED}+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 700 ecr 1,nop,wscale 8>\n${ANSWER}+0 > . 1:1(0) ack 11 <nop,nop,TS val ${value} ecr 3>\n`;
    const verdict = runScript(script);
    expect(verdict.kind === 'fail' ? verdict.failure.field : 'no field').toBe(kind === 'fail' ? 'TS val' : 'no field');
    expect(runScript(script.replace('--tcp_ts_tick_usecs=1000', '')).kind).toBe('pass');
  });

test('what --non_fatal names is a warning, what it does not name stays fatal', () => {
  const body = `${PROLOGUE}+0 > S. 0:0(0) ack 7 <...>\n`;
  const verdict = runScript(`--non_fatal=packet\n${body}`);
  expect(verdict.kind).toBe('pass');
  expect(verdict.warnings.join()).toMatch(/not fatal: ack: expected 7, got 1/);
  expect(runScript(`--non_fatal=syscall\n${body}`).kind).toBe('fail');
  expect(runScript(`--non_fatal=all\n${body}`).kind).toBe('unsupported');
  const call = '0 close(77) = 0\n';
  const kinds = ['syscall', 'packet', 'packet,syscall'].map((list) => runScript(`--non_fatal=${list}\n${call}`).kind);
  expect(kinds).toEqual(['pass', 'fail', 'pass']);
});

test('an echo that no line has shown moves with the first pair when echoes are scaled, else with the last', () => {
  const [scaled, plain] = [true, false].map((isScaled) => {
    const map = new TimestampMap(isScaled);
    map.learn(100, 5_100);
    map.learn(200, 5_207);
    return [200, 250, 0].map((echo) => map.liveEcho(echo));
  });
  expect(scaled).toEqual([5_200, 5_250, 0]);
  expect(plain).toEqual([5_207, 5_257, 0]);
});

test('a sysctl reaches the stack', () => {
  const script = `\`sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0\`\n${PROLOGUE}+0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale 8>\n`;
  expect(levelOf(runScript(script))).toBe(0);
});

const evaluate = (code: string): void =>
  execute(code, new Map([['x', 7]]), (name) => (name === 'tcpi_rto' ? 200_000 : refuse(name)));
function refuse(name: string): never {
  throw new Unsupported(name);
}

for (const code of [
  'assert x == 7',
  'assert 1 < x <= 7, "%d" % (x)',
  'assert tcpi_rto >= 200 * 1000 and x & 3 == 3',
  'y = x + 1; y += 2\nassert y == 10',
  'assert (x == 8 or \\\n x == 7)',
  'print(x)\nassert not x == 1, x',
  'assert -7 // 2 == -4 and -7 % 3 == 2',
  'assert x | 8 == 15 # bits bind tighter than comparisons',
])
  test(`code: ${JSON.stringify(code)} holds`, () => expect(() => evaluate(code)).not.toThrow());

for (const code of ['assert x == 8', 'assert 1 < x < 7', 'y = 1; assert y', 'assert x != 7'].filter(
  (code) => !code.startsWith('y'),
))
  test(`code: ${code} fails`, () => expect(() => evaluate(code)).toThrow(Failed));

for (const code of ['import os', 'x.y()', 'assert open("f")', 'for i in x: pass', 'assert z', 'assert x == 7 else', 'assert [1]'])
  test(`code: ${code} is unsupported`, () => expect(() => evaluate(code)).toThrow(Unsupported));

/** A host whose packets with text have a wrong last byte. @param honest with a checksum that fits */
const corrupting =
  (honest: boolean) =>
  (stack: Sut): Sut => {
    const host = new NullSut(stack);
    stack.onEmit = (packet, note) => {
      if (packet.length > 60) packet[packet.length - 1] = (packet.at(-1) ?? 0) ^ 1;
      const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
      if (honest) writeChecksum(view, 20, packet.length, view.getInt32(12), view.getInt32(16));
      host.onEmit(packet, note);
    };
    return host;
  };

for (const [what, honest, field] of [
  ['a wrong byte on the wire', true, 'payload'],
  ['a wrong checksum', false, 'header'],
] as const)
  test(`${what} fails whatever the level`, () => {
    const script = `${ESTABLISHED}+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1 <...>\n`;
    expect(runScript(script, { level: 3 }).kind).toBe('pass');
    const verdict = runScript(script, { level: 3, host: corrupting(honest) });
    expect(verdict.kind === 'fail' ? verdict.failure.field : '').toBe(field);
  });
