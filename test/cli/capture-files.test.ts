/** The commands that work on capture files, run as their users run them, on captures made here and by others. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureBytes } from '../../src/capture/file/capture-bytes.ts';
import { readCapture } from '../../src/capture/file/read-capture.ts';
import type { Lossy } from '../capture/analyse/lossy.ts';
import { ANSWER, lossyConversations, REQUEST } from '../capture/analyse/lossy.ts';
import { A, B, echoFrame, recorded } from '../capture/frames.ts';
import { sha256, start, Tapstack, tshark } from './tapstack.ts';

const tapstack = new Tapstack();
afterAll(() => tapstack.remove());
const capture = (...args: readonly string[]) => tapstack.run(['capture', ...args]);

const OPTIONS = {
  interfaces: [{ name: 'alice', description: 'left', mac: '02:00:00:00:00:01', addresses: [`${A}/24`] }, { name: 'bob' }],
  names: new Map([
    [A, 'alice.lab'],
    [B, 'bob.lab'],
  ]),
  section: { application: 'a \u001b[31mtest', comment: 'chapter 1' },
  epochOffset: 1_767_225_600_000_000,
};
let lossy: Lossy;
beforeAll(async () => {
  lossy = await lossyConversations(1);
  writeFileSync(tapstack.path('lab.pcapng'), captureBytes(lossy.both.frames(), OPTIONS));
});

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await capture(...args);
  expect([code, err]).toEqual([0, '']);
  return out;
}

test('stats: the file, its frames, protocols, interfaces and names; nothing of it moves the cursor', async () => {
  const out = await done('stats', 'lab.pcapng');
  const count = lossy.both.length.toLocaleString('en-US');
  for (const part of [
    /^format +pcapng, version 1\.0, little-endian$/m,
    /^written by +a ·\[31mtest$/m,
    /^comment +chapter 1$/m,
    new RegExp(`^packets +${count}, `, 'm'),
    /^first +2026-01-01T00:00:00\.000000Z$/m,
    new RegExp(`^Ethernet +${count} +100\\.0 %`, 'm'),
    /^ {4}TCP +\d+ +\d+\.\d %/m,
    /^0 +alice +Ethernet +\d+ +[\d,]+ +left, 02:00:00:00:00:01, 10\.0\.0\.1\/24$/m,
    /^10\.0\.0\.2 +bob\.lab$/m,
  ])
    expect(out).toMatch(part);
});

test('conversations: a table, sorted as wished, or one object a line', async () => {
  const out = await done('conversations', 'lab.pcapng');
  expect(out).toMatch(/^#.*\n(.*\n)*.*TCP +10\.0\.0\.1:\d+ +10\.0\.0\.2:80 .* handshake, closed by A; \d+ retransmissions$/m);
  expect(out).toMatch(/10\.0\.0\.2:81 .* refused by B(; 1 retransmission)?$/m);
  const lines = (await done('conversations', 'lab.pcapng', '--sort', 'bytes', '--json')).trim().split('\n');
  const bytes = lines.map((line) => JSON.parse(line)).map(({ fromA, fromB }) => fromA.bytes + fromB.bytes);
  expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
  expect(bytes[0]).toBeGreaterThan(REQUEST.length + ANSWER.length);
});

test('follow: the bytes as they were sent, from either side, as text and in hexadecimal', async () => {
  for (const [side, sent] of [
    ['a', REQUEST],
    ['b', ANSWER],
  ] as const) {
    const { code, bytes, err } = await capture('follow', 'lab.pcapng', '--from', side, '--raw');
    expect([code, err, sha256(bytes)]).toEqual([0, '', sha256(sent)]);
  }
  await done('follow', 'lab.pcapng', `${A}-${B}:80`, '--raw', '--from', 'b', '-o', 'answer.bin');
  expect(sha256(readFileSync(tapstack.path('answer.bin')))).toBe(sha256(ANSWER));
  const hex = await done('follow', 'lab.pcapng', '--hex', '--from', 'a');
  expect(hex).toMatch(/^--- 10\.0\.0\.1:\d+ > 10\.0\.0\.2:80 at \d+\.\d{6}\n0000 {2}00 07 0e 15 /);
  expect(hex).toMatch(/--- 10\.0\.0\.1:\d+ said 50,000 bytes, 10\.0\.0\.2:80 0 bytes\n$/);
  expect(await done('follow', 'lab.pcapng')).not.toMatch(/[^\n\t\x20-\x7e\xa0-\xff]/);
});

describe('cut', () => {
  test('by number: interfaces, names, comments and times stay', async () => {
    expect(await done('cut', 'lab.pcapng', '--frames', '2-3,7', '-o', 'some.pcapng')).toBe('3 packets in some.pcapng\n');
    const fields = ['frame.time_epoch', 'frame.interface_name', 'frame.comment', 'frame.packet_flags_direction', 'frame.len'];
    const all = await tshark(tapstack.path('lab.pcapng'), fields);
    expect(await tshark(tapstack.path('some.pcapng'), fields)).toEqual([all[1], all[2], all[6]]);
    const [whole, cut] = ['lab.pcapng', 'some.pcapng'].map((name) => readCapture(readFileSync(tapstack.path(name))));
    expect([cut?.interfaces, cut?.names]).toEqual([whole?.interfaces, whole?.names]);
  });

  test('by filter, by conversation and by time, as tshark chooses', async () => {
    const numbers = (filter: string) => tshark(tapstack.path('lab.pcapng'), ['frame.time_epoch'], filter);
    for (const [words, filter] of [
      [['--filter', 'tcp.dstport == 80 and frame.len > 500'], 'tcp.dstport == 80 and frame.len > 500'],
      [['--conversation', `${B}:81`], 'tcp.port == 81'],
      [['--from', '20ms', '--to', '45ms'], 'frame.time_relative >= 0.02 and frame.time_relative <= 0.045'],
    ] as const) {
      await done('cut', 'lab.pcapng', ...words, '-o', 'chosen.pcapng');
      const chosen = await tshark(tapstack.path('chosen.pcapng'), ['frame.time_epoch']);
      expect(chosen.length).toBeGreaterThan(0);
      expect(chosen).toEqual(await numbers(filter));
    }
  });

  test('shorter frames, another format, and pipes at both ends', async () => {
    const script = `node ${tapstack.main} capture cut - --bytes 60 --frames 1- --format pcap-microseconds -o - < lab.pcapng | tshark -r - -T fields -e frame.cap_len -e frame.len`;
    const { out } = await start('sh', ['-c', script], { cwd: tapstack.folder }).ended;
    const lengths = out
      .trim()
      .split('\n')
      .map((line) => line.split('\t').map(Number));
    expect(lengths.map(([, length]) => length)).toEqual(lossy.both.frames().map(({ bytes }) => bytes.length));
    expect(Math.max(...lengths.map(([captured = 0]) => captured))).toBe(60);
  });
});

test('merge: what was cut apart is whole again, and interfaces of several files stay apart', async () => {
  await done('cut', 'lab.pcapng', '--filter', 'frame.interface_name == "alice"', '-o', 'left.pcapng');
  await done('cut', 'lab.pcapng', '--filter', 'frame.interface_name == "bob"', '-o', 'right.pcap');
  await done('merge', 'left.pcapng', 'right.pcap', '-o', 'both.pcapng');
  const { frames, interfaces } = readCapture(readFileSync(tapstack.path('both.pcapng')));
  expect(frames.map(({ at }) => at)).toEqual(lossy.both.frames().map(({ at }) => at + OPTIONS.epochOffset));
  expect(interfaces.map(({ name, description }) => [name, description])).toEqual([
    ['alice', 'left'],
    ['bob', 'of left.pcapng'],
    ['', 'of right.pcap'],
  ]);
});

test('diff: the same is 0; what differs is 1, with the field and both values', async () => {
  expect(await done('diff', 'lab.pcapng', 'lab.pcapng')).toMatch(/\nthe same: [\d,]+ frames\n$/);
  const changed = lossy.both.frames().map((frame) => ({ ...frame, bytes: frame.bytes.slice() }));
  changed.find(({ bytes }) => bytes[12] === 8 && bytes[13] === 0)!.bytes[22] = 63; // the TTL of the first IP packet
  writeFileSync(tapstack.path('changed.pcapng'), captureBytes(changed.slice(0, -1), OPTIONS));
  const { code, out, err } = await capture('diff', 'lab.pcapng', 'changed.pcapng');
  expect([code, err]).toEqual([1, '']);
  expect(out).toMatch(/^ {4}ip\.ttl 64 +\| +ip\.ttl 63$/m);
  expect(out).toMatch(/frames the same, 1 different, 1 only in the first, 0 only in the second\n$/);
  const ignoring = await capture('diff', 'lab.pcapng', 'changed.pcapng', '--ignore', 'ip.ttl,comment');
  expect(ignoring.out).toMatch(/frames the same, 0 different, 1 only in the first/);
});

describe('wrong use is one line that helps', () => {
  beforeAll(() => {
    mkdirSync(tapstack.path('folder'));
    writeFileSync(tapstack.path('text'), 'hello, world');
    writeFileSync(tapstack.path('packed'), Uint8Array.of(0x1f, 0x8b, 8, 0));
    writeFileSync(
      tapstack.path('raw.pcapng'),
      captureBytes([recorded(echoFrame().subarray(14))], { interfaces: [{ name: 'r', linkType: 101 }] }),
    );
    writeFileSync(tapstack.path('empty.pcapng'), captureBytes([]));
    const whole = readFileSync(tapstack.path('lab.pcapng'));
    writeFileSync(tapstack.path('short.pcapng'), whole.subarray(0, 5000));
  });

  test.each([
    [['stats', 'nothing.pcap'], /cannot read nothing\.pcap: there is no such file/],
    [['stats', 'folder'], /cannot read folder: it is a folder/],
    [['conversations', 'text'], /text is no capture: offset 0: expected a capture, .* found 68 65 6c 6c$/],
    [['stats', 'packed'], /it is compressed by gzip; "gzip -dc packed > capture\.pcapng" makes a capture of it$/],
    [['follow', 'lab.pcapng', 'x'], /"x" is no conversation: give a number such as 1, or its ends/],
    [['follow', 'lab.pcapng', '77'], /has no conversation 77; "tapstack capture conversations lab\.pcapng" shows/],
    [['follow', 'empty.pcapng'], /nobody says anything over TCP or UDP in empty\.pcapng/],
    [['follow', 'lab.pcapng', '--raw', '-o', 'no/where'], /cannot write no\/where: /],
    [['cut', 'lab.pcapng'], /required option '-o, --output <file>' not specified/],
    [['cut', 'lab.pcapng', '--frames', '9-3', '-o', 'x'], /--frames 9-3: frames are written 1-20,25,100-/],
    [['cut', 'lab.pcapng', '--filter', 'tcp.prot == 1', '-o', 'x'], /column 1: .*tcp\.port/],
    [['cut', 'lab.pcapng', '-o', './lab.pcapng'], /would be written over while it is read/],
    [['cut', 'lab.pcapng', '-o', 'no/where.pcapng'], /cannot write the capture no\/where\.pcapng/],
    [['merge', 'lab.pcapng', 'raw.pcapng', '-o', 'm.pcap'], /classic pcap has one link type for all frames/],
    [['diff', '-', '-'], /standard input can be one of the captures, not both/],
    [['diff', 'lab.pcapng', 'lab.pcapng', '--ignore', 'a b'], /fields are written time,ip\.id; words are time, comment/],
    [['merge', '-', '-', '-o', 'm.pcap'], /standard input can be one of the captures, not several/],
  ])('%j', async (args, line) => {
    const { code, out, err } = await capture(...args);
    expect([code, out, err.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(err.trim()).toMatch(line);
    expect(err).toMatch(/^tapstack: /);
  });

  test('a file that breaks off gives all before the break, and says where', async () => {
    const { code, out, err } = await capture('stats', 'short.pcapng');
    expect(code).toBe(0);
    expect(err).toMatch(/^tapstack: short\.pcapng: offset \d+: a block .* begins, but only \d+ are there\n$/);
    expect(out).toMatch(/^packets +[1-9]/m);
    expect(out).toMatch(/^end +truncated: offset/m);
  });
});
