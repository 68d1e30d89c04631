/** Which frames the words of a fault mean, held against frames made by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Selector } from '../../../src/lab/by-meaning/selector.ts';
import * as select from '../../../src/lab/by-meaning/selectors.ts';
import { lose } from '../../../src/lab/by-meaning/verbs.ts';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { MILLISECOND } from '../../../src/stack/time.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, icmpPacket, udpPacket } from '../../capture/frames.ts';
import { fragmentsOf } from '../../station.ts';
import { ENDS, hits, type Passing, Talk } from './wire.ts';
import '../../seed.ts';

const packetOf = (bytes: Uint8Array): Packet => {
  const packet = new Packet();
  packet.append(bytes);
  return packet;
};
const passing = (packet: Packet | Uint8Array, direction: Passing['direction'] = 'transmit'): Passing => ({
  packet: packet instanceof Packet ? packet : packetOf(packet),
  direction,
});

/** One connection with a repair: its frames by number. */
const talk = new Talk();
const CONVERSATION: readonly Passing[] = [
  /*  1 */ talk.syn(),
  /*  2 */ talk.synAck(),
  /*  3 */ talk.alice({ seq: 1001, ack: 1001 }),
  /*  4 */ talk.text(0),
  /*  5 */ talk.text(100),
  /*  6 */ talk.ack(100),
  /*  7 */ talk.text(200),
  /*  8 */ talk.ack(100),
  /*  9 */ talk.text(100), // again
  /* 10 */ talk.answer(0),
  /* 11 */ talk.text(100), // and again
  /* 12 */ talk.text(300),
  /* 13 */ talk.fin(400),
  /* 14 */ talk.fin(400), // again
  /* 15 */ talk.bob({ flags: tcp.RST, seq: 1101 }),
];

const {
  data,
  pureAcks,
  retransmissions,
  retransmissionOf,
  everyRetransmissionOf,
  syn,
  synAck,
  fin,
  rst,
  segments,
  frames,
  datagrams,
  fragments,
} = select;

const TABLE: readonly (readonly [string, Selector, readonly number[]])[] = [
  ['data(): all text, sent again or not', data(), [4, 5, 7, 9, 10, 11, 12]],
  ['data(2): the second new one', data(2), [5]],
  ['data(4): of whoever sends it', data(4), [10]],
  ["data(4).from('alice'): retransmissions are not counted", data(4).from('alice'), [12]],
  ["data(1).from('bob')", data(1).from('bob'), [10]],
  ["data(1).from('BOB')", data(1).from('BOB'), [10]],
  ['from an address', data(1).from(B), [10]],
  ['data(1, 3)', data(1, 3), [4, 7]],
  ['data(...range(2, 4))', data(...select.range(2, 4)), [5, 7, 10]],
  ['pureAcks()', pureAcks(), [3, 6, 8]],
  ["pureAcks(2).from('bob')", pureAcks(2).from('bob'), [8]],
  ['retransmissions()', retransmissions(), [9, 11, 14]],
  ['retransmissions(2)', retransmissions(2), [11]],
  ['retransmissionOf(data(2))', retransmissionOf(data(2)), [9]],
  ['retransmissionOf(data(2), 2)', retransmissionOf(data(2), 2), [11]],
  ['retransmissionOf(retransmissionOf(data(2)))', retransmissionOf(retransmissionOf(data(2))), [11]],
  ['everyRetransmissionOf(data(2))', everyRetransmissionOf(data(2)), [9, 11]],
  ['retransmissionOf(data(1)): never sent again', retransmissionOf(data(1)), []],
  ['retransmissionOf(fin())', retransmissionOf(fin(1)), [14]],
  ['syn()', syn(), [1]],
  ['synAck()', synAck(), [2]],
  ['fin()', fin(), [13, 14]],
  ['fin(1)', fin(1), [13]],
  ['rst()', rst(), [15]],
  ['segments(3)', segments(3), [3]],
  ['frames(15)', frames(15), [15]],
  ['port(80)', data(1).port(80), [4]],
  ['a port that nobody has', data(1).port(81), []],
  ['connection(2): there is only one', data(1).connection(2), []],
  ['datagrams()', datagrams(), []],
  ['fragments()', fragments(), []],
];

