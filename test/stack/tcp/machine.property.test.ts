/** The machine as a whole, against itself: whatever the wire and the applications do, the streams arrive whole and in order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MILLISECOND, MINUTE, SECOND } from '../../../src/stack/time.ts';
import type { Habit, Wire } from './two-ends.ts';
import { isWhole, TwoEnds } from './two-ends.ts';

const wires: fc.Arbitrary<Wire> = fc.record({
  loss: fc.constantFrom(0, 0.01, 0.1, 0.3),
  duplication: fc.constantFrom(0, 0.05, 0.3),
  delay: fc.integer({ min: 0, max: 50 * MILLISECOND }),
  jitter: fc.constantFrom(0, 100, 5 * MILLISECOND, 80 * MILLISECOND),
  calmAt: fc.constant(20 * SECOND),
});

const habits: fc.Arbitrary<Habit> = fc.record({
  total: fc.constantFrom(0, 1, 700, 5000, 40_000),
  writeAtMost: fc.constantFrom(10, 500, 9000),
  readAtMost: fc.constantFrom(20, 700, 10_000),
  pauseAtMost: fc.constantFrom(1 * MILLISECOND, 20 * MILLISECOND),
});

const options = fc.record({
  noDelay: fc.boolean(),
  timestamps: fc.boolean(),
  windowScale: fc.boolean(),
  receiveBuffer: fc.constantFrom(1000, 4000, 65_536),
  maxReceiveBuffer: fc.constantFrom(4000, 1_000_000),
  sendBuffer: fc.constantFrom(2000, 100_000),
  sack: fc.boolean(),
  congestionControl: fc.constantFrom('cubic' as const, 'reno' as const, 'unlimited' as const),
  ackDelay: fc.constantFrom(0, 40 * MILLISECOND),
});

test('RFC 9293 §3.4: through loss, duplication and reordering both streams arrive whole and both ends close in order', () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer(),
        wire: wires,
        a: habits,
        b: habits,
        ours: options,
        theirs: options,
        mtu: fc.constantFrom(576, 1500),
      }),
      ({ seed, wire, a, b, ours, theirs, mtu }) => {
        const ends = new TwoEnds(seed, wire, [a, b], [ours, theirs], mtu);
        ends.run(20 * MINUTE);
        expect([ends.a.connection?.app.failure, ends.b.connection?.app.failure], ends.describe()).toEqual([undefined, undefined]);
        expect(isWhole(ends.b.received, a.total), ends.describe()).toBe(true);
        expect(isWhole(ends.a.received, b.total), ends.describe()).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
}, 240_000);
