/** Faults in words: each sentence says the same as a rule written in TypeScript. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reset } from '../../../src/lab/by-meaning/forge.ts';
import * as select from '../../../src/lab/by-meaning/selectors.ts';
import { parseFault } from '../../../src/lab/by-meaning/sentence.ts';
import type { FaultRule } from '../../../src/lab/by-meaning/verbs.ts';
import * as does from '../../../src/lab/by-meaning/verbs.ts';
import { FaultSentenceError } from '../../../src/lab/by-meaning/words.ts';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../../src/stack/time.ts';
import { udpPacket } from '../../capture/frames.ts';
import { fragmentsOf } from '../../station.ts';
import { faultsOf, type Passing, Talk } from './wire.ts';
import '../../seed.ts';

const { data, pureAcks, retransmissionOf, frames, fragments } = select;
const { lose, delay, swap, corruptByte, duplicate, holdBack, replay, mark, inject } = does;

const [first, second] = [new Talk(), new Talk({ port: 5000, server: 8080 })];
const framesOf = (bytes: readonly Uint8Array[]): Passing[] =>
  bytes.map((frame) => {
    const packet = new Packet();
    packet.append(frame);
    return { packet, direction: 'transmit' };
  });
const pieces = (identification: number) => framesOf(fragmentsOf({ identification, payload: new Uint8Array(60) }, 24));
/** Something of everything that the sentences speak of. */
const TRAFFIC: readonly Passing[] = [
  first.syn(),
  first.synAck(),
  second.syn(),
  ...[0, 1, 2, 3].map((n) => first.text(n * 100, 100, (n + 1) * SECOND)),
  first.ack(200),
  first.answer(0),
  first.text(200),
  first.ack(300),
  second.text(0),
  second.text(100),
  { packet: udpPacket(new Uint8Array(9)), direction: 'transmit' },
  ...pieces(1),
  ...pieces(2),
  first.text(200),
  first.fin(400),
];

const SENTENCES: readonly (readonly [string, FaultRule])[] = [
  ['lose data 3', lose(data(3))],
  ['LOSE Data 3 From Alice', lose(data(3).from('alice'))],
  ['drop data 3', lose(data(3))],
  ['lose the 3rd data segment', lose(data(3))],
  ['lose the 1st and 3rd data segments from alice', lose(data(1, 3).from('alice'))],
  ['lose data 1,3', lose(data(1, 3))],
  ['lose data 1, 3', lose(data(1, 3))],
  ['lose data 2-4', lose(data(2, 3, 4))],
  ['lose data 1 and 3', lose(data(1, 3))],
  ['lose all data', lose(data())],
  ['lose data', lose(data())],
  ['lose data 1 from bob', lose(data(1).from('bob'))],
  ['lose data 1 from 10.0.0.2', lose(data(1).from('10.0.0.2'))],
  ['lose data 1 port 8080', lose(data(1).port(8080))],
  ['lose data 1 of connection 2', lose(data(1).connection(2))],
  ['lose data 1 in each connection', lose(data(1).ofEach())],
  ['lose the retransmission of data 3', lose(retransmissionOf(data(3)))],
  ['lose the retransmission of data 3 too', lose(retransmissionOf(data(3)))],
  ['lose retransmission 2 of data 3', lose(retransmissionOf(data(3), 2))],
  ['lose retransmissions', lose(select.retransmissions())],
  ['lose everything between 1s and 2500ms', lose(frames().between(SECOND, 2500 * MILLISECOND))],
  ['lose all between 1s and 1min', lose(frames().between(SECOND, MINUTE))],
  ['lose all from bob', lose(frames().from('bob'))],
  ['lose all', lose(frames())],
  ['lose the syn', lose(select.syn())],
  ['lose syn-ack', lose(select.synAck())],
  ['lose fin', lose(select.fin())],
  ['lose rst', lose(select.rst())],
  ['lose segments 2', lose(select.segments(2))],
  ['lose datagram 1', lose(select.datagrams(1))],
  ['lose fragment 2', lose(fragments(2))],
  ['lose fragment 2 of datagram 2', lose(fragments(2).datagram(2))],
  ['lose fragment 2 of each datagram', lose(fragments(2).ofEach())],
  ['delay only the ACKs by 50ms', delay(pureAcks(), 50 * MILLISECOND)],
  ['delay all by 1.5s', delay(frames(), 1500 * MILLISECOND)],
  ['swap data 3 and 4', swap(data(3), data(4))],
  ['swap the 3rd and 4th data segment', swap(data(3), data(4))],
  ['swap data 3 and ack 1', swap(data(3), pureAcks(1))],
  ['duplicate data 2', duplicate(data(2))],
  ['corrupt data 2', corruptByte(data(2))],
  ['corrupt one byte of data 2', corruptByte(data(2))],
  ['corrupt byte 10 of data 2', corruptByte(data(2), 10)],
  ['hold data 2 behind 3', holdBack(data(2), 3)],
  ['hold back data 2 behind 3', holdBack(data(2), 3)],
  ['replay data 2 after 2s', replay(data(2), 2 * SECOND)],
  ['mark data 2', mark(data(2))],
  ['reset after data 2', inject(reset(), { after: data(2) })],
  ['reset off by 100 after data 2 to alice', inject(reset({ off: 100 }), { after: data(2), to: 'alice' })],
];

