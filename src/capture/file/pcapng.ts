/** Writing pcapng, draft-ietf-opsawg-pcapng: blocks of type, length, body, options and the length again. */
import type { Micros } from '../../stack/time.ts';
import type { Direction, RecordedFrame } from '../record/frame-sink.ts';
import type { ByteBuilder } from './byte-builder.ts';
import { LINK_TYPE_ETHERNET, SNAP_LENGTH } from './capture-data.ts';
import { encodeUtf8 } from './utf8.ts';

export const SECTION_HEADER = 0x0a0d_0d0a;
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
export const INTERFACE_DESCRIPTION = 1;
export const SIMPLE_PACKET = 3;
export const ENHANCED_PACKET = 6;

export const OPTION_END = 0;
export const OPTION_COMMENT = 1;
export const SECTION_APPLICATION = 4;
export const INTERFACE_NAME = 2;
export const INTERFACE_RESOLUTION = 9;
export const INTERFACE_TIME_OFFSET = 14;
export const PACKET_FLAGS = 2;

/** if_tsresol: ten to the minus nine. */
const NANOSECONDS = new Uint8Array([9]);
/** An option's length is 16 bits; what is longer than this is cut, at a character. */
const MAX_TEXT = 0xfff0;
const DIRECTION_BITS: Record<Direction, number> = { unknown: 0, in: 1, out: 2 };

/** Opens a section: the first block of a file. */
export function writeSectionHeader(out: ByteBuilder, application = 'tapstack'): void {
  writeBlock(out, SECTION_HEADER, () => {
    out.u32(BYTE_ORDER_MAGIC);
    out.u16(1); // version 1.0
    out.u16(0);
    out.u32(0xffff_ffff); // the section's length is not known while it is written: -1 in 64 bits
    out.u32(0xffff_ffff);
    writeTextOption(out, SECTION_APPLICATION, application);
    writeEndOfOptions(out);
  });
}

/** Announces the next interface: the first is number 0, wherever in the section it stands. */
export function writeInterface(out: ByteBuilder, name: string): void {
  writeBlock(out, INTERFACE_DESCRIPTION, () => {
    out.u16(LINK_TYPE_ETHERNET);
    out.u16(0);
    out.u32(SNAP_LENGTH);
    writeTextOption(out, INTERFACE_NAME, name);
    writeOptionHeader(out, INTERFACE_RESOLUTION, 1);
    out.appendPadded(NANOSECONDS);
    writeEndOfOptions(out);
  });
}

/** @param timeOffset is added to the frame's time: microseconds from the epoch to its clock's zero */
export function writeFrame(out: ByteBuilder, frame: RecordedFrame, timeOffset: Micros = 0): void {
  writeBlock(out, ENHANCED_PACKET, () => {
    out.u32(frame.interfaceId);
    writeTime(out, frame.at + timeOffset, frame.nanoseconds ?? 0);
    out.u32(frame.bytes.length);
    out.u32(frame.originalLength ?? frame.bytes.length);
    out.appendPadded(frame.bytes);
    if (frame.comment === '' && frame.direction === 'unknown') return;
    if (frame.comment !== '') writeTextOption(out, OPTION_COMMENT, frame.comment);
    writeOptionHeader(out, PACKET_FLAGS, 4);
    out.u32(DIRECTION_BITS[frame.direction]);
    writeEndOfOptions(out);
  });
}

/**
 * Nanoseconds in two words, high word first. Microseconds since the epoch times 1000 pass 2^53, so the product is made
 * of two halves, each exact.
 */
function writeTime(out: ByteBuilder, micros: Micros, nanoseconds: number): void {
  const whole = Math.max(0, Math.floor(micros));
  const low = (whole % 0x1_0000_0000) * 1000 + nanoseconds; // below 2^42
  const high = Math.floor(whole / 0x1_0000_0000) * 1000 + Math.floor(low / 0x1_0000_0000);
  out.u32(high);
  out.u32(low % 0x1_0000_0000);
}

function writeBlock(out: ByteBuilder, type: number, writeBody: () => void): void {
  const start = out.length;
  out.u32(type);
  out.u32(0);
  writeBody();
  const length = out.length + 4 - start;
  out.u32(length);
  out.patchU32(start + 4, length);
}

function writeOptionHeader(out: ByteBuilder, code: number, length: number): void {
  out.u16(code);
  out.u16(length);
}

function writeTextOption(out: ByteBuilder, code: number, text: string): void {
  const bytes = cutText(encodeUtf8(text));
  writeOptionHeader(out, code, bytes.length);
  out.appendPadded(bytes);
}

function cutText(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= MAX_TEXT) return bytes;
  let end = MAX_TEXT;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

const writeEndOfOptions = (out: ByteBuilder): void => writeOptionHeader(out, OPTION_END, 0);
