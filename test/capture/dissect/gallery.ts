/** A frame of every kind that the dissector knows, as a table: what our own stack never sends is made by hand. */
import * as arp from '../../../src/stack/wire/arp.ts';
import { parseV4 } from '../../../src/stack/wire/ip-address.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, bytesOf, echoFrame, icmpPacket, pattern, tcpFrame, tcpPacket, udpPacket } from '../frames.ts';

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
export const MACS = '020000000002 020000000001';
const SYN = { mss: 1460, windowShift: 7, sackPermitted: true, hasTimestamps: true, tsValue: 1_000, tsEcho: 0 };
const text = (words: string): Uint8Array => Uint8Array.from(Buffer.from(words, 'latin1'));
export const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

const sumOf = (bytes: Uint8Array, start = 0): number => {
  let sum = start;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
};
const put16 = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = bytes.slice();
  copy.set([value >>> 8, value & 0xff], at);
  return copy;
};

/** IPv4 around what is given, with options that are padded to words. */
export function ipv4(protocol: number, body: Uint8Array, options: Uint8Array = new Uint8Array(0), flags = 0x4000): Uint8Array {
  const padded = join(options, new Uint8Array(-options.length & 3));
  const header = new Uint8Array(20 + padded.length);
  header.set([0x45 + padded.length / 4, 0, 0, 0, 0x12, 0x34, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
  header.set(padded, 20);
  const sized = put16(put16(header, 2, header.length + body.length), 6, flags);
  return join(put16(sized, 10, ~sumOf(sized) & 0xffff), body);
}

const V6_SOURCE = '20010db8000000000000000000000001';
const V6_TARGET = 'fe80000000000000020000fffe000002';
/** IPv6 around what is given: `next` is the first next header, `chain` the extension headers. */
export function ipv6(next: number, body: Uint8Array, chain: Uint8Array = new Uint8Array(0), first = '60a12345'): Uint8Array {
  const header = fromHex(`${first} 0000 00 40 ${V6_SOURCE} ${V6_TARGET}`);
  header[6] = next;
  return join(put16(header, 4, chain.length + body.length), chain, body);
}

/** ICMPv6 with its checksum. */
function icmpv6(hex: string, chain: Uint8Array = new Uint8Array(0), next = 58): Uint8Array {
  const body = fromHex(hex);
  const pseudo = sumOf(fromHex(`${V6_SOURCE} ${V6_TARGET}`), 58 + body.length);
  return ipv6(next, put16(body, 2, ~sumOf(body, pseudo) & 0xffff), chain);
}

export const ethernet = (type: number, body: Uint8Array): Uint8Array =>
  join(fromHex(MACS), Uint8Array.of(type >>> 8, type & 0xff), body);

/** The segment of a packet with its options replaced; the header has room for them already. */
function tcpWithOptions(hex: string, options: Parameters<typeof tcpPacket>[0] = {}): Uint8Array {
  const bytes = fromHex(hex);
  const plain = tcpPacket({ payload: options.payload ?? new Uint8Array(0), flags: options.flags ?? tcp.SYN });
  const segment = plain.bytes.slice(plain.transport, plain.end);
  const header = join(segment.subarray(0, 20), bytes, new Uint8Array(-bytes.length & 3));
  header[12] = (header.length / 4) << 4;
  const whole = put16(join(header, segment.subarray(20)), 16, 0);
  const pseudo = sumOf(fromHex('0a000001 0a000002'), 6 + whole.length);
  return ethernet(0x0800, ipv4(6, put16(whole, 16, ~sumOf(whole, pseudo) & 0xffff)));
}

const udp = (payload: Uint8Array, from: number, to: number): Uint8Array =>
  bytesOf(udpPacket(payload, { sourcePort: from, destinationPort: to }));

/** Labels with their lengths, and the root. */
export const dnsName = (name: string): Uint8Array =>
  join(
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => join(Uint8Array.of(label.length), text(label))),
    Uint8Array.of(0),
  );
const u16 = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value & 0xff);
const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
const record = (name: Uint8Array, type: number, data: Uint8Array, ttl = 300): Uint8Array =>
  join(name, u16(type), u16(1), u32(ttl), u16(data.length), data);
