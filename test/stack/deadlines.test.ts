/** The heap of deadlines against a model that sorts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deadlines, type Timed } from '../../src/stack/deadlines.ts';
import { SeededRandom } from '../../src/stack/random.ts';
import { type Micros, NEVER } from '../../src/stack/time.ts';

class Alarm implements Timed {
  deadlineIndex = -1;
  due: Micros = NEVER;
  calls = 0;
  asked = 0;
  reaction: (now: Micros) => void = () => {
    this.due = NEVER;
  };

  constructor(due: Micros = NEVER) {
    this.due = due;
  }

  nextTimeout(): Micros {
    this.asked++;
    return this.due;
  }

  onTimeout(now: Micros): void {
    this.calls++;
    this.reaction(now);
  }
}

test('an empty heap is never due', () => {
  const deadlines = new Deadlines();
  expect(deadlines.next()).toBe(NEVER);
  expect(deadlines.runDue(1e15)).toBe(0);
});

test('a machine that waits for nothing takes no room', () => {
  const deadlines = new Deadlines();
  deadlines.schedule(new Alarm());
  expect(deadlines.size).toBe(0);
});

test('what is due is called, the earliest first, and not a microsecond early', () => {
  const deadlines = new Deadlines();
  const order: Micros[] = [];
  for (const due of [50, 10, 30, 20, 40]) {
    const alarm = new Alarm(due);
    alarm.reaction = () => {
      order.push(alarm.due);
      alarm.due = NEVER;
    };
    deadlines.schedule(alarm);
  }
  expect(deadlines.runDue(9)).toBe(0);
  expect(deadlines.runDue(30)).toBe(3);
  expect(order).toEqual([10, 20, 30]);
  expect(deadlines.next()).toBe(40);
  expect(deadlines.size).toBe(2);
});

test('a deadline that moved later costs nothing until it comes to the top, and next() does not report the stale one', () => {
  const deadlines = new Deadlines();
  const alarm = new Alarm(10);
  deadlines.schedule(alarm);
  alarm.due = 100;
  deadlines.schedule(alarm);
  expect(deadlines.runDue(99)).toBe(0);
  expect(alarm.calls).toBe(0);
  alarm.due = 200; // not even told
  expect(deadlines.next()).toBe(200);
});

test('a deadline that moved earlier is next at once', () => {
  const deadlines = new Deadlines();
  const alarm = new Alarm(100);
  deadlines.schedule(new Alarm(50));
  deadlines.schedule(alarm);
  alarm.due = 5;
  deadlines.schedule(alarm);
  expect(deadlines.next()).toBe(5);
});

test('a timer that was stopped leaves when its old deadline comes, without a call', () => {
  const deadlines = new Deadlines();
  const alarm = new Alarm(10);
  deadlines.schedule(alarm);
  alarm.due = NEVER;
  expect(deadlines.runDue(10)).toBe(0);
  expect([alarm.calls, deadlines.size, alarm.deadlineIndex]).toEqual([0, 0, -1]);
  alarm.due = 20; // and may come back
  deadlines.schedule(alarm);
  expect(deadlines.next()).toBe(20);
});

test('a call may schedule and remove others and itself', () => {
  const deadlines = new Deadlines();
  const victim = new Alarm(11);
  const newcomer = new Alarm(12);
  const killer = new Alarm(10);
  killer.reaction = () => {
    deadlines.remove(victim);
    deadlines.remove(killer); // its nextTimeout still says 10
    deadlines.schedule(newcomer);
  };
  deadlines.schedule(killer);
  deadlines.schedule(victim);
  expect(deadlines.runDue(20, 10)).toBe(2);
  expect([killer.calls, victim.calls, newcomer.calls, deadlines.size]).toEqual([1, 0, 1, 0]);
});

test('poll must be bounded per call (audit 063): a deadline that stays in the past does not hold the stack', () => {
  const deadlines = new Deadlines();
  const stuck = new Alarm(10);
  stuck.reaction = () => {};
  deadlines.schedule(stuck);
  deadlines.schedule(new Alarm(1_000));
  expect(deadlines.runDue(20)).toBe(2);
  expect(deadlines.next()).toBe(10); // what is left over is still due
  expect(deadlines.runDue(20, 7)).toBe(7);
});

test('removing what is absent does nothing', () => {
  const deadlines = new Deadlines();
  const alarm = new Alarm(10);
  deadlines.remove(alarm);
  deadlines.schedule(alarm);
  deadlines.remove(alarm);
  deadlines.remove(alarm);
  expect([deadlines.size, deadlines.next()]).toEqual([0, NEVER]);
});

const times = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constant(NEVER));
const commands = fc.array(
  fc.oneof(
    fc.record({ verb: fc.constant('set' as const), which: fc.nat(19), time: times }),
    fc.record({ verb: fc.constant('remove' as const), which: fc.nat(19), time: fc.constant(0) }),
    fc.record({ verb: fc.constant('run' as const), which: fc.constant(0), time: fc.nat(60) }),
    fc.record({ verb: fc.constant('ask' as const), which: fc.constant(0), time: fc.constant(0) }),
  ),
  { maxLength: 200 },
);

test('any history of setting, removing and running agrees with sorting', () =>
  fc.assert(
    fc.property(commands, (history) => {
      const deadlines = new Deadlines();
      const alarms = Array.from({ length: 20 }, () => new Alarm());
      const model = new Set<Alarm>(); // what was scheduled and not removed
      const earliest = (): Micros => Math.min(NEVER, ...[...model].map((alarm) => alarm.due));
      for (const { verb, which, time } of history) {
        const alarm = alarms[which]!;
        if (verb === 'set') {
          alarm.due = time;
          deadlines.schedule(alarm);
          model.add(alarm);
        } else if (verb === 'remove') {
          deadlines.remove(alarm);
          model.delete(alarm);
          alarm.due = NEVER;
        } else if (verb === 'run') {
          const due = [...model].filter((each) => each.due <= time);
          const before = due.map((each) => each.calls);
          expect(deadlines.runDue(time)).toBe(due.length);
          expect(due.map((each) => each.calls)).toEqual(before.map((calls) => calls + 1));
        }
        expect(deadlines.next()).toBe(earliest());
        expect(alarms.every((each) => each.deadlineIndex < 0 || model.has(each))).toBe(true);
      }
    }),
    { numRuns: 300 },
  ));

test('100,000 machines, half of them moved and some removed, come out in order', () => {
  const random = new SeededRandom(1);
  const deadlines = new Deadlines();
  const came: Micros[] = [];
  const alarms = Array.from({ length: 100_000 }, () => new Alarm(random.nextUint32() % 1_000_000));
  for (const alarm of alarms) {
    alarm.reaction = () => {
      came.push(alarm.due);
      alarm.due = NEVER;
    };
    deadlines.schedule(alarm);
  }
  for (let i = 0; i < 50_000; i++) {
    alarms[i]!.due = random.nextUint32() % 1_000_000;
    deadlines.schedule(alarms[i]!);
  }
  for (let i = 0; i < 1_000; i++) deadlines.remove(alarms[random.nextUint32() % 100_000]!);
  const expected = alarms.filter((alarm) => alarm.deadlineIndex >= 0).map((alarm) => alarm.due);
  for (let now = 0; now <= 1_000_000; now += 10_000) deadlines.runDue(now);
  expect(came).toEqual(expected.sort((a, b) => a - b));
  expect(deadlines.size).toBe(0);
});

test('pushing a deadline later a thousand times asks for it a thousand times and moves nothing', () => {
  const deadlines = new Deadlines();
  const alarm = new Alarm(10);
  for (let i = 0; i < 1_000; i++) {
    alarm.due = 10 + i;
    deadlines.schedule(alarm);
  }
  expect(alarm.asked).toBe(1_000);
  expect([deadlines.next(), alarm.asked]).toEqual([1_009, 1_002]); // only now it is found to be late, and moved
});
