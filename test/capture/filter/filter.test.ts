/** Filters: what is wrong with one is said with its place; what it selects is compared with tshark in tshark-filter.test.ts. */
import { describe, expect, test } from 'vitest';
import { CaptureWalk } from '../../../src/capture/dissect/capture-walk.ts';
import { parseFilter } from '../../../src/capture/filter/filter.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, echoFrame, recorded, tcpFrame } from '../frames.ts';

const FRAMES = [
  recorded(arpFrame(1, A, B), 0),
  recorded(tcpFrame({ seq: 1000, flags: tcp.SYN }), 10_000, { comment: 'CLOSED to SYN-SENT' }),
  recorded(tcpFrame({ from: B, to: A, sourcePort: 80, destinationPort: 43_210, seq: 70, ack: 1001, flags: 0x12 }), 20_000, {
    direction: 'in',
    interfaceId: 1,
  }),
  recorded(tcpFrame({ seq: 1001, ack: 71, payload: Uint8Array.from(Buffer.from('GET /')) }), 30_000),
  recorded(echoFrame(), 250_000),
];
const INTERFACES = [
  { name: 'alice', linkType: 1 },
  { name: 'wire 2', linkType: 1 },
];

/** The numbers of the frames that a filter selects. */
function select(filter: string): number[] {
  const walk = new CaptureWalk(INTERFACES);
  const { matches } = parseFilter(filter);
  return FRAMES.map((frame) => walk.next(frame))
    .filter((frame) => matches(frame))
    .map(({ number }) => number);
}

describe('a filter selects', () => {
  test.each([
    ['', [1, 2, 3, 4, 5]],
    ['tcp', [2, 3, 4]],
    ['not arp', [2, 3, 4, 5]],
    ['tcp.port == 80 and ip.src == 10.0.0.1', [2, 4]],
    ['ip.addr == 10.0.0.0/24', [2, 3, 4, 5]],
    ['tcp.flags.syn == 1 && !(tcp.flags.ack == 1)', [2]],
    ['tcp.flags & 2', [2, 3]],
    ['tcp.seq == 1', [4]],
    ['tcp.seq_raw in {1000 70..80}', [2, 3]],
    ['tcp.payload contains "GET"', [4]],
    ['tcp contains 47:45:54', [4]],
    ['frame.number >= 2 and frame.number < 4', [2, 3]],
    ['frame.time_relative > 0.02', [4, 5]],
    ['frame.time_delta > 0.2', [5]],
    ['frame.comment contains "SYN-SENT"', [2]],
    ['frame.comment', [2]],
    ['frame.interface_name == "wire 2"', [3]],
    ['frame.interface_name == alice or icmp', [1, 2, 4, 5]],
    ['eth.dst == ff:ff:ff:ff:ff:ff', [1]],
    ['ip.src != 10.0.0.1', [3]],
    ['ip.src == ip.dst', []],
    ['arp or icmp and tcp', [1]],
    ['(arp or icmp) and not tcp', [1, 5]],
    ['frame.packet_flags_direction == 1', [3]],
  ])('%s', (filter, expected) => {
    expect(select(filter)).toEqual(expected);
  });
});

describe('what is wrong with a filter is said with its column', () => {
  test.each([
    ['tcp.prot == 80', 'column 1: there is no field or protocol "tcp.prot"; did you mean tcp.port?'],
    ['arp or icnp', 'column 8: there is no field or protocol "icnp"; did you mean icmp'],
    ['tcp.port ==', 'column 12: expected a value behind "==", found the end'],
    ['tcp.port == http', 'column 13: tcp.port takes a number such as 80 or 0x50, not "http"'],
    [
      'ip.addr == 10.0.0',
      'column 12: ip.addr takes an IPv4 address such as 10.0.0.1 or a network such as 10.0.0.0/24, not "10.0.0"',
    ],
    ['(tcp', 'column 5: expected ")", found the end'],
    ['tcp udp', 'column 5: expected "and", "or" or the end, found "udp"'],
    ['tcp.port in 80', 'column 13: expected "{" behind "in", such as {80 443}'],
    ['tcp.port in {80', 'column 16: expected "}", found the end'],
    ['tcp.port in {}', 'column 13: a set needs at least one value'],
    ['tcp = 3', 'column 5: "=" alone means nothing'],
    ['tcp == 3', 'column 8: tcp is a protocol: it is there or not, or it "contains" something'],
    ['frame.comment contains "x', 'column 24: this " is never closed'],
    ['== 3', 'column 1: expected a field or a protocol, found "=="'],
    ['and', 'column 1: there is no field or protocol "and"'],
    ['tcp.port contains 3', 'column 19: "contains" looks into text, bytes and protocols, and tcp.port is none of these'],
    [`${'('.repeat(2000)}tcp`, 'more than 100 brackets'],
    [`${'!'.repeat(2000)}tcp`, 'more than 100 brackets'],
  ])('%s', (filter, words) => {
    expect(() => parseFilter(filter)).toThrow(words);
  });

  test('a flag alone is allowed, and what it means is told', () => {
    const { hints } = parseFilter('tcp.flags.syn or tcp.flags.syn');
    expect(hints).toEqual([
      'tcp.flags.syn asks whether there is such a flag, set or not, as in Wireshark; set is: tcp.flags.syn == 1',
    ]);
    expect(parseFilter('tcp.flags.syn == 1 and tcp').hints).toEqual([]);
  });
});
