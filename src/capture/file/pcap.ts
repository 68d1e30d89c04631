/** Writing classic pcap, draft-ietf-opsawg-pcap: one header, one interface, no comments. */
import type { Micros } from '../../stack/time.ts';
import type { InterfaceDetails, RecordedFrame } from '../record/frame-sink.ts';
import type { ByteBuilder } from './byte-builder.ts';
import { LINK_TYPE_ETHERNET, SNAP_LENGTH } from './capture-data.ts';
import { MAGIC_MICROSECONDS, MAGIC_NANOSECONDS } from './pcap-dialects.ts';

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
