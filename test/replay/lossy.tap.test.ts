/** curl over a bad and over a slow line, recorded by tcpdump on the TAP behind it: both sides replay by what they say. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replay } from '../../src/capture/index.ts';
import { SECOND } from '../../src/stack/index.ts';
import { Tapstack } from '../cli/tapstack.ts';
import { requirePrivateNamespace } from '../node/private.ts';

const tapstack = new Tapstack();
beforeAll(requirePrivateNamespace);
afterAll(() => tapstack.remove());

/** With a buffer that holds everything: a recorder on a busy machine leaves frames out. */
const SCRIPT = (file: string): string => `
: >listening
tcpdump -B 16384 -i tap0 -U --immediate-mode -w ${file} 2>listening & dump=$!
until grep -q 'listening on' listening; do sleep 0.05; done
curl -s http://10.0.0.2/hello
curl -s http://10.0.0.2/bytes/60000 | wc -c
sleep 0.5
kill -INT $dump; wait $dump`;

test.each([
  { name: 'loss', options: ['--loss', '5%'] },
  { name: 'delay', options: ['--delay', '20ms'] },
])('$name: the stack in the place of either side', async ({ name, options }) => {
  const file = `${name}.pcap`;
  const { code, out, err } = await tapstack.beside(SCRIPT(file), options);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('60000');
  const capture = readFileSync(tapstack.path(file));
  for (const host of ['10.0.0.1', '10.0.0.2']) {
    const { matches, report, compared, notes } = await replay(capture, { host, compare: 'streams', tolerance: 2 * SECOND });
    expect(matches, report).toBe(true);
    expect(compared).toBeGreaterThan(10);
    expect(notes.join('\n')).toContain('as asked for: of its TCP is compared what it says in which place');
  }
});
