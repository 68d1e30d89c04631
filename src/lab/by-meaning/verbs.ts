/** What happens to the frames that are meant: `lose(data(7).from('alice'))`. */
import type { Micros } from '../../stack/time.ts';
import { SECOND } from '../../stack/time.ts';
import type { Direction, Fault, Gate } from '../faults.ts';
import type { Forgery } from './forge.ts';
import { expectationOf } from './forge.ts';
import type { Selector } from './selector.ts';
import type { WireEnds } from './wire.ts';
import { directionOf } from './wire.ts';
import type { Sighting } from './wire-watch.ts';

/** Decides on every frame of the wire in turn. */
export type FaultPlayer = (sighting: Sighting) => Fault;

/** A frame for a moment that is known beforehand. */
export interface PlannedFrame {
  readonly bytes: Uint8Array;
  readonly direction: Direction;
  /** Since the watch began. */
  readonly at: Micros;
  readonly note: string;
}

/** One sentence about faults. It may be played on several wires, and more than once. */
export interface FaultRule {
  /** @throws RangeError when somebody is named who is at neither end of the wire */
  play(ends: WireEnds): FaultPlayer;
  /** What is put on the wire by the clock. */
  plan?(ends: WireEnds): readonly PlannedFrame[];
}

const always = (selector: Selector, fault: (sighting: Sighting) => Fault): FaultRule => ({
  play: (ends) => {
    const isMeant = selector.matcher(ends);
    return (sighting) => (isMeant(sighting) ? fault(sighting) : 'pass');
  },
});

function checked(time: Micros): Micros {
  if (!(Number.isSafeInteger(time) && time >= 0)) throw new RangeError(`a time is whole microseconds from 0 on, not ${time}`);
  return time;
}

export const lose = (selector: Selector): FaultRule => always(selector, () => 'drop');

/** A router with a full queue marks it, where its sender allows that, and loses it else: RFC 3168. */
export const mark = (selector: Selector): FaultRule => always(selector, () => 'mark');

/** It arrives twice, one right behind the other. */
export const duplicate = (selector: Selector): FaultRule => always(selector, () => 'duplicate');

/** It alone is late; those behind it do not wait. */
export const delay = (selector: Selector, by: Micros): FaultRule => {
  const fault: Fault = { delay: checked(by) };
  return always(selector, () => fault);
};

/** It goes only after so many later frames of its direction have overtaken it. */
export const holdBack = (selector: Selector, behind = 1): FaultRule => {
  if (!(Number.isSafeInteger(behind) && behind >= 1))
    throw new RangeError(`a frame is held back behind 1 or more, not ${behind}`);
  return always(selector, () => ({ behind }));
};

/**
 * One byte arrives wrong, and the checksum says so.
 * @param place which byte of what the segment or datagram carries, from 1. @default the one in the middle, or one of the header
 *   where nothing is carried
 */
export const corruptByte = (selector: Selector, place?: number): FaultRule =>
  always(selector, ({ facts, packet }) => {
    const { payloadAt, payloadLength, transportAt } = facts;
    if (place !== undefined && place <= payloadLength) return { flip: payloadAt + place - 1 };
    if (payloadLength > 0) return { flip: payloadAt + Math.floor(payloadLength / 2) };
    // 14: the window of a TCP header; what has no transport header is left to the dice
    return transportAt > 0 && transportAt + 14 < packet.length ? { flip: transportAt + 14 } : 'corrupt';
  });

/**
 * The two change places: whichever comes first waits until the other has gone.
 * @param atMost how long it waits, should the other never come. @default 1 s
 */
export const swap = (one: Selector, other: Selector | number, atMost: Micros = SECOND): FaultRule => {
  const second = typeof other === 'number' ? one.others(other) : other;
  checked(atMost);
  return {
    play: (ends) => {
      const change = new Exchange(atMost);
      const [isOne, isOther] = [one.matcher(ends), second.matcher(ends)];
      return (sighting) => change.decide(isOne(sighting), isOther(sighting));
    },
  };
};

/** Two frames on their way to change places. */
class Exchange {
  readonly #atMost: Micros;
  #gate: Gate | undefined = undefined;
  /** Which of the two has come, and waits for the other. */
  #first: 'one' | 'other' = 'one';

  constructor(atMost: Micros) {
    this.#atMost = atMost;
  }

  /** A frame passes that is one of the two, or neither. */
  decide(isOne: boolean, isOther: boolean): Fault {
    if (this.#gate !== undefined) {
      if (this.#first === 'one' ? isOther : isOne) this.#gate.open = true;
      return 'pass';
    }
    if (!isOne && !isOther) return 'pass';
    this.#first = isOne ? 'one' : 'other';
    this.#gate = { open: false };
    return { until: this.#gate, atMost: this.#atMost };
  }
}

/** The same frame comes once more, so much later: an old duplicate. */
export const replay = (selector: Selector, after: Micros): FaultRule =>
  always(selector, ({ packet }) => ({
    inject: [{ bytes: packet.live().slice(), delay: checked(after), note: 'an old duplicate, replayed on the way' }],
  }));

export interface Occasion {
  /** The segment whose connection is spoken of. */
  readonly after: Selector;
  /** @default 0: right behind it */
  readonly delay?: Micros;
  /** Whom it goes to. @default on with the segment, in the name of its sender */
  readonly to?: string;
}

/** Puts a forged frame on the wire behind another. */
export const inject = (forgery: Forgery, { after, delay: wait = 0, to }: Occasion): FaultRule => ({
  play: (ends) => {
    const isMeant = after.matcher(ends);
    const towards = to === undefined ? undefined : towardsOf(ends, to);
    return (sighting) => {
      if (!isMeant(sighting)) return 'pass';
      const isBackwards = towards !== undefined && towards !== sighting.direction;
      const bytes = forgery(expectationOf(sighting, isBackwards));
      return { inject: [{ bytes, isBackwards, delay: checked(wait), note: 'forged on the way' }] };
    };
  },
});

/** Puts a frame on the wire at a moment. @param bytes from the Ethernet destination on */
export const injectAt = (at: Micros, bytes: Uint8Array, to: string, note = 'forged on the way'): FaultRule => ({
  play: () => () => 'pass',
  plan: (ends) => [{ bytes, direction: towardsOf(ends, to), at: checked(at), note }],
});

/** What travels towards somebody comes from the other end. */
function towardsOf(ends: WireEnds, name: string): Direction {
  const from = directionOf(ends, name);
  if (from === undefined) throw new RangeError(`"${name}" is at neither end of this wire`);
  return from === 'transmit' ? 'receive' : 'transmit';
}
