/** `tapstack capture ladder` and `plot` as their users run them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureBytes } from '../../src/capture/index.ts';
import { STORY } from '../capture/both-ends.ts';
import { elementsOf } from '../capture/xml.ts';
import { Tapstack } from './tapstack.ts';

let tapstack: Tapstack;
beforeAll(() => {
  tapstack = new Tapstack();
  writeFileSync(tapstack.path('story.pcapng'), captureBytes(STORY, { interfaces: [{ name: 'alice' }, { name: 'bob' }] }));
});
afterAll(() => tapstack.remove());

describe('what is drawn', () => {
  test('a ladder on the terminal', async () => {
    const { code, out, err } = await tapstack.run(['capture', 'ladder', 'story.pcapng', '--names', 'alice=10.0.0.1']);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')[0]).toMatch(/alice +10\.0\.0\.2/);
    expect(out).toContain('retransmission  ACK  seq 201:301');
  });

  test.each([
    ['ladder', 'story.svg', /^<svg/],
    ['ladder', 'story.html', /^<!doctype html>/],
    ['ladder', 'story.mmd', /^sequenceDiagram/],
    ['plot', 'plot.svg', /^<svg/],
    ['plot', 'plot.html', /^<!doctype html>/],
  ])('%s into %s, the same twice', async (command, file, beginning) => {
    const draw = () => tapstack.run(['capture', command, 'story.pcapng', '-o', file]);
    expect(await draw()).toMatchObject({ code: 0, out: '', err: '' });
    const first = readFileSync(tapstack.path(file), 'utf8');
    expect(first).toMatch(beginning);
    if (file.endsWith('.svg')) expect(elementsOf(first)[0]).toBe('svg');
    await draw();
    expect(readFileSync(tapstack.path(file), 'utf8')).toBe(first);
  });

  test('only what was chosen, with the numbers that it has in the whole', async () => {
    const options = ['--filter', 'tcp.len > 0', '--from', '100ms', '--conversation', '1'];
    const { out } = await tapstack.run(['capture', 'ladder', 'story.pcapng', ...options]);
    expect(out.match(/\d ms .*/g)).toEqual([expect.stringMatching(/seq 201:301/)]);
    expect(out).toContain('250.000 ms');
  });
});

test.each([
  [['ladder', 'absent.pcapng'], /cannot read absent\.pcapng/],
  [['ladder', 'story.pcapng', '--format', 'gif'], /--format gif: .*svg/],
  [['ladder', 'story.pcapng', '--conversation', '7'], /no such conversation; there is 1 in the file/],
  [['ladder', 'story.pcapng', '--conversation', 'a-b'], /--conversation a-b: give /],
  [['ladder', 'story.pcapng', '--filter', 'tcp.port =='], /--filter: column \d+/],
  [['ladder', 'story.pcapng', '--from', '2s', '--to', '1s'], /--from is later than --to/],
  [['ladder', 'story.pcapng', '--names', 'nobody'], /NAME=ADDRESS/],
  [['ladder', 'story.pcapng', '-o', 'absent/x.svg'], /cannot write absent\/x\.svg: there is no such folder/],
  [['plot', 'story.pcapng', '--kind', 'cwnd'], /--series FILE\.jsonl/],
  [['plot', 'story.pcapng', '--kind', 'cwnd', '--series', 'story.pcapng'], /story\.pcapng: line 1: no series/],
  [['plot', 'story.pcapng', '--filter', 'arp'], /there is no TCP connection among the frames that were chosen/],
])('one line and exit code 2: %j', async (args, words) => {
  const { code, out, err } = await tapstack.run(['capture', ...args]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(words);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});
