/** IPv4 options, RFC 791 §3.1 and RFC 1122 §3.2.1.8. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findFault, hasSourceRoute } from '../../../src/stack/wire/ipv4-options.ts';
import { bytesOf, NETWORK, RECORD_ROUTE, viewOf } from './frames.ts';

/** A header with these options, in a view that ends where they do. */
function header(options: Uint8Array, at = 0): DataView {
  const bytes = new Uint8Array(at + 20 + options.length);
  bytes[at] = 0x40 | (5 + options.length / 4);
  bytes.set(options, at + 20);
  return viewOf(bytes);
}

for (const { name, options, fault, route } of [
  { name: 'none', options: '', fault: -1, route: false },
  { name: 'only NOPs', options: '01010101', fault: -1, route: false },
  { name: 'end at once', options: '00ffffff', fault: -1, route: false },
  { name: 'behind the end nothing counts, not a source route either', options: '01 00 83 00', fault: -1, route: false },
  { name: 'unknown, skipped by its length', options: 'de04aaaa 01010101', fault: -1, route: false },
  { name: 'an option of two bytes is the shortest', options: 'de02 de02', fault: -1, route: false },
  { name: 'loose source route', options: '83 07 04 c0000201 00', fault: -1, route: true },
  { name: 'strict source route behind others', options: '01 de02 89 07 04 c0000201 01 01', fault: -1, route: true },
  { name: 'a source route inside the data of another option', options: 'de06 83070400 0000', fault: -1, route: false },
  { name: 'length 0', options: 'de00aaaa', fault: 21, route: false },
  { name: 'length 1', options: '01 de01 aa', fault: 22, route: false },
  { name: 'length 1 in front of a source route', options: 'de01 8303', fault: 21, route: false },
  { name: 'length past the end', options: '01 de04 aa', fault: 22, route: false },
  { name: 'length far past the end', options: '01 01 deff', fault: 23, route: false },
  { name: 'no room for a length', options: '010101de', fault: 23, route: false },
  { name: 'a source route behind a broken option is not looked for', options: 'de00 8303', fault: 21, route: false },
]) {
  test(`options: ${name}`, () => {
    for (const at of [0, 1, 2, 3]) {
      const view = header(bytesOf(options), at);
      expect([findFault(view, at), hasSourceRoute(view, at)]).toEqual([fault, route]);
    }
  });
}

test('record route of Linux is well-formed', () => {
  expect([findFault(viewOf(RECORD_ROUTE), NETWORK), hasSourceRoute(viewOf(RECORD_ROUTE), NETWORK)]).toEqual([-1, false]);
});

const wellFormed = fc.oneof(
  fc.constant([1]),
  fc
    .tuple(fc.integer({ min: 2, max: 255 }), fc.array(fc.nat(255), { maxLength: 8 }))
    .map(([kind, data]) => [kind, data.length + 2, ...data]),
);

test('any list of well-formed options has no fault, and a source route is seen wherever it stands', () =>
  fc.assert(
    fc.property(fc.array(wellFormed, { maxLength: 6 }), (list) => {
      const bytes = list.flat().slice(0, 1_000);
      fc.pre(bytes.length <= 40);
      const padded = Uint8Array.from([...bytes, ...new Array<number>((4 - (bytes.length % 4)) % 4).fill(0)]);
      const view = header(padded);
      expect(findFault(view, 0)).toBe(-1);
      expect(hasSourceRoute(view, 0)).toBe(list.some(([kind]) => kind === 131 || kind === 137));
    }),
  ));

test('any bytes as options: the walk ends, within the header', () =>
  fc.assert(
    fc.property(fc.nat(10), fc.uint8Array({ minLength: 40, maxLength: 40 }), (words, bytes) => {
      const view = header(bytes.subarray(0, words * 4));
      const fault = findFault(view, 0);
      expect(fault === -1 || (fault >= 20 && fault < 20 + words * 4)).toBe(true);
      hasSourceRoute(view, 0);
    }),
    { numRuns: 1_000 },
  ));
