/** ICMP, RFC 792, and ICMPv6, RFC 4443: the header that all messages have, and the packet that an error quotes. */
import * as icmpv4 from '../../stack/wire/icmpv4.ts';
import { hex } from '../file/capture-data.ts';
import type { ChecksumState, Icmp, IpPacket, Span } from './dissected.ts';
import { icmpName, icmpv6Name } from './names.ts';
import type { TransportRange } from './range.ts';
import { checksumState, isPartial } from './range.ts';

const V6_ECHO_REQUEST = 128;
const V6_ECHO_REPLY = 129;
const V6_PACKET_TOO_BIG = 2;
/** RFC 4443 §2.1: below are errors, which quote. */
const V6_FIRST_INFORMATION = 128;
/** The header without what its last four bytes mean for each type. */
const SHORTEST = 4;

/** Takes the quoted packet apart. */
export type DissectQuoted = (view: DataView, at: number, end: number, faults: string[]) => IpPacket | undefined;

interface FoundIcmp {
  readonly transport: Icmp | undefined;
  readonly payload: Span;
  readonly payloadLength: number;
}

export function dissectIcmp(view: DataView, range: TransportRange, faults: string[], quoted: DissectQuoted): FoundIcmp {
  const { at, end } = range;
  const behind = payloadOf(range);
  if (!icmpv4.isValid(at, end)) {
    if (!isPartial(range)) faults.push(`ICMP header too short: ${end - at} of 8 bytes`);
    return { transport: undefined, ...behind };
  }
  const [type, code] = [icmpv4.type(view, at), icmpv4.code(view, at)];
  const checksum = range.pseudoSum === undefined ? 'unchecked' : checksumState(view, { ...range, pseudoSum: 0 });
  sayChecksum('ICMP', view, at, checksum, faults);
  const isEcho = type === icmpv4.ECHO_REQUEST || type === icmpv4.ECHO_REPLY;
  const isTooBig = type === icmpv4.DESTINATION_UNREACHABLE && code === icmpv4.FRAGMENTATION_NEEDED;
  const isError = icmpv4.isError(type) && !range.partial; // an error about an error is never sent: no need to dig deeper
  const transport: Icmp = {
    kind: 'icmp',
    at,
    isV6: false,
    type,
    code,
    name: icmpName(type, code),
    identifier: isEcho ? icmpv4.echoIdentifier(view, at) : 0,
    sequence: isEcho ? icmpv4.echoSequence(view, at) : 0,
    nextHopMtu: isTooBig ? icmpv4.nextHopMtu(view, at) : 0,
    length: range.wireEnd - at,
    checksum,
    quoted: isError ? inQuotes(view, behind.payload.at, end, faults, quoted) : undefined,
  };
  return { transport, ...behind };
}

export function dissectIcmpv6(view: DataView, range: TransportRange, faults: string[], quoted: DissectQuoted): FoundIcmp {
  const { at, end } = range;
  const behind = payloadOf(range);
  if (end - at < SHORTEST + 4) {
    if (!isPartial(range)) faults.push(`ICMPv6 header too short: ${end - at} of 8 bytes`);
    return { transport: undefined, ...behind };
  }
  const [type, code] = [view.getUint8(at), view.getUint8(at + 1)];
  const checksum = checksumState(view, range);
  sayChecksum('ICMPv6', view, at, checksum, faults);
  const isEcho = type === V6_ECHO_REQUEST || type === V6_ECHO_REPLY;
  const isError = type < V6_FIRST_INFORMATION && !range.partial;
  const transport: Icmp = {
    kind: 'icmp',
    at,
    isV6: true,
    type,
    code,
    name: icmpv6Name(type, code),
    identifier: isEcho ? view.getUint16(at + 4) : 0,
    sequence: isEcho ? view.getUint16(at + 6) : 0,
    nextHopMtu: type === V6_PACKET_TOO_BIG ? view.getUint32(at + 4) : 0,
    length: range.wireEnd - at,
    checksum,
    quoted: isError ? inQuotes(view, behind.payload.at, end, faults, quoted) : undefined,
  };
  return { transport, ...behind };
}

function payloadOf({ at, end, wireEnd }: TransportRange): { payload: Span; payloadLength: number } {
  const payloadAt = Math.min(at + icmpv4.HEADER, end);
  return { payload: { at: payloadAt, length: end - payloadAt }, payloadLength: Math.max(wireEnd - at - icmpv4.HEADER, 0) };
}

function sayChecksum(name: string, view: DataView, at: number, state: ChecksumState, faults: string[]): void {
  if (state === 'bad') faults.push(`${name} checksum ${hex(view.getUint16(at + 2), 4)} is wrong`);
}

function inQuotes(view: DataView, at: number, end: number, faults: string[], quoted: DissectQuoted): IpPacket | undefined {
  const inside: string[] = [];
  const packet = quoted(view, at, end, inside);
  faults.push(...inside.map((fault) => `in the quoted packet: ${fault}`));
  return packet;
}