const question = (name: string, type: number): Uint8Array => join(dnsName(name), u16(type), u16(1));
const dnsHeader = (id: number, flags: number, ...counts: number[]): Uint8Array => join(u16(id), u16(flags), ...counts.map(u16));
/** A pointer to the first question's name. */
const SAME = Uint8Array.of(0xc0, 12);

const dnsQuery = join(
  dnsHeader(0x1a2b, 0x0120, 1, 0, 0, 1),
  question('www.example.com', 1),
  join(Uint8Array.of(0), u16(41), u16(1232), u32(0x8000), u16(12), fromHex('000a0008 0102030405060708')),
);
const dnsAnswer = join(
  dnsHeader(0x1a2b, 0x8580, 1, 3, 2, 2),
  question('www.example.com', 1),
  record(SAME, 5, join(Uint8Array.of(3), text('web'), Uint8Array.of(0xc0, 16))),
  record(fromHex('c02d'), 1, Uint8Array.of(192, 0, 2, 1)),
  record(fromHex('c02d'), 28, fromHex('20010db8000000000000000000000080')),
  record(fromHex('c010'), 2, join(Uint8Array.of(2), text('ns'), Uint8Array.of(0xc0, 16))),
  record(
    fromHex('c010'),
    6,
    join(dnsName('ns.example.com'), dnsName('host.example.com'), ...[2026, 7200, 3600, 1_209_600, 300].map(u32)),
  ),
  record(fromHex('c010'), 15, join(u16(10), dnsName('mail.example.com'))),
  record(fromHex('c010'), 16, join(Uint8Array.of(11), text('hello world'), Uint8Array.of(3), text('two'))),
);
const dnsPointer = join(
  dnsHeader(7, 0x8183, 1, 0, 1, 0),
  question('1.2.0.192.in-addr.arpa', 12),
  record(fromHex('c016'), 6, join(dnsName('a'), dnsName(''), ...[1, 2, 3, 4, 5].map(u32))),
);
const dnsService = join(
  dnsHeader(8, 0x8400, 1, 2, 0, 0),
  question('_http._tcp.example.com', 33),
  record(SAME, 33, join(u16(1), u16(2), u16(8080), dnsName('web.example.com'))),
  record(SAME, 12, dnsName('host.example.com')),
);

const dnsTree = join(
  dnsHeader(9, 0x8400, 1, 1, 0, 1),
  question('a.example.org', 39),
  record(fromHex('c00e'), 39, dnsName('example.net')),
  join(Uint8Array.of(0), u16(41), u16(512), u32(0), u16(20), fromHex('000a0010 0102030405060708 1112131415161718')),
);

function dhcp(operation: number, addresses: string, options: string): Uint8Array {
  const fixed = fromHex(`0${operation} 01 06 00 3903f326 0003 8000 ${addresses} 020000000001 ${'00'.repeat(10)}`);
  return join(fixed, new Uint8Array(64 + 128), fromHex('63825363'), fromHex(options));
}
const discover = dhcp(
  1,
  '00000000 00000000 00000000 00000000',
  '350101 3d0701020000000001 3204 0a000005 0c05 616c696365 3704 01030f06 390205dc ff',
);
const offer = dhcp(
  2,
  '00000000 0a000005 0a000001 00000000',
  '350102 3604 0a000001 3304 00000e10 3a04 00000708 3b04 00000c4e 0104 ffffff00 0308 0a0000010a0000fe 0608 0a0000010a000003 0f0b 6578616d706c652e636f6d 1c04 0a0000ff 1a02 05dc 1701 40 130100 2a04 0a000009 ff',
);
const nak = dhcp(2, '00000000 00000000 00000000 00000000', '350106 3604 0a000001 3808 6e6f206c65617365 3c04 74657374 ff0000');

