/** Cables in memory. */
import { expect, test } from 'vitest';
import type { CableOptions } from '../../src/lab/cable.ts';
import { Cable } from '../../src/lab/cable.ts';
import { lineBytes } from '../../src/lab/frame-length.ts';
import { HEADROOM, Packet } from '../../src/stack/bytes/packet.ts';
import { MILLISECOND, NEVER } from '../../src/stack/time.ts';
import { superDatagram } from '../capture/frames.ts';
import { bytesOf, receiveAll, testFrame } from '../link-device-suite.ts';

/** A clock that the test sets. */
const at = (now = 0) => ({ now });

const cableAt = (options: CableOptions, back = options) => {
  const clock = at();
  return { clock, cable: new Cable(clock, options, back) };
};

/** A TCP super-segment over IPv4 with a 32-byte TCP header, as a stack hands it to a device with offload. */
function superSegment(payload: number, gsoSize: number): Packet {
  const packet = new Packet();
  packet.end = packet.start + 14 + 20 + 32 + payload;
  packet.view.setUint16(packet.start + 12, 0x0800);
  packet.checksumStart = packet.start + 34;
  packet.checksumOffset = 16;
  packet.gsoSize = gsoSize;
  packet.bytes[packet.checksumStart + 12] = (32 / 4) << 4;
  return packet;
}

test('a frame arrives after the propagation delay, not a microsecond earlier', () => {
  const { clock, cable } = cableAt({ delay: 5 * MILLISECOND });
  clock.now = 1000;
  cable.a.transmit(testFrame(60));
  expect([cable.a.nextTimeout(), cable.b.nextTimeout()]).toEqual([NEVER, 6000]);
  clock.now = 5999;
  expect(receiveAll(cable.b)).toEqual([]);
  clock.now = 6000;
  expect(receiveAll(cable.b)).toEqual([bytesOf(testFrame(60))]);
  expect(cable.b.nextTimeout()).toBe(NEVER);
});

test('1000 full frames at 10 Mbit/s arrive 1230.4 µs apart, the last after 1.2304 s and the delay', () => {
  const { clock, cable } = cableAt({ delay: 700, rate: 10_000_000 });
  const frame = testFrame(1514);
  for (let i = 0; i < 1000; i++) cable.a.transmit(frame);
  const arrivals: number[] = [];
  for (let next = cable.b.nextTimeout(); next !== NEVER; next = cable.b.nextTimeout()) {
    clock.now = next;
    arrivals.push(...receiveAll(cable.b).map(() => next));
  }
  expect(arrivals).toHaveLength(1000);
  expect([arrivals[0], arrivals[1], arrivals.at(-1)]).toEqual([1231 + 700, 2461 + 700, 1_230_400 + 700]);
});

test('the two directions do not share the line (full duplex) and may differ', () => {
  const { cable } = cableAt({ delay: 0, rate: 10_000_000 }, { delay: 100, rate: 1_000_000 });
  cable.a.transmit(testFrame(1514));
  cable.b.transmit(testFrame(1514));
  expect([cable.b.nextTimeout(), cable.a.nextTimeout()]).toEqual([1231, 12_304 + 100]);
});

test('a full queue drops the tail, counts it, and takes every frame from its caller', () => {
  const { clock, cable } = cableAt({ delay: 0, rate: 10_000_000, queue: { packets: 3 } });
  const taken = [1, 2, 3, 4, 5, 6, 7].map((seed) => cable.a.transmit(testFrame(1514, seed)));
  expect(taken).toEqual(new Array(7).fill(true));
  expect([cable.a.sent, cable.a.dropped['queue full']]).toEqual([4, 3]);
  expect([cable.a.queuedPackets(), cable.a.queuedBytes()]).toEqual([3, 3 * 1514]);
  clock.now = 10_000;
  expect(receiveAll(cable.b)).toEqual([1, 2, 3, 4].map((seed) => bytesOf(testFrame(1514, seed))));
  expect(cable.a.queuedPackets()).toBe(0);
});

for (const { what, length, tag, drop } of [
  { what: 'MTU and header', length: 1514, tag: false, drop: undefined },
  { what: 'one byte more', length: 1515, tag: false, drop: 'too long' },
  { what: 'a VLAN tag on top (IEEE 802.1Q)', length: 1518, tag: true, drop: undefined },
  { what: 'one byte more than with a tag', length: 1519, tag: true, drop: 'too long' },
  { what: 'no whole header', length: 13, tag: false, drop: 'too short' },
  { what: 'nothing', length: 0, tag: false, drop: 'too short' },
] as const) {
  test(`length: ${what}, ${length} bytes: ${drop ?? 'arrives'}`, () => {
    const { cable } = cableAt({ delay: 0 });
    const frame = testFrame(Math.max(length, 1));
    frame.end = frame.start + length;
    if (tag) frame.view.setUint16(frame.start + 12, 0x8100);
    expect(cable.a.transmit(frame)).toBe(true);
    expect(cable.a.sent).toBe(drop === undefined ? 1 : 0);
    expect(Object.entries(cable.a.dropped).filter(([, count]) => count > 0)).toEqual(drop === undefined ? [] : [[drop, 1]]);
  });
}

