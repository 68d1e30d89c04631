/** Who is here: against a Set, which says the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Roster } from '../../../src/stack/bytes/roster.ts';

test('holds whom a Set would hold, whoever comes and goes, and deleting who is absent does nothing', () => {
  const steps = fc.array(fc.record({ who: fc.nat(9), comes: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (list) => {
      const people = Array.from({ length: 10 }, (_, name) => ({ name, place: 0 }));
      const [roster, set] = [new Roster<(typeof people)[0]>(), new Set<(typeof people)[0]>()];
      for (const { who, comes } of list) {
        const one = people[who]!;
        if (comes && !set.has(one)) roster.add(one);
        if (comes) set.add(one);
        else roster.delete(one);
        if (!comes) set.delete(one);
        expect(roster.size).toBe(set.size);
        expect(new Set(roster)).toEqual(set);
        expect(people.filter((other) => roster.has(other))).toEqual(people.filter((other) => set.has(other)));
      }
    }),
  );
});

test('who goes round meets everybody who was there, although each of them leaves', () => {
  const roster = new Roster<{ place: number }>();
  for (let i = 0; i < 5; i++) roster.add({ place: 0 });
  let met = 0;
  for (const one of roster) {
    roster.delete(one);
    met++;
  }
  expect([met, roster.size]).toEqual([5, 0]);
});
