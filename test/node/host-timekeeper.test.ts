/** The machine's timers, as services see them. */
import { expect, test } from 'vitest';
import { HostClock } from '../../src/node/host-clock.ts';
import { hostTimekeeper } from '../../src/node/host-timekeeper.ts';

const clock = new HostClock();
const time = hostTimekeeper(clock);

for (const delay of [0, 1, 300, 999, 1000, 2500]) {
  test(`after ${delay} µs: once, not before its time, and not inside of the call`, async () => {
    const due = clock.now() + delay;
    let calls = 0;
    const at = await new Promise<number>((resolve) => {
      time.after(delay, () => {
        calls++;
        resolve(clock.now());
      });
      expect(calls).toBe(0);
    });
    expect(at).toBeGreaterThanOrEqual(due);
    await new Promise<void>((resolve) => time.after(500, resolve));
    expect(calls).toBe(1);
  });

  test(`after ${delay} µs, taken back`, async () => {
    const cancel = time.after(delay, () => expect.fail('called'));
    cancel();
    await new Promise<void>((resolve) => time.after(delay + 1500, resolve));
  });
}
