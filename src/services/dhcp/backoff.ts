/** When a message that was not answered is sent again: RFC 2131 §4.1 and §4.4.5. */
import type { Micros, Random } from '../../stack/index.ts';
import { nextUnit, SECOND } from '../../stack/index.ts';

const FIRST: Micros = 4 * SECOND;
const LONGEST: Micros = 64 * SECOND;
/** Either way, so that clients which began at the same moment drift apart. */
const SPREAD: Micros = 1 * SECOND;
const LEAST_WHILE_BOUND: Micros = 60 * SECOND;

/** 4, 8, 16, 32, 64, 64, ... seconds, each with a second more or less. @param tries messages sent so far, from 1 on */
export function retryDelay(tries: number, random: Random): Micros {
  const delay = Math.min(FIRST * 2 ** (tries - 1), LONGEST);
  return Math.round(delay + (nextUnit(random) * 2 - 1) * SPREAD);
}

/** While there is an address: half of the time that is left, and a minute at least. @returns the time of the next message, or `end` */
export const retryBefore = (end: Micros, now: Micros): Micros =>
  Math.min(end, now + Math.max((end - now) / 2, LEAST_WHILE_BOUND));
