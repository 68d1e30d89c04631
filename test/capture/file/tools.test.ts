/** Files of editcap, mergecap and tcpdump in every form that they offer, and by hand in forms that nobody writes any more: read as tshark reads them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CaptureBytesOptions } from '../../../src/capture/file/capture-bytes.ts';
import { captureBytes } from '../../../src/capture/file/capture-bytes.ts';
import { readCapture } from '../../../src/capture/file/read-capture.ts';
import type { RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import { start } from '../../cli/tapstack.ts';
import { A, arpFrame, B, echoFrame, pattern, recorded, tcpFrame } from '../frames.ts';
import { byTshark, byUs } from './against-tshark.ts';
import { Blocks } from './blocks.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapstack-tools-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

const START = 1_767_225_600_000_000;
const FRAMES: readonly RecordedFrame[] = [
  recorded(arpFrame(1, A, B), START, { nanoseconds: 1, comment: 'who has B' }),
  recorded(echoFrame(), START + 7, { direction: 'in', nanoseconds: 999 }),
  recorded(tcpFrame({ payload: pattern(501) }).subarray(0, 100), START + 999_999, { originalLength: 555, comment: 'two\nlines' }),
  recorded(echoFrame({ reply: true }), START + 3_000_000, { interfaceId: 1, direction: 'unknown' }),
];
const LAN: CaptureBytesOptions = { interfaces: [{ name: 'lan0' }, { name: 'lan1' }] };

async function tool(command: string, ...args: readonly string[]): Promise<void> {
  const { code, err } = await start(command, args).ended;
  expect([command, code, code === 0 ? '' : err]).toEqual([command, 0, '']);
}

/** Made once; the other files are made of it. */
function original(name = 'original.pcapng', frames = FRAMES, options = LAN): string {
  writeFileSync(path(name), captureBytes(frames, options));
  return path(name);
}

const onlyOf = (id: number): RecordedFrame[] =>
  FRAMES.filter(({ interfaceId }) => interfaceId === id).map((frame) => ({ ...frame, interfaceId: 0 }));

async function expectSame(file: string): Promise<void> {
  const theirs = await byTshark(file);
  expect(theirs.length).toBeGreaterThan(0);
  expect(byUs(file)).toEqual(theirs);
}

test('our own', async () => {
  await expectSame(original());
  await expectSame(original('own.pcap', FRAMES, { format: 'pcap' }));
  await expectSame(original('own-us.pcap', FRAMES, { format: 'pcap-microseconds' }));
});

describe('editcap', () => {
  test.each([
    ['pcap', 'microseconds, little-endian'],
    ['nsecpcap', 'nanoseconds, little-endian'],
    ['modpcap', 'microseconds, modified, little-endian'],
    ['nokiapcap', 'microseconds, Nokia, little-endian'],
    ['rh6_1pcap', 'microseconds, Red Hat 6.1, little-endian'],
    ['suse6_3pcap', 'microseconds, SuSE 6.3, little-endian'],
    ['pcapng', 'version 1.0, little-endian'],
  ])('-F %s', async (format, variant) => {
    for (const [count, frames] of [FRAMES, FRAMES.slice(0, 1)].entries()) {
      const file = path(`edited-${count}.${format}`);
      await tool('editcap', '-F', format, original('to-edit.pcapng', frames, LAN), file);
      await expectSame(file);
      expect(readCapture(readFileSync(file)).variant).toBe(variant);
    }
  });

  test('comments that it adds, one and several, and frames cut to 40 bytes', async () => {
    await tool('editcap', '-a', '2:seen by editcap', '-a', '1:another', '-s', '40', original(), path('commented.pcapng'));
    await expectSame(path('commented.pcapng'));
    expect(readCapture(readFileSync(path('commented.pcapng'))).frames[1]?.comment).toContain('seen by editcap');
  });

  test.each([
    ['rawip', 101],
    ['rawip4', 228],
    ['null', 0],
    ['linux-sll', 113],
    ['linux-sll2', 276],
  ])('-T %s: the link type is LINKTYPE %i', async (encapsulation, linkType) => {
    for (const format of ['pcap', 'pcapng']) {
      const file = path(`${encapsulation}.${format}`);
      await tool('editcap', '-F', format, '-T', encapsulation, original('one.pcapng', onlyOf(0), {}), file);
      await expectSame(file);
      expect(readCapture(readFileSync(file)).interfaces[0]?.linkType).toBe(linkType);
    }
  });

  test.each([
    ['snoop', 'a capture of snoop (RFC 1761)'],
    ['netmon1', 'a capture of Microsoft Network Monitor 1'],
    ['netmon2', 'a capture of Microsoft Network Monitor 2'],
    ['ngsniffer', 'a capture of the Sniffer'],
    ['ngwsniffer_2_0', 'a capture of NetXray or the Sniffer for Windows'],
    ['visual', 'a capture of Visual Networks'],
    ['lanalyzer', 'a capture of LANalyzer'],
    ['5views', 'a capture of 5View'],
    ['observer', 'a capture of Observer'],
    ['nettl', 'a capture of HP-UX nettl'],
    ['k12text', 'a text file of a K12'],
  ])('-F %s is no pcap: said with its name and the way out', async (format, name) => {
    const file = path(`foreign.${format}`);
    await tool('editcap', '-F', format, original('for-foreign.pcap', onlyOf(0), { format: 'pcap-microseconds' }), file);
    const { format: found, problem, frames } = readCapture(readFileSync(file));
    expect([found, frames]).toEqual(['unknown', []]);
    expect(problem).toContain(`it is ${name}; "editcap -F pcapng FILE capture.pcapng" makes a capture of it`);
  });
});

