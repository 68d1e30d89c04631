/** How a stream of a given bit rate is spread over time: often enough that no burst overruns a receiver's buffer. */
import { expect, test } from 'vitest';
import { Pacer } from '../../../src/services/iperf3/pacer.ts';

/** A clock that jumps to whatever is waited for. */
class Time {
  at = 0;
  readonly pauses: number[] = [];
  #call: (() => void) | undefined = undefined;

  readonly now = (): number => this.at;

  readonly after = (delay: number, call: () => void): (() => void) => {
    this.pauses.push(delay);
    this.#call = call;
    return () => {
      this.#call = undefined;
    };
  };

  /** @returns false when nobody waits */
  pass(): boolean {
    const call = this.#call;
    this.#call = undefined;
    this.at += this.pauses.at(-1) ?? 0;
    call?.();
    return call !== undefined;
  }
}

const BLOCK = 1448;

/** Sends for so many pauses. @returns the bytes of each burst */
function bursts(rate: number, pauses: number): { readonly time: Time; readonly sizes: number[] } {
  const time = new Time();
  const pacer = new Pacer(time, rate);
  const sizes: number[] = [];
  let sent = 0;
  const pump = (): void => {
    const before = sent;
    while (pacer.admits(sent, pump)) sent += BLOCK;
    sizes.push(sent - before);
  };
  pacer.start();
  pump();
  for (let i = 0; i < pauses; i++) time.pass();
  return { time, sizes };
}

for (const { rate, pause } of [
  { rate: 1e6, pause: 11_584 }, // as long as one block takes
  { rate: 1e8, pause: 1000 },
  { rate: 5e8, pause: 1000 },
  { rate: 1e9, pause: 525 },
  { rate: 4e9, pause: 132 },
]) {
  test(`${rate / 1e6} Mbit/s: pauses of ${pause} µs, bursts within 64 KiB and a block, and the rate is kept`, () => {
    const { time, sizes } = bursts(rate, 200);
    for (const each of time.pauses) expect(Math.abs(each - pause)).toBeLessThanOrEqual(1); // rounded to whole microseconds
    expect(Math.max(...sizes)).toBeLessThan(65_536 + 2 * BLOCK);
    const sent = sizes.reduce((sum, size) => sum + size, 0);
    const due = (rate / 8e6) * time.at;
    expect(sent).toBeGreaterThanOrEqual(due);
    expect(sent).toBeLessThanOrEqual(due + 2 * BLOCK);
  });
}

test('without a rate there is no pause', () => {
  const time = new Time();
  const pacer = new Pacer(time, 0);
  pacer.start();
  expect(pacer.admits(1e12, () => {})).toBe(true);
  expect(time.pauses).toEqual([]);
});

test('a stopped pacer does not call again', () => {
  const time = new Time();
  const pacer = new Pacer(time, 1e9);
  pacer.start();
  expect(pacer.admits(1e6, () => expect.fail('called'))).toBe(false);
  pacer.stop();
  expect(time.pass()).toBe(false);
});