describe('a sentence and the rule that it means do the same', () => {
  for (const [sentence, rule] of SENTENCES) {
    test(sentence, () => {
      const faults = faultsOf([parseFault(sentence)], TRAFFIC);
      expect(faults).toEqual(faultsOf([rule], TRAFFIC));
      expect(faults.some((fault) => fault !== 'pass')).toBe(sentence !== 'lose rst'); // there is none
    });
  }
});

const WRONG: readonly (readonly [string, string])[] = [
  ['', 'it ends where what shall happen, such as "lose" is expected'],
  ['explode data 3', '"explode" is nothing that can happen to a frame: say lose, drop,'],
  ['lose', 'it ends where a kind of frame is expected'],
  ['lose dta 7', '"dta" is no kind of frame: say data, ack,'],
  ['lose data 7 please', 'nothing is known of "please" here'],
  ['lose data 7 from', 'it ends where who sends it is expected'],
  ['lose data 0', '"0" is no range of numbers such as 3-8'],
  ['lose data 8-3', '"8-3" is no range of numbers such as 3-8'],
  ['lose data 1-999999999', '"1-999999999" is no range of numbers such as 3-8'],
  ['lose data port http', 'a port is a whole number from 1 on, not "http"'],
  ['delay acks', '"by" is expected at its end, such as "delay acks by 50ms"'],
  ['delay acks for 50ms', '"by" is expected before "for", such as "delay acks by 50ms"'],
  ['delay acks by 50', 'a time is written 20ms, 1.5s or 300us, not "50"'],
  ['lose all between 2s and 1s', 'the second time is not after the first'],
  ['lose all between 1s to 2s', '"and" is expected before "to", such as "between 1s and 2s"'],
  ['swap data 3', '"and" is expected at its end, such as "swap data 3 and ack 2"'],
  ['swap data', 'two frames change places, such as "swap data 3 and 4"'],
  ['hold data 3', '"behind" is expected at its end, such as "hold data 3 behind 2"'],
  ['corrupt byte 0 of data 3', 'which byte is a whole number from 1 on, not "0"'],
];

describe('a sentence that cannot be understood', () => {
  for (const [sentence, problem] of WRONG) {
    test(`"${sentence}"`, () => {
      const parse = (): unknown => parseFault(sentence);
      expect(parse).toThrow(FaultSentenceError);
      expect(parse).toThrow(`"${sentence}": ${problem}`);
    });
  }
});

test('a property: whatever is written, it is a rule or a line that says why not', () => {
  const word = fc.constantFrom(
    'lose',
    'swap',
    'delay',
    'data',
    'the',
    '3rd',
    '7',
    '3-4',
    'and',
    'of',
    'by',
    '5ms',
    'from',
    'bob',
    'all',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')),
      ),
      (sentence) => {
        try {
          expect(parseFault(sentence)).toHaveProperty('play');
        } catch (error) {
          expect(error).toBeInstanceOf(FaultSentenceError);
          expect((error as Error).message).not.toContain('undefined');
        }
      },
    ),
  );
});
