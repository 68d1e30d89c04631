/** The option of TCP Fast Open: RFC 7413 §2 and §4.1.1, and its form from the time of the experiment. */

//   kind 34:   | 34  | length | cookie, 0 or 4 to 16 bytes |
//   kind 254:  | 254 | length | 0xF989 | cookie            |   RFC 6994 names the experiment
export const FAST_OPEN = 34;
export const EXPERIMENT = 254;
const EXPERIMENT_ID = 0xf989;
/** Bytes before the cookie. */
const HEADER = 2;
const EXPERIMENT_HEADER = 4;
const NO_OPERATION = 1;
const SHORTEST = 4;
const LONGEST = 16;

/** What a SYN says about Fast Open. */
export interface FastOpenOption {
  /** Of 4 to 16 bytes; empty: please send one. */
  readonly cookie: Uint8Array;
  /** In the form of the experiment: an answer takes the same. */
  readonly experimental: boolean;
}

const NO_COOKIE = new Uint8Array(0);
export const COOKIE_REQUEST: FastOpenOption = { cookie: NO_COOKIE, experimental: false };
export const EXPERIMENTAL_REQUEST: FastOpenOption = { cookie: NO_COOKIE, experimental: true };

/** Reads an option of kind 34 or 254 at `at`, of `length` bytes in all; undefined: not Fast Open, or of an impossible length. */
export function read(view: DataView, at: number, length: number): FastOpenOption | undefined {
  const experimental = view.getUint8(at) === EXPERIMENT;
  const header = experimental ? EXPERIMENT_HEADER : HEADER;
  if (experimental && (length < header || view.getUint16(at + 2) !== EXPERIMENT_ID)) return undefined;
  const size = length - header;
  if (size === 0) return experimental ? EXPERIMENTAL_REQUEST : COOKIE_REQUEST;
  if (size < SHORTEST || size > LONGEST || size % 2 !== 0) return undefined; // §2: even, so that nobody has to pad inside
  const cookie = new Uint8Array(size);
  for (let i = 0; i < size; i++) cookie[i] = view.getUint8(at + header + i);
  return { cookie, experimental };
}

/** Bytes of the option itself. */
export const lengthOf = ({ cookie, experimental }: FastOpenOption): number =>
  (experimental ? EXPERIMENT_HEADER : HEADER) + cookie.length;

/** Bytes that `write` fills: a multiple of four. */
export const paddedLength = (option: FastOpenOption): number => (lengthOf(option) + 3) & ~3;

/** Writes the option alone. @returns its length */
export function writeUnpadded(view: DataView, at: number, option: FastOpenOption): number {
  const length = lengthOf(option);
  view.setUint8(at, option.experimental ? EXPERIMENT : FAST_OPEN);
  view.setUint8(at + 1, length);
  if (option.experimental) view.setUint16(at + 2, EXPERIMENT_ID);
  const cookieAt = at + length - option.cookie.length;
  for (const [i, byte] of option.cookie.entries()) view.setUint8(cookieAt + i, byte);
  return length;
}

/** Writes the option and the no-operations that fill it up, in the manner of Linux. @returns the place behind it */
export function write(view: DataView, at: number, option: FastOpenOption): number {
  const end = at + paddedLength(option);
  for (let i = at + writeUnpadded(view, at, option); i < end; i++) view.setUint8(i, NO_OPERATION);
  return end;
}
