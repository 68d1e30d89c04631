/** Files from the network stay in their folder, and what is there stays what it was. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderFiles } from '../../src/node/folder-files.ts';

const HELLO = Buffer.from('hello');
let outside: string;
let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'tapstack-files-'));
  folder = join(outside, 'in');
  mkdirSync(folder);
  writeFileSync(join(outside, 'secret'), 'secret');
});
afterEach(() => rmSync(outside, { recursive: true }));

test('a file is written once', async () => {
  const files = folderFiles(folder);
  expect(await files.write('a.txt', HELLO)).toBe('written');
  expect(await files.write('a.txt', Buffer.from('other'))).toBe('there is a file of that name');
  expect(readFileSync(at('a.txt'), 'utf8')).toBe('hello');
});

test.each([true, false])('a link that leads out is not followed (overwrite: %s)', async (overwrite) => {
  symlinkSync('../secret', at('there'));
  symlinkSync('../nothing', at('nowhere'));
  const files = folderFiles(folder, { overwrite });
  const verdict = overwrite ? 'written' : 'there is a file of that name';
  expect(await files.write('there', HELLO)).toBe(verdict);
  expect(await files.write('nowhere', HELLO)).toBe(verdict);
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
  expect(readdirSync(outside).sort()).toEqual(['in', 'secret']);
  if (overwrite) expect(readFileSync(at('there'), 'utf8')).toBe('hello');
});

test('one that may be replaced is replaced whole, and nothing else is left', async () => {
  const files = folderFiles(folder, { overwrite: true });
  await files.write('a', Buffer.alloc(1000));
  expect(await files.write('a', HELLO)).toBe('written');
  expect([readdirSync(folder), readFileSync(at('a'), 'utf8')]).toEqual([['a'], 'hello']);
  mkdirSync(at('sub'));
  expect(await files.write('sub', HELLO)).toBe('the file cannot be written');
  expect(readdirSync(folder).sort()).toEqual(['a', 'sub']);
});

test('a name that the disk does not take, and more files than there may be', async () => {
  const files = folderFiles(folder, { maxFiles: 2 });
  expect(await files.write('x'.repeat(300), HELLO)).toBe('the file cannot be written');
  expect(await files.write('a', HELLO)).toBe('written');
  expect(await files.write('b', HELLO)).toBe('there are too many files');
});

test('no such folder is said at once', () => {
  expect(() => folderFiles(at('none'))).toThrow('ENOENT');
});
