/** Classic pcap, draft-ietf-opsawg-pcap: one header, one interface, no comments. Written with nanoseconds, read in all four forms. */
import type { Micros } from '../../stack/time.ts';
import type { InterfaceDetails, RecordedFrame } from '../record/frame-sink.ts';
import type { ByteBuilder } from './byte-builder.ts';
import type { Capture } from './capture-data.ts';
import { hex, LINK_TYPE_ETHERNET, MAX_FRAME, SNAP_LENGTH } from './capture-data.ts';

export const MAGIC_MICROSECONDS = 0xa1b2_c3d4;
export const MAGIC_NANOSECONDS = 0xa1b2_3c4d;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;

export interface HeaderOptions extends Pick<InterfaceDetails, 'linkType' | 'snapLength'> {
  /** Of a frame's time the last three digits too. @default true */
  readonly nanoseconds?: boolean;
}

export function writeHeader(out: ByteBuilder, options: HeaderOptions = {}): void {
  const { linkType = LINK_TYPE_ETHERNET, snapLength = SNAP_LENGTH, nanoseconds = true } = options;
  out.u32(nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS);
  out.u16(2); // version 2.4
  out.u16(4);
  out.u32(0); // two fields that nobody uses
  out.u32(0);
  out.u32(snapLength || SNAP_LENGTH);
  out.u32(linkType);
}

/**
 * @param timeOffset is added to the frame's time: microseconds from the epoch to its clock's zero
 * @param nanoseconds as the header says
 */
export function writeFrame(out: ByteBuilder, frame: RecordedFrame, timeOffset: Micros = 0, nanoseconds = true): void {
  const micros = Math.max(0, Math.floor(frame.at + timeOffset));
  out.u32(Math.floor(micros / 1_000_000));
  out.u32(nanoseconds ? (micros % 1_000_000) * 1000 + (frame.nanoseconds ?? 0) : micros % 1_000_000);
  out.u32(frame.bytes.length);
  out.u32(frame.originalLength ?? frame.bytes.length);
  out.append(frame.bytes);
}

/** The byte order and the unit of time, from the first word. */
interface Form {
  readonly little: boolean;
  /** Nanoseconds in one count of a record's second word. */
  readonly unit: number;
}

function formOf(view: DataView): Form | undefined {
  if (view.byteLength < 4) return undefined;
  for (const little of [true, false]) {
    const magic = view.getUint32(0, little);
    if (magic === MAGIC_NANOSECONDS) return { little, unit: 1 };
    if (magic === MAGIC_MICROSECONDS) return { little, unit: 1000 };
  }
  return undefined;
}

/** Never throws; the work and the memory are proportional to the file. */
export function readPcap(bytes: Uint8Array): Capture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const form = formOf(view);
  const empty = { format: 'pcap', application: '', interfaces: [], frames: [] } as const;
  if (form === undefined) {
    const found = bytes.length < 4 ? `${bytes.length} bytes in all` : hex(view.getUint32(0), 8);
    return { ...empty, end: 'damaged', problem: `offset 0: expected a pcap magic (0xa1b2c3d4 or 0xa1b23c4d), found ${found}` };
  }
  if (bytes.length < FILE_HEADER)
    return {
      ...empty,
      end: 'truncated',
      problem: `offset 0: a file header of 24 bytes begins, but only ${bytes.length} are there`,
    };
  const linkType = view.getUint32(20, form.little) & 0xffff; // the upper half tells of the frame check sequence
  const interfaces = [{ name: '', linkType, snapLength: view.getUint32(16, form.little) }];
  return { ...empty, interfaces, ...readRecords(bytes, view, form) };
}

function readRecords(bytes: Uint8Array, view: DataView, { little, unit }: Form): Pick<Capture, 'frames' | 'end' | 'problem'> {
  const frames: RecordedFrame[] = [];
  let at = FILE_HEADER;
  while (at < bytes.length) {
    const left = bytes.length - at;
    if (left < RECORD_HEADER)
      return {
        frames,
        end: 'truncated',
        problem: `offset ${at}: a record header of 16 bytes begins, but only ${left} are there`,
      };
    const captured = view.getUint32(at + 8, little);
    if (captured > MAX_FRAME)
      return {
        frames,
        end: 'damaged',
        problem: `offset ${at + 8}: expected a frame of at most ${MAX_FRAME} bytes, found ${captured}`,
      };
    if (captured > left - RECORD_HEADER)
      return {
        frames,
        end: 'truncated',
        problem: `offset ${at}: a frame of ${captured} bytes begins, but only ${left - RECORD_HEADER} are there`,
      };
    const nanoseconds = view.getUint32(at + 4, little) * unit; // below 2^42
    frames.push({
      bytes: bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + captured),
      at: view.getUint32(at, little) * 1_000_000 + Math.floor(nanoseconds / 1000),
      nanoseconds: nanoseconds % 1000,
      direction: 'unknown',
      interfaceId: 0,
      comment: '',
      originalLength: view.getUint32(at + 12, little),
    });
    at += RECORD_HEADER + captured;
  }
  return { frames, end: 'complete', problem: '' };
}
