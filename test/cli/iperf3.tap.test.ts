/** The real iperf3 against ours, in both roles and all modes: bytes move, nothing fails, and both ends agree. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requirePrivateNamespace } from '../node/private.ts';
import type { Running } from './tapstack.ts';
import { start, Tapstack } from './tapstack.ts';

const tapstack = new Tapstack();
beforeAll(requirePrivateNamespace);
afterAll(() => tapstack.remove());

interface Sum {
  readonly bytes: number;
  readonly packets?: number;
  readonly lost_packets?: number;
  readonly retransmits?: number;
}

interface Report {
  readonly error?: string;
  readonly start: { readonly connected: readonly unknown[]; readonly test_start: { readonly blksize: number } };
  readonly intervals: readonly unknown[];
  readonly end: Readonly<Record<string, Sum>> & { readonly streams: readonly unknown[] };
}

/** What both of them take alike; how many streams, and which of their sums there must be. */
const MODES: readonly { readonly mode: string; readonly streams: number }[] = [
  { mode: '', streams: 1 },
  { mode: '-R', streams: 1 },
  { mode: '--bidir', streams: 2 },
  { mode: '-P 4', streams: 4 },
  { mode: '-P 2 --bidir', streams: 4 },
  { mode: '-N -l 2000', streams: 1 },
  { mode: '-w 200K -M 900 -R', streams: 1 },
  { mode: '-b 50M', streams: 1 },
  { mode: '-b 50M -R', streams: 1 },
  { mode: '-O 1', streams: 1 },
  { mode: '--get-server-output -C reno', streams: 1 },
  { mode: '-u -b 0', streams: 1 },
  { mode: '-u -b 0 -R', streams: 1 },
  { mode: '-u -b 100M -R', streams: 1 },
  { mode: '-u --bidir -b 10M -P 2', streams: 4 },
  { mode: '-u -b 20M -l 9000', streams: 1 },
  { mode: '-u -b 10M -O 1 -R', streams: 1 },
];
const AMOUNTS = ['-n 20M', '-k 100', '-n 20M -R', '-u -b 50M -k 1000'];

/** Both ends moved something in each direction that the mode has, and the receiver not more than the sender. */
function check(report: Report, { mode, streams }: (typeof MODES)[number]): void {
  expect(report.error).toBe(undefined);
  expect(report.start.connected).toHaveLength(streams);
  expect(report.end.streams).toHaveLength(streams);
  expect(report.intervals.length).toBeGreaterThan(0);
  const { end } = report;
  for (const direction of mode.includes('--bidir') ? ['', '_bidir_reverse'] : ['']) {
    const [sent, received] = [end[`sum_sent${direction}`], end[`sum_received${direction}`]];
    expect(sent?.bytes).toBeGreaterThan(1000);
    expect(received?.bytes).toBeGreaterThan(1000);
    // the ends leave out their own first second each
    if (!mode.includes('-u') && !mode.includes('-O')) expect(received!.bytes).toBeLessThanOrEqual(sent!.bytes);
    if (!mode.includes('-u')) expect(sent?.retransmits).toBeGreaterThanOrEqual(0);
    if (mode.includes('-u')) expect(end[`sum${direction}`]?.packets).toBeGreaterThan(0);
  }
}

/** JSON objects one behind the other, each begun by a line of its own. */
const reportsIn = (out: string): Report[] =>
  out
    .split(/^(?=\{$)/m)
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text.slice(0, text.lastIndexOf('\n}') + 2)) as Report);

test('the real client against our server, one test after the other', async () => {
  const lines = MODES.map(({ mode }) => `iperf3 -J -t 1 -c 10.0.0.2 ${mode}`);
  const { code, out } = await tapstack.beside([...lines, ...AMOUNTS.map((words) => `iperf3 -J -c 10.0.0.2 ${words}`)].join('\n'));
  const reports = reportsIn(out);
  expect(code).toBe(0);
  expect(reports).toHaveLength(MODES.length + AMOUNTS.length);
  for (const [i, mode] of MODES.entries()) check(reports[i]!, mode);
  for (const [i, mode] of AMOUNTS.entries()) check(reports[MODES.length + i]!, { mode, streams: 1 });
  // what is paced below what the path takes arrives: 10 Mbit/s for a second, a sixteenth of it in 1 MB
  const paced = reports[MODES.findIndex(({ mode }) => mode === '-b 50M')]!.end;
  expect(paced['sum_sent']?.bytes).toBeLessThan(7_500_000);
});

/** A real server on its own port. */
async function realServer(port: string): Promise<Running> {
  const server = start('iperf3', ['-s', '-p', port, '--forceflush']);
  await server.says('Server listening');
  return server;
}

const clientOn = (tap: string, network: string, ...words: readonly string[]) =>
  tapstack.run(['iperf3', '--tap', tap, '--ip', `${network}.2/24`, '-c', `${network}.1`, ...words]);

test('our client against the real server, one test after the other', async () => {
  const server = await realServer('5301');
  try {
    for (const mode of MODES) {
      const { code, out, err } = await clientOn('meter0', '10.93.1', '-p', '5301', '-t', '1', '-J', ...words(mode.mode));
      expect({ code, err }).toEqual({ code: 0, err: '' });
      check(JSON.parse(out) as Report, mode);
    }
    for (const mode of AMOUNTS) {
      const { code, out } = await clientOn('meter0', '10.93.1', '-p', '5301', '-J', ...words(mode));
      expect(code).toBe(0);
      check(JSON.parse(out) as Report, { mode, streams: 1 });
    }
    const { out } = await clientOn('meter0', '10.93.1', '-p', '5301', '-J', '-n', '20M');
    const { end } = JSON.parse(out) as Report;
    expect(end['sum_received']?.bytes).toBeGreaterThan(19 * 1024 * 1024); // the real one may look away with the last of it unread
  } finally {
    server.process.kill();
    await server.ended;
  }
});

