/** ICMP for IPv4, RFC 792. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as icmp from '../../../src/stack/wire/icmpv4.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import { anyBytes, bytesOf, ECHO_REQUEST, hexOf, PORT_UNREACHABLE, TRANSPORT, UDP, viewOf } from './frames.ts';

test('RFC 792: an echo request of Linux', () => {
  const view = viewOf(ECHO_REQUEST);
  expect([icmp.type(view, TRANSPORT), icmp.code(view, TRANSPORT)]).toEqual([icmp.ECHO_REQUEST, 0]);
  expect([icmp.echoIdentifier(view, TRANSPORT), icmp.echoSequence(view, TRANSPORT)]).toEqual([0x21da, 1]);
  expect(icmp.isChecksumValid(view, TRANSPORT, ECHO_REQUEST.length)).toBe(true);
  expect(icmp.isError(icmp.type(view, TRANSPORT))).toBe(false);
});

test('RFC 792: port unreachable of Linux quotes the packet', () => {
  const view = viewOf(PORT_UNREACHABLE);
  expect([icmp.type(view, TRANSPORT), icmp.code(view, TRANSPORT)]).toEqual([icmp.DESTINATION_UNREACHABLE, icmp.PORT_UNREACHABLE]);
  expect([icmp.isError(3), icmp.isChecksumValid(view, TRANSPORT, PORT_UNREACHABLE.length)]).toEqual([true, true]);
  const quote = TRANSPORT + icmp.HEADER;
  expect(ipv4.isValid(view, quote, PORT_UNREACHABLE.length)).toBe(true);
  expect(hexOf(PORT_UNREACHABLE, quote)).toBe(hexOf(UDP, 14));
});

for (const { name, frame, type, code, rest } of [
  { name: 'echo request', frame: ECHO_REQUEST, type: 8, code: 0, rest: 0x21da_0001 },
  { name: 'port unreachable', frame: PORT_UNREACHABLE, type: 3, code: 3, rest: 0 },
]) {
  test(`${name}: encoded again it is the same bytes`, () => {
    const copy = Uint8Array.from(frame);
    copy.fill(0xee, TRANSPORT, TRANSPORT + icmp.HEADER);
    icmp.encode(viewOf(copy), TRANSPORT, copy.length, type, code, rest);
    expect(hexOf(copy)).toBe(hexOf(frame));
  });
}

test('RFC 1191 §4: fragmentation needed names the MTU of the next hop', () => {
  const view = viewOf(bytesOf('0304 0000 0000 05dc'));
  expect([icmp.code(view, 0), icmp.nextHopMtu(view, 0)]).toEqual([icmp.FRAGMENTATION_NEEDED, 1_500]);
});

test('RFC 792: a parameter problem points to an octet', () => {
  expect(icmp.pointer(viewOf(bytesOf('0c00 0000 1500 0000')), 0)).toBe(21);
});

test('RFC 1122 §3.2.2: exactly these types are errors', () => {
  expect(Array.from({ length: 256 }, (_, type) => type).filter(icmp.isError)).toEqual([3, 4, 5, 11, 12]);
});

test('seven bytes are no message', () => {
  expect([icmp.isValid(3, 10), icmp.isValid(3, 11)]).toEqual([false, true]);
});

test('what is encoded is decoded and sums to zero, at any alignment and length', () =>
  fc.assert(
    fc.property(
      fc.nat(255),
      fc.nat(255),
      fc.integer(),
      fc.uint8Array({ maxLength: 60 }),
      fc.nat(7),
      (type, code, rest, data, at) => {
        const bytes = new Uint8Array(at + icmp.HEADER + data.length);
        bytes.set(data, at + icmp.HEADER);
        const view = viewOf(bytes);
        icmp.encode(view, at, bytes.length, type, code, rest);
        expect([icmp.type(view, at), icmp.code(view, at), view.getInt32(at + 4)]).toEqual([type, code, rest]);
        expect([icmp.echoIdentifier(view, at), icmp.echoSequence(view, at)]).toEqual([rest >>> 16, rest & 0xffff]);
        expect(icmp.isChecksumValid(view, at, bytes.length)).toBe(true);
        bytes[at + 4]! ^= 0x10;
        expect(icmp.isChecksumValid(view, at, bytes.length)).toBe(false);
      },
    ),
  ));

test('of any valid bytes every field can be read', () =>
  fc.assert(
    fc.property(anyBytes(40), ({ view, at, end }) => {
      if (!icmp.isValid(at, end)) return;
      for (const read of [icmp.type, icmp.code, icmp.echoIdentifier, icmp.echoSequence, icmp.nextHopMtu, icmp.pointer]) {
        expect(read(view, at)).toBeGreaterThanOrEqual(0);
      }
      icmp.isChecksumValid(view, at, end);
    }),
  ));
