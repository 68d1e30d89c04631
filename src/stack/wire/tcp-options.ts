/** TCP options: RFC 9293 §3.2, window scale and timestamps of RFC 7323, SACK of RFC 2018, Fast Open of RFC 7413, user timeout of RFC 5482. */
import * as fastOpen from './fast-open.ts';
import type { Segment } from './tcp.ts';
import * as userTimeout from './user-timeout.ts';

const END = 0;
const NO_OPERATION = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;

const MSS_LENGTH = 4;
const WINDOW_SCALE_LENGTH = 3;
const SACK_PERMITTED_LENGTH = 2;
const TIMESTAMPS_LENGTH = 10;
/** Fast Open counts in a SYN only: RFC 7413 §4.1.1. */
const SYN = 0x02;

/** NOP NOP kind length value echo, as one word (RFC 7323 appendix A): what nearly every segment carries. */
const ALIGNED_TIMESTAMPS = 0x0101_080a;

/**
 * Decodes the options in `[at, end)`. An unknown option is skipped by its length (MUST-6); at the first impossible length
 * the rest is ignored, because nothing says where the next one would begin (MUST-7).
 */
export function decode(view: DataView, at: number, end: number, into: Segment): void {
  if (end - at === 12 && view.getUint32(at) === ALIGNED_TIMESTAMPS) {
    readTimestamps(view, at + 2, into);
    return;
  }
  let i = at;
  while (i < end) {
    const kind = view.getUint8(i);
    if (kind === END) return;
    if (kind === NO_OPERATION) {
      i++;
      continue;
    }
    if (i + 1 >= end) return;
    const length = view.getUint8(i + 1);
    if (length < 2 || i + length > end) return;
    decodeOne(view, i, kind, length, into);
    i += length;
  }
}

function decodeOne(view: DataView, at: number, kind: number, length: number, into: Segment): void {
  switch (kind) {
    case MSS:
      if (length === MSS_LENGTH) into.mss = view.getUint16(at + 2);
      return;
    case WINDOW_SCALE:
      if (length === WINDOW_SCALE_LENGTH) into.windowShift = view.getUint8(at + 2);
      return;
    case SACK_PERMITTED:
      if (length === SACK_PERMITTED_LENGTH) into.sackPermitted = true;
      return;
    case SACK:
      decodeSack(view, at, length, into);
      return;
    case TIMESTAMPS:
      if (length === TIMESTAMPS_LENGTH) readTimestamps(view, at, into);
      return;
    case fastOpen.FAST_OPEN:
    case fastOpen.EXPERIMENT:
      if ((into.flags & SYN) !== 0) into.fastOpen = fastOpen.read(view, at, length) ?? into.fastOpen;
      return;
    case userTimeout.USER_TIMEOUT:
      if (length === userTimeout.USER_TIMEOUT_LENGTH) into.userTimeout = userTimeout.read(view, at);
      return;
    default:
      return; // MUST-6
  }
}

function readTimestamps(view: DataView, at: number, into: Segment): void {
  into.hasTimestamps = true;
  into.tsValue = view.getUint32(at + 2);
  into.tsEcho = view.getUint32(at + 6);
}

/** RFC 2018 §3: up to four blocks, 8 bytes each. */
function decodeSack(view: DataView, at: number, length: number, into: Segment): void {
  const count = (length - 2) / 8;
  if (!Number.isInteger(count) || count < 1 || count > 4) return;
  for (let i = 0; i < count * 2; i++) into.sackEdges[i] = view.getInt32(at + 2 + i * 4);
  into.sackCount = count;
}

/** Bytes that `encode` will write: a multiple of four. */
export function encodedLength(segment: Segment): number {
  const syn =
    (segment.mss > 0 ? MSS_LENGTH : 0) +
    (segment.windowShift >= 0 ? 1 + WINDOW_SCALE_LENGTH : 0) +
    (segment.sackPermitted && !segment.hasTimestamps ? 2 + SACK_PERMITTED_LENGTH : 0);
  const fast = segment.fastOpen === undefined ? 0 : fastOpen.paddedLength(segment.fastOpen);
  return (
    syn +
    fast +
    (segment.userTimeout > 0 ? userTimeout.USER_TIMEOUT_LENGTH : 0) +
    (segment.hasTimestamps ? 2 + TIMESTAMPS_LENGTH : 0) +
    (segment.sackCount > 0 ? 4 + 8 * segment.sackCount : 0)
  );
}

/**
 * Writes the options in the order and padding that Linux uses: MSS; then SACK-permitted in the two bytes that timestamps
 * would pad; timestamps; NOP and window scale; NOP NOP and SACK blocks; Fast Open; user timeout.
 *
 * @returns how many bytes were written
 */
export function encode(view: DataView, at: number, segment: Segment): number {
  let i = at;
  if (segment.mss > 0) {
    view.setUint16(i, (MSS << 8) | MSS_LENGTH);
    view.setUint16(i + 2, segment.mss);
    i += MSS_LENGTH;
  }
  if (segment.sackPermitted) {
    if (!segment.hasTimestamps) i = writeNoOperations(view, i);
    view.setUint16(i, (SACK_PERMITTED << 8) | SACK_PERMITTED_LENGTH);
    i += 2;
  }
  if (segment.hasTimestamps) i = writeTimestamps(view, i, segment);
  if (segment.windowShift >= 0) {
    view.setUint32(i, (NO_OPERATION << 24) | (WINDOW_SCALE << 16) | (WINDOW_SCALE_LENGTH << 8) | segment.windowShift);
    i += 4;
  }
  if (segment.sackCount > 0) i = writeSack(view, i, segment);
  if (segment.fastOpen !== undefined) i = fastOpen.write(view, i, segment.fastOpen);
  if (segment.userTimeout > 0) i = userTimeout.write(view, i, segment.userTimeout);
  return i - at;
}

function writeNoOperations(view: DataView, at: number): number {
  view.setUint16(at, (NO_OPERATION << 8) | NO_OPERATION);
  return at + 2;
}

function writeTimestamps(view: DataView, at: number, segment: Segment): number {
  const i = segment.sackPermitted ? at : writeNoOperations(view, at);
  view.setUint16(i, (TIMESTAMPS << 8) | TIMESTAMPS_LENGTH);
  view.setUint32(i + 2, segment.tsValue);
  view.setUint32(i + 6, segment.tsEcho);
  return i + TIMESTAMPS_LENGTH;
}

function writeSack(view: DataView, at: number, segment: Segment): number {
  const i = writeNoOperations(view, at);
  view.setUint16(i, (SACK << 8) | (2 + 8 * segment.sackCount));
  for (let edge = 0; edge < segment.sackCount * 2; edge++) view.setInt32(i + 2 + edge * 4, segment.sackEdges[edge]!);
  return i + 2 + 8 * segment.sackCount;
}
