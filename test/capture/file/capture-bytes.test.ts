/** Whole captures in memory: what tshark and capinfos make of every block, and that nothing in them comes from the machine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CaptureBytesOptions } from '../../../src/capture/file/capture-bytes.ts';
import { captureBytes } from '../../../src/capture/file/capture-bytes.ts';
import { start, tshark } from '../../cli/tapstack.ts';
import { A, B, echoFrame, recorded, tcpFrame } from '../frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapstack-bytes-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 2026-01-01T00:00:00Z */
const NEW_YEAR = 1_767_225_600_000_000;
const LAB: CaptureBytesOptions = {
  section: { hardware: 'paper', os: 'none', application: 'a lesson', comment: 'chapter 1' },
  interfaces: [
    {
      name: 'alice',
      description: 'left end',
      mac: '02:00:0a:00:00:01',
      addresses: [`${A}/24`, '2001:db8::1/64'],
      speed: 10_000_000,
      os: 'tapstack',
      filter: 'tcp',
    },
    { name: 'bob', description: 'right end' },
  ],
  names: new Map<string, string | string[]>([
    [A, 'alice.lab'],
    [B, ['server', 'bob.lab']],
    ['2001:db8::1', 'alice6.lab'],
  ]),
  epochOffset: NEW_YEAR,
};
const FRAMES = [
  recorded(echoFrame(), 1, { comment: 'first line\ncwnd 14480' }),
  recorded(echoFrame(), 51, { direction: 'in', interfaceId: 1, nanoseconds: 7 }),
  recorded(tcpFrame(), 2_000_000, { interfaceId: 1, dropped: 3 }),
];

function file(name: string, options: CaptureBytesOptions): string {
  const path = join(folder, name);
  writeFileSync(path, captureBytes(FRAMES, options));
  return path;
}

test('tshark sees times, interfaces, directions, comments, drops and names', async () => {
  const path = file('lab.pcapng', LAB);
  const fields = ['frame.time_epoch', 'frame.interface_name', 'frame.interface_description', 'frame.packet_flags_direction'];
  expect(await tshark(path, [...fields, 'frame.drop_count', 'frame.comment'])).toEqual([
    '1767225600.000001000;alice;left end;0x00000002;;first line\\ncwnd 14480',
    '1767225600.000051007;bob;right end;0x00000001;;',
    '1767225602.000000000;bob;right end;0x00000002;3;',
  ]);
  expect(await tshark(path, ['ip.src_host', 'ip.dst_host'])).toEqual(Array(3).fill(`${A};${B}`));
  const named = await start('tshark', ['-r', path, '-N', 'n', '-T', 'fields', '-e', 'ip.src_host', '-e', 'ip.dst_host']).ended;
  expect(named.out.split('\n')[0]).toBe('alice.lab\tbob.lab'); // of several names the last
});

test('capinfos sees who made it and what each interface is', async () => {
  const { out, code, err } = await start('capinfos', [file('info.pcapng', LAB)]).ended;
  expect([code, err.replace(/^Running as user .*\n/, '')]).toEqual([0, '']);
  for (const line of [
    /^Capture hardware: +paper$/m,
    /^Capture oper-sys: +none$/m,
    /^Capture application: +a lesson$/m,
    /^Capture comment: +chapter 1$/m,
    /Name = alice\n +Description = left end\n/,
    /Operating system = tapstack/,
    /Speed = 10000000/,
    /Filter string = tcp/,
    /Time resolution = 0x09/,
    /Number of stat entries = 1\n +Number of packets = 1\n/,
  ])
    expect(out).toMatch(line);
});

test('classic pcap in nanoseconds and in microseconds', async () => {
  for (const [format, type, time] of [
    ['pcap', 'Wireshark/tcpdump/... - nanosecond pcap', '1767225600.000051007'],
    ['pcap-microseconds', 'Wireshark/tcpdump/... - pcap', '1767225600.000051000'],
  ] as const) {
    const path = file(`${format}.pcap`, { ...LAB, format });
    expect((await tshark(path, ['frame.time_epoch']))[1]).toBe(time);
    expect((await start('capinfos', ['-t', path]).ended).out).toContain(`File type:           ${type}\n`);
  }
});

test('the same frames give the same bytes, and an interface that nobody described is there', async () => {
  expect(captureBytes(FRAMES, LAB)).toEqual(captureBytes(FRAMES, LAB));
  const path = file('bare.pcapng', {});
  expect(await tshark(path, ['frame.interface_id'])).toEqual(['0', '1', '1']);
  writeFileSync(path, captureBytes([], {}));
  expect(await tshark(path, ['frame.number'])).toEqual([]);
});

test('addresses that are none, and names with zeros in them, harm nothing', async () => {
  const path = file('odd.pcapng', {
    interfaces: [{ name: 'x', mac: 'nobody', addresses: ['10.0.0.1/33', '::1::', '', '1.2.3.4', '::/0'] }, { name: 'y\0z' }],
    names: new Map([
      ['nowhere', 'x'],
      [A, 'a\0lice'],
    ]),
  });
  expect(await tshark(path, ['frame.number'])).toEqual(['1', '2', '3']);
});
