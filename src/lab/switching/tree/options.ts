/** What the spanning tree of a bridge can be told, and the checks of it. */
import type { Micros } from '../../../stack/time.ts';
import { SECOND } from '../../../stack/time.ts';
import type { TreeTimes } from './priority-vector.ts';

export interface SpanningTreeOptions {
  /** 'RSTP' (802.1w) comes to an agreement with its neighbours in a moment, 'STP' (802.1D-1998) waits for timers. @default 'RSTP' */
  readonly version?: 'RSTP' | 'STP';
  /** The bridge with the lowest becomes the root; in steps of 4,096. @default 32,768 */
  readonly priority?: number;
  /** @default 2 s */
  readonly hello?: Micros;
  /** How old the word of a root may get. @default 20 s */
  readonly maxAge?: Micros;
  /** How long listening takes, and learning again. @default 15 s */
  readonly forwardDelay?: Micros;
}

export interface TreePortSettings {
  /** Of the way by this port. @default 4 with STP, 20,000 with RSTP: 1 Gbit/s */
  readonly cost?: number;
  /** In steps of 16; among equal ways the port with the lowest is taken. @default 128 */
  readonly portPriority?: number;
  /** Only stations are behind it: it forwards at once. @default false: found out after 3 s with RSTP */
  readonly edge?: boolean;
}

/** @throws RangeError that names the switch */
export function timesOf(of: string, options: SpanningTreeOptions): TreeTimes {
  const { hello = 2 * SECOND, maxAge = 20 * SECOND, forwardDelay = 15 * SECOND } = options;
  // the ranges that bridges of Linux accept
  checkTime(`${of}: hello`, hello, 1, 10);
  checkTime(`${of}: maxAge`, maxAge, 6, 40);
  checkTime(`${of}: forwardDelay`, forwardDelay, 2, 30);
  return { messageAge: 0, helloTime: hello, maxAge, forwardDelay };
}

function checkTime(what: string, value: Micros, low: number, high: number): void {
  if (!(value >= low * SECOND && value <= high * SECOND))
    throw new RangeError(`${what} is ${low} to ${high} s, not ${value / SECOND} s`);
}

/** @throws RangeError that names the switch */
export function checkPriority(what: string, value: number, step: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most && value % step === 0) return value;
  throw new RangeError(`${what} is 0 to ${most} in steps of ${step}, not ${value}`);
}
