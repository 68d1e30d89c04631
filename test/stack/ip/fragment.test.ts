/** Cutting packets into fragments. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { Fragmenter } from '../../../src/stack/ip/fragment.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import { bytesOf, datagram, pattern, payloadOf } from './datagram.ts';

function fragmentsOf(packet: Packet, mtu: number): Packet[] {
  const fragmenter = new Fragmenter();
  fragmenter.begin(packet, mtu);
  const fragments: Packet[] = [];
  for (let into = new Packet(); fragmenter.next(into); into = new Packet()) fragments.push(into);
  expect(fragmenter.next(new Packet())).toBe(false);
  return fragments;
}

const shapeOf = ({ view, network }: Packet): string =>
  `${ipv4.fragmentOffset(view, network)}+${ipv4.totalLength(view, network) - ipv4.headerLength(view, network)}${ipv4.moreFragments(view, network) ? ' more' : ''}`;

test.each([
  ['fits', 100, 1500, ['0+100']],
  ['fits exactly', 1480, 1500, ['0+1480']],
  ['one byte too long', 1481, 1500, ['0+1480 more', '1480+1']],
  ['three pieces', 3000, 1500, ['0+1480 more', '1480+1480 more', '2960+40']],
  ['an MTU that is no multiple of eight', 100, 76, ['0+56 more', '56+44']],
  ['the smallest MTU of RFC 791', 100, 68, ['0+48 more', '48+48 more', '96+4']],
  ['eight bytes a piece', 17, 28, ['0+8 more', '8+8 more', '16+1']],
])('RFC 791 §3.2: %s', (_, payload, mtu, expected) => {
  expect(fragmentsOf(datagram({ payload }), mtu).map(shapeOf)).toEqual(expected);
});

test('every fragment is a valid packet with identification, protocol and addresses of the whole', () => {
  for (const { view, network, end } of fragmentsOf(
    datagram({ payload: 3000, identification: 0xbeef, trafficClass: 0xb8 }),
    576,
  )) {
    expect(ipv4.isValid(view, network, end)).toBe(true);
    expect(ipv4.isChecksumValid(view, network)).toBe(true);
    expect(ipv4.identification(view, network)).toBe(0xbeef);
    expect(ipv4.trafficClass(view, network)).toBe(0xb8);
    expect(ipv4.protocol(view, network)).toBe(ipv4.PROTOCOL_UDP);
    expect(ipv4.totalLength(view, network)).toBe(end - network);
  }
});

test('RFC 791 §3.1: only options with the copied flag go to later fragments', () => {
  const routerAlert = [148, 4, 0, 0]; // copied
  const recordRoute = [7, 7, 4, 0, 0, 0, 0]; // not copied
  const [first, second] = fragmentsOf(datagram({ payload: 2000, options: [...recordRoute, 1, ...routerAlert] }), 1500);
  const headerOf = ({ bytes, network, transport }: Packet): number[] => [...bytes.subarray(network + 20, transport)];
  expect(headerOf(first!)).toEqual([...recordRoute, 1, ...routerAlert]);
  expect(headerOf(second!)).toEqual(routerAlert);
  expect([first, second].map((packet) => shapeOf(packet!))).toEqual(['0+1464 more', '1464+536']);
});

test('copied options are padded to whole words', () => {
  const security = [130, 3, 9]; // copied, three bytes
  const [, second] = fragmentsOf(datagram({ payload: 2000, options: [...security, 1] }), 1500);
  expect([...second!.bytes.subarray(second!.network + 20, second!.transport)]).toEqual([...security, 0]);
  expect(ipv4.isChecksumValid(second!.view, second!.network)).toBe(true);
});

test('RFC 791 §3.2: a fragment is cut further, and its last piece still says more', () => {
  const pieces = fragmentsOf(datagram({ payload: 1000, offset: 800, more: true }), 576);
  expect(pieces.map(shapeOf)).toEqual(['800+552 more', '1352+448 more']);
});

test('an MTU without room for eight bytes is our mistake (171)', () => {
  expect(() => new Fragmenter().begin(datagram(), 27)).toThrow('an MTU of 27 has no room for 20 header bytes and 8 more');
  expect(() => new Fragmenter().begin(datagram({ options: [1, 1, 1, 1] }), 28)).toThrow(RangeError);
});

test('an unfinished transport checksum is our mistake', () => {
  const packet = datagram();
  packet.checksumStart = packet.transport;
  expect(() => new Fragmenter().begin(packet, 1500)).toThrow('must be finished');
});

test('the packet itself is left as it was, and padding behind it is not sent', () => {
  const packet = datagram({ payload: 100 });
  packet.end += 5; // Ethernet padding
  const before = bytesOf(packet);
  const fragments = fragmentsOf(packet, 68);
  expect(bytesOf(packet)).toEqual(before);
  expect(fragments.flatMap(payloadOf)).toEqual([...pattern(100)]);
});

test('for every packet and MTU: pieces fit, are multiples of eight but the last, and put together give the whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 68, max: 2000 }), fc.nat(9), (payload, mtu, words) => {
      const packet = datagram({ payload, options: new Array<number>(words * 4).fill(1) });
      const fragments = fragmentsOf(packet, mtu);
      expect(fragments.flatMap(payloadOf)).toEqual(payloadOf(packet));
      for (const [index, fragment] of fragments.entries()) {
        expect(fragment.end - fragment.network).toBeLessThanOrEqual(mtu);
        if (index < fragments.length - 1) expect((fragment.end - fragment.transport) % 8).toBe(0);
      }
    }),
    { numRuns: 50 },
  );
});
