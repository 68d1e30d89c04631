/** The ring of bytes against an array of numbers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RingBuffer } from '../../../src/stack/bytes/ring-buffer.ts';

function append(ring: RingBuffer, bytes: Uint8Array): void {
  ring.writeAt(ring.length, bytes, 0, bytes.length);
  ring.extend(bytes.length);
}

function read(ring: RingBuffer, offset: number, length: number): number[] {
  const target = new Uint8Array(length + 2).fill(0xaa);
  ring.readAt(offset, length, target, 1);
  expect([target[0], target[length + 1]]).toEqual([0xaa, 0xaa]); // not a byte more
  return [...target.subarray(1, length + 1)];
}

const counting = (length: number, from = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => from + i);

for (const [asked, capacity] of [
  [0, 0],
  [1, 16],
  [16, 16],
  [17, 32],
  [65_536, 65_536],
  [65_537, 131_072],
] as const) {
  test(`a ring for ${asked} bytes has room for ${capacity}`, () => {
    expect(new RingBuffer(asked).capacity).toBe(capacity);
  });
}

for (const size of [1, 16, 31, 32, 33, 64]) {
  test(`${size} bytes written across the end of the ring are read back whole`, () => {
    const ring = new RingBuffer(64);
    append(ring, new Uint8Array(60));
    ring.discard(60);
    append(ring, counting(size));
    expect(read(ring, 0, size)).toEqual([...counting(size)]);
  });
}

test('a range of the source is written, not all of it', () => {
  const ring = new RingBuffer(64);
  ring.writeAt(0, counting(50), 5, 45);
  ring.extend(40);
  expect(read(ring, 0, 40)).toEqual([...counting(40, 5)]);
});

test('a range of the source is written across the end of the ring', () => {
  const ring = new RingBuffer(64);
  append(ring, new Uint8Array(50));
  ring.discard(50);
  ring.writeAt(0, counting(60), 7, 57);
  ring.extend(50);
  expect(read(ring, 0, 50)).toEqual([...counting(50, 7)]);
});

test('what lies beyond the length survives growth: out-of-order data waits there', () => {
  const ring = new RingBuffer(64);
  append(ring, counting(50));
  ring.discard(45); // five bytes left, the head at 45
  ring.writeAt(20, counting(30, 100), 0, 30); // 15 bytes of hole before it, and around the end
  ring.reserve(200);
  expect([ring.capacity, ring.length]).toEqual([256, 5]);
  ring.writeAt(5, counting(15, 70), 0, 15); // the hole is filled
  ring.extend(45);
  expect(read(ring, 0, 50)).toEqual([...counting(5, 45), ...counting(15, 70), ...counting(30, 100)]);
});

test('reserving less than there is changes nothing', () => {
  const ring = new RingBuffer(64);
  append(ring, counting(10));
  ring.reserve(10);
  expect([ring.capacity, ring.length]).toEqual([64, 10]);
});

test('memory is given back only when nothing is stored', () => {
  const ring = new RingBuffer(1_024);
  append(ring, counting(3));
  ring.shrink(64);
  expect([ring.capacity, read(ring, 0, 3)]).toEqual([1_024, [0, 1, 2]]);
  ring.discard(3);
  ring.shrink(64);
  expect(ring.capacity).toBe(64);
  append(ring, counting(64));
  expect(read(ring, 0, 64)).toEqual([...counting(64)]);
});

const commands = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ verb: fc.constant('write' as const), a: fc.nat(120), b: fc.nat(90) }) },
    { weight: 3, arbitrary: fc.record({ verb: fc.constant('append' as const), a: fc.nat(90), b: fc.constant(0) }) },
    { weight: 3, arbitrary: fc.record({ verb: fc.constant('discard' as const), a: fc.nat(150), b: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant('reserve' as const), a: fc.nat(1_000), b: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant('shrink' as const), a: fc.constantFrom(16, 64), b: fc.constant(0) }) },
  ),
  { maxLength: 80 },
);

/** Bytes from offset 0; those beyond `length` that were never written are undefined. */
class Model {
  bytes: (number | undefined)[] = [];
  length = 0;

  write(offset: number, data: Uint8Array): void {
    for (const [i, byte] of data.entries()) this.bytes[offset + i] = byte;
  }

  discard(count: number): void {
    this.bytes = this.bytes.slice(count);
    this.length -= count;
  }
}

function apply(ring: RingBuffer, model: Model, { verb, a, b }: { verb: string; a: number; b: number }, stamp: number): void {
  const data = Uint8Array.from({ length: verb === 'write' ? b : a }, (_, i) => stamp * 37 + i);
  switch (verb) {
    case 'write': // at an offset beyond the length, with whatever room there is
      if (ring.length + a + b > ring.capacity) return;
      ring.writeAt(ring.length + a, data, 0, b);
      model.write(model.length + a, data);
      return;
    case 'append':
      ring.reserve(ring.length + a);
      append(ring, data);
      model.write(model.length, data);
      model.length += a;
      return;
    case 'discard':
      ring.discard(Math.min(a, ring.length));
      model.discard(Math.min(a, model.length));
      return;
    case 'reserve':
      ring.reserve(a);
      return;
    default:
      if (ring.length === 0 && ring.capacity > a) model.bytes = [];
      ring.shrink(a);
  }
}

test('any history of writing ahead, appending, discarding and growing agrees with an array', () =>
  fc.assert(
    fc.property(commands, (history) => {
      const ring = new RingBuffer(64);
      const model = new Model();
      for (const [stamp, command] of history.entries()) {
        apply(ring, model, command, stamp);
        expect(ring.length).toBe(model.length);
        expect(read(ring, 0, model.length)).toEqual(model.bytes.slice(0, model.length));
        for (const [offset, byte] of model.bytes.entries()) if (byte !== undefined) expect(read(ring, offset, 1)).toEqual([byte]);
      }
    }),
    { numRuns: 150 },
  ));
