/** The ladder on fixed frames, as a terminal shows it. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ladder } from '../../../src/capture/ladder/ladder.ts';
import { ladderText } from '../../../src/capture/ladder/text.ts';
import { wireFrames } from '../../../src/capture/ladder/wire-frames.ts';
import type { RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import * as arp from '../../../src/stack/wire/arp.ts';
import * as icmpv4 from '../../../src/stack/wire/icmpv4.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, bytesOf, echoFrame, icmpPacket, pattern, recorded, tcpFrame, udpPacket } from '../frames.ts';

const REVERSE = { from: B, to: A, sourcePort: 80, destinationPort: 43_210 };
const ISS = 3_000_000_000;
const IRS = 77;
const C = '10.0.0.3';
const text = (frames: readonly RecordedFrame[], options = {}): string => `\n${ladderText(frames, options)}`;

const opening: RecordedFrame[] = [
  recorded(arpFrame(arp.REQUEST, A, B), 5_000_000),
  recorded(arpFrame(arp.REPLY, B, A), 5_002_000, { direction: 'in' }),
  recorded(tcpFrame({ seq: ISS, flags: tcp.SYN, segment: { mss: 1460, sackPermitted: true, windowShift: 7 } }), 5_002_104),
  recorded(tcpFrame({ ...REVERSE, seq: IRS, ack: ISS + 1, flags: tcp.SYN | tcp.ACK, window: 65_535 }), 5_002_311, {
    direction: 'in',
  }),
  recorded(tcpFrame({ seq: ISS + 1, ack: IRS + 1 }), 5_002_400),
];

/** B sends to A, which acknowledges every second segment. */
const bulk = (segments: number, from = 0): RecordedFrame[] =>
  Array.from({ length: segments }, (_, index) => {
    const at = 5_003_000 + (from + index) * 100;
    const offset = (from + index) * 1460;
    const data = tcpFrame({ ...REVERSE, seq: IRS + 1 + offset, ack: ISS + 1, payload: pattern(1460) });
    const acknowledgment = tcpFrame({ seq: ISS + 1, ack: IRS + 1 + offset + 1460 });
    const answer = recorded(acknowledgment, at + 20);
    return index % 2 === 1 ? [recorded(data, at, { direction: 'in' }), answer] : [recorded(data, at, { direction: 'in' })];
  }).flat();

