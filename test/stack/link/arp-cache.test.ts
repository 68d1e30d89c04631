/** ARP conversations in virtual time; each ends in silence. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ARP_DROPS, ArpCache } from '../../../src/stack/link/arp-cache.ts';
import { MILLISECOND, MINUTE, NEVER, SECOND } from '../../../src/stack/time.ts';
import * as arp from '../../../src/stack/wire/arp.ts';
import * as mac from '../../../src/stack/wire/mac-address.ts';
import { ArpConversation, OUR_IP, station, US, word } from './arp-conversation.ts';

const PEER = '10.0.0.2';
const ASK = `all: who-has ${PEER} tell ${OUR_IP}`;

/** A conversation in which `PEER` has answered. */
function acquainted(): ArpConversation {
  const talk = new ArpConversation();
  talk.resolve(PEER);
  talk.sent();
  talk.answer(PEER, station(2));
  return talk;
}

test('RFC 826: unknown, asked for, answered, known; the packets that waited go in order', () => {
  const talk = new ArpConversation();
  expect(talk.resolve(PEER)).toBe('unknown');
  for (const mark of [1, 2, 3]) talk.hold(PEER, mark);
  expect(talk.sent()).toEqual([ASK]);
  expect(talk.entries()).toEqual([`${PEER} incomplete`]);
  talk.now += 3 * MILLISECOND;
  expect(talk.answer(PEER, station(2))).toBe('ok');
  expect(talk.released()).toEqual(['1 s2', '2 s2', '3 s2']);
  expect(talk.resolve(PEER)).toBe('s2');
  expect(talk.entries()).toEqual([`${PEER} reachable`]);
  expect(talk.untilSilence()).toEqual([]);
});

test('RFC 1122 §2.3.2.1: nobody answers: three requests, one a second, then the packets fail', () => {
  const talk = new ArpConversation();
  talk.hold(PEER, 1);
  talk.hold(PEER, 2);
  expect(talk.untilSilence()).toEqual([`0 ${ASK}`, `1 ${ASK}`, `2 ${ASK}`]);
  expect(talk.now).toBe(3 * SECOND);
  expect(talk.failed()).toEqual(['1 00:00:00:00:00:00', '2 00:00:00:00:00:00']);
  expect(talk.cache.waitingDrops['neighbour does not answer ARP']).toBe(2);
  expect(talk.entries()).toEqual([`${PEER} failed`]);
});

test('however many packets there are, one neighbour is asked for once a second', () => {
  const talk = new ArpConversation();
  let requests = 0;
  for (let i = 0; i < 2_000; i++) {
    talk.hold(PEER, 1);
    requests += talk.sent().length;
    talk.failed();
    talk.advance(10 * MILLISECOND);
  }
  expect(requests).toBeLessThanOrEqual(20);
  expect(requests).toBeGreaterThanOrEqual(14); // three of every four seconds
});

test('a neighbour that has failed fails packets at once for a second, then is asked for again', () => {
  const talk = new ArpConversation();
  talk.hold(PEER, 1);
  talk.untilSilence();
  talk.failed();
  talk.now += SECOND - 1;
  expect(talk.hold(PEER, 2)).toBe(true);
  expect(talk.failed()).toEqual(['2 00:00:00:00:00:00']);
  expect(talk.sent()).toEqual([]);
  talk.now += 1;
  talk.hold(PEER, 3);
  expect(talk.sent()).toEqual([ASK]);
  talk.answer(PEER, station(2));
  expect(talk.released()).toEqual(['3 s2']);
  expect(talk.failed()).toEqual([]);
});

test('a neighbour that has failed and speaks up is known at once', () => {
  const talk = new ArpConversation();
  talk.resolve(PEER);
  talk.untilSilence();
  talk.hear({ from: station(2), sender: PEER, target: '10.0.0.77' });
  expect(talk.resolve(PEER)).toBe('s2');
});

test('RFC 1122 §2.3.2.1 (2): a stale entry is used while its owner is asked by unicast', () => {
  const talk = acquainted();
  talk.advance(45 * SECOND - 1);
  expect([talk.resolve(PEER), ...talk.sent()]).toEqual(['s2']);
  talk.advance(1);
  expect(talk.entries()).toEqual([`${PEER} stale`]);
  expect([talk.resolve(PEER), ...talk.sent()]).toEqual(['s2', `s2: who-has ${PEER} tell ${OUR_IP}`]);
  expect([talk.resolve(PEER), ...talk.sent()]).toEqual(['s2']); // once is enough
  expect(talk.entries()).toEqual([`${PEER} probe`]);
  talk.answer(PEER, station(2));
  expect(talk.entries()).toEqual([`${PEER} reachable`]);
  expect(talk.untilSilence()).toEqual([]);
});

