/** Frames taken apart, sound and unsound, and the sentence about each. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import { ladderText } from '../../../src/capture/ladder/text.ts';
import { describe as sentence } from '../../../src/capture/words/describe.ts';
import { SequenceTracker } from '../../../src/capture/words/sequence-tracker.ts';
import * as arp from '../../../src/stack/wire/arp.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, bytesOf, echoFrame, icmpPacket, pattern, recorded, tcpFrame, tcpPacket, udpPacket } from '../frames.ts';

const say = (frame: Uint8Array): string => sentence(dissect(frame));
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
/** A frame with other bytes at some place. */
const patched = (frame: Uint8Array, at: number, ...bytes: number[]): Uint8Array => {
  const copy = frame.slice();
  copy.set(bytes, at);
  return copy;
};
const MACS = '020000000002 020000000001';
const SYN = { mss: 1460, windowShift: 7, sackPermitted: true, hasTimestamps: true, tsValue: 1, tsEcho: 0 };
/** A fragment of a UDP datagram: RFC 791 §3.2. */
const fragment = (field: number): Uint8Array => {
  const packet = udpPacket(pattern(1472), { identification: 7 });
  packet.view.setUint16(packet.network + 6, field);
  packet.view.setUint16(packet.network + 10, 0);
  let sum = 0;
  for (let at = packet.network; at < packet.network + 20; at += 2) sum += packet.view.getUint16(at);
  packet.view.setUint16(packet.network + 10, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
  return bytesOf(packet);
};
const quotedUdp = bytesOf(udpPacket(pattern(20))).subarray(14, 14 + 28);
const V6 = '20010db8000000000000000000000001 20010db8000000010000000000000002';

describe('one sentence for each packet', () => {
  test.each([
    ['RFC 826 request', arpFrame(arp.REQUEST, A, B), 'ARP who has 10.0.0.2? tell 10.0.0.1'],
    ['RFC 826 reply', arpFrame(arp.REPLY, B, A), 'ARP 10.0.0.2 is at 02:00:0a:00:00:02'],
    ['RFC 5227 probe', arpFrame(arp.REQUEST, '0.0.0.0', A, A), 'ARP probe: who has 10.0.0.1?'],
    ['RFC 5227 announcement', arpFrame(arp.REQUEST, A, A), 'ARP announcement: 10.0.0.1 is at 02:00:0a:00:00:01'],
    ['RFC 903 operation', patched(arpFrame(arp.REQUEST, A, B), 21, 3), 'ARP operation 3'],
    [
      'RFC 9293 SYN with the usual options',
      tcpFrame({ flags: tcp.SYN, segment: SYN }),
      '10.0.0.1:43210 > 10.0.0.2:80 [S] seq 0 win 64240 <mss 1460,sackOK,TS val 1 ecr 0,wscale 7>',
    ],
    [
      'RFC 9293 data',
      tcpFrame({ seq: 1000, ack: 2000, flags: tcp.ACK | tcp.PSH, payload: pattern(10) }),
      '10.0.0.1:43210 > 10.0.0.2:80 [P.] seq 1000:1010 ack 2000 win 64240 length 10',
    ],
    [
      'RFC 2018 SACK',
      tcpFrame({ sack: [10, 20, 30, 40] }),
      '10.0.0.1:43210 > 10.0.0.2:80 [.] seq 0 ack 0 win 64240 <sack 10:20 30:40>',
    ],
    ['all flags', tcpFrame({ flags: 0xff }), '10.0.0.1:43210 > 10.0.0.2:80 [FSRP.UEW] seq 0 ack 0 win 64240 urg 0'],
    ['no flag', tcpFrame({ flags: 0 }), '10.0.0.1:43210 > 10.0.0.2:80 [none] seq 0 win 64240'],
    ['RFC 768', bytesOf(udpPacket(pattern(1))), '10.0.0.1:5000 > 10.0.0.2:53 UDP, 1 byte'],
    ['RFC 792 echo', echoFrame(), '10.0.0.1 > 10.0.0.2 ICMP echo request id 7 seq 1, 64 bytes'],
    [
      'RFC 792 echo reply',
      echoFrame({ from: B, to: A, reply: true }),
      '10.0.0.2 > 10.0.0.1 ICMP echo reply id 7 seq 1, 64 bytes',
    ],
    [
      'RFC 792 error with the packet it quotes',
      bytesOf(icmpPacket(3, 3, 0, quotedUdp, { from: B, to: A })),
      '10.0.0.2 > 10.0.0.1 ICMP port unreachable for 10.0.0.1:5000 > 10.0.0.2:53 UDP',
    ],
    [
      'RFC 1191 next-hop MTU',
      bytesOf(icmpPacket(3, 4, 1400, quotedUdp)),
      '10.0.0.1 > 10.0.0.2 ICMP fragmentation needed (next hop MTU 1400) for 10.0.0.1:5000 > 10.0.0.2:53 UDP',
    ],
    [
      'RFC 792 an error about an echo',
      bytesOf(icmpPacket(11, 0, 0, echoFrame().subarray(14))),
      '10.0.0.1 > 10.0.0.2 ICMP time to live exceeded for 10.0.0.1 > 10.0.0.2 ICMP echo request id 7 seq 1, 64 bytes',
    ],
    ['RFC 792 other type', bytesOf(icmpPacket(40, 2, 0, pattern(4))), '10.0.0.1 > 10.0.0.2 ICMP type 40, code 2, 12 bytes'],
    ['RFC 791 first fragment', fragment(0x2000), '10.0.0.1:5000 > 10.0.0.2:53 UDP fragment id 7, bytes 0 to 1,479, more follow'],
    ['RFC 791 last fragment', fragment(185), '10.0.0.1 > 10.0.0.2 UDP fragment id 7, bytes 1,480 to 2,959, the last'],
    [
      'RFC 8200',
      fromHex(`${MACS} 86dd 60000000 0004 3b 40 ${V6} 01020304`),
      '2001:db8::1 > 2001:db8:0:1::2 no next header, 4 bytes',
    ],
    [
      'RFC 8200 TCP inside',
      fromHex(`${MACS} 86dd 60000000 0014 06 40 ${V6} 0050 0051 00000001 00000002 5010 0100 52bb 0000`),
      '[2001:db8::1]:80 > [2001:db8:0:1::2]:81 [.] seq 1 ack 2 win 256',
    ],
    [
      'RFC 4443 echo',
      fromHex(`${MACS} 86dd 60000000 0008 3a 40 ${V6} 8000 243f 0007 0001`),
      '2001:db8::1 > 2001:db8:0:1::2 ICMPv6 echo request id 7 seq 1, 8 bytes',
    ],
    ['IEEE 802.1Q', fromHex(`${MACS} 8100 a005 88cc 0102`), 'vlan 5 02:00:00:00:00:01 > 02:00:00:00:00:02 LLDP, 2 bytes'],
    [
      'IEEE 802.3 with LLC',
      fromHex(`0180c2000000 020000000001 0007 424203 00000000 0000`),
      '02:00:00:00:00:01 > 01:80:c2:00:00:00 802.3 STP, 4 bytes',
    ],
    ['an EtherType nobody named', fromHex(`${MACS} 1234 00`), '02:00:00:00:00:01 > 02:00:00:00:00:02 EtherType 0x1234, 1 byte'],
    [
      'IP protocol without ports',
      patched(bytesOf(udpPacket(pattern(4))), 23, 89, 0x26, 0x82),
      '10.0.0.1 > 10.0.0.2 OSPF, 12 bytes',
    ],
  ])('%s', (_name, frame, expected) => {
    expect(say(frame)).toBe(expected);
  });
});

describe('what is malformed is said', () => {
  const syn = tcpFrame({ flags: tcp.SYN, segment: SYN });
  test.each([
    ['a frame of nothing', new Uint8Array(0), 'no frame, 0 bytes (Ethernet header too short: 0 of 14 bytes)'],
    ['half an IPv4 header', syn.slice(0, 26), /\(IPv4 header too short: 12 of 20 bytes\)$/],
    ['IPv4 version', patched(syn, 14, 0x65), /IPv4 by its EtherType, but version 6/],
    ['IPv4 header length', patched(syn, 14, 0x44), /IPv4 header length 16 is below 20/],
    ['IPv4 header longer than the frame', patched(syn, 14, 0x4f).slice(0, 44), /IPv4 header too short: 30 of 60 bytes/],
    ['IPv4 total length too long', patched(syn, 16, 0xff), /IPv4 total length 65340, but only 60 bytes are there/],
    ['IPv4 total length too short', patched(syn, 16, 0, 3), /IPv4 total length 3 is below its header's 20/],
    ['IPv4 checksum', patched(syn, 24, 0, 0), /IPv4 header checksum 0x0000 is wrong/],
    ['TCP checksum', patched(syn, 50, 0xab, 0xcd), /^10\.0\.0\.1:43210 .*\(TCP checksum 0xabcd is wrong\)$/],
    ['TCP data offset', patched(syn, 46, 0x40), /TCP data offset 4 is below 5/],
    ['TCP header longer than the segment', patched(syn, 46, 0xf0), /TCP header too short: 40 of 60 bytes/],
    ['TCP option of length 0', patched(syn, 55, 0), /TCP option 2 has length 0, with 20 bytes left/],
    ['TCP option beyond the header', patched(syn, 55, 21), /TCP option 2 has length 21, with 20 bytes left/],
    ['UDP length', patched(bytesOf(udpPacket(pattern(4))), 38, 0, 99), /UDP length 99, but 12 bytes are there/],
    ['UDP checksum', patched(bytesOf(udpPacket(pattern(4))), 40, 1, 2), /UDP checksum 0x0102 is wrong/],
    ['ICMP checksum', patched(echoFrame(), 36, 1, 2), /ICMP checksum 0x0102 is wrong/],
    ['half an ARP packet', arpFrame(arp.REQUEST, A, B).slice(0, 30), /ARP too short: 16 of 28 bytes/],
    ['ARP for another network', patched(arpFrame(arp.REQUEST, A, B), 14, 9), /ARP for something else than IPv4 over Ethernet/],
    ['half a tag', fromHex(`${MACS} 8100 00`), /802.1Q tag too short: 1 of 4 bytes/],
    [
      '802.3 length',
      fromHex(`${MACS} 0100 4242`),
      /802.3 length 256, but only 2 bytes are there; 802.2 header too short: 2 of 3 bytes/,
    ],
    ['half an IPv6 header', fromHex(`${MACS} 86dd 60000000`), /IPv6 header too short: 4 of 40 bytes/],
    [
      'in a quoted packet',
      bytesOf(icmpPacket(3, 3, 0, patched(quotedUdp, 10, 0, 0))),
      /\(in the quoted packet: IPv4 header checksum 0x0000 is wrong\)$/,
    ],
  ])('%s', (_name, frame, expected) => {
    if (typeof expected === 'string') expect(say(frame)).toBe(expected);
    else expect(say(frame)).toMatch(expected);
  });

  test('RFC 791 fragments: the header of a first fragment is read, its checksum cannot be', () => {
    const { transport, faults } = dissect(fragment(0x2000));
    expect(transport).toMatchObject({ kind: 'udp', sourcePort: 5000, checksum: 'unchecked' });
    expect(faults).toEqual([]);
  });

  test('RFC 792: the eight bytes that a router must quote are enough for ports', () => {
    const quoted = bytesOf(tcpPacket()).subarray(14, 14 + 28);
    const { transport, faults } = dissect(bytesOf(icmpPacket(11, 0, 0, quoted)));
    expect(transport).toMatchObject({
      kind: 'icmp',
      quoted: { transport: { kind: 'ports', sourcePort: 43_210, destinationPort: 80 } },
    });
    expect(faults).toEqual([]);
  });

  test('RFC 768: a zero checksum is absent, not wrong', () => {
    const { transport, faults } = dissect(patched(bytesOf(udpPacket(pattern(4))), 40, 0, 0));
    expect([transport, faults]).toMatchObject([{ checksum: 'absent' }, []]);
  });

  test('RFC 768: UDP goes by its own length, for its data and for its checksum', () => {
    const packet = udpPacket(pattern(4));
    packet.append(pattern(6, 9));
    packet.view.setUint16(packet.network + 2, packet.end - packet.network);
    packet.view.setUint16(packet.network + 10, packet.view.getUint16(packet.network + 10) - 6);
    expect(dissect(bytesOf(packet))).toMatchObject({ transport: { checksum: 'good' }, payload: { length: 4 }, faults: [] });
  });

  test('IEEE 802.3: the padding of a short frame is no payload', () => {
    const padded = Uint8Array.from({ ...new Array(60).fill(0), ...tcpFrame(), length: 60 });
    expect(dissect(padded)).toMatchObject({ payload: { at: 54, length: 0 }, faults: [] });
  });

  test('options are named, known or not', () => {
    const header = tcpFrame({ flags: tcp.SYN, segment: { mss: 1460, windowShift: 7 } });
    const { transport } = dissect(patched(header, 54, 34, 2, 253, 2, 1, 77, 2, 0));
    expect(transport).toMatchObject({
      options: [
        { kind: 'other', number: 34, name: 'fast open', length: 2 },
        { kind: 'other', number: 253, name: 'experiment 1' },
        { kind: 'no operation' },
        { kind: 'other', number: 77, name: 'option 77' },
        { kind: 'end' },
      ],
    });
  });

  test('RFC 791 options of IPv4 are named', () => {
    const packet = udpPacket(pattern(4));
    const options = Uint8Array.of(7, 3, 4, 1, 148, 4, 0, 0);
    const header = packet.bytes.slice(packet.start, packet.network + 20);
    const frame = Uint8Array.from([...header, ...options, ...packet.bytes.slice(packet.transport, packet.end)]);
    frame.set([0x47, 0, 0, frame.length - 14], 14);
    expect(dissect(frame).network).toMatchObject({
      options: [
        { name: 'record route', at: 34, length: 3 },
        { name: 'no operation', at: 37, length: 1 },
        { name: 'router alert', at: 38, length: 4 },
      ],
      headerLength: 28,
    });
    expect(dissect(frame).transport).toMatchObject({ checksum: 'good' });
  });
});

test.each([
  [0, ' length 3'],
  [1, ' length 3 ECT(1)'],
  [2, ' length 3 ECT(0)'],
  [0xbb, ' length 3 CE'],
])('RFC 3168 §5: a traffic class of %i is worth the words%s', (trafficClass, words) => {
  const said = sentence(dissect(tcpFrame({ trafficClass, payload: Uint8Array.of(1, 2, 3) })));
  expect(said.endsWith(words)).toBe(true);
});

test('random and mutated frames never throw, and their parts lie inside the frame', () => {
  const sound = [
    tcpFrame({ flags: tcp.SYN, segment: SYN, payload: pattern(9) }),
    echoFrame(),
    fragment(0x2001),
    arpFrame(arp.REQUEST, A, B),
  ];
  sound.push(
    bytesOf(icmpPacket(3, 4, 99, tcpFrame().subarray(14))),
    fromHex(`${MACS} 86dd 60000000 0008 3a 40 ${V6} 8000 243f 0007 0001`),
  );
  const mutated = fc
    .record({
      frame: fc.constantFrom(...sound),
      length: fc.nat({ max: 120 }),
      changes: fc.array(fc.record({ at: fc.nat({ max: 100 }), value: fc.nat({ max: 255 }) }), { maxLength: 5 }),
    })
    .map(({ frame, length, changes }) => {
      const copy = frame.slice(0, length);
      for (const { at, value } of changes) if (at < copy.length) copy[at] = value;
      return copy;
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 100 })), (frame) => {
      const dissected = dissect(frame);
      const { payload } = dissected;
      expect(payload.at).toBeGreaterThanOrEqual(0);
      expect(payload.length).toBeGreaterThanOrEqual(0);
      expect(payload.at + payload.length).toBeLessThanOrEqual(frame.length);
      expect(sentence(dissected, { relative: new SequenceTracker() })).not.toContain('undefined');
      expect(ladderText([recorded(frame)])).toContain('0.000 ms');
    }),
    { numRuns: 3000 },
  );
});
