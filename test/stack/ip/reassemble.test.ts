/** Reassembly: conversations in virtual time, attacks, and a naive model. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { Fragmenter } from '../../../src/stack/ip/fragment.ts';
import { REASSEMBLY_DROPS, Reassembler } from '../../../src/stack/ip/reassemble.ts';
import { NEVER, SECOND } from '../../../src/stack/time.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import type { DatagramSpec } from './datagram.ts';
import { ALICE, bytesOf, datagram, pattern, payloadOf, word } from './datagram.ts';

function cut(spec: DatagramSpec, mtu = 576): Packet[] {
  const fragmenter = new Fragmenter();
  fragmenter.begin(datagram(spec), mtu);
  const fragments: Packet[] = [];
  for (let into = new Packet(); fragmenter.next(into); into = new Packet()) fragments.push(into);
  return fragments;
}

/** Gives copies of fragments to a reassembler, so that the originals can be used again; the last packet is returned too. */
function feed(reassembler: Reassembler, fragments: readonly Packet[], now = 0): { verdicts: string[]; packet: Packet } {
  let packet = new Packet();
  const verdicts = fragments.map((fragment) => {
    packet = new Packet();
    packet.copyFrom(fragment);
    return reassembler.onFragment(packet, now);
  });
  return { verdicts, packet };
}

const TCP = ipv4.PROTOCOL_TCP;

test('RFC 791 §3.2: the whole has one header, a right checksum and no sign of fragments', () => {
  const reassembler = new Reassembler();
  const { verdicts, packet } = feed(reassembler, cut({ payload: 1500, trafficClass: 0x28 }));
  expect(verdicts).toEqual(['held', 'held', 'complete']);
  const { view, network, start, end, transport } = packet;
  expect([start, transport - network]).toEqual([network, 20]);
  expect(ipv4.totalLength(view, network)).toBe(end - network);
  expect(ipv4.isFragment(view, network)).toBe(false);
  expect(ipv4.isChecksumValid(view, network)).toBe(true);
  expect(bytesOf(packet)).toEqual(bytesOf(datagram({ payload: 1500, trafficClass: 0x28 })));
  expect([reassembler.size, reassembler.bytes, reassembler.nextTimeout()]).toEqual([0, 0, NEVER]);
});

test('the header is that of fragment 0, its options included, whatever comes first (203)', () => {
  const spec = { payload: 1500, options: [7, 7, 4, 0, 0, 0, 0, 1] };
  const { packet } = feed(new Reassembler(), cut(spec).reverse());
  expect(bytesOf(packet)).toEqual(bytesOf(datagram(spec)));
});

test('the largest datagram comes through, also behind an Ethernet header', () => {
  const fragments = cut({ payload: 65_515 }, 1500);
  const reassembler = new Reassembler();
  const last = fragments.pop()!;
  feed(reassembler, fragments);
  const packet = new Packet();
  packet.copyFrom(last);
  packet.prepend(14);
  expect(reassembler.onFragment(packet, 0)).toBe('complete');
  expect(packet.end - packet.network).toBe(65_535);
  expect(payloadOf(packet)).toEqual([...pattern(65_515)]);
});

test('several datagrams at once, told apart by identification, protocol, source and destination (051)', () => {
  const specs: DatagramSpec[] = [
    { identification: 1, payload: pattern(1200, 1) },
    { identification: 2, payload: pattern(1200, 2) },
    { identification: 1, protocol: 99, payload: pattern(1200, 3) },
    { identification: 1, source: word('10.0.0.9'), payload: pattern(1200, 4) },
    { identification: 1, destination: word('10.0.0.8'), payload: pattern(1200, 5) },
  ];
  const reassembler = new Reassembler();
  const all = specs.map((spec) => cut(spec));
  for (const part of [2, 0])
    feed(
      reassembler,
      all.map((fragments) => fragments[part]!),
    );
  expect(reassembler.size).toBe(5);
  for (const [index, fragments] of all.entries()) {
    const { verdicts, packet } = feed(reassembler, [fragments[1]!]);
    expect(verdicts).toEqual(['complete']);
    expect(bytesOf(packet)).toEqual(bytesOf(datagram(specs[index]!)));
  }
  expect([reassembler.size, reassembler.bytes]).toEqual([0, 0]);
});

