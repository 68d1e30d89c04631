/** Writing pcapng, draft-ietf-opsawg-pcapng: blocks of type, length, body, options and the length again. */

import { encodeUtf8 } from '../../stack/bytes/utf8.ts';
import type { Micros } from '../../stack/time.ts';
import type { Direction, InterfaceDescription, RecordedFrame } from '../record/frame-sink.ts';
import { maskOf, parseAddress, parseMac } from './address-text.ts';
import type { ByteBuilder } from './byte-builder.ts';
import { LINK_TYPE_ETHERNET, SNAP_LENGTH } from './capture-data.ts';
import * as ng from './pcapng-numbers.ts';

/** Who made the file and where. Nothing is found out here: what a caller does not say is not in the file. */
export interface SectionDetails {
  readonly hardware?: string;
  readonly os?: string;
  readonly application?: string;
  readonly comment?: string;
}

/** What an interface counted by the end of the capture. Times as in frames. */
export interface InterfaceStatistics {
  readonly startTime?: Micros;
  readonly endTime?: Micros;
  readonly received?: number;
  readonly dropped?: number;
}

/** Host names by address. */
export type HostNames = ReadonlyMap<string, string | readonly string[]>;

/** if_tsresol: ten to the minus nine. */
const NANOSECONDS = new Uint8Array([9]);
/** An option's length is 16 bits; what is longer than this is cut, at a character. */
const MAX_TEXT = 0xfff0;
const DIRECTION_BITS: Record<Direction, number> = { unknown: 0, in: 1, out: 2 };

/** The same every day and on every machine. */
const DEFAULT_SECTION: SectionDetails = { application: 'tapstack' };

/** Opens a section: the first block of a file. */
export function writeSectionHeader(out: ByteBuilder, section: SectionDetails = DEFAULT_SECTION): void {
  const start = beginBlock(out, ng.SECTION_HEADER);
  out.u32(ng.BYTE_ORDER_MAGIC);
  out.u16(1); // version 1.0
  out.u16(0);
  out.u32(0xffff_ffff); // the section's length is not known while it is written: -1 in 64 bits
  out.u32(0xffff_ffff);
  writeText(out, ng.OPTION.comment, section.comment);
  writeText(out, ng.SECTION_OPTION.hardware, section.hardware);
  writeText(out, ng.SECTION_OPTION.os, section.os);
  writeText(out, ng.SECTION_OPTION.application, section.application);
  writeEndOfOptions(out);
  endBlock(out, start);
}

/**
 * Announces the next interface: the first is number 0, wherever in the section it stands. Addresses that cannot be read are
 * left out.
 */
export function writeInterface(out: ByteBuilder, description: InterfaceDescription): void {
  const { linkType = LINK_TYPE_ETHERNET, snapLength = SNAP_LENGTH, speed } = description;
  const start = beginBlock(out, ng.INTERFACE_DESCRIPTION);
  out.u16(linkType);
  out.u16(0);
  out.u32(snapLength);
  writeText(out, ng.INTERFACE_OPTION.name, description.name);
  writeText(out, ng.INTERFACE_OPTION.description, description.description);
  for (const address of description.addresses ?? []) writeAddress(out, address);
  const mac = parseMac(description.mac ?? '');
  if (mac !== undefined) writeOption(out, ng.INTERFACE_OPTION.mac, mac);
  if (speed !== undefined) writeCount(out, ng.INTERFACE_OPTION.speed, speed);
  writeOption(out, ng.INTERFACE_OPTION.resolution, NANOSECONDS);
  if (description.filter !== undefined) {
    const filter = encodeUtf8(description.filter);
    writeOption(out, ng.INTERFACE_OPTION.filter, cutText(Uint8Array.of(0, ...filter.subarray(0, MAX_TEXT)))); // 0: an expression of libpcap
  }
  writeText(out, ng.INTERFACE_OPTION.os, description.os);
  writeEndOfOptions(out);
  endBlock(out, start);
}

