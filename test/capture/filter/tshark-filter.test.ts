/** A filter selects the frames that tshark selects: the same language, the same meaning. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CaptureWalk } from '../../../src/capture/dissect/capture-walk.ts';
import { captureBytes } from '../../../src/capture/file/capture-bytes.ts';
import { readCapture } from '../../../src/capture/file/read-capture.ts';
import { parseFilter } from '../../../src/capture/filter/filter.ts';
import { GALLERY } from '../dissect/gallery.ts';
import { recorded } from '../frames.ts';
import { runTshark, tsharkArguments } from '../pdml.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapstack-filters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMMENTS = ['SYN-SENT to ESTABLISHED', 'fast retransmit: third duplicate ACK\ncwnd 14480', '', 'dropped: bad checksum'];
/** What tshark and we see differently, said in tshark-fields.test.ts. */
const DIFFERENT = ['cut in the IPv4 header', 'loose source route'];
const frames = GALLERY.filter(({ name, linkType = 1 }) => linkType === 1 && !DIFFERENT.includes(name)).map(
  ({ bytes, originalLength = bytes.length }, index) =>
    recorded(bytes, 1_000_000 + index * 12_345, {
      originalLength,
      interfaceId: index % 2,
      direction: index % 3 === 0 ? 'in' : 'out',
      comment: COMMENTS[index % COMMENTS.length]!,
    }),
);
const path = join(folder, 'gallery.pcapng');
writeFileSync(path, captureBytes(frames, { interfaces: [{ name: 'alice' }, { name: 'wire 2' }] }));
const capture = readCapture(readFileSync(path));

function ours(filter: string): number[] {
  const walk = new CaptureWalk(capture.interfaces, { relative: false });
  const { matches } = parseFilter(filter);
  return capture.frames
    .map((frame) => walk.next(frame))
    .filter((frame) => matches(frame))
    .map(({ number }) => number);
}

const theirs = (filter: string): number[] =>
  runTshark([...tsharkArguments(path), '-Y', filter, '-T', 'fields', '-e', 'frame.number'])
    .split('\n')
    .filter(Boolean)
    .map(Number);

/** Each selects some frames and not all of them. */
const FILTERS = [
  'arp',
  'tcp',
  'udp or icmp',
  'ip and not tcp',
  'not ip',
  '!arp && !ip',
  'dns || dhcp',
  'ipv6 and icmpv6',
  'vlan',
  'llc or ieee8021ad',
  'tcp.port == 80',
  'tcp.port == 80 and tcp.flags.syn == 1',
  'tcp.port in {53, 80}',
  'udp.port in {60..100}',
  'tcp.srcport != 80',
  'udp.dstport > 4000 and udp.dstport <= 5000',
  'not tcp.port == 80',
  'udp.port != 53',
  'udp.port eq 53 or udp.port ge 6000',
  'ip.addr == 10.0.0.1',
  'ip.src == 10.0.0.0/30',
  'ip.src != 10.0.0.2',
  'ip.src == 10.0.0.2 or arp and tcp',
  '(ip.src == 10.0.0.2 or arp) and not icmp',
  'arp.opcode == 2',
  'arp.src.proto_ipv4 == 10.0.0.1',
  'eth.dst == ff:ff:ff:ff:ff:ff',
  'eth.addr == 02:00:00:00:00:01',
  'eth.addr contains 00:00:02',
  'eth.type == 0x86dd',
  'tcp.flags.syn',
  'tcp.flags.ack == 0',
  'tcp.flags & 0x12',
  'tcp.flags == 0x012',
  'tcp.seq_raw > 1000',
  'tcp.len > 0',
  'tcp.options.sack_le',
  'tcp.options.mss_val == 1460',
  'tcp.options.timestamp.tsval < 100',
  'tcp.option_kind == 34',
  'tcp.payload contains 1f:3e',
  'tcp.window_size_value < 64240',
  'tcp.checksum.status == 0',
  'ip.checksum.status == 0 or udp.checksum.status == 0',
  'ip.ttl == 64 and ip.proto == 17',
  'ip.flags.mf == 1 or ip.frag_offset > 0',
  'ip.dsfield.dscp == 46',
  'ip.id == 0x1234',
  'icmp.type == 3',
  'icmp.type in {0, 8}',
  'icmp.code != 0',
  'icmp and udp',
  'icmp.mtu',
  'ipv6.addr == 2001:db8::/32',
  'ipv6.dst == fe80::200:ff:fe00:2',
  'icmpv6.type == 135',
  'dns.qry.name == "www.example.com"',
  'dns.qry.name contains "example"',
  'dns.flags.response == 1 and dns.a == 192.0.2.1',
  'dns.aaaa',
  'dhcp.option.dhcp == 1',
  'dhcp.option.hostname == "alice"',
  'udp contains "example"',
  'frame contains "hello world"',
  'frame contains 63:82:53:63',
  'frame.number == 7',
  'frame.number >= 5 && frame.number < 9',
  'frame.len > 100',
  'frame.cap_len < frame.len',
  'frame.time_relative > 0.5',
  'frame.time_relative <= 0.012345',
  'frame.comment',
  'frame.comment contains "retransmit"',
  'frame.comment contains "cwnd"',
  'frame.interface_id == 1',
  'frame.interface_name == "wire 2" and tcp',
  'frame.interface_name contains "lic"',
  'ip.src == ip.dst or tcp.srcport == tcp.dstport',
  'ip.src < 10.0.0.2 and tcp',
  'not (tcp or udp) and ip',
  '!!tcp',
];

describe('the frames that tshark selects', () => {
  test.each(FILTERS)('%s', (filter) => {
    const selected = ours(filter);
    expect(selected).toEqual(theirs(filter));
    expect(selected.length).toBeGreaterThan(0);
    expect(selected.length).toBeLessThan(frames.length);
  });
});
