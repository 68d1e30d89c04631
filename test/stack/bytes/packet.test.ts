/** The frame buffer: headroom, marks, copies. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEADROOM, Packet, SUPER_CAPACITY } from '../../../src/stack/bytes/packet.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.of(...values);

test('a new packet is empty and has its headroom', () => {
  const packet = new Packet();
  expect([packet.start, packet.end, packet.length, packet.bytes.length]).toEqual([HEADROOM, HEADROOM, 0, SUPER_CAPACITY]);
});

test('the longest IPv4 packet fits behind the headroom', () => {
  const packet = new Packet();
  packet.append(new Uint8Array(65_535));
  expect(packet.length).toBe(65_535);
});

test('headers go in front, data behind', () => {
  const packet = new Packet(64);
  packet.reset(16);
  packet.append(bytes(7, 8));
  packet.append(bytes(9));
  const at = packet.prepend(2);
  packet.view.setUint16(at, 0x0506);
  expect([...packet.live()]).toEqual([5, 6, 7, 8, 9]);
});

test('no headroom left is our own mistake, and changes nothing', () => {
  const packet = new Packet(64);
  packet.reset(3);
  packet.prepend(3);
  expect(() => packet.prepend(1)).toThrow('no headroom for 1 bytes: 0 left');
  expect(packet.start).toBe(0);
});

test('more than the capacity is our own mistake', () => {
  const packet = new Packet(HEADROOM + 4);
  expect(() => packet.append(new Uint8Array(5))).toThrow(RangeError);
  expect(packet.length).toBe(0);
});

/** Every mark with a value that differs from that of an empty packet. */
function marked(): Packet {
  const packet = new Packet(128);
  packet.reset(32);
  packet.append(bytes(1, 2, 3, 4, 5, 6, 7, 8));
  Object.assign(packet, { network: 33, transport: 34, payload: 35, gsoSize: 1_448, checksumStart: 36, checksumOffset: 16 });
  packet.checksumVouched = true;
  packet.note = 'fast retransmit';
  return packet;
}

const stateOf = ({ bytes: _bytes, view: _view, ...state }: Packet): Omit<Packet, 'bytes' | 'view'> => state as Packet;

test('reset forgets everything', () => {
  const packet = marked();
  packet.reset(HEADROOM);
  expect(stateOf(packet)).toEqual(stateOf(new Packet()));
});

test('a copy into a packet as large has every mark in the same place and shares no bytes', () => {
  const original = marked();
  const copy = new Packet(128);
  copy.copyFrom(original);
  expect(stateOf(copy)).toEqual(stateOf(original));
  original.bytes.fill(0xff);
  expect([...copy.live()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a copy into a smaller packet moves bytes and marks together', () => {
  const copy = new Packet(10);
  copy.copyFrom(marked());
  expect([...copy.live()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const { start, end, network, transport, payload, checksumStart } = copy;
  expect([start, end, network, transport, payload, checksumStart]).toEqual([2, 10, 3, 4, 5, 6]);
  expect([copy.gsoSize, copy.checksumOffset]).toEqual([1_448, 16]);
});

test('marks that are not set stay not set when a copy moves', () => {
  const original = new Packet(128);
  original.reset(100);
  const copy = new Packet(10);
  copy.copyFrom(original);
  expect([copy.network, copy.transport, copy.payload, copy.checksumStart]).toEqual([0, 0, 0, 0]);
});

test('what does not fit is our own mistake', () => {
  expect(() => new Packet(7).copyFrom(marked())).toThrow('a packet of 8 bytes does not fit 7');
});

test('any copy has the live bytes and distances of its original', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), fc.nat(200), fc.nat(64), (data, headroom, room, mark) => {
      const original = new Packet(128);
      original.reset(headroom);
      original.append(data);
      original.transport = headroom + mark;
      const copy = new Packet(data.length + room);
      copy.copyFrom(original);
      expect([...copy.live()]).toEqual([...data]);
      if (original.transport > 0) expect(copy.transport - copy.start).toBe(mark);
    }),
  ));

/** Five bytes in the packet and the rest lent, from the place `at` of a ring of 16. */
function lending(count: number, at: number): Packet {
  const ring = new Uint8Array(16);
  for (let i = 0; i < count; i++) ring[(at + i) % 16] = 6 + i;
  const packet = new Packet(64);
  packet.reset(8);
  packet.append(bytes(1, 2, 3, 4, 5));
  packet.lend(ring, at, count);
  return packet;
}

for (const [count, at] of [
  [4, 0],
  [4, 12],
  [4, 14],
  [16, 5],
] as const) {
  const whole = Array.from({ length: 5 + count }, (_, i) => 1 + i);

  test(`${count} bytes lent from place ${at} of a ring of 16: they count, and come into the packet in order`, () => {
    const packet = lending(count, at);
    expect(packet.length).toBe(5 + count);
    expect([...packet.live()]).toEqual([1, 2, 3, 4, 5]);
    packet.linearize();
    expect([packet.length, packet.lentLength]).toEqual([5 + count, 0]);
    expect([...packet.live()]).toEqual(whole);
    packet.linearize();
    expect([...packet.live()]).toEqual(whole);
  });

  test(`${count} bytes lent from place ${at} of a ring of 16: a copy is in one piece, and the original still lends`, () => {
    const original = lending(count, at);
    const copy = lending(3, 1); // what it held itself is forgotten
    copy.copyFrom(original);
    expect([...copy.live()]).toEqual(whole);
    expect([copy.lentLength, original.lentLength]).toEqual([0, count]);
  });
}

test('reset gives back what was lent', () => {
  const packet = lending(4, 0);
  packet.reset();
  expect([packet.length, packet.lent.length]).toEqual([0, 0]);
});

test('more lent than there is room for is our own mistake', () => {
  const packet = new Packet(HEADROOM + 3);
  packet.lend(new Uint8Array(16), 0, 4);
  expect(() => packet.linearize()).toThrow(RangeError);
  expect(() => new Packet(8).copyFrom(lending(4, 0))).toThrow('a packet of 9 bytes does not fit 8');
});

for (const { name, own, lent, size, frames } of [
  { name: 'a packet that nobody cuts', own: 5000, lent: 0, size: 0, frames: 1 },
  { name: 'equal pieces', own: 3000, lent: 0, size: 1000, frames: 3 },
  { name: 'a shorter last one', own: 3001, lent: 0, size: 1000, frames: 4 },
  { name: 'what is lent counts too', own: 500, lent: 9000, size: 1000, frames: 10 },
  { name: 'all of it lent', own: 0, lent: 2000, size: 1000, frames: 2 },
]) {
  test(`frames of a packet: ${name}: ${frames}`, () => {
    const packet = new Packet();
    packet.reset();
    packet.payload = packet.start;
    packet.end += own;
    packet.lend(new Uint8Array(16_384), 0, lent);
    packet.gsoSize = size;
    expect(packet.frames()).toBe(frames);
  });
}
