/** TCP options, RFC 9293 §3.2: what is read, what is skipped, and what a broken list does. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Segment } from '../../../src/stack/wire/tcp.ts';
import * as options from '../../../src/stack/wire/tcp-options.ts';
import { bytesOf, hexOf, viewOf } from './frames.ts';

/** Decodes a list in a view that ends where the list ends, and at four alignments. */
function decoded(hex: string | Uint8Array): Partial<Segment> {
  const list = typeof hex === 'string' ? bytesOf(hex) : hex;
  const results = [0, 1, 2, 3].map((at) => {
    const bytes = new Uint8Array(at + list.length);
    bytes.set(list, at);
    const segment = new Segment();
    options.decode(viewOf(bytes), at, bytes.length, segment);
    const { mss, windowShift, sackPermitted, hasTimestamps, tsValue, tsEcho, sackCount } = segment;
    return {
      mss,
      windowShift,
      sackPermitted,
      hasTimestamps,
      tsValue,
      tsEcho,
      sackCount,
      sackEdges: segment.sackEdges.slice(0, 2 * sackCount),
    };
  });
  for (const result of results) expect(result).toEqual(results[0]); // MUST-64: any alignment
  return results[0]!;
}

const NONE = { mss: 0, windowShift: -1, sackPermitted: false, hasTimestamps: false, tsValue: 0, tsEcho: 0, sackCount: 0 };

for (const { name, list, gives } of [
  { name: 'nothing', list: '', gives: {} },
  { name: 'MUST-4: MSS', list: '020405b4', gives: { mss: 1_460 } },
  { name: 'MUST-4: NOP in front, at an odd place', list: '01 020405b4 010101', gives: { mss: 1_460 } },
  { name: 'MUST-4: end of list at once', list: '00000000', gives: {} },
  { name: 'MUST-4: end of list in the middle ends it', list: '020405b4 00 0402 01', gives: { mss: 1_460 } },
  { name: 'MUST-69: zeros behind the end', list: '0402 00000000 0000', gives: { sackPermitted: true } },
  {
    name: 'MUST-6: unknown kinds with a length are skipped',
    list: 'fe04f989 fd020402 1e03aa 01',
    gives: { sackPermitted: true },
  },
  { name: 'MUST-68: a kind never heard of has a length', list: '06 08 0402 0402 0402 020405b4', gives: { mss: 1_460 } },
  { name: 'MUST-7: length 0 ends it', list: '0402 fe00 020405b4', gives: { sackPermitted: true } },
  { name: 'MUST-7: length 1 ends it', list: '0402 fe01 020405b4', gives: { sackPermitted: true } },
  { name: 'MUST-7: MSS of length 0', list: '02000000', gives: {} },
  { name: 'MUST-7: length past the end', list: '0402 fe09 020405b4', gives: { sackPermitted: true } },
  { name: 'MUST-7: length one past the end', list: '020505b4', gives: {} },
  { name: 'MUST-7: length 255', list: 'feff0000', gives: {} },
  { name: 'MUST-7: a kind in the last byte', list: '01010102', gives: {} },
  { name: 'MUST-7: a kind in the last byte after others', list: '0402 01 08', gives: { sackPermitted: true } },
  { name: 'MSS of length 3 is ignored, the next is read', list: '020305 0402 01 0101', gives: { sackPermitted: true } },
  { name: 'MSS of length 6 is ignored, the next is read', list: '020605b40000 0402', gives: { sackPermitted: true } },
  { name: 'window scale', list: '0303 0a 01', gives: { windowShift: 10 } },
  { name: 'window scale 0 is an offer too', list: '030300 00', gives: { windowShift: 0 } },
  { name: 'window scale of length 4 is ignored', list: '03040a0a', gives: {} },
  { name: 'SACK permitted of length 3 is ignored', list: '04030000', gives: {} },
  {
    name: 'timestamps, aligned as RFC 7323 appendix A says',
    list: '0101080a 80000001 ffffffff',
    gives: { hasTimestamps: true, tsValue: 0x8000_0001, tsEcho: 0xffff_ffff },
  },
  {
    name: 'timestamps in front of their padding',
    list: '080a 00000001 00000002 0101',
    gives: { hasTimestamps: true, tsValue: 1, tsEcho: 2 },
  },
  { name: 'timestamps of length 9 are ignored', list: '0809 00000001 000000 0402 01', gives: { sackPermitted: true } },
  {
    name: 'aligned timestamps with another option behind',
    list: '0101080a 00000001 00000002 0402 0101',
    gives: { hasTimestamps: true, tsValue: 1, tsEcho: 2, sackPermitted: true },
  },
  { name: 'twelve bytes that are not aligned timestamps', list: '01010809 00000001 00000000', gives: {} },
  {
    name: 'RFC 2018 §3: one SACK block',
    list: '0101 050a ffffffff 00000003',
    gives: { sackCount: 1, sackEdges: Int32Array.of(-1, 3) },
  },
  {
    name: 'RFC 2018 §3: four blocks, the most that fit',
    list: '0101 0522 00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008',
    gives: { sackCount: 4, sackEdges: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
  },
  { name: 'SACK without a block is ignored', list: '0502 0402', gives: { sackPermitted: true } },
  { name: 'SACK with half a block is ignored', list: '0506 00000001 0402', gives: { sackPermitted: true } },
  {
    name: 'SACK with a block and a half is ignored',
    list: '050e 00000001 00000002 00000003 0402',
    gives: { sackPermitted: true },
  },
  { name: 'of an option given twice the last counts', list: '020405b4 02040218', gives: { mss: 536 } },
]) {
  test(`options: ${name}`, () => {
    expect(decoded(list)).toEqual({ sackEdges: new Int32Array(0), ...NONE, ...gives });
  });
}

test('five SACK blocks do not fit a header, and are ignored where a list claims them', () => {
  expect(decoded(Uint8Array.of(5, 42, ...new Array<number>(40).fill(1)))).toMatchObject({ sackCount: 0 });
});

test('MUST-7: no bytes whatsoever make decoding fail or read beyond the list', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 44, size: 'max' }), (list) => void decoded(list)),
    { numRuns: 500 },
  ));

