/** What people and programs read of a test: the table and the JSON of iperf3, and the numbers in them. */
import { expect, test } from 'vitest';
import * as datagram from '../../../src/services/iperf3/datagram.ts';
import { JsonReport } from '../../../src/services/iperf3/json-report.ts';
import type { Iperf3Parameters } from '../../../src/services/iperf3/parameters.ts';
import { Reception } from '../../../src/services/iperf3/reception.ts';
import { Table } from '../../../src/services/iperf3/table.ts';
import { emptyTally } from '../../../src/services/iperf3/tally.ts';
import { bytesText, rateText } from '../../../src/services/iperf3/units.ts';
import { MILLISECOND, SECOND } from '../../../src/stack/index.ts';
import { BOB, PORT, twoEnds } from './two-ends.ts';

test.each([
  [0, '0.00 Bytes', '0.00 bits/sec'],
  [9.994, '9.99 Bytes', '9.99 bits/sec'],
  [9.995, '10.0 Bytes', '10.0 bits/sec'],
  [99.95, ' 100 Bytes', ' 100 bits/sec'],
  [1000, '1000 Bytes', '1.00 Kbits/sec'],
  [1024, '1.00 KBytes', '1.02 Kbits/sec'],
  [1_886_257_152, '1.76 GBytes', '1.89 Gbits/sec'],
  [5e15, '4547 TBytes', '5000 Tbits/sec'],
])('%f is written as iperf3 writes it', (amount, bytes, rate) => {
  expect([bytesText(amount), rateText(amount)]).toEqual([bytes, rate]);
});

test.each([
  { wide: false, bytes: [0, 0, 0, 5, 0, 0, 0x30, 0x39, 0xff, 0xff, 0xff, 0xfe], count: 0xffff_fffe },
  { wide: true, bytes: [0, 0, 0, 5, 0, 0, 0x30, 0x39, 0, 0, 0, 1, 0, 0, 0, 2], count: 2 ** 32 + 2 },
])('a datagram begins with seconds, microseconds and its number (64 bits: $wide)', ({ wide, bytes, count }) => {
  const written = new Uint8Array(datagram.header(wide));
  const view = new DataView(written.buffer);
  datagram.write(view, 5_012_345, count, wide);
  expect([...written]).toEqual(bytes);
  expect([datagram.sentAt(view), datagram.count(view, wide)]).toEqual([5_012_345, count]);
});

test.each([
  { name: 'all in order', counts: [1, 2, 3], expected: [3, 0, 0] },
  { name: 'the first is lost', counts: [2, 3], expected: [3, 1, 0] },
  { name: 'a gap', counts: [1, 5], expected: [5, 3, 0] },
  { name: 'a gap that is filled late', counts: [1, 3, 2], expected: [3, 0, 1] },
  { name: 'one twice', counts: [1, 1], expected: [1, 0, 1] },
])('loss and order: $name', ({ counts, expected }) => {
  const tally = emptyTally();
  const reception = new Reception(tally);
  for (const count of counts) reception.onDatagram(count, 0, 0);
  expect([tally.packets, tally.lost, tally.outOfOrder]).toEqual(expected);
});

test('RFC 1889 §6.3.1: jitter is a sixteenth of each difference in transit, whatever the clocks', () => {
  const tally = emptyTally();
  const reception = new Reception(tally);
  const FAR = 1_000_000 * SECOND;
  reception.onDatagram(1, FAR, 0);
  expect(tally.jitter).toBe(0);
  reception.onDatagram(2, FAR + 20 * MILLISECOND, 36 * MILLISECOND);
  expect(tally.jitter).toBeCloseTo(0.001, 9);
  reception.onDatagram(3, FAR + 40 * MILLISECOND, 56 * MILLISECOND);
  expect(tally.jitter).toBeCloseTo(0.001 - 0.001 / 16, 9);
});

/** Both ends' tables of a test at 8 Mbit/s in blocks of 10,000 bytes: the same numbers every time. */
async function tables(given: Partial<Iperf3Parameters>): Promise<{ client: string[]; server: string[] }> {
  const [client, server] = [new Table({ isServer: false }), new Table({ isServer: true })];
  const { world, measure } = twoEnds({}, { observer: () => server });
  await world.finish(measure({ rate: 8e6, blockSize: 1000, duration: 2 * SECOND, ...given }, { observer: client }));
  const lines = ({ text }: Table): string[] =>
    text
      .trimEnd()
      .replaceAll(/port (?!5201)\d+/g, 'port N')
      .split('\n');
  return { client: lines(client), server: lines(server) };
}

test('the table of TCP', async () => {
  const { client, server } = await tables({});
  expect(client.slice(0, 3)).toEqual([
    'Connecting to host 10.0.0.2, port 5201',
    '[  1] local 10.0.0.1 port N connected to 10.0.0.2 port 5201',
    '[ ID] Interval           Transfer     Bitrate         Retr  Cwnd',
  ]);
  expect(client[3]).toMatch(/^\[ {2}1\] {3}0\.00-1\.00 {3}sec {3}97\d KBytes {2}\d\.\d\d Mbits\/sec {4}0 {3} *\d+\.?\d* KBytes$/);
  expect(client.slice(5, 7)).toEqual([
    '- - - - - - - - - - - - - - - - - - - - - - - - -',
    '[ ID] Interval           Transfer     Bitrate         Retr',
  ]);
  expect(client[7]).toMatch(/^\[ {2}1\] {3}0\.00-2\.00 {3}sec {2}1\.91 MBytes {2}8\.00 Mbits\/sec {4}0 {13}sender$/);
  expect(client[8]).toMatch(/^\[ {2}1\] {3}0\.00-2\.00 {3}sec {2}1\.91 MBytes {2}\d\.\d\d Mbits\/sec {18}receiver$/);
  expect(client).toHaveLength(9);
  expect(server.slice(0, 3)).toEqual([
    'Accepted connection from 10.0.0.1, port N',
    '[  1] local 10.0.0.2 port 5201 connected to 10.0.0.1 port N',
    '[ ID] Interval           Transfer     Bitrate',
  ]);
  expect(server.at(-1)).toMatch(/receiver$/);
});

