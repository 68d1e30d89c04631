/** The IPv4 header, RFC 791 §3.1. */
import * as checksum from '../bytes/checksum.ts';
import type { SourceRoute } from './source-route.ts';

//   0      1      2            4            6            8     9     10           12          16          20
//   +------+------+------------+------------+------------+-----+-----+------------+-----------+-----------+
//   |v, ihl| tos  |total length|   id       |flags,offset| ttl |proto| checksum   |  source   |destination|
//   +------+------+------------+------------+------------+-----+-----+------------+-----------+-----------+
export const HEADER = 20;
export const MAX_HEADER = 60;
/** RFC 791 §3.1: the total length is a 16-bit number. */
export const MAX_PACKET = 65_535;

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;

export const DONT_FRAGMENT = 0x4000;
export const MORE_FRAGMENTS = 0x2000;

export const version = (view: DataView, at: number): number => view.getUint8(at) >>> 4;
export const headerLength = (view: DataView, at: number): number => (view.getUint8(at) & 15) * 4;
/** The whole octet: DSCP (RFC 2474) and ECN (RFC 3168). */
export const trafficClass = (view: DataView, at: number): number => view.getUint8(at + 1);
export const totalLength = (view: DataView, at: number): number => view.getUint16(at + 2);
export const identification = (view: DataView, at: number): number => view.getUint16(at + 4);
export const dontFragment = (view: DataView, at: number): boolean => (view.getUint16(at + 6) & DONT_FRAGMENT) !== 0;
export const moreFragments = (view: DataView, at: number): boolean => (view.getUint16(at + 6) & MORE_FRAGMENTS) !== 0;
/** In bytes. */
export const fragmentOffset = (view: DataView, at: number): number => (view.getUint16(at + 6) & 0x1fff) * 8;
export const isFragment = (view: DataView, at: number): boolean => (view.getUint16(at + 6) & 0x3fff) !== 0;
export const ttl = (view: DataView, at: number): number => view.getUint8(at + 8);
export const protocol = (view: DataView, at: number): number => view.getUint8(at + 9);
export const source = (view: DataView, at: number): number => view.getInt32(at + 12);
export const destination = (view: DataView, at: number): number => view.getInt32(at + 16);

/** True when every accessor of this file may be called on `[at, end)` and the lengths inside fit. */
export function isValid(view: DataView, at: number, end: number): boolean {
  if (end - at < HEADER || version(view, at) !== 4) return false;
  const header = headerLength(view, at);
  const total = totalLength(view, at);
  return header >= HEADER && total >= header && at + total <= end;
}

export const isChecksumValid = (view: DataView, at: number): boolean => checksum.isZero(view, at, at + headerLength(view, at));

/** What a sender decides about a packet; the rest follows from its length. */
export interface Ipv4Fields {
  /** 32-bit words. */
  source: number;
  destination: number;
  protocol: number;
  ttl: number;
  trafficClass: number;
  identification: number;
  dontFragment: boolean;
  /** Through which routers, when that is the sender's to say. */
  readonly sourceRoute?: SourceRoute | undefined;
  /** The interface to leave by, whatever the route says; 0 or absent: by the route. */
  readonly interfaceId?: number;
  /** Goes in one piece although the path is not known to take it. @default false */
  readonly isPathProbe?: boolean;
}

/** Writes a header without options, checksum included. */
export function encode(view: DataView, at: number, fields: Readonly<Ipv4Fields>, length: number): void {
  view.setUint8(at, 0x45);
  view.setUint8(at + 1, fields.trafficClass);
  view.setUint16(at + 2, length);
  view.setUint16(at + 4, fields.identification);
  view.setUint16(at + 6, fields.dontFragment ? DONT_FRAGMENT : 0);
  view.setUint8(at + 8, fields.ttl);
  view.setUint8(at + 9, fields.protocol);
  view.setInt32(at + 12, fields.source);
  view.setInt32(at + 16, fields.destination);
  updateChecksum(view, at);
}

/** Changes length and fragment field of an encoded header: a fragment of it, RFC 791 §3.2. */
export function setFragment(view: DataView, at: number, length: number, offset: number, more: boolean): void {
  view.setUint16(at + 2, length);
  view.setUint16(at + 6, (view.getUint16(at + 6) & DONT_FRAGMENT) | (more ? MORE_FRAGMENTS : 0) | (offset >>> 3));
  updateChecksum(view, at);
}

/** Writes the time to live, checksum included. */
export function setTtl(view: DataView, at: number, value: number): void {
  view.setUint8(at + 8, value);
  updateChecksum(view, at);
}

export function updateChecksum(view: DataView, at: number): void {
  view.setUint16(at + 10, 0);
  view.setUint16(at + 10, checksum.finish(checksum.add(view, at, at + headerLength(view, at))));
}
