/** A `.pkt` file as a test: `testScripts(folder)` makes one of each, and a script that fails shows its verdict. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import type { RunOptions, Verdict } from '../../src/drill/index.ts';
import { reportOn, runScript } from '../../src/drill/index.ts';

/** Every script below a folder. */
export function scriptsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.pkt'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export const verdictOn = (path: string, options: RunOptions = {}): Verdict => runScript(readFileSync(path, 'utf8'), options);

/** The test carries the script's first comment: the section or requirement that it shows. */
export function testScript(path: string, folder: string): void {
  const [, title = ''] = /^(?:\/\/|#)\s*(.*)$/m.exec(readFileSync(path, 'utf8')) ?? [];
  test(`${title} (${relative(folder, path)})`, () => {
    const verdict = verdictOn(path);
    if (verdict.kind !== 'pass') expect.fail(reportOn(relative(folder, path), verdict, { verbose: true }));
  });
}

export function testScripts(folder: string): void {
  for (const path of scriptsIn(folder)) testScript(path, folder);
}
