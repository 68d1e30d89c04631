/** Every script of ours passes at the level that it states. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scriptsIn, testScripts } from './pkt.ts';

testScripts(import.meta.dirname);

test('there are scripts, each says what it shows and at which level', () => {
  const paths = scriptsIn(import.meta.dirname);
  expect(paths.length).toBeGreaterThan(100);
  for (const path of paths) expect(readFileSync(path, 'utf8')).toMatch(/^(\/\/|#) .+\n(\/\/|#) level: L[0-3]\n/);
});
