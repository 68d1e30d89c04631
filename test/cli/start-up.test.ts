/** What a command loads before it does anything: half a millisecond a file, so nobody pays for what others need. */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Every source and package that these load at once: `await import(...)` is not among it, nor are types. */
function loadedBy(...files: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const walk = (path: string): void => {
    const name = relative(SRC, path);
    if (seen.has(name)) return;
    seen.add(name);
    const text = readFileSync(path, 'utf8');
    for (const [, target = ''] of text.matchAll(/^(?:import|export)\b(?! type)(?:[^'"`;]*?\bfrom)?\s*'([^']+)'/gm)) {
      if (target.startsWith('.')) walk(resolve(dirname(path), target));
      else seen.add(target);
    }
  };
  for (const file of files) walk(resolve(SRC, file));
  return seen;
}

const inRooms = (loaded: ReadonlySet<string>, ...rooms: readonly string[]): string[] =>
  [...loaded].filter((path) => rooms.some((room) => path.startsWith(room)));

test('the command line itself loads no stack, no capture and no laboratory', () => {
  const loaded = loadedBy('node/cli/main.ts');
  expect(loaded.has('node/cli/program.ts')).toBe(true);
  expect(inRooms(loaded, 'stack/stack.ts', 'services/', 'drill/', 'scenarios/', 'replay/', 'capture/', 'koffi')).toEqual([]);
});

test('up loads the stack and its services, and nothing of pictures, replays, scripts and scenarios', () => {
  const loaded = loadedBy('node/cli/main.ts', 'node/cli/up.ts', 'node/tap-host.ts');
  expect(loaded.has('stack/stack.ts')).toBe(true);
  const others = ['drill/', 'scenarios/', 'replay/', 'echarts', 'capture/ladder', 'capture/plot', 'capture/dissect', 'node/plot'];
  expect(inRooms(loaded, ...others)).toEqual([]);
});
