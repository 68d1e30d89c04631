/** The command of the benchmark: its options, and a run of the one case that needs neither network nor a compiler. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BENCH, script } from './script.ts';

const { readOptions } = await script<{ readOptions(words: readonly string[], known: readonly string[]): object }>('options.js');

const bench = (...words: string[]) => spawnSync(process.execPath, [join(BENCH, 'bench.js'), ...words], { encoding: 'utf8' });

test.each([
  [[], { rounds: 5, seconds: 1, only: [], quick: false }],
  [['--quick'], { rounds: 3, seconds: 0.4 }],
  [['--quick', '--rounds', '2', '--seconds=0.1'], { rounds: 2, seconds: 0.1 }],
  [['--only', 'ping,flood', '--only=connect'], { only: ['ping', 'flood', 'connect'] }],
  [['--profile', 'ping'], { only: ['ping'], profile: 'ping' }],
  [['--out', 'x', '--markdown'], { out: 'x', markdown: true }],
])('%j', (words, expected) => {
  expect(readOptions(words, ['ping', 'flood', 'connect'])).toMatchObject(expected);
});

test.each([
  [['--fast'], /no option "--fast"/],
  [['5'], /no option "5"/],
  [['--quick=yes'], /no option "--quick=yes"/],
  [['--only', 'speed'], /no case "speed"; there are bulk-in, /],
  [['--profile', 'ping,flood'], /no case "ping,flood"/],
  [['--rounds', '0'], /--rounds takes a whole number from 1 to 100, not "0"/],
  [['--rounds', '2.5'], /--rounds takes a whole number/],
  [['--seconds', '-1'], /--seconds takes a number above 0 and up to 60, not "-1"/],
  [['--seconds', 'x'], /--seconds takes a number/],
  [['--out'], /--out needs a value/],
])('%j is one clear line and exit code 2', (words, said) => {
  const { status, stdout, stderr } = bench(...words);
  expect(stderr).toMatch(said);
  expect({ status, stdout, lines: stderr.trim().split('\n').length }).toEqual({ status: 2, stdout: '', lines: 1 });
});

test('--list names the cases, and every one that the help mentions can be asked for', () => {
  const { status, stdout } = bench('--list');
  expect(status).toBe(0);
  const ids = stdout.trim().split('\n').map((line) => line.split(' ')[0]); // biome-ignore format: one line reads better
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain('memory-small');
  expect(bench('--help').stdout).toMatch(/^Usage: npm run bench/);
});

test('--quick --only of a case in memory: a table, JSON with every value, and a chart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapstack-bench-'));
  try {
    const words = ['--quick', '--only', 'memory-large', '--rounds', '2', '--seconds', '0.05', '--markdown', '--out', folder];
    const { status, stdout, stderr } = bench(...words);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^two stacks in memory, super-segments {2,}Gbit\/s {2,}[\d.]+ {2,}≥ 20 Gbit\/s {2,}(met|missed)$/m);
    expect(stdout).toMatch(/^\| two stacks in memory, super-segments, Gbit\/s \| [\d.]+ \|/m);
    const report = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
    expect(report).toMatchObject({ settings: { rounds: 2, seconds: 0.05, quick: true }, machine: { node: process.version } });
    expect(report.cases).toHaveLength(1);
    const [{ id, values, median, target, met }] = report.cases;
    expect({ id, target }).toEqual({ id: 'memory-large', target: { value: 20 } });
    expect(values.tapstack).toHaveLength(2);
    expect(median.tapstack).toBeCloseTo((values.tapstack[0] + values.tapstack[1]) / 2);
    expect(met).toBe(median.tapstack >= 20);
    expect(Date.parse(report.ended)).toBeGreaterThanOrEqual(Date.parse(report.began));
    const svg = readFileSync(join(folder, 'chart.svg'), 'utf8');
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain('two stacks in memory, super-segments');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('--profile of it: a profile that DevTools can open, and the functions in which the time went', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapstack-bench-'));
  try {
    const { status, stdout } = bench('--profile', 'memory-small', '--rounds', '1', '--seconds', '0.1', '--out', folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ +[\d.]+ % {2}\S+ +stack\/\S+\.js:\d+$/m);
    const profile = JSON.parse(readFileSync(join(folder, 'memory-small.cpuprofile'), 'utf8'));
    expect(profile.samples).toHaveLength(profile.timeDeltas.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