const known = fc.constantFrom('0402', '020405b4', '030307', '080a0000000100000002', '050a0000000100000002');
const skipped = fc.oneof(
  fc.constant('01'),
  fc
    .tuple(fc.integer({ min: 9, max: 255 }), fc.uint8Array({ maxLength: 6 }))
    .map(([kind, data]) => hexOf(Uint8Array.of(kind, data.length + 2, ...data))),
);

test('MUST-5, MUST-6: what is understood does not depend on order, on NOPs and on unknown options in between', () =>
  fc.assert(
    fc.property(fc.uniqueArray(known, { maxLength: 5 }), fc.array(skipped, { minLength: 6, maxLength: 6 }), (list, between) => {
      const plain = decoded(list.toSorted().join(''));
      const mixed = decoded(list.map((option, i) => between[i]! + option).join('') + between[5]!);
      expect(mixed).toEqual(plain);
    }),
  ));

for (const [seconds, hex, back] of [
  [1, '1c040001', 1],
  [32_767, '1c047fff', 32_767],
  [32_768, '1c048223', 32_820],
  [86_400, '1c0485a0', 86_400],
] as const)
  test(`RFC 5482 §3.3: a user timeout of ${seconds} s, in minutes where seconds do not fit`, () => {
    const segment = new Segment();
    segment.userTimeout = seconds;
    const bytes = new Uint8Array(options.encodedLength(segment));
    options.encode(viewOf(bytes), 0, segment);
    expect(hexOf(bytes)).toBe(hex);
    const read = new Segment();
    options.decode(viewOf(bytes), 0, bytes.length, read);
    expect(read.userTimeout).toBe(back);
  });

test('RFC 5482 §3.3: a user timeout of another length is skipped', () => {
  const segment = new Segment();
  const bytes = bytesOf('1c030001 1c05000101010101');
  options.decode(viewOf(bytes), 0, bytes.length, segment);
  expect(segment.userTimeout).toBe(0);
});