describe('in text', () => {
  test('a handshake', () => {
    expect(text(opening)).toMatchInlineSnapshot(`
      "
          time        10.0.0.1                                                                    10.0.0.2
         0.000 ms     │──── ARP who has 10.0.0.2?  tell 10.0.0.1 ───────────────────────────────────────▶│
         2.000 ms     │◀─── ARP 10.0.0.2 is at 02:00:0a:00:00:02 ────────────────────────────────────────│
         2.104 ms     │──── SYN  seq 0  win 64240  mss 1460  sackOK  wscale 7 ──────────────────────────▶│
         2.311 ms     │◀─── SYN ACK  seq 0 ack 1  win 65535 ─────────────────────────────────────────────│
         2.400 ms     │──── ACK  seq 1 ack 1  win 64240 ────────────────────────────────────────────────▶│
      "
    `);
  });

  test('in 64 columns of ASCII, with a note that needs two lines', () => {
    const probe = recorded(tcpFrame({ seq: ISS + 1, ack: IRS + 1, payload: pattern(1) }), 6_000_000, {
      comment: 'zero-window probe, the third',
    });
    expect(text([...opening.slice(2), probe], { width: 64, ascii: true })).toMatchInlineSnapshot(`
      "
          time        10.0.0.1             10.0.0.2
         0.000 ms     |-- SYN  seq 0  win 64240 ->|
         0.207 ms     |<-- SYN ACK  seq 0 ack 1 --|
         0.296 ms     |---- ACK  seq 1 ack 1 ---->|
       997.896 ms     |---- ACK  seq 1:2 ack 1 -->|  zero-window
                      |                           |  probe, the third
      "
    `);
  });

  test('long runs are folded, and not when all is asked for', () => {
    const frames = [...opening.slice(2), ...bulk(40)];
    expect(text(frames)).toMatchInlineSnapshot(`
      "
          time        10.0.0.1                                                                    10.0.0.2
         0.000 ms     │──── SYN  seq 0  win 64240  mss 1460  sackOK  wscale 7 ──────────────────────────▶│
         0.207 ms     │◀─── SYN ACK  seq 0 ack 1  win 65535 ─────────────────────────────────────────────│
         0.296 ms     │──── ACK  seq 1 ack 1  win 64240 ────────────────────────────────────────────────▶│
         0.896 ms     │◀─── ACK  seq 1:1461 ack 1  1,460 bytes  win 64240 ───────────────────────────────│
         0.996 ms     │◀─── ACK  seq 1461:2921 ack 1  1,460 bytes  win 64240 ────────────────────────────│
         1.016 ms     │◀┄┄┄ … 38 segments, 55,480 bytes, 19 ACKs … ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄│
         4.816 ms     │──── ACK  seq 1 ack 58401  win 64240 ────────────────────────────────────────────▶│
      "
    `);
    expect(ladderText(frames, { all: true }).split('\n')).toHaveLength(1 + 3 + 60 + 1);
  });

  test('three hosts: arrows cross the columns between, names stand above them in the order asked for', () => {
    const frames = [
      recorded(echoFrame({ from: A, to: C }), 0),
      recorded(bytesOf(icmpPacket(11, 0, 0, echoFrame({ from: A, to: C }).subarray(14), { from: B, to: A })), 1000),
      recorded(arpFrame(arp.REQUEST, B, A), 2000),
      recorded(arpFrame(arp.REQUEST, C, '10.0.0.99'), 3000),
      recorded(tcpFrame({ from: C, to: A, flags: tcp.RST }), 4000),
      recorded(bytesOf(udpPacket(pattern(3), { from: B, to: C })), 5000),
    ];
    const names = new Map([
      [A, 'client'],
      [B, 'router'],
      ['10.9.9.9', 'absent'],
      [C, 'server'],
    ]);
    expect(text(frames, { names })).toMatchInlineSnapshot(`
      "
          time        client                                 router                                 server
         0.000 ms     │──── ICMP echo request  id 7 seq 1  64 bytes ────────────────────────────────────▶│
         1.000 ms     │◀─── ICMP time to live exceeded ─────────│                                        │
         2.000 ms     │◀─── ARP who has 10.0.0.1? ──────────────│                                        │
         3.000 ms     │◀─── ARP who has 10.0.0.99?  tell 10.0.0.3 ───────────────────────────────────────│
         4.000 ms     │◀─── RST  seq 0  win 64240 ──────────────┼────────────────────────────────────────│
         5.000 ms     │                                         │──── UDP 5000 > 53  3 bytes ───────────▶│
      "
    `);
  });

  test('every line has the same width, whatever is in it', () => {
    const frames = [...opening, ...bulk(30), recorded(echoFrame({ from: C, to: A }), 9_000_000), recorded(pattern(5), 9_000_001)];
    for (const width of [50, 72, 100, 133]) {
      const lines = ladderText(frames, { width, all: true }).trimEnd().split('\n').slice(1);
      expect(new Set(lines.map((line) => line.length)).size, `width ${width}`).toBe(1);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Math.max(width, 16 + 16 * 4));
    }
  });

  test('colours only when asked for', () => {
    const csi = '\u001b[';
    expect(ladderText(opening)).not.toContain(csi);
    const colored = ladderText(opening, { color: true });
    expect(colored).toContain(`${csi}32m──── SYN`);
    expect(stripVTControlCharacters(colored)).toBe(ladderText(opening));
  });

  test('ASCII is nothing but ASCII', () => {
    const frames = [...opening, ...bulk(20), recorded(bytesOf(udpPacket(pattern(3))), 9e6), recorded(pattern(5), 9e6)];
    expect(ladderText(frames, { ascii: true, width: 50 })).toMatch(/^[ -~\n]*$/);
  });

  test('no packets', () => {
    expect(ladderText([])).toBe('no packets\n');
  });
});