test('RFC 1122 §3.3.2 (052): on timeout the sender is told, by fragment 0 as it arrived', () => {
  const reassembler = new Reassembler();
  const fragments = cut({ payload: 1500 });
  feed(reassembler, [fragments[1]!], 5 * SECOND);
  feed(reassembler, [fragments[0]!], 20 * SECOND); // does not start the timer anew
  expect(reassembler.nextTimeout()).toBe(35 * SECOND);
  reassembler.onTimeout(35 * SECOND - 1);
  const out = new Packet();
  expect(reassembler.pollExpired(out)).toBe(false);
  reassembler.onTimeout(35 * SECOND);
  expect(reassembler.pollExpired(out)).toBe(true);
  expect(bytesOf(out)).toEqual(bytesOf(fragments[0]!));
  expect(reassembler.pollExpired(out)).toBe(false);
  expect(reassembler.drops['reassembly timed out']).toBe(1);
  expect([reassembler.size, reassembler.bytes, reassembler.nextTimeout()]).toEqual([0, 0, NEVER]);
});

test('RFC 792: without fragment 0 the timeout is silent', () => {
  const reassembler = new Reassembler();
  feed(reassembler, cut({ payload: 1500 }).slice(1));
  reassembler.onTimeout(30 * SECOND);
  expect(reassembler.pollExpired(new Packet())).toBe(false);
  expect(reassembler.drops['reassembly timed out']).toBe(1);
  expect(reassembler.bytes).toBe(0);
});

test('a fragment that comes when the time is over does not complete the datagram', () => {
  const reassembler = new Reassembler();
  const [first, second, third] = cut({ payload: 1500 });
  feed(reassembler, [first!, second!], 0);
  expect(feed(reassembler, [third!], 30 * SECOND).verdicts).toEqual(['held']);
  expect(reassembler.drops['reassembly timed out']).toBe(1);
});

test('a repeated fragment changes nothing, and is counted', () => {
  const reassembler = new Reassembler();
  const [first, second, third] = cut({ payload: 1500 });
  const { verdicts, packet } = feed(reassembler, [first!, second!, first!, second!, third!]);
  expect(verdicts).toEqual(['held', 'held', 'fragment repeated', 'fragment repeated', 'complete']);
  expect(payloadOf(packet)).toEqual([...pattern(1500)]);
  expect(reassembler.drops['fragment repeated']).toBe(2);
});

test('RFC 5722 §3: an overlap gives up the datagram, and what still comes of it too', () => {
  const reassembler = new Reassembler();
  const fragments = cut({ payload: 1500 });
  const overlap = datagram({ payload: 16, offset: 544, more: true });
  const { verdicts } = feed(reassembler, [fragments[0]!, overlap, fragments[1]!, fragments[2]!, fragments[0]!]);
  expect(verdicts).toEqual(['held', ...new Array<string>(4).fill('fragment overlaps')]);
  expect(reassembler.bytes).toBe(0);
  reassembler.onTimeout(30 * SECOND);
  expect(reassembler.pollExpired(new Packet())).toBe(false); // nobody is told
  expect(reassembler.drops['reassembly timed out']).toBe(0);
  expect(feed(reassembler, fragments, 30 * SECOND).verdicts.at(-1)).toBe('complete'); // the identification is free again
});

test('RFC 4963: the same place with other bytes is an overlap', () => {
  const reassembler = new Reassembler();
  const [first] = cut({ payload: pattern(1500, 1) });
  const [other] = cut({ payload: pattern(1500, 2) });
  expect(feed(reassembler, [first!, other!]).verdicts).toEqual(['held', 'fragment overlaps']);
});