const words = (mode: string): string[] => mode.split(' ').filter((word) => word !== '');

test('the table of our client is the one that people know', async () => {
  const server = await realServer('5302');
  try {
    const { code, out } = await clientOn('meter1', '10.93.2', '-p', '5302', '-t', '1', '--bidir');
    expect(code).toBe(0);
    expect(out).toMatch(/^Connecting to host 10\.93\.2\.1, port 5302\n/);
    expect(out).toMatch(/^\[ ID\]\[Role\] Interval {11}Transfer {5}Bitrate {9}Retr {2}Cwnd$/m);
    expect(out).toMatch(/^\[ {2}1\]\[TX-C\] .*bits\/sec {2}( {0,2}\d+) {13}sender$/m);
    expect(out).toMatch(/^\[ {2}3\]\[RX-C\] .*bits\/sec {18}receiver$/m);
    expect(out).toMatch(/\niperf3 done\.\n$/);
  } finally {
    server.process.kill();
    await server.ended;
  }
});

test('our server alone: its words, and --one-off ends it', async () => {
  const server = tapstack.start(['iperf3', '-s', '--one-off', '--tap', 'meter2', '--ip', '10.93.3.2/24']);
  await server.says('Server listening on 5201 (test #1)');
  const client = await start('iperf3', ['-c', '10.93.3.2', '-t', '1']).ended;
  expect(client.out).toContain('iperf Done.');
  const { code, out } = await server.ended;
  expect(code).toBe(0);
  expect(out).toContain('Accepted connection from 10.93.3.1, port ');
  expect(out).toMatch(/ receiver\n/);
});

test('UDP over a path that loses a tenth: both ends say about so much', async () => {
  const script = 'iperf3 -J -c 10.0.0.2 -u -b 10M -l 1000 -t 2; iperf3 -J -c 10.0.0.2 -u -b 10M -l 1000 -t 2 -R';
  const { out } = await tapstack.beside(script, ['--loss', '10%', '--seed', '3']);
  for (const { error, end } of reportsIn(out)) {
    expect(error).toBe(undefined);
    const { packets = 0, lost_packets: lost = 0 } = end['sum'] ?? {};
    expect(packets).toBeGreaterThan(1000);
    expect(lost / packets).toBeGreaterThan(0.05);
    expect(lost / packets).toBeLessThan(0.16);
  }
});

test('a second client is refused in the words of the protocol; one that is killed leaves the server free', async () => {
  const { out } = await tapstack.beside(`
    words=$(mktemp)
    for way in KILL:-t INT:-Rt; do
      iperf3 --forceflush -c 10.0.0.2 \${way#*:} 60 >$words 2>&1 & first=$!
      until grep -q 'connected to' $words; do sleep 0.1; done
      iperf3 -c 10.0.0.2 -t 1 2>&1 | grep busy
      kill -\${way%:*} $first; wait $first
      until iperf3 -c 10.0.0.2 -t 1 | grep 'iperf Done'; do sleep 0.1; done
    done
    rm $words`);
  expect(out.match(/the server is busy/g)).toHaveLength(2);
  expect(out.match(/iperf Done/g)).toHaveLength(2);
});

test('nobody there, and words that make no sense: one line each', async () => {
  const refused = await clientOn('meter3', '10.93.4', '-p', '5999');
  expect(refused).toMatchObject({ code: 1, out: '', err: 'tapstack: cannot connect to 10.93.4.1:5999: refused\n' });
  const inJson = await clientOn('meter3', '10.93.4', '-p', '5999', '-J');
  expect(JSON.parse(inJson.out)).toMatchObject({ error: 'cannot connect to 10.93.4.1:5999: refused' });
});

test.each([
  [['iperf3'], 'iperf3 is a client or a server: tapstack iperf3 -c 10.0.0.1, or tapstack iperf3 -s'],
  [['iperf3', '-s', '-c', '10.0.0.1'], 'iperf3 is a client or a server: tapstack iperf3 -c 10.0.0.1, or tapstack iperf3 -s'],
  [['iperf3', '-c', '10.0.0.1', '-R', '--bidir'], '--reverse and --bidir exclude each other: --bidir is both directions at once'],
  [['iperf3', '-c', '10.0.0.1', '-t', '1', '-n', '1M'], 'a test ends after --time or --bytes: give one of them'],
  [['iperf3', '-c', '10.0.0.1', '-u', '-l', '8'], '--length 8: a datagram has 16 to 65507 bytes'],
  [['iperf3', '-c', 'there'], '--client there: "there" is not an IPv4 address such as 10.0.0.1'],
  [['iperf3', '-c', '10.0.0.1', '-b', 'fast'], '--bitrate fast: an amount is written 1500, 64K, 100M or 1.5G'],
  [['iperf3', '-c', '10.0.0.1', '-P', '1000'], '--parallel 1000: a whole number from 1 to 128'],
  [['iperf3', '-c', '10.0.0.1', '-i', '0.01'], '--interval 0.01: an interval is 0.1 to 60 seconds, or 0'],
])('%j is refused in one line', async (args, line) => {
  expect(await tapstack.run(args)).toMatchObject({ code: 2, out: '', err: `tapstack: ${line}\n` });
});