test('RFC 1122 §2.3.2.1 (2): polls without answer delete the entry; the next packet asks everybody', () => {
  const talk = acquainted();
  talk.advance(45 * SECOND);
  talk.resolve(PEER);
  expect(talk.untilSilence()).toHaveLength(3);
  expect(talk.entries()).toEqual([]);
  expect([talk.resolve(PEER), ...talk.sent()]).toEqual(['unknown', ASK]);
});

test('an entry that nobody uses is forgotten after ten minutes; one in use is not', () => {
  const talk = acquainted();
  talk.advance(9 * MINUTE);
  talk.resolve(PEER);
  talk.answer(PEER, station(2));
  talk.advance(10 * MINUTE - 1);
  expect(talk.entries()).toEqual([`${PEER} stale`]);
  talk.advance(1);
  expect(talk.entries()).toEqual([]);
  expect(talk.resolve(PEER)).toBe('unknown');
});

test('the ten minutes begin with the last use, not with the last answer', () => {
  const talk = acquainted();
  talk.advance(44 * SECOND);
  talk.resolve(PEER);
  talk.advance(10 * MINUTE - 1);
  expect(talk.entries()).toEqual([`${PEER} stale`]);
  talk.advance(1);
  expect(talk.entries()).toEqual([]);
});

test('RFC 4861 §7.3.1: what upper layers hear from a neighbour confirms it', () => {
  const talk = acquainted();
  talk.advance(40 * SECOND);
  talk.cache.confirm(word(PEER), talk.now);
  talk.cache.confirm(word('10.0.0.3'), talk.now); // nothing known: nothing learnt
  talk.advance(40 * SECOND);
  expect([talk.resolve(PEER), ...talk.sent()]).toEqual(['s2']);
  talk.advance(10 * SECOND);
  talk.resolve(PEER); // now it is being asked for
  talk.cache.confirm(word(PEER), talk.now);
  expect(talk.cache.nextTimeout()).toBe(NEVER);
});

test('RFC 826 (239): any ARP packet updates an entry, whatever its operation and whomever it is for', () => {
  const talk = acquainted();
  talk.hear({ from: station(3), sender: PEER, target: '10.0.0.99' });
  expect(talk.resolve(PEER)).toBe('s3');
  talk.hear({ operation: arp.REPLY, from: station(4), sender: PEER, target: '10.0.0.99' });
  expect(talk.resolve(PEER)).toBe('s4');
  talk.hear({ from: station(5), sender: PEER, target: PEER }); // an announcement, RFC 5227 §3
  expect(talk.resolve(PEER)).toBe('s5');
  expect(talk.sent()).toEqual([]);
});

test('RFC 826: who asks for us is answered and learnt, who asks for others is neither', () => {
  const talk = new ArpConversation();
  expect(talk.hear({ from: station(2), sender: PEER, target: OUR_IP })).toBe('ok');
  expect(talk.hear({ from: station(3), sender: '10.0.0.3', target: '10.0.0.4' })).toBe('ok');
  expect(talk.sent()).toEqual([`s2: ${OUR_IP} is-at s1 to ${PEER}/s2`]);
  expect(talk.entries()).toEqual([`${PEER} reachable`]);
});

test('RFC 826: a reply that is for us is learnt though we did not ask, and not answered', () => {
  const talk = new ArpConversation();
  talk.answer(PEER, station(2));
  expect(talk.sent()).toEqual([]);
  expect(talk.entries()).toEqual([`${PEER} reachable`]);
});

test('RFC 5227 §2.1.1 (240): a probe is answered and never learnt', () => {
  const talk = new ArpConversation();
  expect(talk.hear({ from: station(2), sender: '0.0.0.0', target: OUR_IP })).toBe('ok');
  expect(talk.sent()).toEqual([`s2: ${OUR_IP} is-at s1 to 0.0.0.0/s2`]);
  expect(talk.entries()).toEqual([]);
});