const boot = dhcp(
  2,
  '00000000 0a000005 0a000001 0a000009',
  '350105 0404 0a000004 0704 0a000007 1105 2f726f6f74 4204 74667470 4306 626f6f742e30 5203 010161 ff',
);

const quotedUdp = udp(pattern(20), 5000, 33_434).subarray(14, 14 + 28);
const quotedTcp = tcpFrame({ flags: tcp.SYN, segment: SYN }).subarray(14);
const fragment = (field: number, length: number): Uint8Array => {
  const whole = udpPacket(pattern(2000), { sourcePort: 4000, destinationPort: 4001 });
  const body = whole.bytes.slice(whole.transport, whole.end);
  const at = (field & 0x1fff) * 8;
  return ethernet(0x0800, ipv4(17, body.subarray(at, at + length), undefined, field));
};
/** A segment or datagram with the checksum that belongs between the two addresses of `ipv6`. */
function summed(protocol: number, body: Uint8Array, checksumAt: number): Uint8Array {
  const pseudo = sumOf(fromHex(`${V6_SOURCE} ${V6_TARGET}`), protocol + body.length);
  return put16(body, checksumAt, ~sumOf(body, pseudo) & 0xffff);
}
const V6_BARE_UDP = fromHex('13881389 0010 0000 0102030405060708');
const V6_UDP = summed(17, V6_BARE_UDP, 6);

export interface GalleryFrame {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** @default 1, Ethernet */
  readonly linkType?: number;
  readonly originalLength?: number;
}

const frame = (name: string, bytes: Uint8Array): GalleryFrame => ({ name, bytes });

