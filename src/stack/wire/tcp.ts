/** The TCP header, RFC 9293 §3.1, and the segment it is decoded into. */
import * as checksum from '../bytes/checksum.ts';
import type { FastOpenOption } from './fast-open.ts';
import * as freebsdOptions from './freebsd-options.ts';
import { PROTOCOL_TCP } from './ipv4.ts';
import type { Seq } from './seq.ts';
import { seq } from './seq.ts';
import * as options from './tcp-options.ts';

//   0            2            4                 8                 12     13     14         16         18         20
//   +------------+------------+-----------------+-----------------+------+------+----------+----------+----------+---------
//   | source port| dest. port | sequence number | acknowledgment  |offset| flags| window   | checksum | urgent   | options …
//   +------------+------------+-----------------+-----------------+------+------+----------+----------+----------+---------
export const HEADER = 20;
export const MAX_HEADER = 60;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;

export const sourcePort = (view: DataView, at: number): number => view.getUint16(at);
export const destinationPort = (view: DataView, at: number): number => view.getUint16(at + 2);
export const sequence = (view: DataView, at: number): Seq => seq(view.getInt32(at + 4));
export const acknowledgment = (view: DataView, at: number): Seq => seq(view.getInt32(at + 8));
export const headerLength = (view: DataView, at: number): number => (view.getUint8(at + 12) >>> 4) * 4;
export const flags = (view: DataView, at: number): number => view.getUint8(at + 13);
export const window = (view: DataView, at: number): number => view.getUint16(at + 14);
export const urgent = (view: DataView, at: number): number => view.getUint16(at + 18);

/** Where the checksum stands in the header. */
export const CHECKSUM_OFFSET = 16;

/** True when every accessor of this file may be called on `[at, end)`. */
export const isValid = (view: DataView, at: number, end: number): boolean =>
  end - at >= HEADER && headerLength(view, at) >= HEADER && at + headerLength(view, at) <= end;

/** RFC 9293 §3.1, MUST-3. @param source, destination IPv4 addresses as words */
export const isChecksumValid = (view: DataView, at: number, end: number, source: number, destination: number): boolean =>
  checksum.isZero(view, at, end, checksum.pseudoHeader(source, destination, PROTOCOL_TCP, end - at));

/**
 * One segment as the machine sees it: numbers only. One instance is reused for all input and one for all output; whoever
 * needs a number later copies it. The payload is not inside: it lies in `[payloadAt, payloadAt + payloadLength)` of the packet.
 */
export class Segment {
  sourcePort = 0;
  destinationPort = 0;
  seq: Seq = seq(0);
  ack: Seq = seq(0);
  flags = 0;
  /** As on the wire: unscaled. */
  window = 0;
  urgent = 0;
  payloadAt = 0;
  payloadLength = 0;
  /** Option MSS, RFC 9293 §3.7.1; 0 when absent. */
  mss = 0;
  /** Option window scale, RFC 7323 §2.2; -1 when absent. */
  windowShift = -1;
  sackPermitted = false;
  hasTimestamps = false;
  tsValue = 0;
  tsEcho = 0;
  /** Option SACK, RFC 2018 §3: `sackCount` pairs of left and right edges in `sackEdges`. */
  sackCount = 0;
  readonly sackEdges: Int32Array = new Int32Array(8);
  /** Option Fast Open, RFC 7413: in a SYN or SYN-ACK; undefined when absent. */
  fastOpen: FastOpenOption | undefined = undefined;
  /** Option user timeout, RFC 5482, in seconds; 0 when absent. */
  userTimeout = 0;
  /** The ECN field of the IP header, RFC 3168 §5: as the segment arrived, or as it shall leave. */
  ecn = 0;
  /** On the way out: payload bytes per frame when this is a super-segment that the device cuts; 0 when it is not. */
  gsoSize = 0;
  /** On the way out: the options of a SYN in FreeBSD's order and padding, not in Linux's. */
  freebsdOrder = false;
  /** On the way out: why it is sent, in the words of the field. */
  reason = '';

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** Sequence space that the segment occupies: SYN and FIN count one each, RFC 9293 §3.4. */
  get length(): number {
    return this.payloadLength + (this.flags & SYN ? 1 : 0) + (this.flags & FIN ? 1 : 0);
  }

  clear(): void {
    this.flags = 0;
    this.urgent = 0;
    this.payloadAt = 0;
    this.payloadLength = 0;
    this.ecn = 0;
    this.gsoSize = 0;
    this.freebsdOrder = false;
    this.reason = '';
    this.clearOptions();
  }

  clearOptions(): void {
    this.mss = 0;
    this.windowShift = -1;
    this.sackPermitted = false;
    this.hasTimestamps = false;
    this.tsValue = 0;
    this.tsEcho = 0;
    this.sackCount = 0;
    this.fastOpen = undefined;
    this.userTimeout = 0;
  }
}

/** Decodes a valid header. */
export function decode(view: DataView, at: number, end: number, into: Segment): void {
  into.sourcePort = sourcePort(view, at);
  into.destinationPort = destinationPort(view, at);
  into.seq = sequence(view, at);
  into.ack = acknowledgment(view, at);
  into.flags = flags(view, at);
  into.window = window(view, at);
  into.urgent = urgent(view, at);
  into.payloadAt = at + headerLength(view, at);
  into.payloadLength = end - into.payloadAt;
  into.ecn = 0;
  into.gsoSize = 0;
  into.clearOptions();
  if (into.payloadAt > at + HEADER) options.decode(view, at + HEADER, into.payloadAt, into);
}

/** The header length that `encode` will need. */
export const encodedLength = (segment: Segment): number =>
  HEADER + (segment.freebsdOrder ? freebsdOptions.encodedLength(segment) : options.encodedLength(segment));

/** Writes header and options, the checksum field as zero: `writeChecksum` or the device fills it in. */
export function encode(view: DataView, at: number, segment: Segment): void {
  const optionsAt = at + HEADER;
  const optionsLength = segment.freebsdOrder
    ? freebsdOptions.encode(view, optionsAt, segment)
    : options.encode(view, optionsAt, segment);
  view.setUint16(at, segment.sourcePort);
  view.setUint16(at + 2, segment.destinationPort);
  view.setInt32(at + 4, segment.seq);
  view.setInt32(at + 8, segment.ack);
  view.setUint8(at + 12, (HEADER + optionsLength) << 2);
  view.setUint8(at + 13, segment.flags);
  view.setUint16(at + 14, segment.window);
  view.setUint16(at + 16, 0);
  view.setUint16(at + 18, segment.urgent);
}

/** The whole checksum, in software (MUST-2). */
export function writeChecksum(view: DataView, at: number, end: number, source: number, destination: number): void {
  view.setUint16(at + CHECKSUM_OFFSET, 0);
  const sum = checksum.pseudoHeader(source, destination, PROTOCOL_TCP, end - at);
  view.setUint16(at + CHECKSUM_OFFSET, checksum.finish(checksum.add(view, at, end, sum)));
}

/** What a device that finishes the checksum expects to find in the field: the folded sum of the pseudo-header. */
export function writePartialChecksum(view: DataView, at: number, end: number, source: number, destination: number): void {
  view.setUint16(at + CHECKSUM_OFFSET, checksum.fold(checksum.pseudoHeader(source, destination, PROTOCOL_TCP, end - at)));
}
