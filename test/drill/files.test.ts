/** Scripts as files: what is found, and that one bad file does not keep the others from running. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findScripts, runFiles } from '../../src/node/drill-files.ts';

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'drill-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

test('a bad script is reported with file, line, column and what was expected; the others run', async () => {
  const path = folder({
    'a.pkt': '0 < S 0:0(0) win 5\n+0 > S. 0:0(0) ack 1\n',
    'b.pkt': '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 > S 0:0(0) <mss>\n',
    'c.pkt': '0 < S 0:0(0) win 5\n+0 > R. 0:0(0) ack 1\n',
    'd.pkt': '0 `reboot`\n',
    'notes.txt': 'not a script',
  });
  const results = await runFiles(findScripts([path]), {}, 1);
  expect(results.map(({ kind }) => kind)).toEqual(['fail', 'not a script', 'pass', 'unsupported']);
  expect(results[1]?.report).toBe(`${join(path, 'b.pkt')}:2:19: expected a number, found ">"`);
  expect(results[3]?.reason).toContain('reboot');
});

test('a place that is not there is an error, a file given by name is taken whatever its name', () => {
  const path = folder({ 'script.txt': '0 < S 0:0(0) win 5\n' });
  expect(() => findScripts([join(path, 'nowhere')])).toThrow(/no such file/);
  expect(findScripts([join(path, 'script.txt'), join(path, 'script.txt')])).toEqual([join(path, 'script.txt')]);
});
