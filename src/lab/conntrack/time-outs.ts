/** How long a device in the middle of a path remembers a flow that is silent. */
import type { Micros } from '../../stack/time.ts';
import { MINUTE, NEVER, SECOND } from '../../stack/time.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import type { TcpLife } from './tcp-life.ts';

export interface TimeOuts {
  /** RFC 4787 §4.3 (REQ-5): not less than two minutes; five are recommended. @default 300 s */
  readonly udp: Micros;
  /** RFC 5382 §5 (REQ-5): TCP's own keep-alive comes after two hours. @default 2 h 4 min */
  readonly established: Micros;
  /** RFC 5382 §5 (REQ-5): a connection that opens, closes or was reset. @default 4 min */
  readonly transitory: Micros;
  /** RFC 5508 §3.2 (REQ-2). @default 60 s */
  readonly query: Micros;
  /** Protocols without ports. @default 300 s */
  readonly other: Micros;
}

export const TIME_OUTS: TimeOuts = {
  udp: 300 * SECOND,
  established: 124 * MINUTE,
  transitory: 4 * MINUTE,
  query: 60 * SECOND,
  other: 300 * SECOND,
};

/** @throws RangeError when one is no time */
export function timeOutsOf(given: Partial<TimeOuts> = {}): TimeOuts {
  for (const [name, value] of Object.entries(given))
    if (!(value > 0)) throw new RangeError(`the time-out "${name}" is a positive number of microseconds, not ${value}`);
  return { ...TIME_OUTS, ...given };
}

/** How long a flow may be silent. */
export function patience(timeOuts: TimeOuts, protocol: number, life: TcpLife): Micros {
  switch (protocol) {
    case ipv4.PROTOCOL_TCP:
      return life.isEstablished ? timeOuts.established : timeOuts.transitory;
    case ipv4.PROTOCOL_UDP:
      return timeOuts.udp;
    case ipv4.PROTOCOL_ICMP:
      return timeOuts.query;
    default:
      return timeOuts.other;
  }
}

const HOUR: Micros = 60 * MINUTE;

/** "2 h 3 min", "4 min 59 s", "59 s"; what is left of a second counts whole. */
export function timeLeft(deadline: Micros, now: Micros): string {
  if (deadline === NEVER) return '';
  const left = Math.max(Math.ceil((deadline - now) / SECOND), 0) * SECOND;
  if (left >= HOUR) return parts(Math.floor(left / HOUR), 'h', Math.floor((left % HOUR) / MINUTE), 'min');
  return left >= MINUTE ? parts(Math.floor(left / MINUTE), 'min', (left % MINUTE) / SECOND, 's') : `${left / SECOND} s`;
}

const parts = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
