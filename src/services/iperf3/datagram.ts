/** What a datagram of a test begins with; the rest of it is of no importance. */
import type { Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';

//   0              4              8                             16
//   +--------------+--------------+--------------+--------------+
//   | seconds      | microseconds | number, 32 or 64 bits       |
//   +--------------+--------------+--------------+--------------+
export const LONGEST_HEADER = 16;
export const header = (wide: boolean): number => (wide ? LONGEST_HEADER : 12);

/** The client's first word on a stream of UDP, and the server's answer: 32 bits in the order of the machine that says them. */
export const HELLO = Uint8Array.of(0x39, 0x38, 0x37, 0x36);
export const WELCOME = Uint8Array.of(0x36, 0x37, 0x38, 0x39);
const GREETING = 4;

/** Whatever is so short greets: versions differ in the words. */
export const isGreeting = (length: number): boolean => length === GREETING;

export function write(view: DataView, sentAt: Micros, count: number, wide: boolean): void {
  const seconds = Math.floor(sentAt / SECOND);
  view.setUint32(0, seconds);
  view.setUint32(4, sentAt - seconds * SECOND);
  if (wide) view.setUint32(8, Math.floor(count / 0x1_0000_0000));
  view.setUint32(wide ? 12 : 8, count);
}

export const sentAt = (view: DataView): Micros => view.getUint32(0) * SECOND + view.getUint32(4);

export const count = (view: DataView, wide: boolean): number =>
  wide ? view.getUint32(8) * 0x1_0000_0000 + view.getUint32(12) : view.getUint32(8);