test.each([
  ['from a broadcast address', { from: mac.BROADCAST, sender: PEER, target: OUR_IP }, 'ARP sender address invalid'],
  ['from a group', { from: 0x0100_5e00_0001 as mac.MacAddress, sender: PEER, target: OUR_IP }, 'ARP sender address invalid'],
  ['from no station', { from: mac.ZERO, sender: PEER, target: OUR_IP }, 'ARP sender address invalid'],
  ['from a multicast group', { from: station(2), sender: '224.0.0.1', target: OUR_IP }, 'ARP sender address invalid'],
  ['from everybody', { from: station(2), sender: '255.255.255.255', target: OUR_IP }, 'ARP sender address invalid'],
  ['from loopback', { from: station(2), sender: '127.0.0.1', target: OUR_IP }, 'ARP sender address invalid'],
  ['from ourselves', { from: US, sender: PEER, target: OUR_IP }, 'ARP sent by ourselves'],
  ['our own announcement come back', { from: US, sender: OUR_IP, target: OUR_IP }, 'ARP sent by ourselves'],
  ['a reverse request', { operation: 3, from: station(2), sender: PEER, target: OUR_IP }, 'ARP operation unknown'],
] as const)('%s: dropped, not learnt, not answered', (_, spec, expected) => {
  const talk = new ArpConversation();
  expect(talk.hear(spec)).toBe(expected);
  expect(talk.cache.drops[expected]).toBe(1);
  expect([talk.entries(), talk.sent(), talk.events()]).toEqual([[], [], []]);
});

test('malformed ARP is dropped by name', () => {
  const cache = new ArpCache(US);
  const view = new DataView(new ArrayBuffer(arp.LENGTH));
  expect(cache.onArp(view, 0, arp.LENGTH, 0)).toBe('ARP malformed');
  expect(cache.onArp(view, 0, 10, 0)).toBe('ARP malformed');
  expect(cache.drops['ARP malformed']).toBe(2);
});

test('RFC 1122 §2.3.2.2 (006): per neighbour so many packets wait; the latest are kept', () => {
  const talk = new ArpConversation({ packetsPerNeighbor: 16 });
  for (let mark = 1; mark <= 20; mark++) expect(talk.hold(PEER, mark)).toBe(true);
  expect(talk.cache.waitingDrops['gave way to a newer packet while waiting for ARP']).toBe(4);
  talk.answer(PEER, station(2));
  expect(talk.released()).toEqual(Array.from({ length: 16 }, (_, i) => `${i + 5} s2`));
});

test('per neighbour so many bytes wait; a packet longer than that never does', () => {
  const talk = new ArpConversation({ bytesPerNeighbor: 1_000 });
  for (const mark of [1, 2, 3]) talk.hold(PEER, mark, 400);
  expect(talk.hold(PEER, 4, 1_001)).toBe(false);
  talk.answer(PEER, station(2));
  expect(talk.released()).toEqual(['2 s2', '3 s2']);
});

test('(007, 048) in total so many packets wait; a neighbour can only displace its own', () => {
  const talk = new ArpConversation({ packets: 3 });
  talk.hold('10.0.0.2', 1);
  talk.hold('10.0.0.2', 2);
  talk.hold('10.0.0.3', 3);
  expect(talk.hold('10.0.0.4', 4)).toBe(false);
  expect(talk.cache.waitingDrops['too many packets wait for ARP']).toBe(1);
  expect(talk.hold('10.0.0.2', 5)).toBe(true);
  talk.answer('10.0.0.2', station(2));
  talk.answer('10.0.0.3', station(3));
  expect(talk.hold('10.0.0.5', 6)).toBe(false); // what is not fetched still counts
  expect(talk.released()).toEqual(['2 s2', '5 s2', '3 s3']);
  expect(talk.hold('10.0.0.5', 6)).toBe(true);
});

test('in total so many bytes wait', () => {
  const talk = new ArpConversation({ bytes: 1_000 });
  expect(talk.hold('10.0.0.2', 1, 600)).toBe(true);
  expect(talk.hold('10.0.0.3', 2, 600)).toBe(false);
  expect(talk.hold('10.0.0.3', 2, 400)).toBe(true);
});

test('a packet held for a neighbour that is known goes at once', () => {
  const talk = acquainted();
  talk.hold(PEER, 1);
  expect(talk.released()).toEqual(['1 s2']);
});

