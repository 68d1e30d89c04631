/** `tapstack capture show`, run as its users run it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureBytes } from '../../src/capture/file/capture-bytes.ts';
import type { Lossy } from '../capture/analyse/lossy.ts';
import { lossyConversations } from '../capture/analyse/lossy.ts';
import { A, B, echoFrame, recorded } from '../capture/frames.ts';
import { elementsOf } from '../capture/xml.ts';
import { Tapstack, tshark } from './tapstack.ts';

const tapstack = new Tapstack();
afterAll(() => tapstack.remove());
const show = (...args: readonly string[]) => tapstack.run(['capture', 'show', ...args]);
let lossy: Lossy;
beforeAll(async () => {
  lossy = await lossyConversations(1);
  writeFileSync(
    tapstack.path('lab.pcapng'),
    captureBytes(lossy.both.frames(), { interfaces: [{ name: 'alice' }, { name: 'bob' }] }),
  );
  const echoes = [
    recorded(echoFrame(), 5_000_000, { comment: 'a question\nsrtt \u001b[31m50 ms' }),
    recorded(echoFrame({ from: B, to: A, reply: true }), 5_250_000, { direction: 'in' }),
  ];
  writeFileSync(tapstack.path('ping.pcapng'), captureBytes(echoes, { interfaces: [{ name: 'tap0' }] }));
});

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await show(...args);
  expect([code, err]).toEqual([0, '']);
  return out;
}

test('a line for each packet: number, time, interface, direction, what it says and why; no colours into a pipe', async () => {
  expect(await done('ping.pcapng')).toBe(
    [
      '    1    0.000000  tap0 > 10.0.0.1 > 10.0.0.2 ICMP echo request id 7 seq 1, 64 bytes  # a question | srtt ·[31m50 ms',
      '    2    0.250000  tap0 < 10.0.0.2 > 10.0.0.1 ICMP echo reply id 7 seq 1, 64 bytes',
      '',
    ].join('\n'),
  );
});

test('--frame: its layers in each other with fields and bytes; --bytes: the bytes alone', async () => {
  const out = await done('ping.pcapng', '--frame', '2', '--bytes');
  for (const part of [
    /^ +2 +0\.250000 {2}tap0 < .*echo reply/,
    /1 physical ─ frame ─+ 98 bytes/,
    /2 data link ─ Ethernet II ─+ bytes 0 to 13/,
    /3 network ─ ICMP ─+ bytes 34 to 41/,
    /type +0 {2}echo reply +34 {3}00 /,
    /^0050 {2}[\da-f ]{48} {2}.{16}$/m,
  ])
    expect(out).toMatch(part);
});

test('-o: the picture of a frame', async () => {
  await done('ping.pcapng', '--frame', '1', '-o', 'frame.svg', '--title', 'A <question>');
  const svg = readFileSync(tapstack.path('frame.svg'), 'utf8');
  expect(elementsOf(svg).length).toBeGreaterThan(50);
  expect(svg).toContain('>A &lt;question&gt;<');
  expect(svg).toContain('>echo request<');
});

test('filters, numbers and limits choose; sequence numbers stay relative to what was not shown', async () => {
  const filter = 'tcp.len > 0 and frame.interface_name == "alice"';
  const lines = (await done('lab.pcapng', '--filter', filter, '--limit', '5')).trimEnd().split('\n');
  const numbers = await tshark(tapstack.path('lab.pcapng'), ['frame.number'], filter);
  expect(lines.map((line) => line.trim().split(' ')[0])).toEqual(numbers.slice(0, 5));
  expect(lines[0]).toMatch(/ seq 1:/);
  expect(
    (await done('lab.pcapng', '--frames', '3-4'))
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.slice(0, 5))),
  ).toEqual([3, 4]);
});

test('--json: every field of every frame, one object a line', async () => {
  const objects = (await done('lab.pcapng', '--json', '--limit', '20'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(objects.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(objects.every(({ layers }) => layers[0].protocol === 'frame' && layers[1].protocol === 'eth')).toBe(true);
  expect(objects[0].layers[1].fields[0]).toMatchObject({ field: 'eth.dst', name: 'destination', at: 0, length: 6 });
});

test.each([
  [['nowhere.pcapng'], 'cannot read nowhere.pcapng: there is no such file'],
  [['ping.pcapng', '--frame', '3'], 'there is no frame 3: the capture has 2 frames'],
  [['ping.pcapng', '--frame', '1', '--filter', 'tcp'], 'frame 1 is not among the chosen'],
  [['ping.pcapng', '--frame', '0'], '--frame 0: a count is a whole number from 1 on'],
  [['ping.pcapng', '--filter', 'icnp'], '--filter icnp: column 1: there is no field or protocol "icnp"; did you mean icmp'],
  [['ping.pcapng', '--filter', 'tcp.port =='], 'column 12: expected a value behind "==", found the end'],
  [['ping.pcapng', '-o', 'x.svg'], '--output is for the picture of one frame: say which with --frame NUMBER'],
  [['ping.pcapng', '--frame', '1', '-o', 'nowhere/x.svg'], 'cannot write nowhere/x.svg: there is no such folder'],
])('%j: one line, exit code 2', async (args, words) => {
  const { code, out, err } = await show(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(words);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

test('a file that breaks off is shown up to the break, and then the break is said', async () => {
  const whole = readFileSync(tapstack.path('ping.pcapng'));
  writeFileSync(tapstack.path('broken.pcapng'), whole.subarray(0, whole.length - 150));
  const { code, out, err } = await show('broken.pcapng');
  expect(code).toBe(0);
  expect(out).toContain('echo request');
  expect(err).toMatch(/broken\.pcapng: .*offset \d+/);
});