describe('as data', () => {
  const run = bulk(20);

  test('a lost packet: it left one recorded interface and never reached the other', () => {
    const [first, second] = [tcpFrame({ seq: 1, identification: 1 }), tcpFrame({ seq: 1, identification: 2 })];
    const back = tcpFrame({ ...REVERSE, seq: 1 });
    const frames = [
      recorded(first, 0, { comment: 'new data' }),
      recorded(second, 1000, { comment: 'fast retransmit' }),
      recorded(second, 1500, { interfaceId: 1, direction: 'in' }),
      recorded(back, 1600, { interfaceId: 1 }),
      recorded(back, 2100, { direction: 'in' }),
    ];
    expect(ladder(frames).rows.map(({ at, lost, note }) => [at, lost, note])).toEqual([
      [0, true, 'new data'],
      [1000, false, 'fast retransmit'],
      [1600, false, ''],
    ]);
    expect(text(frames)).toContain('✗      │  new data');
  });

  test('what was sent just before the end is not lost but on its way', () => {
    const [one, two] = [tcpFrame({ identification: 1 }), tcpFrame({ identification: 2 })];
    const back = tcpFrame({ ...REVERSE });
    const frames = [
      recorded(back, 0, { interfaceId: 1 }),
      recorded(back, 500, { direction: 'in' }),
      recorded(one, 1000),
      recorded(one, 1500, { interfaceId: 1, direction: 'in' }),
      recorded(two, 1600),
    ];
    expect(wireFrames(frames).map(({ lost }) => lost)).toEqual([false, false, false]);
  });

  test('one broadcast that reaches many is one packet', () => {
    const question = arpFrame(arp.REQUEST, A, B);
    const frames = [0, 1, 2].map((interfaceId) =>
      recorded(question, interfaceId, { interfaceId, direction: interfaceId === 0 ? 'out' : 'in' }),
    );
    expect(wireFrames(frames)).toHaveLength(1);
  });

  test('on one interface nothing is paired, and nothing is lost', () => {
    expect(wireFrames([...opening, ...run]).filter(({ lost }) => lost)).toEqual([]);
    expect(wireFrames([...opening, ...run])).toHaveLength(opening.length + run.length);
  });

  test('a host without address is known by what ARP says later', () => {
    const offer = bytesOf(
      udpPacket(pattern(300), { from: '0.0.0.0', to: '255.255.255.255', sourcePort: 68, destinationPort: 67 }),
    );
    offer.set([0x02, 0x00, 0x0a, 0x00, 0x00, 0x01], 6); // A's Ethernet address
    offer.fill(0xff, 0, 6);
    const { hosts, rows } = ladder([
      recorded(offer),
      recorded(arpFrame(arp.REQUEST, '0.0.0.0', A, A), 1),
      recorded(arpFrame(arp.REQUEST, A, A), 2),
    ]);
    expect(hosts.map(({ name }) => name)).toEqual([A, 'everyone']);
    expect(rows.map(({ from, to }) => [from, to])).toEqual([
      [0, -1],
      [0, 0],
      [0, -1],
    ]);
  });

  const folded = (frames: RecordedFrame[]): number[] =>
    ladderText([...opening.slice(2), ...frames])
      .split('\n')
      .flatMap((line) => [...line.matchAll(/… (\d+) segments/g)].map((match) => Number(match[1])));

  test.each<[string, (frames: RecordedFrame[]) => RecordedFrame[], number[]]>([
    ['nothing special', (frames) => frames, [38]],
    ['a retransmission interrupts', (frames) => frames.toSpliced(30, 0, frames[3]!), [18, 18]],
    [
      'a note of its own interrupts',
      (frames) => frames.toSpliced(30, 1, { ...frames[30]!, comment: 'tail loss probe' }),
      [18, 18],
    ],
    ['the same note everywhere does not', (frames) => frames.map((frame) => ({ ...frame, comment: 'new data' })), [38]],
    [
      'a zero window interrupts',
      (frames) => frames.toSpliced(30, 0, recorded(tcpFrame({ seq: ISS + 1, ack: IRS + 1, window: 0 }), 0)),
      [18, 18],
    ],
    ['a duplicate acknowledgment interrupts', (frames) => frames.toSpliced(30, 0, frames[29]!), [18, 18]],
    ['another conversation interrupts', (frames) => frames.toSpliced(30, 0, recorded(echoFrame(), 0)), [18, 18]],
    ['nine are few enough to be shown', (frames) => frames.slice(0, 9), []],
  ])('folding: %s', (_name, change, expected) => {
    expect(folded(change(bulk(40)))).toEqual(expected);
  });

  test('rows carry what an SVG needs', () => {
    const { hosts, rows } = ladder([recorded(bytesOf(icmpPacket(icmpv4.ECHO_REQUEST, 0, 1, pattern(8))), 7)]);
    expect(hosts).toEqual([
      { address: A, name: A },
      { address: B, name: B },
    ]);
    const parts = ['ICMP echo request', 'id 0 seq 1', '16 bytes'];
    expect(rows).toEqual([
      {
        number: 1,
        at: 0,
        from: 0,
        to: 1,
        tone: 'message',
        parts,
        note: '',
        seenAtEnd: false,
        arrivals: [],
        sentAt: undefined,
        mark: undefined,
        lost: false,
        stoppedBy: undefined,
        packets: 1,
        segment: undefined,
      },
    ]);
  });
});

test('RFC 3168 §5: a segment that a router has marked says so first, and is no part of a run', () => {
  const frames = Array.from({ length: 30 }, (_, i) => {
    const frame = tcpFrame({ seq: 1 + 100 * i, payload: pattern(100), flags: tcp.ACK, trafficClass: i === 15 ? 3 : 2 });
    return recorded(frame, i);
  });
  const rows = ladder(frames).rows.filter(({ segment }) => segment?.isOrdinary === false);
  expect(rows.map(({ parts }) => parts.slice(0, 3))).toContainEqual(['ACK', 'CE', expect.stringMatching(/^seq 15/)]);
  const text = stripVTControlCharacters(ladderText(frames));
  expect(text.split('\n').filter((line) => line.includes('ACK  CE'))).toHaveLength(1);
});