test('(241) strangers cannot displace a neighbour that is in use, only each other', () => {
  const talk = new ArpConversation({ maxEntries: 4 });
  for (const n of [2, 3]) {
    talk.resolve(`10.0.0.${n}`);
    talk.answer(`10.0.0.${n}`, station(n));
  }
  for (let n = 100; n < 200; n++) talk.hear({ from: station(n), sender: `10.0.0.${n}`, target: OUR_IP });
  expect(talk.entries()).toEqual(['10.0.0.2 reachable', '10.0.0.3 reachable', '10.0.0.198 reachable', '10.0.0.199 reachable']);
  for (const n of [4, 5]) talk.resolve(`10.0.0.${n}`);
  talk.hear({ from: station(200), sender: '10.0.0.200', target: OUR_IP });
  expect(talk.entries().map((line) => line.split(' ')[0])).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']);
});

test('a full table forgets the neighbour used longest ago, with its packets', () => {
  const talk = new ArpConversation({ maxEntries: 2 });
  talk.hold('10.0.0.2', 1);
  talk.advance(1);
  talk.resolve('10.0.0.3');
  talk.advance(1);
  talk.resolve('10.0.0.4');
  expect(talk.entries()).toEqual(['10.0.0.3 incomplete', '10.0.0.4 incomplete']);
  expect(talk.cache.waitingDrops['neighbour table full while waiting for ARP']).toBe(1);
  const asked = talk.untilSilence();
  expect(asked.filter((line) => line.includes('10.0.0.2'))).toEqual([]); // not even asked for
});

test('of several addresses the request comes from the nearest', () => {
  const talk = new ArpConversation();
  talk.cache.addAddress(word('192.168.7.1'));
  talk.resolve('192.168.7.9');
  talk.resolve('10.0.0.9');
  expect(talk.sent()).toEqual(['all: who-has 192.168.7.9 tell 192.168.7.1', 'all: who-has 10.0.0.9 tell 10.0.0.1']);
  talk.cache.removeAddress(word('192.168.7.1'));
  expect(talk.hear({ from: station(2), sender: PEER, target: '192.168.7.1' })).toBe('ok');
  expect(talk.sent()).toEqual([]);
});

test('answers that nobody fetches are bounded', () => {
  const talk = new ArpConversation({ maxOutgoing: 3 });
  const ask = (): string => talk.hear({ from: station(2), sender: PEER, target: OUR_IP });
  expect([ask(), ask(), ask(), ask()]).toEqual(['ok', 'ok', 'ok', 'ARP answers overflow']);
  expect(talk.sent()).toHaveLength(3);
});

test('RFC 5227 §2.3: an address is announced twice, two seconds apart', () => {
  const talk = new ArpConversation();
  talk.cache.announce(word(OUR_IP), 0);
  expect(talk.untilSilence()).toEqual([0, 2].map((second) => `${second} all: who-has ${OUR_IP} tell ${OUR_IP}`));
  expect(talk.events()).toEqual([]);
});

test('RFC 5227 §2.4 (c): a conflict is reported, and defended at most every ten seconds', () => {
  const talk = new ArpConversation();
  const defence = `all: who-has ${OUR_IP} tell ${OUR_IP}`;
  const collide = (): string[] => {
    expect(talk.hear({ from: station(9), sender: OUR_IP, target: OUR_IP })).toBe('ARP address conflict');
    return [...talk.events(), ...talk.sent()];
  };
  const event = `address conflict: ${OUR_IP} by s9`;
  expect(collide()).toEqual([event, defence]);
  talk.advance(10 * SECOND - 1);
  expect(collide()).toEqual([event]);
  talk.advance(1);
  expect(collide()).toEqual([event, defence]);
  expect(talk.entries()).toEqual([]); // our own address is never learnt
  expect(talk.cache.drops['ARP address conflict']).toBe(3);
  expect(talk.untilSilence()).toEqual([]);
});

