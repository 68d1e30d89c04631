/** `tapstack lab` as a lecturer uses it: a process of its own, no root, files in a folder. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCapture, readSeries } from '../../src/capture/index.ts';
import { CHAPTERS, scenarios } from '../../src/scenarios/index.ts';
import { Tapstack } from './tapstack.ts';

const tapstack = new Tapstack();
afterAll(() => tapstack.remove());

test('list shows every scenario once, below its chapter', async () => {
  const { code, out, err } = await tapstack.run(['lab', 'list']);
  expect([code, err]).toEqual([0, '']);
  const lines = out.split('\n');
  for (const { name, title } of scenarios()) {
    expect(lines.filter((line) => line.trim().split(/ {2,}/).join('|') === `${name}|${title}`)).toHaveLength(1);
  }
  const headings = lines.filter((line) => CHAPTERS.some((chapter) => chapter === line));
  expect(headings).toEqual(CHAPTERS.filter((chapter) => scenarios().some((scenario) => scenario.chapter === chapter)));
});

test('run tells the story, the ladder and what to look at, and writes nothing', async () => {
  const { code, out, err } = await tapstack.run(['lab', 'run', 'handshake']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('Three-way handshake and four-way close (RFC 9293 §3.5, RFC 9293 §3.6)');
  expect(out).toMatch(/client 10\.0\.0\.1 +server 10\.0\.0\.2/);
  expect(out).toMatch(/── SYN {2}seq 0 .*▶│/);
  expect(out).toMatch(/tcp\.flags\.syn == 1 +both initial sequence numbers/);
  expect(out).toContain('For the class: ');
  expect(existsSync(tapstack.path('handshake.pcapng'))).toBe(false);
});

test('--out writes the same files as stand in captures/, and both ends beside them', async () => {
  const { code, out } = await tapstack.run(['lab', 'run', 'slow-start', '--out', 'lecture/one']);
  expect(code).toBe(0);
  const names = readdirSync(tapstack.path('lecture/one')).sort();
  expect(names).toEqual(
    ['both-ends.pcapng', 'ladder.svg', 'pcapng', 'plot.svg', 'series.jsonl'].map((ending) => `slow-start.${ending}`),
  );
  for (const name of names) expect(out).toContain(`lecture/one/${name}`);
  const kept = resolve(import.meta.dirname, '../../captures');
  for (const name of names.filter((one) => !one.includes('both-ends')))
    expect(readFileSync(tapstack.path(`lecture/one/${name}`)).equals(readFileSync(resolve(kept, name)))).toBe(true);
  const both = readCapture(readFileSync(tapstack.path('lecture/one/slow-start.both-ends.pcapng')));
  expect(both.interfaces.map(({ name }) => name)).toEqual(['client', 'server']);
  const series = readSeries(readFileSync(tapstack.path('lecture/one/slow-start.series.jsonl'), 'utf8'));
  expect([series.faults, series.samples.length > 10]).toEqual([[], true]);
});

test('--format chooses the files, --quiet says a line a scenario', async () => {
  const args = ['lab', 'run', 'refused', 'half-close', '--quiet', '--out', 'two', '--format', 'pcapng,ladder'];
  const { code, out, err } = await tapstack.run(args);
  expect([code, err]).toEqual([0, '']);
  expect(out.split('\n')).toEqual([
    'refused: as told; two/refused.pcapng two/refused.ladder.svg',
    'half-close: as told; two/half-close.pcapng two/half-close.ladder.svg',
    '',
  ]);
  expect(readdirSync(tapstack.path('two'))).toHaveLength(4);
});

test.each([
  [
    ['lab', 'run', 'handshak'],
    /^tapstack: there is no scenario handshak; do you mean handshake, .* or .*\? "tapstack lab list" shows all\n$/,
  ],
  [['lab', 'run', 'handshake', '--format', 'png'], /^tapstack: --format png: [^\n]*pcapng[^\n]*\n$/],
  [['lab', 'run', 'handshake', '--format', 'pcapng'], /^tapstack: --format says which files; --out says where they go\n$/],
  [['lab', 'run'], /^tapstack: missing required argument[^\n]*\n$/],
  [['lab', 'play'], /^tapstack: unknown command 'play'[^\n]*\n$/],
  [['lab', 'run', 'handshake', '--out', 'a-file'], /^tapstack: cannot write into a-file: [^\n]*\n$/],
] as const)('%j is wrong use: one line, exit code 2', async (args, said) => {
  writeFileSync(tapstack.path('a-file'), '');
  const { code, err } = await tapstack.run(args);
  expect(err).toMatch(said);
  expect(code).toBe(2);
});

test('a folder that is there already keeps what else is in it', async () => {
  mkdirSync(tapstack.path('mine'));
  writeFileSync(tapstack.path('mine/notes.txt'), 'for Monday');
  expect((await tapstack.run(['lab', 'run', 'refused', '--quiet', '--out', 'mine', '--format', 'ladder'])).code).toBe(0);
  expect(readdirSync(tapstack.path('mine')).sort()).toEqual(['notes.txt', 'refused.ladder.svg']);
});
