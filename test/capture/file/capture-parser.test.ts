/** Captures in pieces: however they are cut, the same comes out of them; and nothing is kept that did not come. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captureBytes } from '../../../src/capture/file/capture-bytes.ts';
import { factsOf } from '../../../src/capture/file/capture-data.ts';
import { CaptureParser } from '../../../src/capture/file/capture-parser.ts';
import type { FileFormat } from '../../../src/capture/file/capture-writer.ts';
import { readCapture } from '../../../src/capture/file/read-capture.ts';
import type { RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import { echoFrame, hexOf, recorded, tcpFrame } from '../frames.ts';
import { Blocks } from './blocks.ts';

const FRAMES = [
  recorded(echoFrame(), 1, { comment: 'a comment' }),
  recorded(tcpFrame(), 2, { direction: 'in' }),
  recorded(new Uint8Array(0), 3, { originalLength: 60 }),
  recorded(Uint8Array.of(1), 4),
];
const DETAILS = { description: 'd', mac: '02:00:00:00:00:01', addresses: ['10.0.0.1/24', 'fe80::1/64'], speed: 1e9, os: 'o' };
const fileOf = (format: FileFormat): Uint8Array =>
  captureBytes(FRAMES, {
    format,
    interfaces: [{ name: 'lan0', filter: 'not arp', ...DETAILS }],
    names: new Map([['10.0.0.1', ['alice', 'alice.lab']]]),
    section: { hardware: 'h', os: 'o', application: 'a', comment: 'c' },
  });

/** Pushed in pieces that end at these places. */
function inPieces(file: Uint8Array, cuts: readonly number[]): ReturnType<typeof readCapture> {
  const parser = new CaptureParser();
  const frames: RecordedFrame[] = [];
  const take = (frame: RecordedFrame): void => void frames.push({ ...frame, bytes: frame.bytes.slice() });
  const places = [0, ...cuts.map((cut) => cut % (file.length + 1)).sort((a, b) => a - b), file.length];
  for (let i = 1; i < places.length; i++) parser.push(file.subarray(places[i - 1]!, places[i]), take);
  const outcome = parser.finish(take);
  expect(parser.finish(take)).toBe(outcome);
  return { ...factsOf(parser.info), frames, ...outcome };
}

const comparable = ({ frames, interfaces, end, problem, application }: ReturnType<typeof readCapture>) => ({
  frames: frames.map((frame) => ({ ...frame, bytes: hexOf(frame.bytes) })),
  interfaces,
  end,
  problem,
  application,
});

test('a description is read as it was written', () => {
  const { interfaces, names, comments, hardware, os, application, statistics } = readCapture(fileOf('pcapng'));
  expect(interfaces).toEqual([{ name: 'lan0', linkType: 1, snapLength: 262_144, filter: 'not arp', ...DETAILS }]);
  expect(names).toEqual(new Map([['10.0.0.1', ['alice', 'alice.lab']]]));
  expect([comments, hardware, os, application]).toEqual([['c'], 'h', 'o', 'a']);
  expect(statistics).toEqual(new Map([[0, { startTime: 1, endTime: 4, received: 4, dropped: 0 }]]));
});

test.each(['pcapng', 'pcap', 'pcap-microseconds'] as const)('%s: pieces of any size give what the whole gives', (format) => {
  const file = fileOf(format);
  const whole = comparable(readCapture(file));
  expect(whole.frames).toHaveLength(4);
  for (const size of [1, 2, 3, 7, 64])
    expect(
      comparable(
        inPieces(
          file,
          Array.from({ length: Math.ceil(file.length / size) }, (_, i) => i * size),
        ),
      ),
    ).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 10 }), fc.nat({ max: file.length }), (cuts, length) => {
      const part = file.subarray(0, length);
      expect(comparable(inPieces(part, cuts))).toEqual(comparable(readCapture(part)));
    }),
  );
});

describe('bytes from anywhere', () => {
  const files = (['pcapng', 'pcap'] as const).map(fileOf);
  const mutated = fc
    .tuple(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 255))), { maxLength: 8 }),
      fc.uint8Array({ maxLength: 40 }),
    )
    .map(([file, changes, tail]) => {
      const bytes = Uint8Array.from([...file, ...tail]);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });

  test('never throw, end with a line, and give no more than they hold, in pieces as well as whole', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 100 })), fc.array(fc.nat(), { maxLength: 4 }), (bytes, cuts) => {
        const whole = readCapture(bytes);
        expect(whole.frames.reduce((sum, frame) => sum + frame.bytes.length, 0)).toBeLessThanOrEqual(bytes.length);
        expect(whole.problem === '').toBe(whole.end === 'complete');
        expect(comparable(inPieces(bytes, cuts))).toEqual(comparable(whole));
      }),
      { numRuns: 3000 },
    );
  });

  test('a block that claims 16 MiB keeps what came, and what comes after damage is not kept', () => {
    const head = new Blocks(true).section().take();
    const claim = Uint8Array.from([...head, ...Blocks.word(0xbad, true), ...Blocks.word(16 * 1024 * 1024, true), 0, 0, 0, 0]);
    const parser = new CaptureParser();
    parser.push(claim, () => {});
    for (let i = 0; i < 100; i++) parser.push(new Uint8Array(10), () => {});
    expect(parser.finish(() => {})).toEqual({
      end: 'truncated',
      problem: 'offset 28: a block of 16777216 bytes begins, but only 1012 are there',
    });
    const broken = new CaptureParser();
    broken.push(Uint8Array.from([...head, ...Blocks.word(6, true), ...Blocks.word(13, true), 0, 0, 0, 0]), () => {});
    expect(broken.isOver).toBe(true);
    broken.push(fileOf('pcapng'), () => expect.unreachable());
    expect(broken.finish(() => {}).problem).toMatch(/^offset 32: expected a block length .*, found 13$/);
  });

  test('a file of nothing but interfaces ends where no file goes; one of nothing but names is read', () => {
    const blocks = new Blocks(true).section();
    const one = [...new Blocks(true).add(1, [1, 0, 0, 0], 0).take()];
    const file = Uint8Array.from([...blocks.take(), ...Array.from({ length: 65_537 }, () => one).flat()]);
    const { interfaces, end, problem } = readCapture(file);
    expect([interfaces.length, end]).toEqual([65_536, 'damaged']);
    expect(problem).toContain('expected at most 65536 interfaces');
  });
});

test('what a file says of blocks without frames is counted', () => {
  const b = new Blocks(true).section().add(0xbad, 32473, 1).add(0xbad, 32473, 2).add(9, [104, 105, 0, 0]).add(0xabc);
  expect(readCapture(b.take())).toMatchObject({
    end: 'complete',
    otherBlocks: new Map([
      ['custom', 2],
      ['systemd journal', 1],
      ['of type 0x00000abc', 1],
    ]),
  });
});
