/** The bounded queue of datagrams against an array of objects. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Datagram, DatagramQueue } from '../../../src/stack/udp/datagram-queue.ts';

const about = (numbers: Partial<Datagram> = {}): Datagram => Object.assign(new Datagram(), numbers);

test('a datagram comes out as it went in', () => {
  const queue = new DatagramQueue({ bytes: 100, datagrams: 10 });
  const sent = about({ address: -2, port: 65_535, localAddress: 0x7f00_0001, ttl: 255, trafficClass: 0xb8, dontFragment: true });
  expect(queue.push(sent, Uint8Array.of(0, 1, 2, 3, 4), 1, 4)).toBe(true);
  expect([queue.length, queue.nextLength]).toEqual([1, 3]);
  const got = about();
  const target = new Uint8Array(8);
  expect(queue.shift(got, target, 2, 8)).toBe(true);
  expect(got).toEqual({ ...sent, length: 3 });
  expect([...target]).toEqual([0, 0, 1, 2, 3, 0, 0, 0]);
  expect(queue.shift(got, target, 0, 8)).toBe(false);
  expect(queue.nextLength).toBe(-1);
});

test('an empty datagram is one too (RFC 768: the minimum length is eight, the header)', () => {
  const queue = new DatagramQueue({ bytes: 100, datagrams: 2 });
  expect(queue.push(about(), new Uint8Array(0), 0, 0)).toBe(true);
  expect([queue.length, queue.nextLength]).toEqual([1, 0]);
  expect(queue.shift(about(), new Uint8Array(0), 0, 0)).toBe(true);
  expect(queue.length).toBe(0);
});

test('what the target cannot hold is lost, and the next datagram begins where it should', () => {
  const queue = new DatagramQueue({ bytes: 100, datagrams: 10 });
  queue.push(about(), Uint8Array.of(1, 2, 3), 0, 3);
  queue.push(about(), Uint8Array.of(4), 0, 1);
  const got = about();
  const target = new Uint8Array(2);
  queue.shift(got, target, 0, 2);
  expect([got.length, ...target]).toEqual([3, 1, 2]);
  queue.shift(got, target, 0, 2);
  expect([got.length, target[0]]).toEqual([1, 4]);
});

test('one datagram may always wait, however small the limit', () => {
  const queue = new DatagramQueue({ bytes: 10, datagrams: 10 });
  expect(queue.push(about(), new Uint8Array(65_507), 0, 65_507)).toBe(true);
  expect(queue.push(about(), new Uint8Array(1), 0, 1)).toBe(false);
});

test('it grows while its first datagram stands in the middle', () => {
  const queue = new DatagramQueue({ bytes: 1_000, datagrams: 100 });
  const push = (port: number): boolean => queue.push(about({ port }), Uint8Array.of(port), 0, 1);
  const take = (): number[] => {
    const got = about();
    const target = new Uint8Array(1);
    return queue.shift(got, target, 0, 1) ? [got.port, target[0]!] : [];
  };
  for (let i = 0; i < 10; i++) push(i);
  for (let i = 0; i < 10; i++) take();
  for (let i = 0; i < 40; i++) expect(push(i)).toBe(true);
  expect(Array.from({ length: 41 }, take)).toEqual([...Array.from({ length: 40 }, (_, i) => [i, i]), []]);
});

const LIMITS = { bytes: 9_000, datagrams: 40 };

/** The same queue, written the short way. */
class Model {
  waiting: { address: number; bytes: number[] }[] = [];

  push(address: number, bytes: number[]): boolean {
    const used = this.waiting.reduce((sum, each) => sum + each.bytes.length, 0);
    const fits = this.waiting.length === 0 || (used + bytes.length <= LIMITS.bytes && this.waiting.length < LIMITS.datagrams);
    if (fits) this.waiting.push({ address, bytes });
    return fits;
  }
}

function shiftBoth(queue: DatagramQueue, model: Model): void {
  const got = about();
  const target = new Uint8Array(700);
  const isThere = queue.shift(got, target, 0, 700);
  expect(isThere ? { address: got.address, bytes: [...target.slice(0, got.length)] } : undefined).toEqual(model.waiting.shift());
}

const commands = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ verb: fc.constant('push' as const), size: fc.nat(700), address: fc.integer() }) },
    { weight: 4, arbitrary: fc.record({ verb: fc.constant('shift' as const) }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant('clear' as const) }) },
  ),
  { maxLength: 300 },
);

test('any history of pushing, shifting and clearing agrees with an array', () =>
  fc.assert(
    fc.property(commands, (history) => {
      const queue = new DatagramQueue(LIMITS);
      const model = new Model();
      for (const [i, command] of history.entries()) {
        switch (command.verb) {
          case 'push': {
            const bytes = Array.from({ length: command.size }, (_, at) => (i * 31 + at) & 0xff);
            const taken = queue.push(about({ address: command.address }), Uint8Array.from(bytes), 0, bytes.length);
            expect(taken).toBe(model.push(command.address, bytes));
            break;
          }
          case 'shift':
            shiftBoth(queue, model);
            break;
          case 'clear':
            queue.clear();
            model.waiting = [];
        }
        expect([queue.length, queue.nextLength]).toEqual([model.waiting.length, model.waiting[0]?.bytes.length ?? -1]);
      }
    }),
    { numRuns: 200 },
  ));
