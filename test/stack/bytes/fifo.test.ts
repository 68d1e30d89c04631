/** The queue on a ring against an array. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fifo } from '../../../src/stack/bytes/fifo.ts';

test('an empty queue gives nothing', () => {
  const fifo = new Fifo<number>();
  expect([fifo.length, fifo.shift(), fifo.peek(), fifo.at(0)]).toEqual([0, undefined, undefined, undefined]);
});

test('it grows while its head stands in the middle of the ring', () => {
  const fifo = new Fifo<number>();
  for (let i = 0; i < 10; i++) fifo.push(i);
  for (let i = 0; i < 10; i++) fifo.shift();
  for (let i = 0; i < 40; i++) fifo.push(i);
  expect(Array.from({ length: 41 }, () => fifo.shift())).toEqual([...Array(40).keys(), undefined]);
});

const commands = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.nat() },
    { weight: 4, arbitrary: fc.constant('shift') },
    { weight: 1, arbitrary: fc.constant('clear') },
  ),
  {
    maxLength: 200,
    size: 'max',
  },
);

test('any history of pushing, shifting and clearing agrees with an array', () =>
  fc.assert(
    fc.property(commands, (history) => {
      const fifo = new Fifo<number>();
      let model: number[] = [];
      for (const command of history) {
        if (command === 'shift') expect(fifo.shift()).toBe(model.shift());
        else if (command === 'clear') {
          fifo.clear();
          model = [];
        } else {
          fifo.push(command as number);
          model.push(command as number);
        }
        expect([fifo.length, fifo.peek()]).toEqual([model.length, model[0]]);
      }
      expect(Array.from({ length: model.length + 2 }, (_, i) => fifo.at(i))).toEqual([...model, undefined, undefined]);
    }),
  ));
