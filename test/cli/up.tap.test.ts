/** `tapstack up` and `shell`: the life of a stack beside a command, what it records, and that nothing is left behind. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCapture, readSeries } from '../../src/capture/index.ts';
import { requirePrivateNamespace } from '../node/private.ts';
import { faultyFrames, interfaces, start, Tapstack, tshark } from './tapstack.ts';

const tapstack = new Tapstack();
beforeAll(requirePrivateNamespace);
afterAll(() => tapstack.remove());

test.each([
  { script: 'true', expected: 0 },
  { script: 'exit 7', expected: 7 },
  { script: 'kill -KILL $$', expected: 137 },
])('up exits as its command did: $script gives $expected', async ({ script, expected }) => {
  const { code, err } = await tapstack.beside(script);
  expect({ code, err }).toEqual({ code: expected, err: '' });
});

test('up --tcp: what is switched off is missing in the capture', async () => {
  const words = ['up', '--private', '--verbose', '--tcp', 'sack=off,timestamps=off', '--tcp', 'initialSequence=7', '--'];
  const { code, err } = await tapstack.run([...words, 'curl', '-s', '-o', '/dev/null', 'http://10.0.0.2/']);
  const syns = err.split('\n').filter((line) => line.includes('10.0.0.2:80 > ') && line.includes('[S.]'));
  expect(code).toBe(0);
  expect(syns.length).toBeGreaterThan(0);
  expect(syns.join('\n')).toMatch(/<mss 1460,wscale \d+>/);
});

test('up -- a program that does not exist: one line, and 127 as a shell has it', async () => {
  const { code, err } = await tapstack.run(['up', '--private', '--', 'no-such-program']);
  expect({ code, err }).toEqual({ code: 127, err: 'tapstack: there is no program "no-such-program"\n' });
});

test('up -- a file that is no program: one line, and 126', async () => {
  const { code, err } = await tapstack.run(['up', '--private', '--', tapstack.folder]);
  expect({ code, err }).toEqual({ code: 126, err: `tapstack: cannot run "${tapstack.folder}": permission denied\n` });
});

const SIGNALS = [
  { signal: 'SIGINT', expected: 130 },
  { signal: 'SIGTERM', expected: 143 },
  { signal: 'SIGHUP', expected: 129 },
] as const;

test.each(SIGNALS)(
  'up without a command, ended by $signal: exit code $expected and no TAP left',
  async ({ signal, expected }) => {
    const before = await interfaces();
    const running = tapstack.start(['up', '--tap', 'ended%d']);
    await running.says('Ctrl-C ends it');
    expect((await interfaces()).length).toBe(before.length + 1);
    running.process.kill(signal);
    const { code, out } = await running.ended;
    expect(code).toBe(expected);
    expect(out).toMatch(
      /\n\d+ frames in \([\d,]+ bytes\), \d+ out \([\d,]+ bytes\) in [\d.]+ s; (none dropped|dropped:\n(.*\n)+)/,
    );
    expect(await interfaces()).toEqual(before);
  },
);

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test.each(SIGNALS)(
  'up with a command, ended by $signal: the command ends too, exit code $expected',
  async ({ signal, expected }) => {
    const before = await interfaces();
    const running = tapstack.start(['up', '--tap', 'beside%d', '--', 'sh', '-c', 'echo pid=$$.; exec sleep 600']);
    await running.says('.\n');
    running.process.kill(signal);
    const { code, out } = await running.ended;
    expect(code).toBe(expected);
    expect(isAlive(Number(/pid=(\d+)/.exec(out)?.[1]))).toBe(false);
    expect(await interfaces()).toEqual(before);
  },
);

test('up with a command that ignores SIGTERM: it is ended all the same', async () => {
  const script = "trap '' TERM; echo pid=$$.; while :; do sleep 0.1; done";
  const running = tapstack.start(['up', '--private', '--', 'sh', '-c', script]);
  await running.says('.\n');
  running.process.kill('SIGTERM');
  const { code, out } = await running.ended;
  expect(code).toBe(143);
  expect(isAlive(Number(/pid=(\d+)/.exec(out)?.[1]))).toBe(false);
});

test('Ctrl-C on a terminal belongs to the command: the stack is still there after it', async () => {
  // `script` gives the command line a terminal; its command ignores the interrupt, as an interactive shell does. `script`
  // starts what it is told by $SHELL, and dash would wait for it and exit with 130: `exec` leaves no shell in between.
  const script = "trap 'heard=1' INT; echo re''ady; until [ $heard ]; do sleep 0.1; done; ping -c 1 10.0.0.2; exit 5";
  const inner = `exec ${process.execPath} ${tapstack.main} up --private -- sh -c "${script.replaceAll('$', '\\$')}"`;
  const running = start('script', ['-qec', inner, '/dev/null'], { cwd: tapstack.folder });
  await running.says('ready');
  const group = await start('sh', ['-c', `ps -o pid=,args= --ppid ${running.process.pid}`]).ended;
  const pid = Number(/^\s*(\d+)/.exec(group.out)?.[1]);
  process.kill(-pid, 'SIGINT'); // what the terminal does to the foreground group
  const { code, out } = await running.ended;
  expect(out).toContain(' 0% packet loss');
  expect(code).toBe(5);
});

test('up --capture FILE.pcapng and FILE.pcap: tshark reads both, every frame sound, down to the end of the close', async () => {
  for (const name of ['traffic.pcapng', 'traffic.pcap']) {
    const { code } = await tapstack.beside('ping -c 1 10.0.0.2 && curl -s http://10.0.0.2/bytes/100000 | wc -c', [
      '--capture',
      name,
    ]);
    expect(code).toBe(0);
    const path = tapstack.path(name);
    expect(await faultyFrames(path)).toEqual([]);
    expect(await tshark(path, ['icmp.type'], 'icmp')).toEqual(['8', '0']);
    expect(await tshark(path, ['tcp.flags.fin'], 'tcp.flags.fin == 1')).toHaveLength(2);
    const magic = readFileSync(path).readUInt32LE(0);
    expect(magic).toBe(name.endsWith('.pcap') ? 0xa1b23c4d : 0x0a0d0d0a);
  }
});

test('up --snap: the beginning of each frame, its true length, and readers that know of it', async () => {
  for (const name of ['short.pcapng', 'short.pcap']) {
    const { code } = await tapstack.beside('curl -s http://10.0.0.2/bytes/100000 | wc -c', ['--capture', name, '--snap', '96']);
    expect(code).toBe(0);
    const path = tapstack.path(name);
    const { frames, interfaces: recorded, end } = readCapture(readFileSync(path));
    expect([end, recorded[0]?.snapLength]).toEqual(['complete', 96]);
    expect(Math.max(...frames.map(({ bytes }) => bytes.length))).toBe(96);
    expect(Math.max(...frames.map(({ originalLength }) => originalLength!))).toBeGreaterThan(1400);
    const lengths = (await tshark(path, ['tcp.len'], 'tcp.srcport == 80')).map(Number);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(100_000);
    expect(await tshark(path, ['frame.number'], '_ws.malformed or ip.checksum.status == 0')).toEqual([]);
    const replayed = await tapstack.run(['capture', 'replay', name, '--host', '10.0.0.2', '--tolerance', '1s']);
    expect(replayed.code, replayed.out + replayed.err).toBeLessThan(2); // what a busy machine delayed may differ
    const followed = await tapstack.run(['capture', 'follow', name]);
    expect([followed.code, followed.out]).toEqual([0, expect.stringMatching(/missing/)]);
  }
});

test('up --explain --series: tshark shows what the stack knew, and the numbers lie beside it on the same clock', async () => {
  const { code } = await tapstack.beside('curl -s http://10.0.0.2/bytes/100000 | wc -c', [
    ...['--capture', 'explained.pcapng', '--explain', '--series', 'explained.jsonl'],
  ]);
  expect(code).toBe(0);
  const path = tapstack.path('explained.pcapng');
  expect(await faultyFrames(path)).toEqual([]);
  const comments = (await tshark(path, ['frame.comment'], 'tcp')).join('\n');
  for (const words of ['LISTEN to SYN-RECEIVED', 'SYN-RECEIVED to ESTABLISHED', 'cwnd 14480', 'CLOSE-WAIT to LAST-ACK'])
    expect(comments).toContain(words);
  const { epoch, samples, faults } = readSeries(readFileSync(tapstack.path('explained.jsonl'), 'utf8'));
  expect([faults, samples.length > 5]).toEqual([[], true]);
  const stamps = (await tshark(path, ['frame.time_epoch'], 'tcp')).map(Number);
  expect((epoch + samples[0]!.at) / 1e6).toBeGreaterThanOrEqual(stamps[0]! - 1);
  expect((epoch + samples.at(-1)!.at) / 1e6).toBeLessThanOrEqual(stamps.at(-1)! + 1);
});

test.each([
  [['--explain'], '--explain says it beside the frames: add --capture FILE.pcapng or --verbose'],
  [['--explain', '--capture', 'a.pcap'], '--explain: the format of a.pcap knows no comments, that of a.pcapng does'],
  [['--series', '-'], '--series - : a series goes into a file, such as run.jsonl'],
  [['--series', 'same', '--capture', 'same'], '--series and --capture are both same: each needs a file of its own'],
])('up %j is refused in one line', async (options, line) => {
  const { code, err } = await tapstack.start(['up', ...options]).ended;
  expect([code, err]).toEqual([2, `tapstack: ${line}\n`]);
});

test('up --capture - beside a command that prints: its words go to standard error, and the pipe holds a capture', async () => {
  const { code, bytes, err } = await tapstack.run([
    'up',
    '--private',
    '--capture',
    '-',
    '--',
    'sh',
    '-c',
    'echo words; ping -c 1 10.0.0.2',
  ]);
  expect(code).toBe(0);
  expect(err).toMatch(/words\n(.*\n)*.*1 received/);
  const { end, frames, interfaces } = readCapture(bytes);
  expect([end, interfaces[0]?.name, interfaces[0]?.addresses]).toEqual(['complete', 'tap0', ['10.0.0.2/24']]);
  expect(frames.length).toBeGreaterThan(3);
});

test('up --ring: SIGUSR1 writes the last frames', async () => {
  const script = 'ping -c 3 -i 0.1 10.0.0.2 > /dev/null; kill -USR1 $PPID; until test -e tapstack-ring-*.pcapng; do :; done';
  const { code, err } = await tapstack.beside(script, ['--ring', '2']);
  expect(code).toBe(0);
  const path = /^tapstack: (\S+\.pcapng): the last 2 frames; \d+ before them are forgotten$/m.exec(err)?.[1];
  const { frames, interfaces } = readCapture(readFileSync(tapstack.path(path!)));
  expect([frames.length, interfaces[0]?.name]).toEqual([2, 'tap0']);
});

test('up --capture -: the capture alone on standard output, words on standard error', async () => {
  const running = tapstack.start(['up', '--tap', 'piped0', '--ip', '10.77.0.2/24', '--verbose', '--capture', '-']);
  await running.says('Ctrl-C ends it');
  await start('ping', ['-c', '1', '10.77.0.2']).ended;
  running.process.kill('SIGINT');
  const { bytes, err } = await running.ended;
  expect(bytes.readUInt32LE(0)).toBe(0x0a0d0d0a);
  expect(err).toMatch(/ICMP echo reply/);
  const path = tapstack.path('piped.pcapng');
  writeFileSync(path, bytes);
  expect(await tshark(path, ['icmp.type'], 'icmp')).toEqual(['8', '0']);
});

test('up --verbose prints a line per packet, and leaves standard output to the command', async () => {
  const { out, err } = await tapstack.beside('ping -q -c 2 10.0.0.2 >/dev/null; echo done', ['--verbose']);
  expect(out).toBe('done\n');
  const lines = err.trim().split('\n');
  expect(lines.filter((line) => /^\d+\.\d{6} tap0 < .*ICMP echo request/.test(line))).toHaveLength(2);
  expect(lines.filter((line) => /^\d+\.\d{6} tap0 > .*ICMP echo reply/.test(line))).toHaveLength(2);
});

const answered = (out: string): number => out.match(/icmp_seq=/g)?.length ?? 0;

test('--loss loses about what was asked for in both directions, and another seed loses others', async () => {
  const run = (seed: string) => tapstack.beside('ping -c 60 -i 0.01 -W 1 10.0.0.2', ['--loss', '20%', '--seed', seed]);
  const [one, two] = [await run('5'), await run('6')];
  for (const { out } of [one, two]) {
    expect(answered(out)).toBeGreaterThan(15); // 38 of 60 are to be expected
    expect(answered(out)).toBeLessThan(57);
  }
  const sequences = (out: string): string[] => out.match(/icmp_seq=\d+/g) ?? [];
  expect(sequences(one.out)).not.toEqual(sequences(two.out));
});

test.each([
  { options: ['--loss', '100%'], expected: /100% packet loss/ },
  { options: ['--duplicate', '100%'], expected: /\+\d+ duplicates/ },
  { options: ['--delay', '30ms'], expected: /rtt min\/avg\/max\/mdev = [6-9]\d\./ },
  { options: ['--corrupt', '100%'], expected: /100% packet loss/ },
  { options: ['--fault', 'lose ping 2 from linux'], expected: /3 packets transmitted, 2 received/ },
  { options: ['--fault', 'lose all from stack', '--fault', 'duplicate pings'], expected: /100% packet loss/ },
])('faults: ping over $options', async ({ options, expected }) => {
  const { out } = await tapstack.beside('ping -q -c 3 -i 0.1 -W 1 10.0.0.2', options);
  expect(out).toMatch(expected);
});

test('--fault by meaning: the third data segment and its first retransmission get lost, the second arrives', async () => {
  const third = 'lose data 3 from stack';
  const options = ['--verbose', '--fault', third, '--fault', 'lose the retransmission of data 3 from stack too'];
  const { out, err } = await tapstack.beside('curl -s -o page http://10.0.0.2/bytes/20000 && wc -c < page', options);
  expect(out.trim()).toBe('20000');
  const sent = [...err.matchAll(/ > 10\.0\.0\.2:80 > .* seq (\d+):\d+ .*length \d+/g)].map((match) => match[1]);
  expect(sent.filter((seq) => seq === '2897').length).toBeGreaterThanOrEqual(3);
});

test('--no-services: ping is answered, every port is closed', async () => {
  const { out } = await tapstack.beside(
    'ping -q -c 1 10.0.0.2; for p in 7 9 13 19 80; do nc -z 10.0.0.2 $p || echo closed; done',
    ['--no-services'],
  );
  expect(out).toContain(' 0% packet loss');
  expect(out.match(/closed/g)).toHaveLength(5);
});

test('a TAP that exists and is configured is left as it is, and is there afterwards', async () => {
  await start('sh', ['-c', 'ip tuntap add dev kept0 mode tap; ip addr add 10.88.3.7/16 dev kept0; ip link set kept0 up']).ended;
  try {
    const script = 'ip -4 -o addr show kept0; ping -q -c 2 -i 0.1 10.88.0.2';
    const { code, out } = await tapstack.run(['up', '--tap', 'kept0', '--ip', '10.88.0.2/16', '--', 'sh', '-c', script]);
    expect(code).toBe(0);
    expect(out).toContain('inet 10.88.3.7/16 ');
    expect((await start('ip', ['-4', '-o', 'addr', 'show', 'kept0']).ended).out).toContain('10.88.3.7/16');
  } finally {
    await start('ip', ['link', 'del', 'kept0']).ended;
  }
});

test('--host-ip gives a TAP that is configured already another address', async () => {
  await start('sh', ['-c', 'ip tuntap add dev moved0 mode tap; ip addr add 10.89.3.7/24 dev moved0; ip link set moved0 up'])
    .ended;
  try {
    const script = 'ip -4 -o addr show moved0; ping -q -c 2 -i 0.1 10.90.0.2';
    const options = ['--tap', 'moved0', '--ip', '10.90.0.2/24', '--host-ip', '10.90.0.9/24'];
    const { code, out } = await tapstack.run(['up', ...options, '--', 'sh', '-c', script]);
    expect(code).toBe(0);
    expect(out).toContain('inet 10.90.0.9/24 ');
  } finally {
    await start('ip', ['link', 'del', 'moved0']).ended;
  }
});

test('two stacks at once on two TAPs', async () => {
  const first = tapstack.start(['up', '--tap', 'pair0', '--ip', '10.91.1.2/24']);
  const second = tapstack.start(['up', '--tap', 'pair1', '--ip', '10.91.2.2/24']);
  await Promise.all([first.says('Ctrl-C'), second.says('Ctrl-C')]);
  const pings = await Promise.all(
    ['10.91.1.2', '10.91.2.2'].map((to) => start('ping', ['-q', '-c', '5', '-i', '0.05', to]).ended),
  );
  for (const { out } of pings) expect(out).toContain(' 0% packet loss');
  for (const { process: child } of [first, second]) child.kill('SIGTERM');
  expect((await Promise.all([first.ended, second.ended])).map(({ code }) => code)).toEqual([143, 143]);
});

test('shell: your own shell, words that say what to try, and its exit code', async () => {
  const { code, out, err } = await tapstack.run(['shell', '--ip', '10.5.0.2/24', '--http', '8080'], {
    env: { SHELL: '/bin/sh' },
    input: 'ping -q -c 1 10.5.0.2\ncurl -s http://10.5.0.2:8080/hello\nip -o link | wc -l\nexit 3\n',
  });
  expect(code).toBe(3);
  expect(out).toContain('  ping -c 3 10.5.0.2\n');
  expect(out).toContain('http://10.5.0.2:8080/stats');
  expect(out).toContain(' 0% packet loss');
  expect(out).toContain('Hello from tapstack.');
  expect(out).toMatch(/^2$/m); // lo and the TAP: nothing of this machine
  expect(err.replaceAll('tapstack$ ', '')).toBe('');
});