test('RFC 5227 §2.1: three probes, then the address is claimed and announced', () => {
  const talk = new ArpConversation();
  talk.cache.probe(word('10.0.0.50'), 0, () => 0.5);
  expect(talk.hear({ from: station(2), sender: PEER, target: '10.0.0.50' })).toBe('ok'); // not ours yet: no answer
  const probe = 'all: who-has 10.0.0.50 tell 0.0.0.0';
  const announcement = 'all: who-has 10.0.0.50 tell 10.0.0.50';
  expect(talk.untilSilence()).toEqual([
    `0.5 ${probe}`,
    `2 ${probe}`,
    `3.5 ${probe}`,
    `5.5 ${announcement}`,
    `7.5 ${announcement}`,
  ]);
  expect(talk.events()).toEqual(['address claimed: 10.0.0.50']);
  talk.hear({ from: station(2), sender: PEER, target: '10.0.0.50' });
  expect(talk.sent()).toHaveLength(1);
});

test('RFC 5227 §2.1: while an address is being probed, requests do not come from it', () => {
  const talk = new ArpConversation();
  talk.cache.probe(word('10.0.0.50'), 0, () => 0.5);
  talk.resolve('10.0.0.51');
  expect(talk.sent()).toEqual([`all: who-has 10.0.0.51 tell ${OUR_IP}`]);
});

test.each([
  ['its owner answers', { operation: arp.REPLY, from: station(9), sender: '10.0.0.50', target: '0.0.0.0' }],
  ['another one probes for it too', { from: station(9), sender: '0.0.0.0', target: '10.0.0.50' }],
])('RFC 5227 §2.1.1: probing, and %s: the address is not ours', (_, spec) => {
  const talk = new ArpConversation();
  talk.cache.probe(word('10.0.0.50'), 0, () => 0);
  expect(talk.sent()).toHaveLength(1);
  expect(talk.hear(spec)).toBe('ARP address conflict');
  expect(talk.events()).toEqual(['address in use: 10.0.0.50 by s9']);
  expect(talk.untilSilence()).toEqual([]);
  expect(talk.hear({ from: station(2), sender: PEER, target: '10.0.0.50' })).toBe('ok');
  expect(talk.sent()).toEqual([]); // we do not answer for it
  talk.hear({ from: station(9), sender: '10.0.0.50', target: OUR_IP });
  expect(talk.resolve('10.0.0.50')).toBe('s9'); // and can speak with its owner
});

test('several neighbours at once, and the earliest deadline is the next', () => {
  const talk = new ArpConversation();
  talk.resolve('10.0.0.2');
  talk.advance(300 * MILLISECOND);
  talk.resolve('10.0.0.3');
  expect(talk.cache.nextTimeout()).toBe(SECOND);
  talk.answer('10.0.0.2', station(2));
  expect(talk.cache.nextTimeout()).toBe(1_300 * MILLISECOND);
  talk.answer('10.0.0.3', station(3));
  expect(talk.cache.nextTimeout()).toBe(NEVER);
});

test('whatever is heard and sent: nothing throws, everything is bounded, and it ends in silence', () => {
  const address = fc
    .integer({ min: 0, max: 12 })
    .map((n) => (n === 0 ? '0.0.0.0' : n === 12 ? '255.255.255.255' : `10.0.0.${n}`));
  const step = fc.record({
    kind: fc.constantFrom('hear', 'hold', 'resolve', 'wait'),
    operation: fc.integer({ min: 0, max: 3 }),
    from: fc.nat(12),
    sender: address,
    target: address,
    length: fc.integer({ min: 1, max: 300 }),
    wait: fc.nat(30 * SECOND),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const talk = new ArpConversation({ maxEntries: 5, packets: 8, bytes: 1_000, packetsPerNeighbor: 3 });
      const words = new Set<string>(['ok', ...ARP_DROPS]);
      let held = 0;
      let gone = 0;
      for (const { kind, operation, from, sender, target, length, wait } of steps) {
        if (kind === 'hear') expect(words.has(talk.hear({ operation, from: station(from), sender, target }))).toBe(true);
        if (kind === 'hold') {
          held++;
          talk.hold(target, 7, length);
        }
        if (kind === 'resolve') talk.resolve(target);
        if (kind === 'wait') talk.advance(wait);
        gone += talk.released().length;
        const entries = talk.cache.entries(talk.now);
        expect(entries.length).toBeLessThanOrEqual(5);
        expect(entries.reduce((sum, { waiting }) => sum + waiting, 0)).toBeLessThanOrEqual(8);
      }
      talk.untilSilence();
      const lost = Object.values(talk.cache.waitingDrops).reduce((sum, count) => sum + count, 0);
      expect(gone + talk.released().length + lost).toBe(held); // every packet went or is counted
    }),
    { numRuns: 200 },
  );
});
