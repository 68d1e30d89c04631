/** What happens to the frames that are meant: through a faulty device and a cable, in virtual time. */
import { expect, test } from 'vitest';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import { forgedSegment, reset } from '../../../src/lab/by-meaning/forge.ts';
import { faultsByMeaning } from '../../../src/lab/by-meaning/plan.ts';
import { arpRequests, data, frames, pureAcks, retransmissionOf, syn } from '../../../src/lab/by-meaning/selectors.ts';
import type { FaultRule } from '../../../src/lab/by-meaning/verbs.ts';
import {
  corruptByte,
  delay,
  duplicate,
  holdBack,
  inject,
  injectAt,
  lose,
  mark,
  replay,
  swap,
} from '../../../src/lab/by-meaning/verbs.ts';
import { FaultyDevice } from '../../../src/lab/faulty-device.ts';
import { World } from '../../../src/lab/world.ts';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { SeededRandom } from '../../../src/stack/random.ts';
import { MILLISECOND, NEVER, SECOND } from '../../../src/stack/time.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { A, arpFrame, B } from '../../capture/frames.ts';
import { ENDS, faultsOf, type Passing, Talk } from './wire.ts';

interface Arrival {
  readonly at: number;
  /** Where it came out. */
  readonly to: 'alice' | 'bob';
  readonly bytes: Uint8Array;
  readonly note: string;
}

/** Sends frames from both ends at their moments through alice's faulty device. */
function play(rules: readonly FaultRule[], passing: readonly Passing[]): Arrival[] {
  const world = new World();
  const cable = world.cable({ delay: 0 });
  const device = new FaultyDevice(cable.a, world, new SeededRandom(1), faultsByMeaning(ENDS, rules));
  const arrivals: Arrival[] = [];
  const packet = new Packet();
  const end = (to: 'alice' | 'bob', link: typeof device | typeof cable.b, direction: Passing['direction']) => {
    const waiting = passing.filter((one) => one.direction === direction);
    return {
      run: (now: number): void => {
        for (; waiting[0] !== undefined && (waiting[0].at ?? 0) <= now; waiting.shift()) link.transmit(waiting[0].packet);
        for (packet.reset(); link.receive(packet); packet.reset())
          arrivals.push({ at: now, to, bytes: packet.live().slice(), note: packet.note });
      },
      nextTimeout: () => waiting[0]?.at ?? (waiting.length > 0 ? 0 : NEVER),
    };
  };
  world.add('alice', end('alice', device, 'transmit'), [device]);
  world.add('bob', end('bob', cable.b, 'receive'), [cable.b]);
  world.runForSync(20 * SECOND);
  return arrivals;
}

const talk = new Talk();
/** Ten pieces of alice's text, a millisecond apart; bob acknowledges each second one. */
const STREAM: readonly Passing[] = Array.from({ length: 10 }, (_, n) => talk.text(n * 100, 100, n * MILLISECOND)).flatMap(
  (text, n) => (n % 2 === 0 ? [text] : [text, talk.bob({ ack: 1101 + n * 100 }, n * MILLISECOND)]),
);

/** Which piece of the text each arrival at bob is, from 1. */
const pieces = (arrivals: readonly Arrival[]): number[] =>
  arrivals.flatMap(({ to, bytes }) => {
    const { transport } = dissect(bytes);
    return to === 'bob' && transport?.kind === 'tcp' ? [(transport.seq - 1001) / 100 + 1] : [];
  });

test('lose: the 7th never arrives, and nothing else is missing', () => {
  const arrivals = play([lose(data(7).from('alice'))], STREAM);
  expect(pieces(arrivals)).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10]);
  expect(arrivals).toHaveLength(14);
});

test('lose the retransmission too', () => {
  const again = [...STREAM, talk.text(600, 100, 50 * MILLISECOND), talk.text(600, 100, 90 * MILLISECOND)];
  const seventh = data(7).from('alice');
  expect(pieces(play([lose(seventh), lose(retransmissionOf(seventh))], again))).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 7]);
});