describe('in one connection', () => {
  for (const [name, selector, expected] of TABLE) {
    test(name, () => expect(hits([lose(selector)], CONVERSATION)).toEqual(expected));
  }

  test('a selector counts anew in each fault and each run', () => {
    const once = data(2);
    expect(hits([lose(once), lose(once)], CONVERSATION)).toEqual([5]);
    expect(hits([lose(once)], CONVERSATION)).toEqual([5]);
  });
});

test('several connections: numbers count in the first, in the one that is named by port or order, or in each', () => {
  const [first, second] = [new Talk(), new Talk({ port: 5000, server: 8080, isn: 77 })];
  const both = [first.syn(), second.syn(), second.text(0), first.text(0), second.text(100), first.text(100), second.text(0)];
  expect(hits([lose(data(2))], both)).toEqual([6]);
  expect(hits([lose(data(2).port(8080))], both)).toEqual([5]);
  expect(hits([lose(data(2).port(5000))], both)).toEqual([5]);
  expect(hits([lose(data(2).connection(2))], both)).toEqual([5]);
  expect(hits([lose(data(1).connection(2))], both)).toEqual([3]);
  expect(hits([lose(data(1).ofEach())], both)).toEqual([3, 4]);
  expect(hits([lose(data())], both)).toEqual([3, 4, 5, 6, 7]);
  expect(hits([lose(data().connection(1))], both)).toEqual([4, 6]);
  expect(hits([lose(retransmissionOf(data(1).connection(2)))], both)).toEqual([7]);
  expect(hits([lose(retransmissionOf(data(1).connection(1)))], both)).toEqual([]);
});

test('a port that is used again is another connection; a SYN that is sent again is not', () => {
  const [first, again] = [new Talk({ isn: 1000 }), new Talk({ isn: 900_000 })];
  const all = [first.syn(), first.syn(), first.text(0), again.syn(), again.text(0), again.text(100)];
  expect(hits([lose(data(1).connection(1))], all)).toEqual([3]);
  expect(hits([lose(data(1).connection(2))], all)).toEqual([5]);
  expect(hits([lose(data(2).connection(2))], all)).toEqual([6]);
  expect(hits([lose(retransmissionOf(syn(1)))], all)).toEqual([2]);
});

test('a segment that carries old and new text is a new one, and repeats the old one', () => {
  const all = [talk.text(0), talk.text(100), talk.text(100, 200)];
  expect(hits([lose(data(3))], all)).toEqual([3]);
  expect(hits([lose(retransmissions())], all)).toEqual([]);
});

test('a connection whose beginning was not seen', () => {
  expect(hits([lose(data(2))], [talk.ack(0), talk.text(500), talk.text(500), talk.text(600)])).toEqual([4]);
});

test('between two moments only what passes then is counted; before the beginning nothing is seen', () => {
  const all = [1, 2, 3, 4, 5].map((n) => talk.text(n * 100, 100, n * MILLISECOND));
  expect(hits([lose(data(1).between(2 * MILLISECOND, 4 * MILLISECOND))], all)).toEqual([2]);
  expect(hits([lose(frames().between(2 * MILLISECOND, 4 * MILLISECOND))], all)).toEqual([2, 3]);
  const later = { ...ENDS, began: 2 * MILLISECOND };
  expect(hits([lose(frames(1))], all, later)).toEqual([2]);
  expect(hits([lose(frames().between(MILLISECOND, 2 * MILLISECOND))], all, later)).toEqual([3]);
});