test('a frame that the receiver has no room for is dropped by name, and the next one delivered', () => {
  const { cable } = cableAt({ delay: 0 });
  cable.a.transmit(testFrame(200));
  cable.a.transmit(testFrame(90));
  const into = new Packet(HEADROOM + 100);
  expect(cable.b.receive(into)).toBe(true);
  expect(bytesOf(into)).toEqual(bytesOf(testFrame(90)));
  expect(cable.b.dropped['no room at the receiver']).toBe(1);
});

test('an unplugged cable loses what is on the way and what is sent, and works again when plugged', () => {
  const { clock, cable } = cableAt({ delay: 1000 });
  cable.a.transmit(testFrame(60, 1));
  cable.b.transmit(testFrame(60, 2));
  cable.unplug();
  expect(cable.a.transmit(testFrame(60, 3))).toBe(true);
  clock.now = 5000;
  expect([receiveAll(cable.a), receiveAll(cable.b)]).toEqual([[], []]);
  expect([cable.a.dropped.unplugged, cable.b.dropped.unplugged]).toEqual([2, 1]);
  cable.plug();
  cable.a.transmit(testFrame(60, 4));
  clock.now = 6000;
  expect(receiveAll(cable.b)).toEqual([bytesOf(testFrame(60, 4))]);
});

test('offload: a super-segment crosses in one piece and its missing checksum is vouched for', () => {
  const { clock, cable } = cableAt({ delay: 0, offload: true });
  expect(cable.a.offload).toEqual({ checksum: true, gsoMaxSize: 65_535, usoMaxSize: 65_535 });
  const sent = superSegment(65_535 - 52, 1448);
  cable.a.transmit(sent);
  clock.now = 1;
  const into = new Packet();
  into.start = 100;
  expect(cable.b.receive(into)).toBe(true);
  expect(into.length).toBe(14 + 65_535);
  expect([into.gsoSize, into.checksumStart, into.checksumOffset, into.checksumVouched]).toEqual([1448, 134, 16, true]);
});

test('offload: a super-datagram crosses in one piece, up to what an IPv4 packet can hold', () => {
  const { clock, cable } = cableAt({ delay: 0, offload: true });
  cable.a.transmit(superDatagram(new Uint8Array(65_507), 1000));
  clock.now = 1;
  const into = new Packet();
  expect(cable.b.receive(into)).toBe(true);
  expect([into.length, into.gsoSize, into.checksumOffset, into.checksumVouched]).toEqual([14 + 65_535, 1000, 6, true]);
});

test('offload: a checksum that the sender wrote is not vouched for, whatever its packet says', () => {
  const { cable } = cableAt({ delay: 0, offload: true });
  const frame = testFrame(100);
  frame.checksumVouched = true;
  cable.a.transmit(frame);
  const into = new Packet();
  expect(cable.b.receive(into)).toBe(true);
  expect(into.checksumVouched).toBe(false);
});

test('offload: an IPv4 packet longer than its length field can say is too long', () => {
  const { cable } = cableAt({ offload: true });
  cable.a.transmit(superSegment(65_535 - 52 + 1, 1448));
  expect([cable.a.sent, cable.a.dropped['too long']]).toEqual([0, 1]);
});

test('offload: a frame without GSO keeps to the MTU', () => {
  const { cable } = cableAt({ offload: true });
  cable.a.transmit(testFrame(1515));
  expect(cable.a.dropped['too long']).toBe(1);
});

test('a cable without offload refuses work that it would not do: that is a bug of the caller', () => {
  const { cable } = cableAt({});
  const unsummed = superSegment(100, 0);
  expect(() => cable.a.transmit(superSegment(5000, 1448))).toThrow('super-segments');
  expect(() => cable.a.transmit(superDatagram(new Uint8Array(5000), 1000))).toThrow('super-segments');
  expect(() => cable.a.transmit(unsummed)).toThrow('checksums');
});

for (const { what, packet, bytes } of [
  { what: 'a full frame: 24 bytes of preamble, check sequence and gap', packet: testFrame(1514), bytes: 1538 },
  { what: 'a bare ACK: padded to 60', packet: testFrame(54), bytes: 84 },
  { what: 'a super-segment of three full frames', packet: superSegment(3 * 1448, 1448), bytes: 3 * 1538 },
  { what: 'a super-datagram of three full frames', packet: superDatagram(new Uint8Array(3 * 1472), 1472), bytes: 3 * 1538 },
  { what: 'a super-segment of two frames and one byte', packet: superSegment(2 * 1448 + 1, 1448), bytes: 2 * 1538 + 67 + 24 },
]) {
  test(`on the line: ${what}`, () => expect(lineBytes(packet)).toBe(bytes));
}

test('a super-segment whose checksum is not left to the device is a bug of the caller', () => {
  const packet = superSegment(5000, 1448);
  packet.checksumStart = 0;
  expect(() => lineBytes(packet)).toThrow(RangeError);
});

test('the reason why a frame was sent comes along, for the capture at the other end', () => {
  const { cable } = cableAt({ delay: 0 });
  const frame = testFrame(60);
  frame.note = 'zero-window probe';
  cable.a.transmit(frame);
  cable.a.transmit(testFrame(60));
  const into = new Packet();
  expect([cable.b.receive(into), into.note]).toEqual([true, 'zero-window probe']);
  expect([cable.b.receive(into), into.note]).toEqual([true, '']);
});

test.each([-1, 0.5, Number.NaN])('a delay of %s is refused in one line', (delay) => {
  expect(() => cableAt({ delay })).toThrow(`a delay is whole microseconds from 0 on, not ${delay}`);
});
