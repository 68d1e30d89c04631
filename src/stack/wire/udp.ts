/** The UDP header, RFC 768. */
import * as checksum from '../bytes/checksum.ts';
import { PROTOCOL_UDP } from './ipv4.ts';

//   0              2              4              6              8
//   +--------------+--------------+--------------+--------------+------
//   | source port  | dest. port   | length       | checksum     | data …
//   +--------------+--------------+--------------+--------------+------
export const HEADER = 8;

export const sourcePort = (view: DataView, at: number): number => view.getUint16(at);
export const destinationPort = (view: DataView, at: number): number => view.getUint16(at + 2);
/** Of header and data. */
export const length = (view: DataView, at: number): number => view.getUint16(at + 4);
export const checksumField = (view: DataView, at: number): number => view.getUint16(at + 6);

/** Where the checksum stands in the header. */
export const CHECKSUM_OFFSET = 6;

/** True when every accessor of this file may be called on `[at, end)` and the length inside fits. */
export const isValid = (view: DataView, at: number, end: number): boolean =>
  end - at >= HEADER && length(view, at) >= HEADER && at + length(view, at) <= end;

/** RFC 768: "An all zero transmitted checksum value means that the transmitter generated no checksum". */
export function isChecksumValid(view: DataView, at: number, source: number, destination: number): boolean {
  if (checksumField(view, at) === 0) return true;
  const size = length(view, at);
  return checksum.isZero(view, at, at + size, checksum.pseudoHeader(source, destination, PROTOCOL_UDP, size));
}

/** Writes a header in front of data that already stands behind it, the checksum field as zero. */
export function encodeHeader(view: DataView, at: number, end: number, from: number, to: number): void {
  view.setUint16(at, from);
  view.setUint16(at + 2, to);
  view.setUint16(at + 4, end - at);
  view.setUint16(at + 6, 0);
}

/** The whole checksum, over IPv4. @param source, destination addresses as words */
export function writeChecksum(view: DataView, at: number, end: number, source: number, destination: number): void {
  view.setUint16(at + CHECKSUM_OFFSET, 0);
  const sum = checksum.pseudoHeader(source, destination, PROTOCOL_UDP, end - at);
  // RFC 768: a sum that comes out as zero is sent as all ones, its other representation
  view.setUint16(at + CHECKSUM_OFFSET, checksum.finish(checksum.add(view, at, end, sum)) || 0xffff);
}

/** What a device that finishes the checksum expects to find in the field: the folded sum of the pseudo-header. */
export function writePartialChecksum(view: DataView, at: number, end: number, source: number, destination: number): void {
  view.setUint16(at + CHECKSUM_OFFSET, checksum.fold(checksum.pseudoHeader(source, destination, PROTOCOL_UDP, end - at)));
}

/** Header and checksum at once. */
export function encode(
  view: DataView,
  at: number,
  end: number,
  from: { readonly address: number; readonly port: number },
  to: { readonly address: number; readonly port: number },
): void {
  encodeHeader(view, at, end, from.port, to.port);
  writeChecksum(view, at, end, from.address, to.address);
}
