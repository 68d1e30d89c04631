/**
 * TCP options of a SYN in the order and padding of FreeBSD: MSS, window scale, SACK-permitted, timestamps, Fast Open, each
 * behind as many NOPs as its place needs, and zeros up to the next word.
 */
import * as fastOpen from './fast-open.ts';
import type { Segment } from './tcp.ts';

const NO_OPERATION = 1;

/** Where the next option begins: filled up until the offset leaves this remainder. */
function filled(length: number, modulus: number, remainder: number): number {
  let at = Math.max(length, remainder);
  while (at % modulus !== remainder) at++;
  return at;
}

/** Bytes that `encode` will write: a multiple of four. */
export function encodedLength(segment: Segment): number {
  let length = segment.mss > 0 ? 4 : 0;
  if (segment.windowShift >= 0) length = filled(length, 2, 1) + 3;
  if (segment.sackPermitted) length = filled(length, 2, 0) + 2;
  if (segment.hasTimestamps) length = filled(length, 4, 2) + 10;
  if (segment.fastOpen !== undefined) length += fastOpen.lengthOf(segment.fastOpen);
  return (length + 3) & ~3;
}

/** @returns how many bytes were written */
export function encode(view: DataView, at: number, segment: Segment): number {
  let length = 0;
  const skipTo = (next: number): number => {
    while (length < next) view.setUint8(at + length++, NO_OPERATION);
    return at + length;
  };
  if (segment.mss > 0) {
    view.setUint16(at, 0x0204);
    view.setUint16(at + 2, segment.mss);
    length = 4;
  }
  if (segment.windowShift >= 0) {
    const i = skipTo(filled(length, 2, 1));
    view.setUint16(i, 0x0303);
    view.setUint8(i + 2, segment.windowShift);
    length += 3;
  }
  if (segment.sackPermitted) {
    view.setUint16(skipTo(filled(length, 2, 0)), 0x0402);
    length += 2;
  }
  if (segment.hasTimestamps) {
    const i = skipTo(filled(length, 4, 2));
    view.setUint16(i, 0x080a);
    view.setUint32(i + 2, segment.tsValue);
    view.setUint32(i + 6, segment.tsEcho);
    length += 10;
  }
  if (segment.fastOpen !== undefined) length += fastOpen.writeUnpadded(view, at + length, segment.fastOpen);
  const end = (length + 3) & ~3;
  while (length < end) view.setUint8(at + length++, 0);
  return end;
}
