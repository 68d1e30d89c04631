/** The two lists that everything rests on, against naive models: what has arrived, and what is in flight. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SentList } from '../../../src/stack/tcp/loss/sent-list.ts';
import { DEFAULTS } from '../../../src/stack/tcp/options.ts';
import type { Islands } from '../../../src/stack/tcp/receive/reassembly.ts';
import { Reassembly } from '../../../src/stack/tcp/receive/reassembly.ts';
import { Receiver } from '../../../src/stack/tcp/receive/receiver.ts';
import { ReceiveSpace } from '../../../src/stack/tcp/spaces.ts';
import { NEVER } from '../../../src/stack/time.ts';
import { add, diff, seq } from '../../../src/stack/wire/seq.ts';

/** Numbers of the lists begin here, so that they cross 2^31 or 2^32. */
const origins = fc.constantFrom(seq(-40), seq(0x7fff_ffff - 40), seq(0));
const SPAN = 100;
const ranges = fc.tuple(fc.integer({ min: 0, max: SPAN }), fc.integer({ min: 1, max: 30 }));

const runsOf = (bits: readonly boolean[]): number[][] => {
  const runs: number[][] = [];
  bits.forEach((bit, i) => {
    if (bit && !bits[i - 1]) runs.push([i, i + 1]);
    else if (bit) runs.at(-1)![1] = i + 1;
  });
  return runs;
};

const islandsOf = (list: Islands, origin: ReturnType<typeof seq>): number[][] =>
  Array.from({ length: list.islands }, (_, i) => [diff(list.left(i), origin), diff(list.right(i), origin)]);

test('RFC 9293 §3.10.7.4, SHLD-31: the islands are those of a row of bits, whatever comes in whatever order', () => {
  const steps = fc.oneof(
    fc.record({ do: fc.constant('insert' as const), range: ranges }),
    fc.record({ do: fc.constant('advance' as const), range: ranges }),
    fc.record({ do: fc.constant('truncate' as const), range: ranges }),
  );
  fc.assert(
    fc.property(origins, fc.array(steps, { maxLength: 40 }), (origin, all) => {
      const list = new Reassembly();
      const bits = new Array<boolean>(SPAN + 40).fill(false);
      for (const step of all) {
        const [from, length] = step.range;
        if (step.do === 'insert') {
          expect(list.insert(add(origin, from), add(origin, from + length))).toBe(true);
          bits.fill(true, from, from + length);
          expect(list.covers(add(origin, from), add(origin, from + length))).toBe(true);
          const latest = list.latest;
          expect(diff(list.left(latest), origin)).toBeLessThanOrEqual(from);
          expect(diff(list.right(latest), origin)).toBeGreaterThanOrEqual(from + length);
        } else if (step.do === 'truncate') {
          list.truncate(add(origin, from));
          bits.fill(false, from);
        } else {
          let reached = from;
          if (bits[from]) while (bits[reached]) reached++;
          expect(diff(list.advance(add(origin, from)), origin)).toBe(reached);
          bits.fill(false, 0, reached); // islands below are swallowed too
        }
        expect(islandsOf(list, origin)).toEqual(runsOf(bits));
      }
    }),
  );
});

test('every overlap of one segment with three queued islands: the bytes and the edges of a naive receiver', () => {
  let cases = 0;
  for (let from = 0; from <= 16; from++)
    for (let to = from + 1; to <= 18; to++) {
      const space = new ReceiveSpace();
      space.nxt = seq(-7);
      space.edge = add(space.nxt, 100);
      const receiver = new Receiver(space, DEFAULTS);
      const stream = Uint8Array.from({ length: 20 }, (_, i) => i + 1);
      for (const [a, b] of [
        [3, 5],
        [8, 10],
        [13, 15],
      ] as const)
        receiver.store(add(seq(-7), a), stream, a, b);
      receiver.store(add(seq(-7), from), stream, from, to);
      const bits = stream.map((_, i) =>
        Number((i >= 3 && i < 5) || (i >= 8 && i < 10) || (i >= 13 && i < 15) || (i >= from && i < to)),
      );
      const reached = bits.indexOf(0);
      expect(diff(space.nxt, seq(-7)), `${from}..${to}`).toBe(reached);
      const read = new Uint8Array(30);
      expect(receiver.read(read, 0, 30)).toBe(reached);
      expect(read.subarray(0, reached)).toEqual(stream.subarray(0, reached));
      const beyond = runsOf([...bits].map((bit, i) => bit === 1 && i >= reached));
      expect(islandsOf(receiver.islands, seq(-7))).toEqual(beyond);
      cases++;
    }
  expect(cases).toBe(170);
});

