/** With offload the kernel and the stack pass each other super-segments; a capture has the frames of the wire all the same. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { requirePrivateNamespace } from '../node/private.ts';
import { faultyFrames, start, Tapstack, tshark } from './tapstack.ts';

const tapstack = new Tapstack();
beforeAll(requirePrivateNamespace);
afterAll(() => tapstack.remove());

const SIZE = 4_000_000;
const MTU = 1500;
const ETHERNET = 14;

/** 4 MB down and up at once. */
const SCRIPT = `
curl -s -o down.bin http://10.0.0.2/bytes/${SIZE} & curl -s -o sum.json -T up.bin http://10.0.0.2/upload; wait
cmp -n ${SIZE} down.bin up.bin && echo same`;

/** What tshark's experts warn of, without windows that are full or closed for a moment: so a receiver slows its sender down. */
async function complaints(path: string): Promise<string[]> {
  const { out } = await start('tshark', ['-q', '-z', 'expert,warn', '-o', 'tcp.check_checksum:TRUE', '-r', path]).ended;
  return out.split('\n').filter((line) => /^ +\d/.test(line) && !/window/i.test(line));
}

test('a capture with offload reads like the textbook; beside it the super-segments as they were', async () => {
  const down = await tapstack.beside(`curl -s -o up.bin http://10.0.0.2/bytes/${SIZE}`);
  expect(down.code).toBe(0);
  const words = ['--offload', 'on', '--capture', 'cut.pcapng', '--capture-raw', 'raw.pcapng'];
  const { code, out, err } = await tapstack.beside(SCRIPT, words);
  expect({ code, out, err }).toEqual({ code: 0, out: 'same\n', err: '' });

  const cut = tapstack.path('cut.pcapng');
  expect(await faultyFrames(cut)).toEqual([]);
  expect(await complaints(cut)).toEqual([]);
  const fields = ['frame.len', 'ip.src', 'tcp.stream', 'ip.id', 'tcp.len'];
  const rows = (await tshark(cut, fields, 'tcp')).map((line) => line.split(';'));
  expect(Math.max(...rows.map(([length]) => Number(length)))).toBe(MTU + ETHERNET);
  const sum = (lines: string[][], from: string): number =>
    lines.reduce((total, [, source, , , length]) => total + (source === from ? Number(length) : 0), 0);
  expect(sum(rows, '10.0.0.1')).toBeGreaterThan(SIZE);
  expect(sum(rows, '10.0.0.2')).toBeGreaterThan(SIZE);
  expect(identificationFaults(rows)).toEqual([]);

  const raw = readCapture(readFileSync(tapstack.path('raw.pcapng')));
  expect(Math.max(...raw.frames.map(({ bytes }) => bytes.length))).toBeGreaterThan(20 * MTU);
  expect(raw.frames.length).toBeLessThan(rows.length / 2);
  expect(raw.interfaces[0]?.description).toContain('super-segments uncut');
  const rawRows = (await tshark(tapstack.path('raw.pcapng'), fields, 'tcp')).map((line) => line.split(';'));
  expect(sum(rawRows, '10.0.0.1')).toBe(sum(rows, '10.0.0.1'));
  expect(sum(rawRows, '10.0.0.2')).toBe(sum(rows, '10.0.0.2'));
});

/** Linux counts on from packet to packet of a connection; the stack begins each super-segment, which has DF, with 0 (RFC 6864). */
function identificationFaults(rows: readonly string[][]): string[] {
  const last = new Map<string, number>();
  return rows.flatMap(([, source, stream, id]) => {
    const key = `${source} ${stream}`;
    const before = last.get(key);
    const now = Number(id);
    last.set(key, now);
    const isNext = before !== undefined && now === ((before + 1) & 0xffff);
    const mayBegin = source === '10.0.0.2' ? now === 0 : before === undefined || now === 0;
    return isNext || mayBegin ? [] : [`${key}: ${before} then ${now}`];
  });
}

test('without offload both captures hold the same frames', async () => {
  const words = ['--offload', 'off', '--capture', 'plain.pcapng', '--capture-raw', 'plain-raw.pcapng', '--explain'];
  const { code } = await tapstack.beside('curl -s http://10.0.0.2/bytes/100000 -o /dev/null', words);
  expect(code).toBe(0);
  const [cut, raw] = ['plain.pcapng', 'plain-raw.pcapng'].map((name) => readCapture(readFileSync(tapstack.path(name))).frames);
  expect(raw!.map(({ bytes, comment }) => [Buffer.from(bytes).toString('hex'), comment])).toEqual(
    cut!.map(({ bytes, comment }) => [Buffer.from(bytes).toString('hex'), comment]),
  );
});

test('--capture-raw that cannot be written: one line, and the capture beside it is as it was', async () => {
  writeFileSync(tapstack.path('there.pcapng'), 'before');
  const words = ['up', '--private', '--capture', 'there.pcapng', '--capture-raw', 'no/folder.pcapng', '--', 'true'];
  const { code, err } = await tapstack.run(words);
  expect(code).toBe(2);
  expect(err).toMatch(/^tapstack: cannot write the capture no\/folder\.pcapng: its folder does not exist; [^\n]+\n$/);
  expect(readFileSync(tapstack.path('there.pcapng'), 'utf8')).toBe('before');
});