test.each([
  ['empty', { payload: 0, offset: 8 }, 'fragment empty'],
  ['not a multiple of 8', { payload: 12, more: true }, 'fragment length not a multiple of 8'],
  ['the ping of death', { payload: 100, offset: 65_528 }, 'fragment ends beyond 65,535 bytes'],
  ['one byte too far', { payload: 4, offset: 65_512 }, 'fragment ends beyond 65,535 bytes'],
  ['the farthest that fits', { payload: 3, offset: 65_512 }, 'held'],
  ['RFC 1858: a tiny first fragment', { payload: 16, more: true, protocol: TCP }, 'first fragment too small for TCP'],
  ['a first fragment that has the header', { payload: 24, more: true, protocol: TCP }, 'held'],
  [
    'RFC 3128: flags written over',
    { payload: 24, offset: 8, more: true, protocol: TCP },
    'fragment begins inside the TCP header',
  ],
  ['RFC 3128: at 16', { payload: 24, offset: 16, protocol: TCP }, 'fragment begins inside the TCP header'],
  ['UDP with eight bytes', { payload: 8, more: true }, 'held'],
] as const)('%s', (_, spec, expected) => {
  const reassembler = new Reassembler();
  expect(feed(reassembler, [datagram(spec)]).verdicts).toEqual([expected]);
  expect(reassembler.size).toBe(expected === 'held' ? 1 : 0);
  if (expected !== 'held') expect(reassembler.drops[expected]).toBe(1);
});

test('a fragment that is wrong by itself does not hurt the datagram that it names', () => {
  const reassembler = new Reassembler();
  const [first, second, third] = cut({ payload: 1500 });
  const forged = datagram({ payload: 12, offset: 552, more: true });
  expect(feed(reassembler, [first!, forged, second!, third!]).verdicts.at(-1)).toBe('complete');
});

test('fragments that fit one by one but not with the long header of fragment 0', () => {
  const reassembler = new Reassembler();
  const options = new Array<number>(40).fill(1);
  const last = datagram({ payload: 7, offset: 65_504 });
  const filler = Array.from({ length: 7 }, (_, i) => datagram({ payload: 8_192, offset: 1_024 + i * 8_192, more: true }));
  const rest = datagram({ payload: 65_504 - 1_024 - 7 * 8_192, offset: 1_024 + 7 * 8_192, more: true });
  const first = datagram({ payload: 1_024, options, more: true });
  const { verdicts } = feed(reassembler, [last, ...filler, rest, first]);
  expect(verdicts.at(-1)).toBe('fragments are longer than 65,535 bytes together');
  expect(reassembler.bytes).toBe(0);
});

test('last fragments that disagree give up the datagram', () => {
  const reassembler = new Reassembler();
  const { verdicts } = feed(reassembler, [datagram({ payload: 8, offset: 80 }), datagram({ payload: 8, offset: 160 })]);
  expect(verdicts).toEqual(['held', 'last fragments disagree']);
});

test('a datagram in more pieces than allowed is given up', () => {
  const reassembler = new Reassembler({ maxFragments: 3 });
  const pieces = [0, 16, 32, 48].map((offset) => datagram({ payload: 8, offset, more: true }));
  expect(feed(reassembler, pieces).verdicts).toEqual(['held', 'held', 'held', 'too many fragments']);
});

test.each([
  ['all ECT(0)', [2, 2], 2],
  ['one marked', [2, 3], 3],
  ['the first marked', [3, 2], 3],
  ['none capable', [0, 0], 0],
  ['one marked, one not capable', [0, 3], undefined],
])('RFC 3168 §5.3: %s', (_, [a, b], expected) => {
  const parts = [
    datagram({ payload: 8, more: true, trafficClass: 0x40 | a! }),
    datagram({ payload: 8, offset: 8, trafficClass: 0x40 | b! }),
  ];
  const { verdicts, packet } = feed(new Reassembler(), parts);
  expect(verdicts[1]).toBe(expected === undefined ? 'fragments disagree about ECN' : 'complete');
  if (expected === undefined) return;
  expect(ipv4.trafficClass(packet.view, packet.network)).toBe(0x40 | expected);
  expect(ipv4.isChecksumValid(packet.view, packet.network)).toBe(true);
});

