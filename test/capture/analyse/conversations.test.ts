/** Conversations and what was said in them, against tshark on captures with losses, and in the cases of one segment each. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { chooseConversation } from '../../../src/capture/analyse/choose.ts';
import type { Conversation } from '../../../src/capture/analyse/conversations.ts';
import { Conversations } from '../../../src/capture/analyse/conversations.ts';
import { endpointText } from '../../../src/capture/analyse/ends.ts';
import type { Piece } from '../../../src/capture/analyse/stream.ts';
import { StreamAssembler } from '../../../src/capture/analyse/stream.ts';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import { captureBytes } from '../../../src/capture/file/capture-bytes.ts';
import type { RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { start, tshark } from '../../cli/tapstack.ts';
import type { TcpOptions } from '../frames.ts';
import { A, arpFrame, B, echoFrame, hexOf, pattern, recorded, tcpFrame } from '../frames.ts';
import { ANSWER, lossyConversations, REQUEST } from './lossy.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapstack-analyse-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(frames: readonly RecordedFrame[]): string {
  const path = join(folder, 'some.pcapng');
  writeFileSync(path, captureBytes(frames));
  return path;
}

function conversationsIn(frames: readonly RecordedFrame[]): readonly Conversation[] {
  const conversations = new Conversations();
  for (const frame of frames) conversations.add(frame, dissect(frame.bytes));
  return conversations.list;
}

function piecesOf(frames: readonly RecordedFrame[], number: number): Piece[] {
  const conversations = new Conversations();
  const pieces: Piece[] = [];
  const assembler = new StreamAssembler((piece) => pieces.push({ ...piece, bytes: piece.bytes.slice() }));
  for (const frame of frames) {
    const packet = dissect(frame.bytes);
    const belonging = conversations.add(frame, packet);
    if (belonging?.conversation.number === number && belonging.isFirstSight) assembler.add(belonging.side, frame, packet);
  }
  assembler.finish();
  return pieces;
}

const said = (pieces: readonly Piece[], side: 'a' | 'b'): Uint8Array =>
  Buffer.concat(pieces.filter((piece) => piece.side === side).map(({ bytes }) => bytes));

describe('a transfer with losses', () => {
  test.each([1, 2, 3])('seed %i: sums and streams as tshark has them, and what was sent is what is followed', async (seed) => {
    const { alice, both } = await lossyConversations(seed);
    const path = file(alice.frames());
    const list = conversationsIn(alice.frames());
    const connections = list.filter(({ protocol }) => protocol === 'TCP');
    expect(connections.map(({ b, tcp: story }) => [b.port, story])).toEqual([
      [80, { beginning: 'handshake', ending: 'closed', endedBy: 'a' }],
      [81, { beginning: 'refused', ending: 'refused', endedBy: 'b' }],
    ]);
    for (const [stream, one] of connections.entries()) {
      const ends = await tshark(path, ['ip.src', 'tcp.srcport', 'frame.len', 'tcp.len'], `tcp.stream == ${stream}`);
      for (const [end, sent] of [
        [one.a, one.fromA],
        [one.b, one.fromB],
      ] as const) {
        const theirs = ends
          .map((line) => line.split(';'))
          .filter(([address, port]) => `${address}:${port}` === endpointText(end));
        expect([sent.packets, sent.bytes, sent.data]).toEqual([
          theirs.length,
          theirs.reduce((sum, [, , bytes]) => sum + Number(bytes), 0),
          theirs.reduce((sum, [, , , data]) => sum + Number(data), 0),
        ]);
      }
    }
    const http = list.find(({ b }) => b.port === 80)!;
    const pieces = piecesOf(alice.frames(), http.number);
    expect(hexOf(said(pieces, 'a'))).toBe(hexOf(REQUEST));
    expect(hexOf(said(pieces, 'b'))).toBe(hexOf(ANSWER));
    expect(pieces.every(({ missing }) => missing === 0)).toBe(true);
    // recorded at both ends, the sums are the same: a frame counts where it was first seen
    const bothHttp = conversationsIn(both.frames()).find(({ b }) => b.port === 80)!;
    expect(bothHttp.fromA).toEqual(http.fromA);
    const twice = piecesOf(both.frames(), bothHttp.number);
    expect([hexOf(said(twice, 'a')), hexOf(said(twice, 'b'))]).toEqual([hexOf(REQUEST), hexOf(ANSWER)]);
  });

  test('retransmissions are those that tshark finds where they are sent', async () => {
    for (const seed of [4, 5]) {
      const { alice } = await lossyConversations(seed, { loss: 0.05 });
      const theirs = await tshark(file(alice.frames()), ['frame.number'], 'tcp.analysis.retransmission && ip.src == 10.0.0.1');
      const ours = conversationsIn(alice.frames()).reduce((sum, { fromA }) => sum + fromA.retransmissions, 0);
      expect(ours).toBeGreaterThan(0);
      expect(ours).toBe(theirs.length);
    }
  });

  test('follow gives what tshark follows', async () => {
    const { alice } = await lossyConversations(6);
    const { out } = await start('tshark', ['-r', file(alice.frames()), '-q', '-z', 'follow,tcp,raw,0']).ended;
    const lines = out.split('\n').filter((line) => /^\t?[0-9a-f]+$/.test(line));
    const http = conversationsIn(alice.frames()).find(({ b }) => b.port === 80)!;
    const pieces = piecesOf(alice.frames(), http.number);
    expect(lines.filter((line) => !line.startsWith('\t')).join('')).toBe(hexOf(said(pieces, 'a')));
    expect(
      lines
        .filter((line) => line.startsWith('\t'))
        .map((line) => line.trim())
        .join(''),
    ).toBe(hexOf(said(pieces, 'b')));
  });
});

const { SYN, ACK, FIN, RST } = tcp;
const there = (flags: number, seq: number, ack: number, more: TcpOptions = {}) => tcpFrame({ flags, seq, ack, ...more });
const back = (flags: number, seq: number, ack: number, more: TcpOptions = {}) =>
  tcpFrame({ flags, seq, ack, from: B, to: A, sourcePort: 80, destinationPort: 43_210, ...more });
const frames = (...list: readonly Uint8Array[]): RecordedFrame[] =>
  list.map((bytes, index) => recorded(bytes, index, { direction: 'unknown' }));
const open = [there(SYN, 0, 0), back(SYN | ACK, 100, 1), there(ACK, 1, 101)];

describe('how a connection began and ended', () => {
  test.each([
    ['nothing but SYNs', [there(SYN, 0, 0), there(SYN, 0, 0)], 'no answer', 'no answer', undefined],
    ['a RST for the SYN', [there(SYN, 0, 0), back(RST | ACK, 0, 1)], 'refused', 'refused', 'b'],
    ['opened', open, 'handshake', 'open', undefined],
    [
      'both SYNs ask',
      [there(SYN, 0, 0), back(SYN, 100, 0), there(SYN | ACK, 0, 101), back(SYN | ACK, 100, 1)],
      'simultaneous open',
      'open',
      undefined,
    ],
    ['one FIN', [...open, back(FIN | ACK, 101, 1), there(ACK, 1, 102)], 'handshake', 'half-closed', 'b'],
    ['both FINs', [...open, back(FIN | ACK, 101, 1), there(FIN | ACK, 1, 102), back(ACK, 102, 2)], 'handshake', 'closed', 'b'],
    [
      'both FINs, and a RST for a late one',
      [...open, back(FIN | ACK, 101, 1), there(FIN | ACK, 1, 102), back(ACK, 102, 2), there(RST, 2, 0)],
      'handshake',
      'closed',
      'b',
    ],
    ['a RST', [...open, there(RST, 1, 0)], 'handshake', 'reset', 'a'],
    ['recorded too late', [there(ACK, 500, 700), back(ACK, 700, 500)], 'before the capture', 'open', undefined],
  ])('%s', (_name, list, beginning, ending, endedBy) => {
    const [one, ...more] = conversationsIn(frames(...list));
    expect(more).toEqual([]);
    expect(one?.tcp).toEqual({ beginning, ending, endedBy });
  });

  test('the same ports again are another connection; an old SYN that comes again is not', () => {
    const again = [there(SYN, 5000, 0), back(SYN | ACK, 9000, 5001)];
    expect(conversationsIn(frames(...open, there(SYN, 0, 0))).length).toBe(1);
    expect(conversationsIn(frames(...open, ...again)).map(({ fromA }) => fromA.packets)).toEqual([2, 1]);
  });

  test('who asks is A, though the answer was recorded first; other protocols have ends too', () => {
    const list = conversationsIn(frames(open[1]!, open[2]!, echoFrame(), arpFrame(1, A, B), Uint8Array.of(1, 2)));
    expect(list.map(({ protocol, a, b }) => `${protocol} ${endpointText(a)} ${endpointText(b)}`)).toEqual([
      `TCP ${A}:43210 ${B}:80`,
      `ICMP ${A} ${B}`,
      `ARP ${A} ${B}`,
    ]);
  });
});

describe('a stream', () => {
  const text = (seq: number, length: number, seed = 0) => there(ACK, seq, 101, { payload: pattern(length, seed) });
  const given = (...list: readonly Uint8Array[]) =>
    piecesOf(frames(...open, ...list), 1).map(({ side, bytes, missing }) => [side, bytes.length, missing]);

  test('segments in the wrong order, twice, and overlapping', () => {
    expect(given(text(11, 10), text(1, 10), text(1, 10), text(16, 10))).toEqual([
      ['a', 10, 0],
      ['a', 10, 0],
      ['a', 5, 0],
    ]);
  });

  test('what came first of bytes that overlap counts', () => {
    const pieces = piecesOf(frames(...open, text(1, 10, 1), text(6, 10, 99)), 1);
    expect(hexOf(said(pieces, 'a'))).toBe(hexOf(Buffer.concat([pattern(10, 1), pattern(10, 99).subarray(5)])));
  });

  test('a hole at the end is said; one that the receiver acknowledges is said at once', () => {
    expect(given(text(11, 10))).toEqual([['a', 10, 10]]);
    expect(given(text(11, 10), back(ACK, 101, 21), text(21, 3))).toEqual([
      ['a', 10, 10],
      ['a', 3, 0],
    ]);
  });

  test('sequence numbers may pass 2^32, and a segment from nowhere is no hole of a gigabyte', () => {
    const wrapped = [
      there(SYN, 0xffff_fffa, 0),
      back(SYN | ACK, 100, 0xffff_fffb),
      text(0xffff_fffb, 10),
      text(5, 10),
      text(0x7000_0000, 9),
    ];
    expect(piecesOf(frames(...wrapped), 1).map(({ bytes, missing }) => [bytes.length, missing])).toEqual([
      [10, 0],
      [10, 0],
    ]);
  });
});

test('a conversation is chosen by number or by its ends in either order', () => {
  const list = conversationsIn(frames(...open, echoFrame()));
  const chosen = (words: string) => list.filter((one) => chooseConversation(words)?.matches(one)).map(({ number }) => number);
  expect(chosen('1')).toEqual([1]);
  expect(chosen(`${A}:43210-${B}:80`)).toEqual([1]);
  expect(chosen(`${B}:80-${A}`)).toEqual([1]);
  expect(chosen(`${A}-${B}`)).toEqual([1, 2]);
  expect(chosen(`${B}:80`)).toEqual([1]);
  expect(chosen('10.9.9.9')).toEqual([]);
  for (const words of ['', 'x', '0', '1-2-3', '10.0.0.1-', '-', '999.1'])
    expect([words, chooseConversation(words)]).toEqual([words, undefined]);
});
