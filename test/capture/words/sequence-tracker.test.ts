/** Relative sequence numbers, as a reader of RFC 9293 wants them. */
import { expect, test } from 'vitest';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import { describe } from '../../../src/capture/words/describe.ts';
import { SequenceTracker } from '../../../src/capture/words/sequence-tracker.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import type { TcpOptions } from '../frames.ts';
import { A, B, pattern, tcpFrame } from '../frames.ts';

const REVERSE = { from: B, to: A, sourcePort: 80, destinationPort: 43_210 };
const ISS = 4_294_967_290; // wraps after five bytes
const IRS = 1_000_000;

/** "seq …" to the end of the numbers, for one segment after another. */
function numbers(...segments: TcpOptions[]): string[] {
  const relative = new SequenceTracker();
  return segments.map((segment) => / (seq .*?) win/.exec(describe(dissect(tcpFrame(segment)), { relative }))?.[1] ?? '');
}

const OPEN: TcpOptions[] = [
  { seq: ISS, flags: tcp.SYN },
  { ...REVERSE, seq: IRS, ack: ISS + 1, flags: tcp.SYN | tcp.ACK },
  { seq: ISS + 1, ack: IRS + 1 },
];
const OPENED = ['seq 0', 'seq 0 ack 1', 'seq 1 ack 1'];

test('RFC 9293 §3.4: counts from the initial sequence numbers, across the wrap', () => {
  expect(
    numbers(...OPEN, { seq: ISS + 1, ack: IRS + 1, payload: pattern(100) }, { ...REVERSE, seq: IRS + 1, ack: ISS + 101 }),
  ).toEqual([...OPENED, 'seq 1:101 ack 1', 'seq 1 ack 101']);
});

test('a conversation met in the middle begins at 1', () => {
  const segments = [
    { seq: 500, ack: 900, payload: pattern(10) },
    { ...REVERSE, seq: 900, ack: 510 },
    { seq: 510, ack: 900 },
  ];
  expect(numbers(...segments)).toEqual(['seq 1:11 ack 1', 'seq 1 ack 11', 'seq 11 ack 1']);
});

test('RFC 9293 §3.10.7.1: the reset for nobody has sequence number 0', () => {
  const refused = { ...REVERSE, seq: 0, ack: ISS + 1, flags: tcp.RST | tcp.ACK };
  expect(numbers({ seq: ISS, flags: tcp.SYN }, refused)).toEqual(['seq 0', 'seq 0 ack 1']);
});

test('RFC 5961 §4: a stray SYN in a synchronised connection does not renumber it', () => {
  const stray = { seq: 777, flags: tcp.SYN };
  const challenge = { ...REVERSE, seq: IRS + 1, ack: ISS + 1 };
  expect(numbers(...OPEN, stray, challenge, { seq: ISS + 1, ack: IRS + 1 })).toEqual([
    ...OPENED,
    'seq 0',
    'seq 1 ack 1',
    'seq 1 ack 1',
  ]);
});

test('a new connection with the same ports is numbered anew once its SYN is answered', () => {
  const again: TcpOptions[] = [
    { seq: 777, flags: tcp.SYN },
    { ...REVERSE, seq: 888, ack: 778, flags: tcp.SYN | tcp.ACK },
    { seq: 778, ack: 889, payload: pattern(5) },
  ];
  expect(numbers(...OPEN, ...again)).toEqual([...OPENED, 'seq 0', 'seq 0 ack 1', 'seq 1:6 ack 1']);
});

test('and when it is refused, the reset acknowledges 1', () => {
  const refused = { ...REVERSE, seq: 0, ack: 778, flags: tcp.RST | tcp.ACK };
  expect(numbers(...OPEN, { seq: 777, flags: tcp.SYN }, refused)).toEqual([...OPENED, 'seq 0', 'seq 0 ack 1']);
});

test('RFC 2018: SACK blocks are in the numbers of who sent the data', () => {
  const relative = new SequenceTracker();
  for (const segment of OPEN) describe(dissect(tcpFrame(segment)), { relative });
  const frame = tcpFrame({ ...REVERSE, seq: IRS + 1, ack: ISS + 1, sack: [ISS + 101, ISS + 201] });
  expect(describe(dissect(frame), { relative })).toContain('<sack 101:201>');
});

test('remembers no more conversations than it was told', () => {
  const relative = new SequenceTracker(4);
  const syn = (sourcePort: number, seq: number) => describe(dissect(tcpFrame({ sourcePort, seq, flags: tcp.SYN })), { relative });
  const data = (sourcePort: number, seq: number) => describe(dissect(tcpFrame({ sourcePort, seq, flags: 0 })), { relative });
  for (let port = 1; port <= 5; port++) syn(port, 1000);
  expect(data(5, 1100)).toContain('seq 100 ');
  expect(data(1, 1100)).toContain('seq 1 '); // the oldest was forgotten
});
