/** UTF-8 against the host's own. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../../src/stack/bytes/utf8.ts';

test('RFC 3629: encodes as TextEncoder does, half surrogate pairs included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0xd800, max: 0xdfff }), (text, half) => {
      const given = text + String.fromCharCode(half);
      expect([...encodeUtf8(given)]).toEqual([...new TextEncoder().encode(given)]);
    }),
  );
});

test('RFC 3629: decodes what is well-formed as TextDecoder does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
    }),
  );
});

test.each([
  ['a continuation byte', [0x80]],
  ['an overlong slash, RFC 3629 §10', [0xc0, 0xaf]],
  ['an overlong three bytes', [0xe0, 0x80, 0x80]],
  ['a surrogate, RFC 3629 §3', [0xed, 0xa0, 0x80]],
  ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a character cut off', [0xe2, 0x82]],
])('%s becomes U+FFFD', (_name, bytes) => {
  expect(decodeUtf8(Uint8Array.of(0x61, ...bytes))).toBe(`a${'\ufffd'.repeat(bytes.length)}`);
});