test('datagrams, pings and ARP', () => {
  const all = [
    passing(arpFrame(1, A, B)),
    passing(arpFrame(2, B, A), 'receive'),
    passing(udpPacket(new Uint8Array(4))),
    passing(icmpPacket(8, 0, 1, new Uint8Array(8))),
    passing(icmpPacket(0, 0, 1, new Uint8Array(8), { from: B, to: A }), 'receive'),
    passing(icmpPacket(3, 3, 0, new Uint8Array(28), { from: B, to: A }), 'receive'),
    passing(udpPacket(new Uint8Array(4), { destinationPort: 7 })),
  ];
  expect(hits([lose(select.arpRequests())], all)).toEqual([1]);
  expect(hits([lose(select.arpReplies().from('bob'))], all)).toEqual([2]);
  expect(hits([lose(select.arpReplies().from(B))], all)).toEqual([2]);
  expect(hits([lose(datagrams(2))], all)).toEqual([7]);
  expect(hits([lose(datagrams(1).port(7))], all)).toEqual([7]);
  expect(hits([lose(select.echoRequests(1))], all)).toEqual([4]);
  expect(hits([lose(select.echoReplies())], all)).toEqual([5]);
  expect(hits([lose(select.icmpErrors())], all)).toEqual([6]);
});

test('fragments are counted within the first datagram, the n-th, or each', () => {
  const pieces = (identification: number) =>
    fragmentsOf({ identification, payload: new Uint8Array(60) }, 24).map((bytes) => passing(bytes));
  const all = [...pieces(1), ...pieces(2)];
  expect(hits([lose(fragments(2))], all)).toEqual([2]);
  expect(hits([lose(fragments(2).datagram(2))], all)).toEqual([5]);
  expect(hits([lose(fragments(3).ofEach())], all)).toEqual([3, 6]);
  expect(hits([lose(fragments())], all)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('noise is a frame and nothing else', () => {
  const noise = [new Uint8Array(0), new Uint8Array(13), new Uint8Array(60).fill(0xff)].map((bytes) => passing(bytes));
  expect(hits([lose(frames())], noise)).toEqual([1, 2, 3]);
  expect(hits([lose(data()), lose(segments()), lose(datagrams()), lose(fragments())], noise)).toEqual([]);
});

test.each([0, -1, 1.5, Number.NaN])('there is no data segment %d', (n) => {
  expect(() => data(n)).toThrow(`frames are counted from 1 on: there is no data segment ${n}`);
});

test('who stands at neither end is named, with those who do', () => {
  expect(() => hits([lose(data(1).from('carol'))], [])).toThrow('"carol" is at neither end of this wire: say alice, bob, or an');
  expect(() => data(1).between(5, 5)).toThrow('does not end at 5');
});

test('a property: the n-th new segment is the n-th piece of the stream, wherever the stream begins and whatever is sent again', () => {
  const stream = fc.record({
    isn: fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0xffff_f000, max: 0xffff_ffff })),
    lengths: fc.array(fc.integer({ min: 1, max: 1448 }), { minLength: 1, maxLength: 12 }),
    again: fc.array(fc.nat(), { maxLength: 12 }),
    wanted: fc.nat(),
  });
  fc.assert(
    fc.property(stream, ({ isn, lengths, again, wanted }) => {
      const line = new Talk({ isn: isn | 0 });
      const all = [line.syn()];
      const firsts: number[] = [];
      const repeated = new Map<number, number>();
      let offset = 0;
      for (const [i, length] of lengths.entries()) {
        all.push(line.text(offset, length));
        firsts.push(all.length);
        const repeats = again[i];
        if (repeats !== undefined) {
          const which = repeats % (i + 1);
          const at = lengths.slice(0, which).reduce((a, b) => a + b, 0);
          all.push(line.text(at, lengths[which]));
          if (!repeated.has(which)) repeated.set(which, all.length);
        }
        offset += length;
      }
      const n = wanted % lengths.length;
      expect(hits([lose(data(n + 1))], all)).toEqual([firsts[n]]);
      expect(hits([lose(retransmissionOf(data(n + 1)))], all)).toEqual(repeated.has(n) ? [repeated.get(n)] : []);
      expect(hits([lose(retransmissions())], all)).toHaveLength(Math.min(again.length, lengths.length));
    }),
  );
});