export const GALLERY: readonly GalleryFrame[] = [
  frame('ARP request', arpFrame(arp.REQUEST, A, B)),
  frame('ARP reply', arpFrame(arp.REPLY, B, A)),
  frame('ARP probe', arpFrame(arp.REQUEST, '0.0.0.0', A, A)),
  frame('ARP announcement', arpFrame(arp.REQUEST, A, A)),
  frame('ARP padded', join(arpFrame(arp.REQUEST, A, B), new Uint8Array(18))),
  frame('SYN', tcpFrame({ seq: 0xfffffff0, flags: tcp.SYN, segment: SYN })),
  frame(
    'SYN ACK',
    tcpFrame({
      from: B,
      to: A,
      sourcePort: 80,
      destinationPort: 43_210,
      seq: 7,
      ack: 0xfffffff1,
      flags: tcp.SYN | tcp.ACK,
      segment: SYN,
    }),
  ),
  frame('data', tcpFrame({ seq: 1000, ack: 2000, flags: tcp.ACK | tcp.PSH, payload: pattern(100), trafficClass: 0xb9 })),
  frame('SACK', tcpFrame({ ack: 1000, sack: [2000, 3000, 4000, 5000], segment: { hasTimestamps: true, tsValue: 5, tsEcho: 6 } })),
  frame('all flags', tcpFrame({ flags: 0xff })),
  frame(
    'accurate ECN',
    tcpWithOptions('', { flags: tcp.SYN }).map((octet, at) => octet | (at === 46 ? 1 : 0)),
  ),
  frame('RST', tcpFrame({ flags: tcp.RST, seq: 5 })),
  frame('TCP padded', join(tcpFrame({ ack: 1 }), new Uint8Array(6))),
  frame('TCP with a trailer', join(tcpFrame({ payload: pattern(40) }), Uint8Array.of(1, 2, 3, 4, 5, 6))),
  frame('Fast Open request', tcpWithOptions('020405b4 2202')),
  frame('Fast Open cookie', tcpWithOptions('020405b4 220a 0102030405060708')),
  frame('Fast Open experiment', tcpWithOptions('020405b4 fe0c f989 0102030405060708')),
  frame('experiment', tcpWithOptions('020405b4 fd08 abcd 01020304')),
  frame('user timeout', tcpWithOptions('020405b4 1c04 8005')),
  frame('MD5', tcpWithOptions('020405b4 1312 000102030405060708090a0b0c0d0e0f')),
  frame('TCP-AO', tcpWithOptions('020405b4 1d10 0102 0102030405060708090a0b0c')),
  frame('unknown option, end of list', tcpWithOptions('020405b4 4d04 aabb 01 00 0000')),
  frame(
    'TCP checksum wrong',
    tcpFrame({ seq: 1, payload: pattern(4) }).map((octet, at) => (at === 50 ? octet ^ 0xff : octet)),
  ),
  frame('UDP', udp(pattern(30), 5000, 6000)),
  frame(
    'UDP without checksum',
    udp(pattern(30), 5000, 6000).map((octet, at) => (at === 40 || at === 41 ? 0 : octet)),
  ),
  frame(
    'UDP checksum wrong',
    udp(pattern(30), 5000, 6000).map((octet, at) => (at === 41 ? octet ^ 1 : octet)),
  ),
  frame('UDP empty', udp(new Uint8Array(0), 5000, 6000)),
  frame('echo request', echoFrame()),
  frame('echo reply', echoFrame({ from: B, to: A, reply: true })),
  frame(
    'ICMP checksum wrong',
    echoFrame().map((octet, at) => (at === 36 ? octet ^ 1 : octet)),
  ),
  frame('port unreachable', bytesOf(icmpPacket(3, 3, 0, quotedUdp, { from: B, to: A }))),
  frame('fragmentation needed', bytesOf(icmpPacket(3, 4, 1400, quotedTcp, { from: B, to: A }))),
  frame('time exceeded about eight bytes of TCP', bytesOf(icmpPacket(11, 0, 0, quotedTcp.subarray(0, 28), { from: B, to: A }))),
  frame('time exceeded about an echo', bytesOf(icmpPacket(11, 0, 0, echoFrame().subarray(14), { from: B, to: A }))),
  frame('redirect', bytesOf(icmpPacket(5, 1, parseV4('10.0.0.254')!, quotedUdp, { from: B, to: A }))),
  frame('parameter problem', bytesOf(icmpPacket(12, 0, 20 << 24, quotedUdp, { from: B, to: A }))),
  frame('source quench', bytesOf(icmpPacket(4, 0, 0, quotedUdp, { from: B, to: A }))),
  frame('timestamp request', bytesOf(icmpPacket(13, 0, 0x0001_0002, fromHex('00000064 00000000 00000000')))),
  frame('timestamp reply', bytesOf(icmpPacket(14, 0, 0x0001_0002, fromHex('00000064 000000c8 0000012c')))),
  frame('address mask request', bytesOf(icmpPacket(17, 0, 0x0001_0002, fromHex('ffffff00')))),
  frame('router advertisement', bytesOf(icmpPacket(9, 0, 0x01_02_0708, fromHex('0a0000fe 80000000')))),
  frame('router solicitation', bytesOf(icmpPacket(10, 0, 0, new Uint8Array(0)))),
  frame('first fragment', fragment(0x2000, 1480)),
  frame('last fragment', fragment(185, 528)),
  frame(
    'record route',
    ethernet(0x0800, ipv4(17, udp(pattern(4), 4000, 4001).slice(34), fromHex('01 070b08 0a000009 00000000 00'))),
  ),
  frame('router alert', ethernet(0x0800, ipv4(89, pattern(8), fromHex('94040000')))),
  frame('loose source route', ethernet(0x0800, ipv4(253, pattern(8), fromHex('830704 0a000009 00')))),
  frame('timestamps option', ethernet(0x0800, ipv4(253, pattern(8), fromHex('440c0d11 0a000009 000003e8')))),
  frame('an IP protocol without a name', ethernet(0x0800, ipv4(253, pattern(12)))),
  frame(
    'IP checksum wrong',
    tcpFrame().map((octet, at) => (at === 24 ? octet ^ 1 : octet)),
  ),
  frame('DNS query', udp(dnsQuery, 5000, 53)),
  frame('DNS answer', udp(dnsAnswer, 53, 5000)),
  frame('DNS no such name', udp(dnsPointer, 53, 5001)),
  frame('DNS service', udp(dnsService, 53, 5002)),
  frame(
    'DNS over TCP',
    tcpFrame({ sourcePort: 5003, destinationPort: 53, flags: tcp.ACK | tcp.PSH, payload: join(u16(dnsQuery.length), dnsQuery) }),
  ),
  frame('DHCP discover', udp(discover, 68, 67)),
  frame('DHCP offer', udp(offer, 67, 68)),
  frame('DHCP refusal', udp(nak, 67, 68)),
  frame('802.1Q', join(fromHex(`${MACS} 8100 b005`), u16(0x0800), tcpFrame({ seq: 9 }).subarray(14))),
  frame('802.1ad', join(fromHex(`${MACS} 88a8 2064 8100 0005`), u16(0x0800), udp(pattern(6), 7000, 7001).subarray(14))),
  frame(
    'a BPDU of RSTP',
    fromHex(
      '0180c2000000 020000000001 0027 424203 0000020279 8001020000000001 00004e20 9002020000000002 8003 0100 1400 0200 0f00 00 0000000000000000',
    ),
  ),
  frame(
    'a BPDU of STP',
    fromHex(
      '0180c2000000 020000000001 0026 424203 0000000081 8000020000000001 00000004 8000020000000002 8003 0180 1400 0200 0f00 0000000000000000',
    ),
  ),
  frame('a topology change notification', fromHex(`0180c2000000 020000000001 0007 424203 00000080 ${'00'.repeat(39)}`)),
  frame(
    'ARP that was filled up before it got its tag',
    fromHex(`${MACS} 8100 000a 0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002 ${'00'.repeat(18)}`),
  ),
  frame('802.3 with LLC', fromHex(`0180c2000000 020000000001 0007 e0e003 01020304`)),
  frame('SNAP', join(fromHex(`${MACS} 0024 aaaa03 000000 0806`), arpFrame(arp.REQUEST, A, B).subarray(14))),
  frame('an EtherType without a name', ethernet(0x1234, pattern(50))),
  frame('IPv6 UDP', ethernet(0x86dd, ipv6(17, V6_UDP))),
  frame('IPv6 UDP without checksum', ethernet(0x86dd, ipv6(17, V6_BARE_UDP))),
  frame('IPv6 last fragment', ethernet(0x86dd, ipv6(44, pattern(16), fromHex('11000590 0000abcd')))),
  frame(
    'IPv6 authentication header',
    ethernet(0x86dd, ipv6(51, V6_UDP, fromHex('11040000 00000100 00000001 0102030405060708090a0b0c'))),
  ),
  frame('IPv6 jumbo option', ethernet(0x86dd, ipv6(0, V6_UDP, fromHex('1100 c204 00010000')))),
  frame('802.1Q with LLC', fromHex(`${MACS} 8100 0005 0007 e0e003 01020304`)),
  frame('stream identifier', ethernet(0x0800, ipv4(253, pattern(8), fromHex('88041234')))),
  frame('extended echo request', bytesOf(icmpPacket(42, 0, 0x0001_0201, new Uint8Array(0)))),
  frame('DNS other tree', udp(dnsTree, 53, 5004)),
  frame('DHCP boot', udp(boot, 67, 68)),
  frame(
    'IPv6 TCP',
    ethernet(0x86dd, ipv6(6, summed(6, fromHex('0050 0051 00000001 00000002 5010 0100 0000 0000'), 16), undefined, '6bb00000')),
  ),
  frame('IPv6 no next header', ethernet(0x86dd, ipv6(59, pattern(4)))),
  frame('ICMPv6 echo', ethernet(0x86dd, icmpv6('80000000 0007 0001 61626364'))),
  frame(
    'ICMPv6 hop by hop',
    ethernet(0x86dd, icmpv6('84000000 00000000 ff0200000000000000000000000000fb', fromHex('3a00 05020000 0100'), 0)),
  ),
  frame(
    'ICMPv6 neighbor solicitation',
    ethernet(0x86dd, icmpv6('87000000 00000000 fe80000000000000000000000000000a 0101020000000001')),
  ),
  frame(
    'ICMPv6 neighbor advertisement',
    ethernet(0x86dd, icmpv6('88000000 60000000 fe80000000000000000000000000000a 0201020000000001')),
  ),
  frame('ICMPv6 router solicitation', ethernet(0x86dd, icmpv6('85000000 00000000 0101020000000001'))),
  frame(
    'ICMPv6 router advertisement',
    ethernet(
      0x86dd,
      icmpv6(
        '86000000 40c00708 00000001 00000002 030440c0 00000e10 00000708 00000000 20010db8000000000000000000000000 0501000000000578',
      ),
    ),
  ),
  frame(
    'ICMPv6 redirect',
    ethernet(0x86dd, icmpv6('89000000 00000000 fe80000000000000000000000000000a 20010db8000000000000000000000099')),
  ),
  frame('ICMPv6 packet too big', ethernet(0x86dd, icmpv6(`02000000 00000500 ${Buffer.from(ipv6(17, V6_UDP)).toString('hex')}`))),
  frame('ICMPv6 unreachable', ethernet(0x86dd, icmpv6(`01040000 00000000 ${Buffer.from(ipv6(17, V6_UDP)).toString('hex')}`))),
  frame(
    'ICMPv6 parameter problem',
    ethernet(0x86dd, icmpv6(`04010000 00000028 ${Buffer.from(ipv6(17, V6_UDP)).toString('hex')}`)),
  ),
  frame('IPv6 fragment', ethernet(0x86dd, ipv6(44, pattern(16), fromHex('11000001 0000abcd')))),
  frame('IPv6 destination options', ethernet(0x86dd, ipv6(60, V6_UDP, fromHex('1100 0104 00000000')))),
  frame('IPv6 routing', ethernet(0x86dd, ipv6(43, pattern(8), fromHex(`3b02 0400 00000000 ${V6_TARGET}`)))),
  { name: 'cut in the data', bytes: tcpFrame({ seq: 1, payload: pattern(100) }).slice(0, 96), originalLength: 154 },
  { name: 'cut in the TCP header', bytes: tcpFrame({ seq: 1, flags: tcp.SYN, segment: SYN }).slice(0, 60), originalLength: 74 },
  { name: 'cut in the IPv4 header', bytes: tcpFrame().slice(0, 30), originalLength: 54 },
  { name: 'raw IPv4', bytes: tcpFrame({ seq: 3 }).slice(14), linkType: 101 },
  { name: 'raw IPv6', bytes: ipv6(17, V6_UDP), linkType: 101 },
  {
    name: 'cooked',
    bytes: join(fromHex('0000 0001 0006 020000000001 0000 0800'), tcpFrame({ seq: 4 }).slice(14)),
    linkType: 113,
  },
  { name: 'cooked LLC', bytes: fromHex('0000 0001 0006 020000000001 0000 0005 e0e00301'), linkType: 113 },
  {
    name: 'cooked loopback',
    bytes: join(fromHex('0000 0304 0006 000000000000 0000 0800'), echoFrame().slice(14)),
    linkType: 113,
  },
  {
    name: 'cooked 2',
    bytes: join(fromHex('0806 0000 00000003 0001 04 06 020000000001 0000'), arpFrame(arp.REQUEST, A, B).slice(14)),
    linkType: 276,
  },
  { name: 'loopback', bytes: join(fromHex('02000000'), echoFrame().slice(14)), linkType: 0 },
  { name: 'loopback of IPv6', bytes: join(fromHex('1e000000'), ipv6(17, V6_UDP)), linkType: 0 },
];

/** Classic pcap in microseconds, a file for each link type. */
export function pcapOf(frames: readonly GalleryFrame[]): Uint8Array {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262_144, 16);
  head.writeUInt32LE(frames[0]?.linkType ?? 1, 20);
  const records = frames.map(({ bytes, originalLength }, index) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000, 0);
    record.writeUInt32LE(index * 1000, 4);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(originalLength ?? bytes.length, 12);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([head, ...records]);
}
