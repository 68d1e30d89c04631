/** `tapstack capture check` as a grader runs it. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Tapstack } from './tapstack.ts';

const tapstack = new Tapstack();
afterAll(() => tapstack.remove());
const PING = fileURLToPath(new URL('../../captures/ping.pcapng', import.meta.url));

async function check(rules: string, ...options: readonly string[]) {
  writeFileSync(tapstack.path('my.rules'), rules);
  return tapstack.run(['capture', 'check', PING, 'my.rules', ...options]);
}

test('line by line, and the exit code says whether all of it is there', async () => {
  const { code, out, err } = await check('at least 1: icmp.type == 0 -- an answer\nnone: icmp -- silence\n');
  expect([code, err]).toEqual([1, '']);
  expect(out).toBe('✓ an answer: 4 times, frames 2, 4, 6, 8\n✗ silence: 8 times, frames 1, 2, 3, 4, 5, …\n1 of 2 rules hold\n');
});

test('as data', async () => {
  const { code, out } = await check('at least 1: icmp.type == 0 -- an answer', '--json');
  expect([code, JSON.parse(out)]).toEqual([
    0,
    {
      passed: true,
      rules: [{ line: 1, words: 'an answer', passed: true, frames: [2, 4, 6, 8], seen: '4 times, frames 2, 4, 6, 8' }],
    },
  ]);
});

test('a mistake in the rules is one line with its place, and exit code 2', async () => {
  const { code, out, err } = await check('none: tcp.flagz');
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^tapstack: my\.rules: line 1, column 7: there is no field or protocol "tcp\.flagz".*\n$/);
});
