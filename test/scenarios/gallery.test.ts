/** What is kept in captures/ is what the scenarios make today, and Wireshark's tools are of one mind with us about it. */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { galleryFiles, galleryNames } from '../../src/node/lab-gallery.ts';
import { scenarios } from '../../src/scenarios/index.ts';
import { start } from '../cli/tapstack.ts';
import { askExpert, countFrames } from './expert.ts';

const FOLDER = resolve(import.meta.dirname, '../../captures');
const captures = scenarios().map(({ name }) => join(FOLDER, `${name}.pcapng`));

test('npm run captures would change nothing: the same files with the same bytes', async () => {
  const files = await galleryFiles();
  expect(galleryNames(FOLDER)).toEqual([...files.keys()].sort());
  const differing = [...files].filter(([name, content]) => !readFileSync(join(FOLDER, name)).equals(Buffer.from(content)));
  expect(differing.map(([name]) => name)).toEqual([]);
});

test('the folder is small enough to be kept', () => {
  const sizes = galleryNames(FOLDER).map((name) => [name, statSync(join(FOLDER, name)).size] as const);
  expect(sizes.filter(([name, size]) => size > (name.endsWith('.pcapng') ? 300_000 : 400_000))).toEqual([]);
  expect(sizes.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(8_000_000);
});

test('capinfos reads every capture without a warning', async () => {
  const { code, err } = await start('capinfos', ['-M', ...captures]).ended;
  expect([code, err]).toEqual([0, '']);
});

describe.each(scenarios().map((scenario) => [scenario.name, scenario] as const))('%s', (name, { expert = {}, look }) => {
  const path = join(FOLDER, `${name}.pcapng`);

  test("Wireshark's expert sees what the scenario is about and nothing else, and the comments are there", async () => {
    const { events, comments, warnings } = await askExpert(path);
    expect(warnings).toBe('');
    expect(events).toEqual(expert);
    const { frames } = readCapture(readFileSync(path));
    expect(comments.map((comment) => comment !== '')).toEqual(frames.map(({ comment }) => comment !== ''));
  });

  test('every display filter of it shows something', async () => {
    const counts = await countFrames(
      path,
      look.map(({ filter }) => filter),
    );
    expect(look.filter((_, index) => !(counts[index]! > 0)).map(({ filter }) => filter)).toEqual([]);
  });
});