test('gzip is said to be gzip', async () => {
  await tool('gzip', '-k', original('packed.pcapng'));
  const { problem } = readCapture(readFileSync(path('packed.pcapng.gz')));
  expect(problem).toContain('it is compressed by gzip; "gzip -dc FILE > capture.pcapng" makes a capture of it');
});

test('mergecap: interfaces kept apart, merged, in either format', async () => {
  const parts = [original('left.pcapng', onlyOf(0), LAN), original('right.pcap', onlyOf(1), { format: 'pcap' })];
  for (const [index, options] of [[], ['-I', 'none'], ['-I', 'all'], ['-F', 'pcap'], ['-F', 'nsecpcap'], ['-a']].entries()) {
    const file = path(`merged-${index}.cap`);
    await tool('mergecap', ...options, '-w', file, ...parts);
    await expectSame(file);
  }
});

test('tcpdump: reading a capture and writing another, in micro- and nanoseconds, whole and cut', async () => {
  const source = original('for-tcpdump.pcap', onlyOf(0), { format: 'pcap' });
  for (const [index, options] of [[], ['--nano'], ['--micro'], ['-s', '50']].entries()) {
    const file = path(`tcpdump-${index}.pcap`);
    await tool('tcpdump', ...options, '-r', source, '-w', file);
    await expectSame(file);
  }
});

describe.each([true, false])('by hand, little-endian: %s', (little) => {
  const frame = [...echoFrame()]; // 98 bytes: two of padding
  const padded = [...frame, 0, 0];
  const text = (words: string): number[] => [...words].map((letter) => letter.charCodeAt(0));

  test('every kind of block, options of every kind, two sections', async () => {
    const b = new Blocks(little);
    const end = b.half(0, 0);
    const name = b.option(2, ...text('lan0'));
    b.section()
      .add(1, b.half(1, 0), 0, name, b.option(9, 9), b.option(14, ...b.count(1000)), end)
      .add(1, b.half(1, 0), 0, b.option(2, ...text('lan1')), b.option(9, 0x8a), end)
      .add(4, b.option(1, 10, 0, 0, 1, ...text('alice\0')), end) // names
      .add(10, 0x544c534b, 4, [1, 2, 3, 4]) // secrets
      .add(0x7777, [1, 2, 3, 4])
      .add(6, 0, 0x11, 5, 98, 98, padded, b.option(1, ...text('a')), b.option(1, ...text('bc')), b.option(2, ...b.word(1)), end)
      .add(6, 1, 0, 1536, 98, 1500, padded, b.option(4, ...b.count(3)), end)
      .add(2, b.half(0, 7), 0, 4096, 98, 98, padded, b.option(2, ...b.word(2)), end) // the obsolete one
      .add(5, 0, 0, 4096, b.option(4, ...b.count(9)), end) // statistics
      .section()
      .add(1, b.half(101, 0), 0, name) // tshark 4.0 takes the name from the first section
      .add(6, 0, 0, 77, 84, 84, frame.slice(14));
    writeFileSync(path('hand.pcapng'), b.take());
    await expectSame(path('hand.pcapng'));
    const { names, statistics, otherBlocks, frames } = readCapture(b.take());
    expect(names).toEqual(new Map([['10.0.0.1', ['alice']]]));
    expect(statistics.get(0)).toEqual({ received: 9 });
    expect([...otherBlocks.keys()]).toEqual(['decryption secrets', 'of type 0x00007777']);
    expect(frames.map(({ dropped = 0 }) => dropped)).toEqual([0, 3, 7, 0]);
  });

  test('all resolutions that fit into 64 bits: powers of ten and of two', async () => {
    const b = new Blocks(little).section();
    const powers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 18, 0x80, 0x81, 0x8a, 0x94, 0x9e, 0xa0, 0xb0, 0xbf];
    for (const power of powers) b.add(1, b.half(1, 0), 0, b.option(9, power), b.half(0, 0));
    for (const id of powers.keys()) b.add(6, id, id === 0 ? 0 : 1, 1_234_567_890, 98, 98, padded);
    writeFileSync(path('resolutions.pcapng'), b.take());
    await expectSame(path('resolutions.pcapng'));
  });

  test('classic pcap in micro- and nanoseconds', async () => {
    for (const magic of [0xa1b2c3d4, 0xa1b23c4d]) {
      const b = new Blocks(little);
      const header = [...b.word(magic), ...b.half(2, 4), ...b.word(0), ...b.word(0), ...b.word(65_535), ...b.word(1)];
      const record = [...b.word(1_767_225_600), ...b.word(123_456), ...b.word(98), ...b.word(98), ...frame];
      writeFileSync(path('hand.pcap'), Uint8Array.from([...header, ...record, ...record]));
      await expectSame(path('hand.pcap'));
    }
  });
});
