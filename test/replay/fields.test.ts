/** One byte of a recorded frame is changed, in every field of every header: the replay finds it and names the field. */
import { expect, test } from 'vitest';
import type { RecordedFrame } from '../../src/capture/index.ts';
import { accept, dissect, echo, replay } from '../../src/capture/index.ts';
import { MILLISECOND } from '../../src/stack/index.ts';
import * as conversations from './conversations.ts';
import { B, recordLab } from './lab.ts';

const IP = 14;
const TCP = IP + 20;
const OPTIONS = TCP + 20;

/** Of a segment with text that the host sent: where a byte is changed, and which fields may be named for it. */
const TCP_BYTES: readonly { readonly at: number; readonly names: readonly string[] }[] = [
  { at: 5, names: ['eth.dst'] },
  { at: 11, names: ['eth.src'] },
  { at: 13, names: ['eth.type'] },
  { at: IP, names: ['ip.hlen', 'ip.version'] },
  { at: IP + 1, names: ['ip.tos'] },
  { at: IP + 3, names: ['payload', 'ip.length', 'ip.protocol'] },
  { at: IP + 6, names: ['ip.flags', 'ip.offset'] },
  { at: IP + 7, names: ['ip.offset'] },
  { at: IP + 8, names: ['ip.ttl'] },
  { at: IP + 9, names: ['ip.protocol'] },
  { at: IP + 10, names: ['ip.checksum'] },
  { at: IP + 15, names: ['ip.src'] },
  { at: IP + 19, names: ['ip.dst'] },
  { at: TCP + 1, names: ['tcp.srcport'] },
  { at: TCP + 3, names: ['tcp.dstport'] },
  { at: TCP + 7, names: ['tcp.seq'] },
  { at: TCP + 11, names: ['tcp.ack'] },
  { at: TCP + 12, names: ['tcp.reserved'] },
  { at: TCP + 13, names: ['tcp.flags'] },
  { at: TCP + 15, names: ['tcp.window'] },
  { at: TCP + 17, names: ['tcp.checksum'] },
  { at: TCP + 19, names: ['tcp.urgent'] },
  { at: OPTIONS, names: ['tcp.options.order'] },
  { at: OPTIONS + 11, names: ['tcp.options.tsecr'] },
  { at: OPTIONS + 12, names: ['payload'] },
];

const changed = (frames: readonly RecordedFrame[], which: RecordedFrame, at: number): RecordedFrame[] =>
  frames.map((frame) => {
    if (frame !== which) return frame;
    const bytes = frame.bytes.slice();
    bytes[at]! ^= 1;
    return { ...frame, bytes };
  });

const fromHost = (frames: readonly RecordedFrame[]) =>
  frames.filter(({ interfaceId, direction }) => interfaceId === 1 && direction === 'out');

test.each(TCP_BYTES)('byte $at of a segment: $names', async ({ at, names }) => {
  const frames = await recordLab((lab) => conversations.echoed(lab, 40), { cable: { delay: 5 * MILLISECOND } });
  const segment = fromHost(frames).find(({ bytes }) => {
    const { transport, payload } = dissect(bytes);
    return transport?.kind === 'tcp' && payload.length > 0;
  })!;
  const { difference, report } = await replay(changed(frames, segment, at), { host: B, application: [accept(80), echo()] });
  expect(names, report).toContain(difference?.field);
});

test('the bytes that are masked by default, and the same bytes unmasked', async () => {
  const frames = await recordLab((lab) => conversations.echoed(lab, 40), { cable: { delay: 5 * MILLISECOND } });
  const segment = fromHost(frames).find(({ bytes }) => dissect(bytes).payload.length === 40)!;
  const renumbered = { ...segment, bytes: segment.bytes.slice() };
  renumbered.bytes[IP + 5]! ^= 1;
  const input = frames.map((frame) => (frame === segment ? renumbered : frame));
  const mask = ['ip.checksum'] as const;
  expect((await replay(input, { host: B, mask })).matches).toBe(true);
  expect((await replay(input, { host: B, unmask: ['ip.id'] })).difference?.field).toBe('ip.id');
});

const ARP_BYTES: readonly (readonly [at: number, name: string])[] = [
  [IP + 7, 'arp.operation'],
  [IP + 13, 'arp.sender.mac'],
  [IP + 23, 'arp.target.mac'],
  [IP + 27, 'arp.target.ip'],
];

test.each(ARP_BYTES)('byte %i of an ARP reply', async (at, name) => {
  const frames = await recordLab((lab) => conversations.pings(lab, 1));
  const reply = fromHost(frames).find(({ bytes }) => {
    const { network } = dissect(bytes);
    return network?.kind === 'arp' && network.operation === 2;
  })!;
  const { difference, report } = await replay(changed(frames, reply, at), { host: B });
  expect(difference?.field, report).toBe(name);
});

const ICMP_BYTES: readonly (readonly [at: number, name: string])[] = [
  [TCP, 'icmp.type'],
  [TCP + 1, 'icmp.code'],
  [TCP + 3, 'icmp.checksum'],
  [TCP + 5, 'icmp.id'],
  [TCP + 7, 'icmp.seq'],
  [TCP + 20, 'payload'],
];

test.each(ICMP_BYTES)('byte %i of an echo reply', async (at, name) => {
  const frames = await recordLab((lab) => conversations.pings(lab, 2));
  const reply = fromHost(frames).find(({ bytes }) => dissect(bytes).transport?.kind === 'icmp')!;
  const { difference, report } = await replay(changed(frames, reply, at), { host: B });
  expect(difference?.field, report).toBe(name);
});

const UDP_BYTES: readonly (readonly [at: number, name: string])[] = [
  [TCP + 1, 'udp.srcport'],
  [TCP + 3, 'udp.dstport'],
  [TCP + 7, 'udp.checksum'],
];

test.each(UDP_BYTES)('byte %i of a datagram', async (at, name) => {
  const frames = await recordLab((lab) => conversations.datagrams(lab, [40]));
  const datagram = fromHost(frames).find(({ bytes }) => dissect(bytes).transport?.kind === 'udp')!;
  const { difference, report } = await replay(changed(frames, datagram, at), { host: B });
  expect([name, 'udp.checksum'], report).toContain(difference?.field);
});

test('a datagram that cannot be read is nothing that the stack sends', async () => {
  const frames = await recordLab((lab) => conversations.datagrams(lab, [40]));
  const datagram = fromHost(frames).find(({ bytes }) => dissect(bytes).transport?.kind === 'udp')!;
  const { difference, report } = await replay(changed(frames, datagram, TCP + 5), { host: B });
  expect(difference?.text, report).toMatch(/^frame \d+ is malformed/);
});