/** The names of hosts, one record an address; those whose address cannot be read are left out, and no names no block. */
export function writeNames(out: ByteBuilder, names: HostNames): void {
  if (names.size === 0) return;
  const start = beginBlock(out, ng.NAME_RESOLUTION);
  for (const [address, name] of names) {
    const parsed = parseAddress(address);
    if (parsed === undefined) continue;
    const hosts = typeof name === 'string' ? [name] : name;
    const texts = cutText(encodeUtf8(hosts.map((host) => `${host.replaceAll('\0', '')}\0`).join('')));
    const type = parsed.bytes.length === 4 ? ng.NAME_RECORD.ipv4 : ng.NAME_RECORD.ipv6;
    writeOption(out, type, Uint8Array.of(...parsed.bytes, ...texts));
  }
  writeEndOfOptions(out); // the end of the records; there are no options behind it
  endBlock(out, start);
}

/** @param timeOffset is added to the frame's time: microseconds from the epoch to its clock's zero */
export function writeFrame(out: ByteBuilder, frame: RecordedFrame, timeOffset: Micros = 0): void {
  const { bytes, comment, direction, dropped = 0 } = frame;
  const start = beginBlock(out, ng.ENHANCED_PACKET);
  out.u32(frame.interfaceId);
  writeTime(out, frame.at + timeOffset, frame.nanoseconds ?? 0);
  out.u32(bytes.length);
  out.u32(frame.originalLength ?? bytes.length);
  out.appendPadded(bytes);
  if (comment !== '' || direction !== 'unknown' || dropped > 0) {
    writeText(out, ng.OPTION.comment, comment);
    out.u32((4 << 16) | ng.PACKET_OPTION.flags);
    out.u32(DIRECTION_BITS[direction]);
    if (dropped > 0) writeCount(out, ng.PACKET_OPTION.dropped, dropped);
    writeEndOfOptions(out);
  }
  endBlock(out, start);
}

/** What an interface counted: the last blocks of a file. @param timeOffset as with frames */
export function writeStatistics(
  out: ByteBuilder,
  interfaceId: number,
  statistics: InterfaceStatistics,
  timeOffset: Micros = 0,
): void {
  const { startTime, endTime, received, dropped } = statistics;
  const start = beginBlock(out, ng.INTERFACE_STATISTICS);
  out.u32(interfaceId);
  writeTime(out, (endTime ?? startTime ?? 0) + timeOffset, 0);
  for (const [code, at] of [
    [ng.STATISTICS_OPTION.startTime, startTime],
    [ng.STATISTICS_OPTION.endTime, endTime],
  ] as const) {
    if (at === undefined) continue;
    out.u32((8 << 16) | code);
    writeTime(out, at + timeOffset, 0);
  }
  if (received !== undefined) writeCount(out, ng.STATISTICS_OPTION.received, received);
  if (dropped !== undefined) writeCount(out, ng.STATISTICS_OPTION.dropped, dropped);
  writeEndOfOptions(out);
  endBlock(out, start);
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

/** @returns where it begins, for `endBlock` */
function beginBlock(out: ByteBuilder, type: number): number {
  const start = out.length;
  out.u32(type);
  out.u32(0);
  return start;
}

function endBlock(out: ByteBuilder, start: number): void {
  const length = out.length + 4 - start;
  out.u32(length);
  out.patchU32(start + 4, length);
}

function writeOption(out: ByteBuilder, code: number, value: Uint8Array): void {
  out.u16(code);
  out.u16(value.length);
  out.appendPadded(value);
}

function writeText(out: ByteBuilder, code: number, text: string | undefined): void {
  if (text !== undefined && text !== '') writeOption(out, code, cutText(encodeUtf8(text)));
}

function writeCount(out: ByteBuilder, code: number, value: number): void {
  out.u16(code);
  out.u16(8);
  out.u64(value);
}

function writeAddress(out: ByteBuilder, text: string): void {
  const address = parseAddress(text);
  if (address === undefined) return;
  const { bytes, prefixLength } = address;
  if (bytes.length === 4) writeOption(out, ng.INTERFACE_OPTION.ipv4, Uint8Array.of(...bytes, ...maskOf(prefixLength)));
  else writeOption(out, ng.INTERFACE_OPTION.ipv6, Uint8Array.of(...bytes, prefixLength));
}

function cutText(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= MAX_TEXT) return bytes;
  let end = MAX_TEXT;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

const writeEndOfOptions = (out: ByteBuilder): void => out.u32(ng.OPTION.end);
