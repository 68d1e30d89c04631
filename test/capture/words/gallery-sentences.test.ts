/** The sentence about each of the gallery's frames that only captures of others have: names, leases, other links, cut frames. */
import { expect, describe as group, test } from 'vitest';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import { describe } from '../../../src/capture/words/describe.ts';
import { dnsName, ethernet, fromHex, GALLERY, ipv4, join } from '../dissect/gallery.ts';
import { bytesOf, pattern, tcpFrame, udpPacket } from '../frames.ts';

const sentenceOf = (name: string): string => {
  const { bytes, linkType, originalLength } = GALLERY.find((frame) => frame.name === name)!;
  return describe(dissect(bytes, { linkType, originalLength }));
};

test.each([
  ['DNS query', '10.0.0.1:5000 > 10.0.0.2:53 DNS query A www.example.com'],
  ['DNS answer', '10.0.0.1:53 > 10.0.0.2:5000 DNS answer A www.example.com: CNAME web.example.com, 192.0.2.1, 2001:db8::80'],
  ['DNS no such name', '10.0.0.1:53 > 10.0.0.2:5001 DNS answer PTR 1.2.0.192.in-addr.arpa: no such name'],
  ['DHCP discover', '10.0.0.1:68 > 10.0.0.2:67 DHCP discover from 02:00:00:00:00:01'],
  ['DHCP offer', '10.0.0.1:67 > 10.0.0.2:68 DHCP offer of 10.0.0.5 to 02:00:00:00:00:01'],
  ['DHCP refusal', '10.0.0.1:67 > 10.0.0.2:68 DHCP negative acknowledgment to 02:00:00:00:00:01'],
  ['SNAP', 'ARP who has 10.0.0.2? tell 10.0.0.1'],
  ['raw IPv4', '10.0.0.1:43210 > 10.0.0.2:80 [.] seq 3 ack 0 win 64240'],
  ['cooked loopback', '10.0.0.1 > 10.0.0.2 ICMP echo request id 7 seq 1, 64 bytes'],
  ['cooked LLC', '02:00:00:00:00:01 > EtherType 0x0005, 4 bytes'],
  ['loopback of IPv6', '[2001:db8::1]:5000 > [fe80::200:ff:fe00:2]:5001 UDP, 8 bytes ECT(0)'],
  ['cut in the data', '10.0.0.1:43210 > 10.0.0.2:80 [.] seq 1:101 ack 0 win 64240 length 100 (96 of 154 bytes captured)'],
  ['cut in the IPv4 header', '02:00:0a:00:00:01 > 02:00:0a:00:00:02 IPv4, 40 bytes (30 of 54 bytes captured)'],
  [
    'ICMPv6 unreachable',
    '2001:db8::1 > fe80::200:ff:fe00:2 ICMPv6 port unreachable for [2001:db8::1]:5000 > [fe80::200:ff:fe00:2]:5001 UDP ECT(0)',
  ],
  ['IPv6 authentication header', '[2001:db8::1]:5000 > [fe80::200:ff:fe00:2]:5001 UDP, 8 bytes ECT(0)'],
])('%s', (name, expected) => {
  expect(sentenceOf(name)).toBe(expected);
});

test('a frame that was cut while recording has no fault, at whatever byte it was cut', () => {
  for (const { bytes, linkType } of GALLERY.filter(({ originalLength }) => originalLength === undefined)) {
    const whole = dissect(bytes, { linkType }).faults.filter((fault) => !fault.includes('in the quoted packet'));
    for (let kept = 0; kept < bytes.length; kept++) {
      const { faults } = dissect(bytes.subarray(0, kept), { linkType, originalLength: bytes.length });
      expect(faults.filter((fault) => !whole.includes(fault) && !fault.includes('in the quoted packet'))).toEqual([]);
    }
  }
});

test('what the kernel left to the card: an IPv4 length of 0 is the length of the frame', () => {
  const frame = tcpFrame({ payload: pattern(3000) });
  frame.set([0, 0], 16);
  const { payloadLength, payload } = dissect(frame);
  expect([payloadLength, payload.length]).toEqual([3000, 3000]);
});

group('RFC 1035 §4.1.4: pointers', () => {
  const header = fromHex('0001 0100 0001 0000 0000 0000');
  const ask = (name: Uint8Array): string => {
    const message = join(header, name, fromHex('0001 0001'));
    return describe(dissect(bytesOf(udpPacket(message, { sourcePort: 5000, destinationPort: 53 }))));
  };
  test.each([
    ['to itself', fromHex('c00c')],
    ['to each other', fromHex('c00e c00c')],
    ['forward', fromHex('c00e 0161 00')],
    ['behind the message', fromHex('c3ff')],
    ['back to the name that it ends', fromHex('0161 c00c')],
    ['a label behind the message', fromHex('3f61')],
    ['a label of a kind that was never defined', fromHex('8161 00')],
    [
      'a name longer than 255 bytes',
      join(...Array.from({ length: 5 }, () => dnsName('a'.repeat(60)).subarray(0, 61)), fromHex('00')),
    ],
  ])('%s: the message is cut off there', (_what, name) => {
    expect(ask(name)).toBe('10.0.0.1:5000 > 10.0.0.2:53 DNS query (cut off)');
  });

  test('what is no printable character in a name is shown by its number', () => {
    expect(ask(fromHex('04611b2e5c 00'))).toContain('DNS query A a\\027\\.\\\\');
  });

  test('counts that lie end with the message', () => {
    const message = fromHex('0001 8180 ffff ffff ffff ffff');
    expect(describe(dissect(bytesOf(udpPacket(message, { sourcePort: 53 }))))).toContain('DNS answer: no answer (cut off)');
  });
});

test('a link type that nobody takes apart is said', () => {
  const frame = ethernet(0x0800, ipv4(17, pattern(8)));
  expect(describe(dissect(frame, { linkType: 147 }))).toBe('no frame, 42 bytes (link type 147 is none that is taken apart)');
});
