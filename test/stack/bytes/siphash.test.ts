/** SipHash-2-4 against its authors' vectors, and against a second reading of the paper in 64-bit arithmetic. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SipHash } from '../../../src/stack/bytes/siphash.ts';

type Key = [number, number, number, number];

/** 00 01 02 .. 0f, the key of the paper's appendix A and of the authors' table. */
const KEY: Key = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c];

function hashBytes(key: Key, message: Uint8Array): bigint {
  const hash = new SipHash(key);
  hash.input.fill(-1); // what stands behind the message must not count
  new Uint8Array(hash.input.buffer).set(message);
  hash.digest(message.length);
  return (BigInt(hash.high >>> 0) << 32n) | BigInt(hash.low >>> 0);
}

const MASK = (1n << 64n) - 1n;
const rotate = (x: bigint, n: bigint): bigint => ((x << n) | (x >> (64n - n))) & MASK;

/** Word by word as the paper writes it. */
function reference(key: Key, message: Uint8Array): bigint {
  const word = (i: number): bigint => BigInt(key[i]! >>> 0);
  const k0 = word(0) | (word(1) << 32n);
  const k1 = word(2) | (word(3) << 32n);
  const v = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn, k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n];
  const add = (i: number, j: number, n: bigint): void => {
    v[i] = (v[i]! + v[j]!) & MASK;
    v[j] = rotate(v[j]!, n) ^ v[i]!;
  };
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      add(0, 1, 13n);
      v[0] = rotate(v[0]!, 32n);
      add(2, 3, 16n);
      add(0, 3, 21n);
      add(2, 1, 17n);
      v[2] = rotate(v[2]!, 32n);
    }
  };
  const padded = new Uint8Array(8 * Math.floor(message.length / 8) + 8);
  padded.set(message);
  padded[padded.length - 1] = message.length;
  for (let at = 0; at < padded.length; at += 8) {
    const block = new DataView(padded.buffer).getBigUint64(at, true);
    v[3]! ^= block;
    rounds(2);
    v[0]! ^= block;
  }
  v[2]! ^= 0xffn;
  rounds(4);
  return v.reduce((all, part) => all ^ part);
}

for (const [length, expected] of [
  [0, 0x726fdb47dd0e0e31n],
  [1, 0x74f839c593dc67fdn],
  [2, 0x0d6c8009d9a94f5an],
  [3, 0x85676696d7fb7e2dn],
  [7, 0xab0200f58b01d137n],
  [8, 0x93f5f5799a932462n],
  [15, 0xa129ca6149be45e5n],
] as const) {
  test(`SipHash-2-4: the authors' vector for ${length} bytes`, () => {
    expect(
      hashBytes(
        KEY,
        Uint8Array.from({ length }, (_, i) => i),
      ),
    ).toBe(expected);
  });
}

for (const { name, first, second } of [
  { name: 'one below a carry', first: ~0x70736575, second: ~0x6e657261 },
  { name: 'exactly a carry', first: -0x70736575, second: -0x6e657261 },
]) {
  test(`SipHash-2-4: low halves whose sum is ${name} are added right`, () => {
    const key: Key = [0, 0x1234_5678, first ^ 0x6e646f6d, 0x0fed_cba9]; // v0 + v1 of the first round
    const low = second ^ key[2] ^ 0x79746573; // v2 + v3 of the first round
    const message = new Uint8Array(8);
    new DataView(message.buffer).setInt32(0, low, true);
    expect(hashBytes(key, message)).toBe(reference(key, message));
  });
}

const keys = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer());

test('SipHash-2-4: any key and message agree with 64-bit arithmetic', () =>
  fc.assert(
    fc.property(keys, fc.uint8Array({ maxLength: 63 }), (key, message) => {
      expect(hashBytes(key, message)).toBe(reference(key, message));
    }),
    { numRuns: 500 },
  ));

test('six words hash as their 24 bytes, absent ones as zero, whatever was hashed before', () =>
  fc.assert(
    fc.property(keys, fc.array(fc.integer(), { minLength: 1, maxLength: 6 }), (key, list) => {
      const hash = new SipHash(key);
      hash.input.fill(0x5555_5555);
      hash.words(1, 2, 3, 4, 5, 6);
      const [w0 = 0, ...others] = list;
      const low = hash.words(w0, ...others);
      const bytes = new Uint8Array(24);
      for (const [i, word] of list.entries()) new DataView(bytes.buffer).setInt32(4 * i, word, true);
      const expected = reference(key, bytes);
      expect(low).toBe(hash.low);
      expect((BigInt(hash.high >>> 0) << 32n) | BigInt(low >>> 0)).toBe(expected);
    }),
  ));

test('the digest depends on every word of key and message', () => {
  const original = new SipHash(KEY).words(1, 2, 3, 4, 5, 6);
  for (let i = 0; i < 4; i++) {
    const key: Key = [...KEY];
    key[i]! ^= 1;
    expect(new SipHash(key).words(1, 2, 3, 4, 5, 6)).not.toBe(original);
  }
  for (let i = 0; i < 6; i++) {
    const message = [1, 2, 3, 4, 5, 6] as [number, number, number, number, number, number];
    message[i]! ^= 0x8000_0000;
    expect(new SipHash(KEY).words(...message)).not.toBe(original);
  }
});

test('a message that does not fit is our own mistake', () => {
  expect(() => new SipHash(KEY).digest(64)).toThrow('at most 63');
});
