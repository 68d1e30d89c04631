/** The User Timeout option, RFC 5482 §3.3: a granularity bit (minutes) and fifteen bits. */

export const USER_TIMEOUT = 28;
export const USER_TIMEOUT_LENGTH = 4;

const IN_MINUTES = 0x8000;
const MOST = 0x7fff;

/** @returns seconds; 0 for a value that means nothing */
export const read = (view: DataView, at: number): number => {
  const value = view.getUint16(at + 2);
  return (value & MOST) * ((value & IN_MINUTES) !== 0 ? 60 : 1);
};

/** @param seconds rounded up to minutes where fifteen bits do not hold them */
export function write(view: DataView, at: number, seconds: number): number {
  const value = seconds <= MOST ? seconds : IN_MINUTES | Math.min(Math.ceil(seconds / 60), MOST);
  view.setUint16(at, (USER_TIMEOUT << 8) | USER_TIMEOUT_LENGTH);
  view.setUint16(at + 2, value);
  return at + USER_TIMEOUT_LENGTH;
}
