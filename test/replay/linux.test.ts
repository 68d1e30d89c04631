/** A capture of two Linux hosts: the stack in the place of either is compared by what it says, and what it does not say is named. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RecordedFrame } from '../../src/capture/index.ts';
import { accept, connect, dissect, readAll, readCapture, replay, send } from '../../src/capture/index.ts';
import { MILLISECOND } from '../../src/stack/index.ts';

/**
 * Two kernels (6.x) on a cable, recorded by tcpdump at the server: ARP, curl asks a server in Python for three and for 12,000 bytes,
 * then at a closed port; one ping.
 */
const CAPTURE = new Uint8Array(readFileSync(new URL('linux.pcap', import.meta.url)));
const CLIENT = '10.0.0.1';
const SERVER = '10.0.0.2';
const TCP = 14 + 20;

const textOf = ({ bytes }: RecordedFrame): string => Buffer.from(bytes.subarray(dissect(bytes).payload.at)).toString('latin1');

/** Finds a frame, and changes a copy of it. */
function changed(find: (frame: RecordedFrame) => boolean, change: (bytes: Uint8Array) => void): RecordedFrame[] {
  const frames = [...readCapture(CAPTURE).frames];
  const which = frames.findIndex(find);
  const bytes = frames[which]!.bytes.slice();
  change(bytes);
  frames[which] = { ...frames[which]!, bytes };
  return frames;
}

const isOf =
  (host: string, flags: number, mask = 0xff) =>
  ({ bytes }: RecordedFrame): boolean => {
    const { network, transport } = dissect(bytes);
    return (
      network?.kind === 'ipv4' && network.source === host && transport?.kind === 'tcp' && (bytes[TCP + 13]! & mask) === flags
    );
  };

test.each([CLIENT, SERVER])('%s', async (host) => {
  const { matches, report, compared, expected, notes } = await replay(CAPTURE, { host });
  expect(matches, report).toBe(true);
  expect(compared).toBe(expected);
  expect(notes.join('\n')).toContain('the host is another implementation');
});

test('frame by frame it is another host, from the first window on', async () => {
  const { difference } = await replay(CAPTURE, { host: SERVER, compare: 'frames' });
  expect(difference).toMatchObject({ kind: 'field', field: 'tcp.window' });
});

test.each([
  { name: 'the MSS of the SYN-ACK', find: isOf(SERVER, 0x12), at: TCP + 23, field: 'tcp.options.mss' },
  { name: 'the shift of the SYN-ACK', find: isOf(SERVER, 0x12), at: TCP + 39, field: 'tcp.options.wscale' },
  { name: 'what the SYN-ACK acknowledges', find: isOf(SERVER, 0x12), at: TCP + 11, field: 'tcp.ack' },
  { name: 'the TTL of the SYN-ACK', find: isOf(SERVER, 0x12), at: 14 + 8, field: 'ip.ttl' },
  { name: 'the acknowledgment of the request', find: isOf(SERVER, 0x10), at: TCP + 10, field: 'tcp.ack' },
  { name: 'the sequence number of the refusal', find: isOf(SERVER, 0x14), at: TCP + 7, field: 'tcp.seq' },
])('one byte is changed: $name', async ({ find, at, field }) => {
  const frames = changed(find, (bytes) => {
    bytes[at]! ^= 2;
  });
  const { difference, report } = await replay(frames, { host: SERVER, mask: ['tcp.checksum'] });
  expect(difference?.field, report).toBe(field);
});

test('an application that says something else: the place in the text, and both bytes', async () => {
  const request = textOf(readCapture(CAPTURE).frames.find((frame) => textOf(frame).startsWith('GET'))!);
  const other = request.replace('curl', 'Curl');
  const { frames } = readCapture(CAPTURE);
  const after = frames.find(isOf(CLIENT, 0x02))!.at - frames[0]!.at;
  const application = [connect(SERVER, 80, { after }), send(other), readAll()] as const;
  const { difference } = await replay(CAPTURE, { host: CLIENT, application, tolerance: 20 * MILLISECOND });
  expect(difference?.text).toBe(`payload: recorded 0x63 in place ${request.indexOf('curl') + 1} of the text, sent 0x43`);
});

test('an application that is silent, and one that is not there', async () => {
  const silent = await replay(CAPTURE, { host: SERVER, application: [accept(80), async (_, host) => host.sleep(1e7)] });
  expect(silent.difference?.text).toMatch(/^recorded and not sent: frame \d+ at \d/);
  const closed = await replay(CAPTURE, { host: SERVER, application: [accept(8080)] });
  expect(closed.difference).toMatchObject({ text: 'tcp.flags: recorded no RST, sent RST' });
});
