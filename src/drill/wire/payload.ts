/**
 * What scripts send and receive: bytes that follow from direction and place in the stream, so that a byte in a wrong place is
 * seen at the reader and on the wire. (The original sends zeros and cannot see it.)
 */
export type Direction = 'in' | 'out';

/** The byte at `place`, counted from the first byte behind the SYN. Neighbours 256 and 65,536 places away differ too. */
export function payloadByte(direction: Direction, place: number): number {
  const mixed = Math.imul(place ^ (direction === 'in' ? 0x5bd1_e995 : 0), 0x9e37_79b1);
  return (mixed ^ (mixed >>> 15)) & 255;
}

export function fillPayload(direction: Direction, place: number, bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) bytes[i] = payloadByte(direction, place + i - from);
}

/** The first place in `bytes[from, to)` that is wrong, counted from `from`; -1 when all is right. */
export function wrongAt(direction: Direction, place: number, bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) if (bytes[i] !== payloadByte(direction, place + i - from)) return i - from;
  return -1;
}
