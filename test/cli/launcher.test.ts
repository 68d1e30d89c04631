/** scripts/tapstack works from any folder and through a link, and needs no right to write once it is built. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { start } from './tapstack.ts';

const LAUNCHER = resolve(import.meta.dirname, '../../scripts/tapstack');
const folder = mkdtempSync(join(tmpdir(), 'tapstack-launcher-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('scripts/tapstack through a link in another folder: arguments and exit codes come through, words with spaces too', async () => {
  symlinkSync(LAUNCHER, join(folder, 'tapstack'));
  const help = await start(join(folder, 'tapstack'), ['up', '--help'], { cwd: folder }).ended;
  expect(help.code).toBe(0);
  expect(help.out).toMatch(/^Usage: tapstack up/);
  const wrong = await start(join(folder, 'tapstack'), ['up', '--mtu', 'two words'], { cwd: folder }).ended;
  expect(wrong.code).toBe(2);
  expect(wrong.err).toBe('tapstack: --mtu two words: an MTU is a whole number from 68 to 65521\n');
});

test.each(['tapstack', 'setup', 'test'])('scripts/%s is a script that bash can read', async (name) => {
  const { code, err } = await start('bash', ['-n', resolve(LAUNCHER, '..', name)]).ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