test('swap the 3rd and 4th, whatever stands between them, and in whichever order they are named', () => {
  expect(pieces(play([swap(data(3), data(4))], STREAM))).toEqual([1, 2, 4, 3, 5, 6, 7, 8, 9, 10]);
  expect(pieces(play([swap(data(6), 3)], STREAM))).toEqual([1, 2, 4, 5, 6, 3, 7, 8, 9, 10]);
  expect(pieces(play([swap(data(6), data(3))], STREAM))).toEqual([1, 2, 4, 5, 6, 3, 7, 8, 9, 10]);
});

test('swap: when the other never comes, the first goes alone', () => {
  const arrivals = play([swap(data(3), data(99), 50 * MILLISECOND)], STREAM);
  expect(pieces(arrivals)).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10, 3]);
  expect(arrivals.at(-1)?.at).toBe(52 * MILLISECOND);
});

test('delay only the ACKs: the text is on time', () => {
  const arrivals = play([delay(pureAcks(), 50 * MILLISECOND)], STREAM);
  expect(arrivals.filter(({ to }) => to === 'bob').map(({ at }) => at)).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n * 1000),
  );
  expect(arrivals.filter(({ to }) => to === 'alice').map(({ at }) => at)).toEqual([51, 53, 55, 57, 59].map((n) => n * 1000));
});

