/** `capture replay` and `capture to-test` as their users run them: verdicts, errors in one line, and a written test that really runs. */
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureBytes } from '../../src/capture/index.ts';
import { MILLISECOND } from '../../src/stack/index.ts';
import type { Result } from '../cli/tapstack.ts';
import { start, Tapstack } from '../cli/tapstack.ts';
import { ChildFolder } from '../node/child.ts';
import * as conversations from './conversations.ts';
import { recordLab } from './lab.ts';

const ROOT = join(import.meta.dirname, '../..');
const tapstack = new Tapstack();
const library = new ChildFolder(['capture/index.ts', 'stack/index.ts']);
afterAll(() => {
  tapstack.remove();
  library.remove();
});

beforeAll(async () => {
  const cable = { cable: { delay: 5 * MILLISECOND } };
  writeFileSync(tapstack.path('small.pcapng'), captureBytes(await recordLab((lab) => conversations.echoed(lab, 50), cable)));
  writeFileSync(tapstack.path('large.pcapng'), captureBytes(await recordLab((lab) => conversations.download(lab, 9000), cable)));
  writeFileSync(tapstack.path('text'), 'this is no capture');
  copyFileSync(new URL('linux.pcap', import.meta.url), tapstack.path('linux.pcap'));
  // what a project that uses tapstack has: the package, as it was compiled for this test, and vitest
  writeFileSync(tapstack.path('vitest.config.mjs'), configText(library.path));
  symlinkSync(join(ROOT, 'node_modules'), tapstack.path('node_modules'));
});

const configText = (dist: string): string => `
export default {
  resolve: {
    alias: [
      { find: 'tapstack/capture', replacement: ${JSON.stringify(join(dist, 'capture/index.js'))} },
      { find: /^tapstack$/, replacement: ${JSON.stringify(join(dist, 'stack/index.js'))} },
    ],
  },
};
`;

const vitest = (file: string): Promise<Result> =>
  start(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', '.', file], {
    cwd: tapstack.folder,
    env: { NO_COLOR: '1' },
  }).ended;

describe.each([
  { file: 'small.pcapng', host: '10.0.0.2', embedded: true },
  { file: 'large.pcapng', host: '10.0.0.2', embedded: false },
  { file: 'linux.pcap', host: '10.0.0.1', embedded: false },
])('to-test $file', ({ file, host, embedded }) => {
  const written = `${file}.test.ts`;

  test('the test that it writes passes; with one byte of the capture changed it fails, and names the field', async () => {
    const made = await tapstack.run(['capture', 'to-test', file, '--host', host, '-o', written]);
    expect([made.code, made.out, made.err]).toEqual([0, '', '']);
    const text = readFileSync(tapstack.path(written), 'utf8');
    expect(text.includes('base64')).toBe(embedded);
    const good = await vitest(written);
    expect(good.out + good.err).toMatch(/Tests +1 passed/);
    expect(good.code).toBe(0);

    writeFileSync(
      tapstack.path(written),
      `${text.replace('await replay(capture,', 'await replay(changed(capture),')}\n${CHANGED(host)}`,
    );
    const bad = await vitest(written);
    expect(bad.out + bad.err).toMatch(/eth\.dst: recorded [0-9a-f:]+, sent [0-9a-f:]+/);
    expect(bad.code).toBe(1);
  });
});

/** The last byte of the Ethernet destination of the first IPv4 packet that the host sent. */
const CHANGED = (host: string): string => `
function changed(bytes: Uint8Array): Uint8Array {
  const source = [${host.split('.').join(', ')}];
  const copy = Uint8Array.from(bytes);
  const at = copy.findIndex((_, i) => copy[i] === 0x08 && copy[i + 1] === 0 && copy[i + 2] === 0x45 && source.every((byte, k) => copy[i + 14 + k] === byte));
  copy[at - 7] ^= 1;
  return copy;
}
`;

test('replay: the verdict, as text and as JSON, exit code 0; what differs, exit code 1', async () => {
  const same = await tapstack.run(['capture', 'replay', 'small.pcapng', '--host', '10.0.0.1']);
  expect([same.code, same.err]).toEqual([0, '']);
  expect(same.out).toMatch(/^10\.0\.0\.1 answers as recorded: (\d+) of \1 frames compared, \d+ fed\n$/);
  const json = await tapstack.run(['capture', 'replay', 'linux.pcap', '--host', '10.0.0.2', '--compare', 'frames', '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({ matches: false, difference: { kind: 'field', field: 'tcp.window' } });
});

test.each([
  { args: ['replay', 'none.pcap', '--host', '10.0.0.2'], line: /^tapstack: cannot read none\.pcap: there is no such file\n$/ },
  { args: ['replay', 'text', '--host', '10.0.0.2'], line: /^tapstack: text is no capture: offset 0: expected .*\n$/ },
  { args: ['replay', 'small.pcapng'], line: /^tapstack: required option '--host <address>' not specified; .*\n$/ },
  { args: ['replay', 'small.pcapng', '--host', 'bob'], line: /^tapstack: --host bob: an address is written 10\.0\.0\.2\n$/ },
  {
    args: ['replay', 'small.pcapng', '--host', '10.0.0.9'],
    line: /^tapstack: 10\.0\.0\.9 sends nothing in this capture; those who do: 10\.0\.0\.1, 10\.0\.0\.2\n$/,
  },
  {
    args: ['to-test', 'small.pcapng', '--host', '10.0.0.9'],
    line: /^tapstack: 10\.0\.0\.9 sends nothing in this capture; .*\n$/,
  },
  {
    args: ['replay', 'small.pcapng', '--host', '10.0.0.2', '--mask', 'tcp.ack,tcp.windov'],
    line: /^tapstack: --mask .*: there is no field "tcp\.windov" to mask; did you mean tcp\.window\?\n$/,
  },
  {
    args: ['replay', 'small.pcapng', '--host', '10.0.0.2', '--mask', 'elephant'],
    line: /^tapstack: --mask elephant: there is no field "elephant" to mask; there is time, eth, arp, ip, tcp, udp, icmp, payload\n$/,
  },
  {
    args: ['replay', 'small.pcapng', '--host', '10.0.0.2', '--tolerance', 'soon'],
    line: /^tapstack: --tolerance soon: a time is .*\n$/,
  },
  {
    args: ['replay', 'small.pcapng', '--host', '10.0.0.2', '--compare', 'all'],
    line: /^tapstack: --compare all: frames or streams\n$/,
  },
])('$args: one line, exit code 2', async ({ args, line }) => {
  const { code, out, err } = await tapstack.run(['capture', ...args]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(line);
});
