/** Captures read from files and pipes as they come. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureBytes } from '../../src/capture/file/capture-bytes.ts';
import { CaptureReader } from '../../src/node/capture-reader.ts';
import { ProgressBar } from '../../src/node/cli/capture/progress-bar.ts';
import { pattern, recorded } from '../capture/frames.ts';
import { ChildFolder } from './child.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapstack-reader-'));
const program = new ChildFolder(['node/capture-reader.ts']);
afterAll(() => {
  rmSync(folder, { recursive: true });
  program.remove();
});

const COUNT = 30_000;
const LENGTH = 400;
const path = join(folder, 'large.pcapng');
const size = (): number => captureBytes(frames()).length;
const frames = () => Array.from({ length: COUNT }, (_, i) => recorded(pattern(LENGTH, i & 0xff), i));
beforeAll(() => writeFileSync(path, captureBytes(frames())));

test('a file of many pieces: every frame, its bytes and its time, and how far it is', () => {
  const progress: number[] = [];
  const reader = new CaptureReader(path, { onProgress: (read, of) => progress.push(read / of!) });
  let count = 0;
  for (const { at, bytes } of reader) {
    if (at !== count || bytes.length !== LENGTH || bytes[7] !== ((7 * 31 + (count & 0xff)) & 0xff)) expect.unreachable();
    count++;
  }
  reader.close();
  expect([count, reader.outcome]).toEqual([COUNT, { end: 'complete', problem: '' }]);
  expect(progress.length).toBeGreaterThan(10);
  expect(progress.at(-1)).toBe(1);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
});

test('reading may stop early, and a reader that is closed has no more', () => {
  const reader = new CaptureReader(path);
  for (const { at } of reader) if (at === 5) break;
  reader.close();
  expect([...reader].length).toBeLessThan(COUNT);
});

test('a file that is none, and a folder', () => {
  expect(() => new CaptureReader(join(folder, 'nothing'))).toThrow('ENOENT');
  expect(() => new CaptureReader(folder)).toThrow('EISDIR');
  const reader = new CaptureReader('/dev/null');
  expect([reader.info.format, [...reader], reader.outcome?.end]).toEqual(['unknown', [], 'damaged']);
  reader.close();
});

describe('standard input', () => {
  const SCRIPT = `
    import { CaptureReader } from './node/capture-reader.js';
    const reader = new CaptureReader('-');
    let frames = 0;
    let most = 0;
    for (const _ of reader) if (++frames % 1000 === 0) most = Math.max(most, process.memoryUsage().rss);
    console.log(JSON.stringify({ frames, ...reader.outcome, most }));
  `;
  const read = (shell: string) => {
    const node = `${process.execPath} --input-type=module -e "$SCRIPT"`;
    const { stdout, stderr } = spawnSync('sh', ['-c', shell.replace('NODE', node)], {
      cwd: program.path,
      env: { ...process.env, SCRIPT, FILE: path },
      encoding: 'utf8',
    });
    return JSON.parse(stdout || JSON.stringify({ stderr })) as { frames: number; end: string; most: number };
  };

  test('a pipe, in whatever pieces it comes', () => {
    expect(read('cat "$FILE" | NODE')).toMatchObject({ frames: COUNT, end: 'complete' });
    expect(read('dd if="$FILE" bs=333 status=none | NODE')).toMatchObject({ frames: COUNT, end: 'complete' });
    expect(read('head -c 1000001 "$FILE" | NODE')).toMatchObject({
      frames: Math.floor(1_000_001 / (LENGTH + 44)),
      end: 'truncated',
    });
  });

  test('the memory does not grow with the capture', () => {
    const times = 40; // as many sections, half a gigabyte
    const { frames: count, most } = read(`for i in $(seq ${times}); do cat "$FILE"; done | NODE`);
    expect(count).toBe(times * COUNT);
    expect(most).toBeLessThan((times * size()) / 2);
  });
});

describe('the progress bar', () => {
  const MIB = 1024 * 1024;
  const bar = (isTTY: boolean) => {
    let [now, said] = [0, ''];
    const terminal = { isTTY, columns: 80, write: (text: string) => (said += text) };
    const drawn = new ProgressBar('a.pcapng', terminal, () => now);
    return { drawn, at: (time: number) => (now = time), said: () => said };
  };

  test('nothing for half a second, then a bar, then nothing of it', () => {
    const { drawn, at, said } = bar(true);
    drawn.show(MIB, 4 * MIB);
    at(499);
    drawn.show(2 * MIB, 4 * MIB);
    drawn.remove();
    expect(said()).toBe('');
    at(500);
    drawn.show(2 * MIB, 4 * MIB);
    drawn.show(3 * MIB, 4 * MIB); // too soon after the last
    at(600);
    drawn.show(2000 * MIB, undefined);
    drawn.remove();
    expect(said()).toBe('\r[###############...............]  50 % of 4 MiB  a.pcapng\x1b[K\r2,000 MiB  a.pcapng\x1b[K\r\x1b[K');
  });

  test('nothing where there is no terminal', () => {
    const { drawn, at, said } = bar(false);
    at(10_000);
    drawn.show(1, 2);
    drawn.remove();
    expect(said()).toBe('');
  });
});