test('hold back, duplicate', () => {
  expect(pieces(play([holdBack(data(3), 2)], STREAM))).toEqual([1, 2, 4, 5, 3, 6, 7, 8, 9, 10]);
  expect(pieces(play([duplicate(data(3))], STREAM))).toEqual([1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('corrupt one byte: that one, all its bits, and the checksum says so', () => {
  const before = STREAM[1]!.packet.live();
  const wrong = (rule: FaultRule) => {
    const { bytes } = play([rule], STREAM).filter(({ to }) => to === 'bob')[1]!;
    const places = [...bytes.keys()].filter((i) => bytes[i] !== STREAM[1]!.packet.live()[i]);
    const { transport } = dissect(bytes);
    return { places, checksum: transport?.kind === 'tcp' ? transport.checksum : '' };
  };
  expect(wrong(corruptByte(data(2), 1))).toEqual({ places: [before.length - 100], checksum: 'bad' });
  expect(wrong(corruptByte(data(2), 100))).toEqual({ places: [before.length - 1], checksum: 'bad' });
  expect(wrong(corruptByte(data(2)))).toEqual({ places: [before.length - 50], checksum: 'bad' });
  expect(faultsOf([corruptByte(pureAcks(1))], [talk.ack(0)])).toEqual([{ flip: 14 + 20 + 14 }]);
});

test('mark: what allows it says congestion experienced, what does not is lost', () => {
  const capable = talk.alice({ seq: 1001, payload: new Uint8Array(100), trafficClass: 2 });
  const [marked, ...rest] = play([mark(data())], [capable, talk.text(100)]);
  expect(rest).toEqual([]);
  expect(marked!.bytes[15]! & 3).toBe(3);
  expect(dissect(marked!.bytes).faults).toEqual([]);
});

test('replay: the same bytes come again, so much later', () => {
  const arrivals = play([replay(data(2), 2 * SECOND)], STREAM);
  expect(pieces(arrivals)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2]);
  const old = arrivals.at(-1)!;
  expect(old.at).toBe(MILLISECOND + 2 * SECOND);
  expect(old.bytes).toEqual(arrivals.filter(({ to }) => to === 'bob')[1]!.bytes);
  expect(old.note).toBe('an old duplicate, replayed on the way');
});

test.each([
  { to: undefined, end: 'bob', source: A, seq: 1201 + 100, port: 43_210 },
  { to: 'bob', end: 'bob', source: A, seq: 1201 + 100, port: 43_210 },
  { to: 'alice', end: 'alice', source: B, seq: 5000 + 100, port: 80 },
])('inject: a RST in the window but not exact, to $to', ({ to, end, source, seq, port }) => {
  const text = talk.alice({ seq: 1101, ack: 5000, payload: new Uint8Array(100) });
  const rule = inject(reset({ off: 100 }), { after: data(2), delay: 3 * MILLISECOND, ...(to === undefined ? {} : { to }) });
  const arrivals = play([rule], [talk.text(0), text]);
  const forged = arrivals.find(({ note }) => note === 'forged on the way')!;
  expect([forged.to, forged.at, arrivals.length]).toEqual([end, 3 * MILLISECOND, 3]);
  const { network, transport, faults } = dissect(forged.bytes);
  expect([faults, network]).toMatchObject([[], { source }]);
  expect(transport).toMatchObject({ seq, flags: tcp.RST, sourcePort: port, checksum: 'good' });
});

test('inject: text that nobody wrote', () => {
  const forgery = forgedSegment({ flags: tcp.ACK | tcp.PSH, text: Uint8Array.from([104, 105]), ackOff: -5 });
  const [, forged] = play(
    [inject(forgery, { after: data(1) })],
    [talk.alice({ seq: 1001, ack: 700, payload: new Uint8Array(10) })],
  );
  const { transport, payload, faults } = dissect(forged!.bytes);
  expect(faults).toEqual([]);
  expect(transport).toMatchObject({ seq: 1011, ack: 695 });
  expect([...forged!.bytes.subarray(payload.at, payload.at + payload.length)]).toEqual([104, 105]);
});

test('injectAt: a frame at a moment, towards whom it is meant for', () => {
  const conflict = arpFrame(1, A, A, '10.0.0.9');
  const rules = [injectAt(5 * SECOND, conflict, 'alice'), injectAt(6 * SECOND, conflict, 'bob', 'an impostor')];
  const arrivals = play(rules, []);
  expect(arrivals.map(({ at, to, note }) => [at, to, note])).toEqual([
    [5 * SECOND, 'alice', 'forged on the way'],
    [6 * SECOND, 'bob', 'an impostor'],
  ]);
  expect(arrivals[0]!.bytes).toEqual(conflict);
});

test('several rules about one frame all happen; each sees what another one loses', () => {
  const rules = [lose(data(2)), replay(data(2), SECOND), delay(data(3), 5.5 * MILLISECOND), duplicate(data(3))];
  const arrivals = play(rules, STREAM);
  expect(pieces(arrivals)).toEqual([1, 4, 5, 6, 7, 8, 3, 3, 9, 10, 2]);
});

test('what happened on the way is said to the one who receives it, behind what its sender said', () => {
  const said = talk.text(0);
  said.packet.note = 'fast retransmit\ncwnd 10';
  const notes = (rule: FaultRule) => play([rule], [said]).map(({ note }) => note);
  expect(notes(delay(frames(1), 50 * MILLISECOND))).toEqual(['fast retransmit; 50 ms late on the way\ncwnd 10']);
  expect(notes(duplicate(frames(1)))).toEqual(['fast retransmit\ncwnd 10', 'fast retransmit; doubled on the way\ncwnd 10']);
  expect(notes(corruptByte(frames(1)))).toEqual(['fast retransmit; one byte wrong since it was on the way\ncwnd 10']);
});

test.each([
  [() => delay(data(), -1), 'a time is whole microseconds from 0 on, not -1'],
  [() => swap(data(1), 2, 0.5), 'not 0.5'],
  [() => holdBack(data(1), 0), 'held back behind 1 or more, not 0'],
  [() => faultsOf([inject(reset(), { after: syn(1), to: 'carol' })], []), '"carol" is at neither end of this wire'],
  [() => faultsOf([injectAt(0, new Uint8Array(60), 'carol')], []), '"carol" is at neither end of this wire'],
  [() => faultsOf([lose(arpRequests().from('carol'))], []), '"carol" is at neither end of this wire'],
])('refused: %#', (wrong, says) => {
  expect(wrong).toThrow(says);
});