test('one source cannot push out the datagrams of others', () => {
  const reassembler = new Reassembler({ maxPerSource: 3 });
  const good = cut({ payload: 1500, source: word('10.0.0.9') });
  feed(reassembler, good.slice(0, 2));
  for (let identification = 0; identification < 100; identification++) {
    feed(reassembler, [datagram({ identification, payload: 64, more: true })]);
  }
  expect(reassembler.size).toBe(4);
  expect(reassembler.drops['too many datagrams from one source in reassembly']).toBe(97);
  expect(feed(reassembler, good.slice(2)).verdicts).toEqual(['complete']);
});

test('too many datagrams: the oldest goes', () => {
  const reassembler = new Reassembler({ maxDatagrams: 8 });
  const first = cut({ payload: 1500, source: ALICE });
  feed(reassembler, first.slice(0, 2));
  for (let i = 0; i < 8; i++) feed(reassembler, [datagram({ source: word('10.1.0.0') + i, payload: 64, more: true })]);
  expect(reassembler.size).toBe(8);
  expect(reassembler.drops['reassembly memory full']).toBe(1);
  expect(feed(reassembler, first.slice(2)).verdicts).toEqual(['held']); // begins a new one
});

test('memory is bounded: a fragment far back costs a whole buffer, so few of them are kept', () => {
  const reassembler = new Reassembler({ maxBytes: 4 * 65_536 });
  for (let i = 0; i < 40; i++) feed(reassembler, [datagram({ source: word('10.1.0.0') + i, payload: 8, offset: 65_000 })]);
  expect(reassembler.bytes).toBe(4 * 65_536);
  expect(reassembler.drops['reassembly memory full']).toBe(36);
});

test('memory is bounded by what is needed: sixty small datagrams are no four megabytes', () => {
  const reassembler = new Reassembler();
  for (let i = 0; i < 60; i++) feed(reassembler, [datagram({ source: word('10.1.0.0') + i, payload: 1_400, more: true })]);
  expect(reassembler.bytes).toBe(60 * 2_048);
});

test('datagrams that timed out and are not fetched count as memory and give way', () => {
  const reassembler = new Reassembler({ maxBytes: 3 * 2_048 });
  for (let i = 0; i < 3; i++) feed(reassembler, [datagram({ identification: i, payload: 64, more: true })]);
  reassembler.onTimeout(30 * SECOND);
  expect(reassembler.bytes).toBe(3 * 2_048);
  feed(reassembler, [datagram({ identification: 9, payload: 64, more: true })], 31 * SECOND);
  expect(reassembler.bytes).toBe(3 * 2_048);
  expect(reassembler.size).toBe(1);
});

test('what a device vouched for a fragment does not hold for the whole', () => {
  const reassembler = new Reassembler();
  const [first, second] = cut({ payload: 600 });
  feed(reassembler, [first!]);
  second!.checksumVouched = true;
  expect(reassembler.onFragment(second!, 0)).toBe('complete');
  expect(second!.checksumVouched).toBe(false);
});

