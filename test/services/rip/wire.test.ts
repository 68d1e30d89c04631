/** Messages of RIP as bytes, RFC 2453 §3.6, §4 and §3.9.2: what is read, what is left out, what is dropped, and by which name. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RipEntry, RipMessage } from '../../../src/services/rip/message.ts';
import { REQUEST_FOR_ALL } from '../../../src/services/rip/message.ts';
import { decode, ENTRY_FAULTS, encode, RIP_FAULTS } from '../../../src/services/rip/wire.ts';
import { parsePrefix } from '../../../src/stack/index.ts';

const entry = (prefix: string, metric: number, nextHop = 0, tag = 0): RipEntry => ({
  prefix: parsePrefix(prefix),
  metric,
  nextHop,
  tag,
});
const response = (...entries: RipEntry[]): RipMessage => ({ command: 'response', wantsAll: false, entries });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

const ROUTE = '0002 0000 c0a80a00 ffffff00 00000000 00000001';

test('a request for everything is one entry of family 0 with the metric 16 (RFC 2453 §3.9.1)', () => {
  expect(hex(encode(REQUEST_FOR_ALL))).toBe(`01020000${'00'.repeat(19)}10`);
  expect(decode(encode(REQUEST_FOR_ALL))).toEqual({ message: REQUEST_FOR_ALL, faults: [] });
});

test('a response carries mask, next hop and tag (RFC 2453 §4)', () => {
  const message = response(entry('192.168.10.0/24', 1), entry('default', 16, 0x0a00_0001, 7));
  expect(hex(encode(message))).toBe(`02020000${ROUTE.replaceAll(' ', '')}000200070000000000000000${'0a000001'}00000010`);
  expect(decode(encode(message))).toEqual({ message, faults: [] });
});

test.each<[string, string]>([
  ['', 'shorter than a RIP message'],
  ['0202', 'shorter than a RIP message'],
  [`02020000 ${ROUTE} 00`, 'not a whole number of entries'],
  [`02020000 ${ROUTE.repeat(26)}`, 'longer than 25 entries'],
  [`03020000 ${ROUTE}`, 'command unknown'],
  [`02000000 ${ROUTE}`, 'version 0'],
  [`02010000 ${ROUTE}`, 'version 1: no masks'],
  [`02020000 ffff0002${'70'.repeat(16)} ${ROUTE}`, 'authenticated, and there is no password here'],
])('%# %s is dropped: %s', (text, fault) => {
  expect(decode(bytes(text))).toBe(fault);
});

test.each<[string, string]>([
  ['0003 0000 c0a80a00 ffffff00 00000000 00000001', 'entry of another address family'],
  ['0002 0000 c0a80a00 ffffff00 00000000 00000000', 'entry with a metric that is not 1 to 16'],
  ['0002 0000 c0a80a00 ffffff00 00000000 00000011', 'entry with a metric that is not 1 to 16'],
  ['0002 0000 c0a80a00 ffffff00 00000000 ffffffff', 'entry with a metric that is not 1 to 16'],
  ['0002 0000 c0a80a00 ff00ff00 00000000 00000001', 'entry with a mask of scattered bits'],
  ['0002 0000 7f000000 ff000000 00000000 00000001', 'entry for no network of hosts'],
  ['0002 0000 00000000 ff000000 00000000 00000001', 'entry for no network of hosts'],
  ['0002 0000 e0000009 ffffffff 00000000 00000001', 'entry for no network of hosts'],
])('%# an entry is left out, and the one behind it counts: %s (%s)', (text, fault) => {
  expect(decode(bytes(`02020000 ${text} ${ROUTE}`))).toEqual({ message: response(entry('192.168.10.0/24', 1)), faults: [fault] });
});

test('a later version is read as this one (RFC 2453 §3.6)', () => {
  expect(decode(bytes(`02030000 ${ROUTE}`))).toEqual({ message: response(entry('192.168.10.0/24', 1)), faults: [] });
});

test('more than 25 entries do not go into one message', () => {
  const many = Array.from({ length: 26 }, (_, i) => entry(`10.${i}.0.0/16`, 1));
  expect(() => encode(response(...many))).toThrow('a RIP message has up to 25 entries, not 26');
});

test('whatever arrives is a message or a name, and what was read is written alike', () => {
  const header = fc.constantFrom('01020000', '02020000', '02010000', '09020000').map(bytes);
  const field = (...some: string[]) =>
    fc.oneof(fc.constantFrom(...some).map(bytes), fc.uint8Array({ minLength: 4, maxLength: 4 }));
  const route = fc.tuple(
    field('00020000', '00000000', 'ffff0002'),
    field('0a010000', '00000000'),
    field('ffff0000', '00000000', 'ffffffff'),
    field('00000000'),
    field('00000001', '00000010'),
  );
  const built = fc.tuple(header, fc.array(route, { maxLength: 27 }));
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    built.map(([start, routes]) => new Uint8Array(Buffer.concat([start, ...routes.flat()]))),
  );
  fc.assert(
    fc.property(message, (some) => {
      const decoded = decode(some);
      if (typeof decoded === 'string') expect(RIP_FAULTS).toContain(decoded);
      else {
        for (const fault of decoded.faults) expect(ENTRY_FAULTS).toContain(fault);
        expect(decode(encode(decoded.message))).toEqual({ message: decoded.message, faults: [] });
      }
    }),
    { numRuns: 300 },
  );
});
