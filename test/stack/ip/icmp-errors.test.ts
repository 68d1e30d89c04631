/** ICMP errors that we send: when, and what they quote. */
import { expect, test } from 'vitest';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { AddressTable } from '../../../src/stack/ip/address-table.ts';
import { mayReport, restOfPointer, writeError } from '../../../src/stack/ip/icmp-errors.ts';
import { parseInterfaceAddress } from '../../../src/stack/ip/prefix.ts';
import * as icmpv4 from '../../../src/stack/wire/icmpv4.ts';
import type { DatagramSpec } from './datagram.ts';
import { bytesOf, datagram, word } from './datagram.ts';

function host(): AddressTable {
  const table = new AddressTable();
  table.add(0, parseInterfaceAddress('10.0.0.2/24'));
  return table;
}

const icmp = (type: number): DatagramSpec => ({ protocol: 1, payload: Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0) });

test.each([
  ['a UDP datagram', {}, false, 'ok'],
  ['an echo request', icmp(8), false, 'ok'],
  ['an unknown ICMP query', icmp(42), false, 'ok'],
  ['a destination unreachable', icmp(3), false, 'about an ICMP error'],
  ['a source quench', icmp(4), false, 'about an ICMP error'],
  ['a redirect', icmp(5), false, 'about an ICMP error'],
  ['a time exceeded', icmp(11), false, 'about an ICMP error'],
  ['a parameter problem', icmp(12), false, 'about an ICMP error'],
  ['ICMP without a type', { protocol: 1, payload: 0 }, false, 'about an ICMP error'],
  ['the first fragment', { more: true }, false, 'ok'],
  ['a later fragment', { offset: 8 }, false, 'about a later fragment'],
  ['a later fragment of an ICMP error', { ...icmp(3), offset: 8 }, false, 'about a later fragment'],
  ['a limited broadcast (066)', { destination: word('255.255.255.255') }, false, 'about a packet to a group'],
  ['a directed broadcast (347)', { destination: word('10.0.0.255') }, false, 'about a packet to a group'],
  ['a multicast', { destination: word('224.0.0.1') }, false, 'about a packet to a group'],
  ['a link broadcast of a unicast packet (071)', {}, true, 'about a frame to a group'],
  ['from 0.0.0.0', { source: 0 }, false, 'its source is not one host'],
  ['from 127.0.0.1', { source: word('127.0.0.1') }, false, 'its source is not one host'],
  ['from a broadcast address', { source: word('10.0.0.255') }, false, 'its source is not one host'],
  ['from a multicast group', { source: word('224.0.0.1') }, false, 'its source is not one host'],
  ['from class E', { source: word('250.0.0.1') }, false, 'its source is not one host'],
] as const)('RFC 1122 §3.2.2: %s', (_, spec, isGroupFrame, expected) => {
  expect(mayReport(datagram(spec), isGroupFrame, host(), 0)).toBe(expected);
});

test.each([
  ['a short packet whole', 30, 58],
  ['a long one up to 576 bytes together', 1_400, 556],
])('RFC 1812 §4.3.2.3: quotes %s', (_, payload, length) => {
  const about = datagram({ payload });
  about.end += 6; // Ethernet padding is not quoted
  const into = new Packet();
  writeError(into, about, icmpv4.DESTINATION_UNREACHABLE, icmpv4.FRAGMENTATION_NEEDED, 1400);
  expect(into.end - into.start).toBe(length);
  expect([...into.bytes.subarray(into.payload, into.end)]).toEqual(bytesOf(about).slice(0, length - 8));
  expect(icmpv4.isChecksumValid(into.view, into.start, into.end)).toBe(true);
  expect(icmpv4.nextHopMtu(into.view, into.start)).toBe(1400);
});

test('RFC 792: a parameter problem points at an octet', () => {
  const into = new Packet();
  writeError(into, datagram(), icmpv4.PARAMETER_PROBLEM, 0, restOfPointer(200));
  expect(icmpv4.pointer(into.view, into.start)).toBe(200);
});
