/** ICMP errors that we receive: read, checked and judged. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { writeError } from '../../../src/stack/ip/icmp-errors.ts';
import type { IcmpErrorKind } from '../../../src/stack/ip/icmp-report.ts';
import { decodeError, IcmpErrorReport, REPORT_DROPS, severityForTcp } from '../../../src/stack/ip/icmp-report.ts';
import * as icmpv4 from '../../../src/stack/wire/icmpv4.ts';
import type { DatagramSpec } from './datagram.ts';
import { ALICE, BOB, datagram } from './datagram.ts';

const TCP_START = Uint8Array.of(0x30, 0x39, 0, 80, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0);

function errorAbout(spec: DatagramSpec, type: number, code: number, rest = 0, quoted = 2000): Packet {
  const into = new Packet();
  writeError(into, datagram(spec), type, code, rest);
  into.end = Math.min(into.end, into.payload + quoted);
  icmpv4.encode(into.view, into.start, into.end, type, code, rest);
  return into;
}

const decode = (packet: Packet): { verdict: string; report: IcmpErrorReport } => {
  const report = new IcmpErrorReport();
  return { verdict: decodeError(packet.view, packet.start, packet.end, report), report };
};

test.each([
  [3, 0, 'net unreachable'],
  [3, 1, 'host unreachable'],
  [3, 2, 'protocol unreachable'],
  [3, 3, 'port unreachable'],
  [3, 4, 'fragmentation needed'],
  [3, 5, 'source route failed'],
  [3, 6, 'net unknown'],
  [3, 7, 'host unknown'],
  [3, 8, 'source host isolated'],
  [3, 9, 'net prohibited'],
  [3, 10, 'host prohibited'],
  [3, 11, 'net unreachable for type of service'],
  [3, 12, 'host unreachable for type of service'],
  [3, 13, 'administratively prohibited'],
  [3, 14, 'host precedence violation'],
  [3, 15, 'precedence cutoff'],
  [4, 0, 'source quench'],
  [5, 1, 'redirect'],
  [11, 0, 'time to live exceeded'],
  [11, 1, 'reassembly time exceeded'],
  [12, 0, 'parameter problem'],
])('RFC 792: type %i, code %i is "%s"', (type, code, kind) => {
  const { verdict, report } = decode(errorAbout({}, type, code));
  expect([verdict, report.kind, report.type, report.code]).toEqual(['ok', kind, type, code]);
});

test('RFC 792: the quoted 64 bits of a TCP segment are ports and sequence number', () => {
  const { verdict, report } = decode(errorAbout({ protocol: 6, payload: TCP_START }, 3, 4, 1400, 28));
  expect(verdict).toBe('ok');
  expect(report).toMatchObject({
    nextHopMtu: 1400,
    quotedSource: ALICE,
    quotedDestination: BOB,
    quotedProtocol: 6,
    quotedTotalLength: 40,
    quotedSourcePort: 12_345,
    quotedDestinationPort: 80,
    quotedSequence: -2,
    quotedEchoIdentifier: 0,
  });
});

test('behind options the quoted ports are still found', () => {
  const { report } = decode(errorAbout({ protocol: 6, payload: TCP_START, options: new Array<number>(40).fill(1) }, 3, 3, 0, 68));
  expect([report.quotedSourcePort, report.quotedDestinationPort]).toEqual([12_345, 80]);
});

test('a quoted echo has identifier and sequence, and no ports', () => {
  const { report } = decode(errorAbout({ protocol: 1, payload: Uint8Array.of(8, 0, 1, 2, 0, 9, 0, 5) }, 11, 0));
  expect(report).toMatchObject({ quotedEchoIdentifier: 9, quotedEchoSequence: 5, quotedSourcePort: 0, quotedDestinationPort: 0 });
});

test('pointer and gateway belong to their own kinds; what was in the report before does not stay', () => {
  const report = new IcmpErrorReport();
  const read = (packet: Packet): string => decodeError(packet.view, packet.start, packet.end, report);
  read(errorAbout({ protocol: 6, payload: TCP_START }, 3, 4, 1400));
  read(errorAbout({ protocol: 99 }, 12, 0, 0x1400_0000));
  expect(report).toMatchObject({ pointer: 20, nextHopMtu: 0, gateway: 0, quotedSourcePort: 0, quotedSequence: 0 });
  read(errorAbout({}, 5, 1, BOB >>> 0));
  expect(report).toMatchObject({ pointer: 0, gateway: BOB });
});

const flip = (packet: Packet): Packet => {
  packet.bytes[packet.end - 1]! ^= 1;
  return packet;
};
const withQuoteByte = (at: number, value: number): Packet => {
  const packet = errorAbout({}, 3, 3);
  packet.bytes[packet.payload + at] = value;
  icmpv4.encode(packet.view, packet.start, packet.end, 3, 3, 0);
  return packet;
};

test.each([
  ['seven bytes', () => Object.assign(errorAbout({}, 3, 3), { end: 192 + 7 }), 'ICMP too short'],
  ['a bit flipped', () => flip(errorAbout({}, 3, 3)), 'ICMP checksum wrong'],
  ['an echo reply', () => errorAbout({}, 0, 0), 'ICMP is no error'],
  ['unreachable, code 16', () => errorAbout({}, 3, 16), 'ICMP code unknown'],
  ['time exceeded, code 2', () => errorAbout({}, 11, 2), 'ICMP code unknown'],
  ['redirect, code 4', () => errorAbout({}, 5, 4), 'ICMP code unknown'],
  ['27 bytes quoted', () => errorAbout({}, 3, 3, 0, 27), 'ICMP quotes too little'],
  ['nothing quoted', () => errorAbout({}, 3, 3, 0, 0), 'ICMP quotes too little'],
  ['a header length beyond the quotation', () => withQuoteByte(0, 0x46), 'ICMP quotes too little'],
  ['version 6 quoted', () => withQuoteByte(0, 0x65), 'ICMP quotes no IPv4 header'],
  ['a header length of 16 quoted', () => withQuoteByte(0, 0x44), 'ICMP quotes no IPv4 header'],
  ['a later fragment quoted', () => withQuoteByte(7, 1), 'ICMP quotes a later fragment'],
])('%s: dropped by name', (_, make, expected) => {
  expect(decode(make()).verdict).toBe(expected);
});

test('random bytes are answered with a word and never throw', () => {
  const words = new Set<string>(['ok', ...REPORT_DROPS]);
  const types = fc.constantFrom(0, 3, 4, 5, 8, 11, 12, 200);
  fc.assert(
    fc.property(types, fc.nat(20), fc.uint8Array({ maxLength: 80 }), (type, code, quote) => {
      const packet = new Packet(300);
      packet.end = packet.start + 8;
      packet.append(quote);
      icmpv4.encode(packet.view, packet.start, packet.end, type, code, 0);
      expect(words.has(decode(packet).verdict)).toBe(true);
    }),
  );
});

test.each<[IcmpErrorKind, string, string]>([
  ['source quench', 'none', 'none'], //            MUST-55
  ['redirect', 'none', 'none'],
  ['net unreachable', 'soft', 'soft'], //          MUST-56
  ['host unreachable', 'soft', 'soft'], //         MUST-56
  ['source route failed', 'soft', 'soft'], //      MUST-56
  ['time to live exceeded', 'soft', 'soft'], //    MUST-56
  ['reassembly time exceeded', 'soft', 'soft'],
  ['parameter problem', 'soft', 'soft'], //        MUST-56
  ['protocol unreachable', 'hard', 'soft'], //     SHLD-26, RFC 5461 §4.1
  ['port unreachable', 'hard', 'soft'], //         SHLD-26
  ['fragmentation needed', 'path MTU', 'path MTU'],
  ['administratively prohibited', 'soft', 'soft'],
])('MUST-55, MUST-56, SHLD-26, RFC 9293 §3.9.2.2: %s is %s while connecting and %s later', (kind, connecting, established) => {
  expect(severityForTcp(kind, false)).toBe(connecting);
  expect(severityForTcp(kind, true)).toBe(established);
});