test('the table of TCP in both directions with two streams each: roles, and sums of each', async () => {
  const { client } = await tables({ direction: 'both', parallel: 2, duration: SECOND });
  expect(client.map((line) => /^\[.*?\]\[.*?\]|^\[.*?\]|^\w+|^- -/.exec(line)?.[0])).toEqual(
    [
      ['Connecting', '[  1]', '[  3]', '[  4]', '[  5]', '[ ID][Role]'],
      ['[  1][TX-C]', '[  3][TX-C]', '[SUM][TX-C]', '[  4][RX-C]', '[  5][RX-C]', '[SUM][RX-C]'],
      ['- -', '[ ID][Role]'],
      ['[  1][TX-C]', '[  1][TX-C]', '[  3][TX-C]', '[  3][TX-C]', '[SUM][TX-C]', '[SUM][TX-C]'],
      ['[  4][RX-C]', '[  4][RX-C]', '[  5][RX-C]', '[  5][RX-C]', '[SUM][RX-C]', '[SUM][RX-C]'],
    ].flat(),
  );
});

test('the table of UDP: datagrams at the sender, jitter and loss at the receiver', async () => {
  const { client, server } = await tables({ protocol: 'udp' });
  expect(client[2]).toBe('[ ID] Interval           Transfer     Bitrate         Total Datagrams');
  expect(client[3]).toMatch(/ Mbits\/sec {2}100\d$/);
  expect(client.at(-3)).toBe('[ ID] Interval           Transfer     Bitrate         Jitter    Lost/Total Datagrams');
  expect(client.at(-2)).toMatch(/ {2}0\.000 ms {2}0\/200\d \(0%\) {2}sender$/);
  expect(client.at(-1)).toMatch(/ {2}\d\.\d{3} ms {2}0\/(199|200)\d \(0%\) {2}receiver$/);
  expect(server[2]).toBe('[ ID] Interval           Transfer     Bitrate         Jitter    Lost/Total Datagrams');
});

/** Names and kinds of all there is, as a tree. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}

const AMOUNT = {
  start: 'number',
  end: 'number',
  seconds: 'number',
  bytes: 'number',
  bits_per_second: 'number',
  sender: 'boolean',
};
const LOSS = { jitter_ms: 'number', lost_packets: 'number', packets: 'number', lost_percent: 'number' };
const CPU = Object.fromEntries(
  ['host', 'remote'].flatMap((who) => ['total', 'user', 'system'].map((kind) => [`${who}_${kind}`, 'number'])),
);

test.each([
  {
    protocol: 'tcp' as const,
    interval: {
      socket: 'number',
      retransmits: 'number',
      snd_cwnd: 'number',
      snd_wnd: 'number',
      rtt: 'number',
      rttvar: 'number',
      pmtu: 'number',
      omitted: 'boolean',
      ...AMOUNT,
    },
    end: {
      streams: [
        {
          sender: {
            socket: 'number',
            retransmits: 'number',
            max_snd_cwnd: 'number',
            max_snd_wnd: 'number',
            max_rtt: 'number',
            min_rtt: 'number',
            mean_rtt: 'number',
            ...AMOUNT,
          },
          receiver: { socket: 'number', ...AMOUNT },
        },
      ],
      sum_sent: { ...AMOUNT, retransmits: 'number' },
      sum_received: AMOUNT,
      cpu_utilization_percent: CPU,
      sender_tcp_congestion: 'string',
      receiver_tcp_congestion: 'string',
    },
  },
  {
    protocol: 'udp' as const,
    interval: { socket: 'number', packets: 'number', omitted: 'boolean', ...AMOUNT },
    end: {
      streams: [{ udp: { socket: 'number', out_of_order: 'number', ...AMOUNT, ...LOSS } }],
      sum: { out_of_order: 'number', ...AMOUNT, ...LOSS },
      sum_sent: { ...AMOUNT, ...LOSS },
      sum_received: { ...AMOUNT, ...LOSS },
      cpu_utilization_percent: CPU,
    },
  },
])('JSON of $protocol has the names of iperf3 --json', async ({ protocol, interval, end }) => {
  const version = 'tapstack 0';
  const words = { version, systemInfo: 'a lab', startedAt: 0, startedAtText: 'Thu, 01 Jan 1970 00:00:00 GMT' };
  const report = new JsonReport({ host: BOB, port: PORT, ...words });
  const { world, measure } = twoEnds();
  await world.finish(measure({ protocol }, { observer: report }));
  const result = report.result();
  expect(Object.keys(result)).toEqual(['start', 'intervals', 'end']);
  expect(result['start']).toMatchObject({
    connected: [{ socket: 1, local_host: '10.0.0.1', remote_host: '10.0.0.2', remote_port: 5201 }],
    connecting_to: { host: '10.0.0.2', port: 5201 },
    test_start: { protocol: protocol.toUpperCase(), num_streams: 1, duration: 1, reverse: 0, bidir: 0 },
  });
  expect(shape((result['intervals'] as { streams: unknown[] }[])[0]?.streams[0])).toEqual(interval);
  expect(shape(result['end'])).toEqual(end);
});
