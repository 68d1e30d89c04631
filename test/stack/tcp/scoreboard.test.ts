/** Blocks that the peer reports, true or not: what they do to the scoreboard. RFC 2018 §5, RFC 6675 §3. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SentList } from '../../../src/stack/tcp/loss/sent-list.ts';
import { add, seq } from '../../../src/stack/wire/seq.ts';
import { ACK } from '../../../src/stack/wire/tcp.ts';
import type { Said } from '../../conversation.ts';
import { Conversation } from '../../conversation.ts';
import { selective, sentNumbers } from './selective.ts';

const HUGE = 0x7fff_ffff;

for (const [name, sack, sacked, duplicates] of [
  ['one block', [[1001, 3001]], 2000, 0],
  [
    'the same again',
    [
      [1001, 3001],
      [1001, 3001],
    ],
    2000,
    1,
  ], // prettier-ignore
  [
    'two that overlap are counted once',
    [
      [2001, 4001],
      [1001, 3001],
    ],
    3000,
    0,
  ], // prettier-ignore
  ['an edge within a segment', [[1501, 2501]], 1000, 0],
  ['empty', [[2001, 2001]], 0, 0],
  ['turned round', [[3001, 1001]], 0, 0],
  ['beyond SND.NXT', [[9001, 10_002]], 0, 0],
  ['from SND.UNA on: then it would be acknowledged', [[1, 2001]], 0, 0],
  ['below SND.UNA and beyond', [[-1000, 2001]], 0, 0],
  ['below SND.UNA: a duplicate', [[-1000, 1]], 0, 1],
  ['far below, where nothing can be in flight', [[-100_000, -90_000]], 0, 0],
  [
    'below SND.UNA, but not the first',
    [
      [1001, 2001],
      [-1000, 1],
    ],
    1000,
    0,
  ], // prettier-ignore
  ['half the circle', [[2001, 2001 + HUGE]], 0, 0],
  ['all of the circle but a bit', [[1001, 1000]], 0, 0],
  [
    'a duplicate inside a lie is a lie',
    [
      [2001, 12_001],
      [1001, 13_001],
    ],
    0,
    0,
  ], // prettier-ignore
  [
    'four of them',
    [
      [7001, 8001],
      [5001, 6001],
      [3001, 4001],
      [1001, 2001],
    ],
    4000,
    0,
  ], // prettier-ignore
] as const satisfies readonly (readonly [string, Said['sack'], number, number])[])
  test(
    `RFC 2018 §5: ${name}`,
    selective({}, (talk) => {
      const { peer, app } = talk;
      app.writes(10_000);
      peer.takes(10_001, 1000);
      peer.sends(ACK, { ack: 1, sack });
      const { sender } = talk.connection;
      expect([sender.sent.sackedLength, sender.duplicatesReported]).toEqual([sacked, duplicates]);
      expect(sender.pipe(1000)).toBe(10_000 - sacked - sender.sent.lostLength);
      app.aborts();
      talk.outgoing.length = 0;
    }),
  );

test(
  'RFC 2018 §5: a late acknowledgment with a block around SND.UNA: the peer cannot have what it does not acknowledge',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(4000);
    peer.takes(4001, 1000);
    peer.sends(ACK, { ack: 2001 });
    peer.sends(ACK, { ack: 1, sack: [[1001, 3001]] });
    expect(talk.connection.sender.sent.sackedLength).toBe(0);
    peer.sends(ACK, { ack: 1, sack: [[3001, 4001]] }); // late, and still news
    expect([talk.connection.sender.sent.sackedLength, sentNumbers(talk)]).toEqual([1000, [2001]]);
    peer.sends(ACK, { ack: 4001 });
  }),
);

/** Some edges where segments end, some anywhere near, some far away. */
const edges = fc.oneof(
  fc.integer({ min: 0, max: 22 }).map((n) => n * 500 + 1),
  fc.integer({ min: -3000, max: 14_000 }),
  fc.integer({ min: -HUGE, max: HUGE }),
);
const steps = fc.oneof(
  fc.record({
    do: fc.constant('ack' as const),
    ack: fc.integer({ min: 0, max: 22 }),
    sack: fc.array(fc.tuple(edges, edges), { maxLength: 4 }),
  }),
  fc.record({ do: fc.constant('write' as const), n: fc.integer({ min: 1, max: 4000 }) }),
  fc.record({ do: fc.constant('wait' as const), n: fc.integer({ min: 0, max: 300_000 }) }),
);

test('whatever blocks arrive, nothing is thrown and the sums of the scoreboard are those of its records', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 25 }), fc.boolean(), fc.constantFrom('reno', 'cubic'), (all, burst, control) => {
      const talk = new Conversation({
        tcp: { sack: true, congestionControl: control },
        peer: { sackPermitted: true },
        ...(burst ? { gsoMaxSize: 9000 } : {}),
      });
      talk.establish();
      talk.app.writes(8000);
      for (const step of all) {
        if (step.do === 'wait') talk.passes(step.n);
        else if (step.do === 'write') talk.app.writes(step.n);
        else talk.peer.sends(ACK, { seq: 1, ack: step.ack * 500 + 1, sack: step.sack }); // checks the invariants
        const { sent } = talk.connection.sender;
        expect(sent.sackedLength + sent.lostLength).toBeLessThanOrEqual(talk.connection.snd.flight);
        talk.outgoing.length = 0;
      }
    }),
    { numRuns: 300 },
  );
});

test('RFC 8985 §6.2: what was lost first is found first, also when the record that the search began at is gone', () => {
  const list = new SentList();
  const start = seq(-40);
  list.append(start, 2, 0);
  list.markFirstLost(1);
  list.markAllLost();
  list.append(add(start, 2), 1, 1);
  list.acknowledge(add(start, 1));
  list.markAllLost();
  expect(list.firstLost()?.seq).toBe(add(start, 1));
});