test('cut and put together in any order, with repetitions, gives the original', () => {
  const story = fc.record({
    payload: fc.integer({ min: 49, max: 20_000 }),
    mtu: fc.integer({ min: 300, max: 1500 }),
    words: fc.nat(9),
    shuffle: fc.infiniteStream(fc.nat()),
    repeats: fc.array(fc.nat(), { maxLength: 10 }),
  });
  fc.assert(
    fc.property(story, ({ payload, mtu, words, shuffle, repeats }) => {
      const spec = { payload: Math.max(payload, mtu), options: new Array<number>(words * 4).fill(1) };
      const fragments = cut(spec, mtu);
      const keyed = [...fragments, ...repeats.map((pick) => fragments[pick % fragments.length]!)].map((fragment) => ({
        fragment,
        key: shuffle.next().value as number,
      }));
      const reassembler = new Reassembler();
      let completed = 0;
      for (const { fragment } of keyed.sort((a, b) => a.key - b.key)) {
        const { verdicts, packet } = feed(reassembler, [fragment]);
        if (verdicts[0] !== 'complete') continue;
        completed++;
        expect(bytesOf(packet)).toEqual(bytesOf(datagram(spec)));
      }
      expect(completed).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 60 },
  );
});

/** Reassembly of one datagram as one would write it without any thought of speed: a byte each in a map. */
class Naive {
  readonly #bytes = new Map<number, { value: number; of: string }>();
  #total = -1;
  dead = false;

  add(offset: number, payload: Uint8Array, more: boolean): 'held' | 'complete' | 'dropped' {
    if (this.dead) return 'dropped';
    const end = offset + payload.length;
    const name = `${offset}-${end}`;
    const farthest = Math.max(-1, ...this.#bytes.keys()) + 1;
    const contradicts = this.#total >= 0 ? (more ? end >= this.#total : end !== this.#total) : !more && farthest >= end;
    const there = [...payload.keys()].map((i) => this.#bytes.get(offset + i));
    const same = there.every((byte, i) => byte?.of === name && byte.value === payload[i]);
    if (!contradicts && same) return 'dropped';
    if (contradicts || there.some((byte) => byte !== undefined)) {
      this.dead = true;
      return 'dropped';
    }
    for (const [i, value] of payload.entries()) this.#bytes.set(offset + i, { value, of: name });
    if (!more) this.#total = end;
    return this.#bytes.size === this.#total ? 'complete' : 'held';
  }

  get payload(): number[] {
    return [...this.#bytes].sort(([a], [b]) => a - b).map(([, { value }]) => value);
  }
}

const inShort = (verdict: string): string => (verdict === 'held' || verdict === 'complete' ? verdict : 'dropped');

test('agrees with a naive model on fragments that fit together or not', () => {
  const anything = fc.record({
    at: fc.nat(5),
    units: fc.integer({ min: 1, max: 3 }),
    odd: fc.nat(7),
    more: fc.boolean(),
    seed: fc.constantFrom(0, 0, 0, 0, 1),
  });
  const fragment = anything.filter(({ at, more }) => at > 0 || more);
  let completed = 0;
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
      const reassembler = new Reassembler();
      const naive = new Naive();
      for (const { at, units, odd, more, seed } of fragments) {
        const length = more ? units * 8 : units * 8 - odd;
        const payload = pattern(64, seed).slice(at * 8, at * 8 + length);
        const { verdicts, packet } = feed(reassembler, [datagram({ payload, offset: at * 8, more })]);
        const expected = naive.add(at * 8, payload, more);
        expect(inShort(verdicts[0]!)).toBe(expected);
        if (expected !== 'complete') continue;
        expect(payloadOf(packet)).toEqual(naive.payload);
        completed++;
        return;
      }
    }),
    { numRuns: 2000 },
  );
  expect(completed).toBeGreaterThan(20); // the story is not only about failures
});

test('random fragments never throw, answer in known words, and memory and entries stay bounded', () => {
  const words = new Set<string>(['held', 'complete', ...REASSEMBLY_DROPS]);
  const fragment = fc.record({
    offset: fc.nat(8191),
    length: fc.nat(1480),
    more: fc.boolean(),
    identification: fc.nat(3),
    host: fc.nat(20),
    protocol: fc.constantFrom(1, 6, 17),
    wait: fc.nat(2 * SECOND),
  });
  fc.assert(
    fc.property(fc.array(fragment, { minLength: 20, maxLength: 200 }), (fragments) => {
      const reassembler = new Reassembler({ maxBytes: 200_000, maxDatagrams: 16, maxPerSource: 3 });
      let now = 0;
      for (const { offset, length, more, identification, host, protocol, wait } of fragments) {
        now += wait;
        const spec = { offset: offset * 8, payload: length, more, identification, source: ALICE + host, protocol };
        expect(words.has(reassembler.onFragment(datagram(spec), now))).toBe(true);
        expect(reassembler.bytes).toBeLessThanOrEqual(200_000);
        expect(reassembler.size).toBeLessThanOrEqual(16);
      }
      const out = new Packet();
      for (let due = reassembler.nextTimeout(); due !== NEVER; due = reassembler.nextTimeout()) {
        reassembler.onTimeout(due);
        while (reassembler.pollExpired(out)) expect(ipv4.isChecksumValid(out.view, out.network)).toBe(true);
      }
      expect([reassembler.size, reassembler.bytes]).toEqual([0, 0]);
    }),
    { numRuns: 40 },
  );
});
