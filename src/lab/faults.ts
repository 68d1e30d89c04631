/** What may happen to frames: how often at random, or which one by a script. */
import type { Packet } from '../stack/bytes/packet.ts';
import type { Micros } from '../stack/time.ts';
import { MILLISECOND } from '../stack/time.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import * as tcp from '../stack/wire/tcp.ts';

/** Faults of one direction. Probabilities are between 0 and 1; what is left out does not happen. */
export interface Faults {
  readonly loss?: number;
  /** The frame arrives twice, one right behind the other. */
  readonly duplicate?: number;
  /** One to three bits of a 16-bit word are turned over, anywhere behind the Ethernet header; ARP is spared. */
  readonly corrupt?: number;
  /** The frame is held back until later ones have overtaken it. */
  readonly reorder?: number;
  /** How many frames overtake a reordered one: between one and this many. @default 3 */
  readonly reorderBy?: number;
  /** How long a frame is held back when nothing comes to overtake it. @default 20 ms */
  readonly reorderWithin?: Micros;
  /** Every frame takes this much longer. */
  readonly delay?: Micros;
  /** The delay varies by up to this much in both directions, evenly, without changing the order. */
  readonly jitter?: Micros;
}

export type Direction = 'transmit' | 'receive';

/** What holds a frame back until somebody opens it: the frame that passes next goes first, then this one. */
export interface Gate {
  open: boolean;
}

/** A frame that no end of the wire has sent. */
export interface Injection {
  /** From the Ethernet destination on. */
  readonly bytes: Uint8Array;
  /** It travels against the frame that caused it. @default false */
  readonly isBackwards?: boolean;
  /** How long after the frame that caused it. @default 0: right behind it */
  readonly delay?: Micros;
  /** What the capture of its receiver says about it. */
  readonly note: string;
}

/** A frame that is put on the wire at a moment, whatever else happens. */
export interface TimedInjection {
  readonly bytes: Uint8Array;
  readonly direction: Direction;
  /** On the clock of the device. */
  readonly at: Micros;
  readonly note: string;
}

/**
 * What a script does with one frame.
 * - `mark`: congestion experienced (RFC 3168); a frame whose sender does not allow it is lost, as in a router
 * - `behind`: held back until so many later frames have overtaken it
 * - `until`: held back until the gate is open and one more frame has passed, but not longer than `atMost`
 * - `flip`: all bits of the byte at this place of the frame are turned over
 * - `inject`: it passes, and brings others with it
 * - `all`: several of these
 */
export type Fault =
  | 'pass'
  | 'drop'
  | 'duplicate'
  | 'corrupt'
  | 'mark'
  | { readonly delay: Micros }
  | { readonly behind: number }
  | { readonly until: Gate; readonly atMost: Micros }
  | { readonly flip: number }
  | { readonly inject: readonly Injection[] }
  | { readonly all: readonly Fault[] };

/**
 * Decides on every frame in turn. The random faults happen to those it passes.
 * @param index counts the frames of this direction, from 1
 * @param packet borrowed, to be read only: the frame is `packet.bytes[start, end)`
 */
export type FaultScript = (index: number, direction: Direction, packet: Packet, now: Micros) => Fault;

/** Faults of both directions, and what differs in one of them. */
export interface FaultOptions extends Faults {
  readonly transmit?: Faults;
  readonly receive?: Faults;
  /** Which frame by a rule; `faultsByMeaning` makes one of sentences. */
  readonly script?: FaultScript;
  readonly injections?: readonly TimedInjection[];
}

/** The faults of one direction, complete and checked. */
export function faultsOf(options: FaultOptions, direction: Direction): Required<Faults> {
  const { loss = 0, duplicate = 0, corrupt = 0, reorder = 0, ...times } = { ...options, ...options[direction] };
  for (const [name, value] of Object.entries({ loss, duplicate, corrupt, reorder })) {
    if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} is a probability between 0 and 1 (5 % is 0.05), not ${value}`);
  }
  const { delay = 0, jitter = 0, reorderWithin = 20 * MILLISECOND, reorderBy = 3 } = times;
  for (const [name, value] of Object.entries({ delay, jitter, reorderWithin })) {
    if (!(Number.isSafeInteger(value) && value >= 0))
      throw new RangeError(`${name} is whole microseconds from 0 on, not ${value}`);
  }
  if (!(Number.isSafeInteger(reorderBy) && reorderBy >= 1))
    throw new RangeError(`reorderBy is one frame or more, not ${reorderBy}`);
  return { loss, duplicate, corrupt, reorder, reorderBy, reorderWithin, delay, jitter };
}

/** A script that does `fault` to the n-th frame, counted from 1, of those that match, and to no other. */
export function onNth(n: number, matches: (packet: Packet, direction: Direction) => boolean, fault: Fault): FaultScript {
  let seen = 0;
  return (_index, direction, packet) => {
    if (!matches(packet, direction)) return 'pass';
    seen++;
    return seen === n ? fault : 'pass';
  };
}

/** Several scripts as one: all of them see every frame, the first that does not let it pass decides. */
export const scripts =
  (...all: readonly FaultScript[]): FaultScript =>
  (index, direction, packet, now) => {
    let decided: Fault = 'pass';
    for (const script of all) {
      const fault = script(index, direction, packet, now);
      if (decided === 'pass') decided = fault;
    }
    return decided;
  };

/** True for a TCP segment over IPv4 that carries data: "the 7th data segment" of a script. */
export function carriesTcpData({ view, start, end }: Packet): boolean {
  if (!ethernet.isValid(start, end) || ethernet.etherType(view, start) !== ethernet.TYPE_IPV4) return false;
  const network = start + ethernet.HEADER;
  if (!ipv4.isValid(view, network, end) || ipv4.protocol(view, network) !== ipv4.PROTOCOL_TCP) return false;
  if (ipv4.fragmentOffset(view, network) > 0) return false;
  const transport = network + ipv4.headerLength(view, network);
  const datagramEnd = network + ipv4.totalLength(view, network);
  return tcp.isValid(view, transport, datagramEnd) && transport + tcp.headerLength(view, transport) < datagramEnd;
}