interface Model {
  seq: number;
  length: number;
  sentAt: number;
  again: number;
  lost: boolean;
}

test('RFC 6298, RFC 6582: the sent list is the list of records it claims to be, and lostLength their sum', () => {
  const steps = fc.oneof(
    fc.record({ do: fc.constant('append' as const), n: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ do: fc.constant('acknowledge' as const), n: fc.integer({ min: 1, max: 120 }) }),
    fc.record({ do: fc.constant('lose first' as const), n: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ do: fc.constant('lose all' as const), n: fc.constant(0) }),
    fc.record({ do: fc.constant('resend' as const), n: fc.integer({ min: 1, max: 40 }) }),
  );
  fc.assert(
    fc.property(origins, fc.array(steps, { maxLength: 60 }), (origin, all) => {
      const list = new SentList();
      let model: Model[] = [];
      let una = 0;
      let nxt = 0;
      all.forEach((step, now) => {
        const { n } = step;
        if (step.do === 'append') {
          list.append(add(origin, nxt), n, now);
          model.push({ seq: nxt, length: n, sentAt: now, again: 0, lost: false });
          nxt += n;
        } else if (step.do === 'acknowledge') {
          const ack = Math.min(una + n, nxt);
          list.acknowledge(add(origin, ack));
          const touched = model.filter((record) => record.seq < ack);
          const expected = touched.length === 0 || touched.some((record) => record.again > 0) ? NEVER : touched.at(-1)!.sentAt;
          expect(list.ackedSentAt).toBe(expected);
          model = model
            .filter((record) => record.seq + record.length > ack)
            .map((record) => (record.seq >= ack ? record : { ...record, seq: ack, length: record.seq + record.length - ack }));
          una = ack;
        } else if (step.do === 'lose all') {
          list.markAllLost();
          model = model.map((record) => ({ ...record, lost: true }));
        } else if (step.do === 'lose first') {
          list.markFirstLost(n);
          model = model.flatMap((record, i) => (i > 0 || record.lost ? record : cut(record, n, { lost: true })));
        } else {
          const record = list.firstLost();
          const first = model.findIndex(({ lost }) => lost);
          expect(record === undefined ? -1 : diff(record.seq, origin)).toBe(first < 0 ? -1 : model[first]!.seq);
          if (record === undefined) return;
          if (record.length > n) list.split(record, n);
          list.retransmitted(record, now);
          model = model.flatMap((one, i) =>
            i !== first ? one : cut(one, n, { lost: false, again: one.again + 1, sentAt: now }),
          );
        }
        const records: Model[] = [];
        for (let r = list.first; r !== undefined; r = r.next)
          records.push({ seq: diff(r.seq, origin), length: r.length, sentAt: r.sentAt, again: r.retransmissions, lost: r.lost });
        expect(records).toEqual(model);
        expect(list.lostLength).toBe(model.reduce((sum, { lost, length }) => sum + (lost ? length : 0), 0));
        expect(list.isEmpty).toBe(model.length === 0);
      });
    }),
  );
});

/** The first `n` of a record with changes, and the rest as it was. */
function cut(record: Model, n: number, changes: Partial<Model>): Model[] {
  if (record.length <= n) return [{ ...record, ...changes }];
  return [
    { ...record, length: n, ...changes },
    { ...record, seq: record.seq + n, length: record.length - n },
  ];
}
