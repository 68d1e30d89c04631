/** ICMP messages for IPv4, RFC 792. */
import * as checksum from '../bytes/checksum.ts';

//   0      1      2            4                          8
//   +------+------+------------+--------------------------+-----------------------------
//   | type | code | checksum   | depends on the type      | data, or the packet quoted …
//   +------+------+------------+--------------------------+-----------------------------
export const HEADER = 8;

export const ECHO_REPLY = 0;
export const DESTINATION_UNREACHABLE = 3;
export const SOURCE_QUENCH = 4;
export const REDIRECT = 5;
export const ECHO_REQUEST = 8;
export const TIME_EXCEEDED = 11;
export const PARAMETER_PROBLEM = 12;

/** Codes of destination unreachable, RFC 792, RFC 1122 §3.2.2.1 and RFC 1812 §5.2.7.1. */
export const NET_UNREACHABLE = 0;
export const HOST_UNREACHABLE = 1;
export const PROTOCOL_UNREACHABLE = 2;
export const PORT_UNREACHABLE = 3;
export const FRAGMENTATION_NEEDED = 4;
export const SOURCE_ROUTE_FAILED = 5;
export const ADMINISTRATIVELY_PROHIBITED = 13;

/** Code of redirect: RFC 1812 §5.2.7.2 has routers send the one for a host only. */
export const REDIRECT_HOST = 1;

/** Codes of time exceeded. */
export const TTL_EXCEEDED = 0;
export const REASSEMBLY_TIME_EXCEEDED = 1;

export const type = (view: DataView, at: number): number => view.getUint8(at);
export const code = (view: DataView, at: number): number => view.getUint8(at + 1);
export const echoIdentifier = (view: DataView, at: number): number => view.getUint16(at + 4);
export const echoSequence = (view: DataView, at: number): number => view.getUint16(at + 6);
/** RFC 1191 §4: the MTU of the next hop, in what RFC 792 called unused; 0 from routers that do not know it. */
export const nextHopMtu = (view: DataView, at: number): number => view.getUint16(at + 6);
/** Which octet of the quoted header is wrong, in a parameter problem. */
export const pointer = (view: DataView, at: number): number => view.getUint8(at + 4);

/** True when every accessor of this file may be called on `[at, end)`. */
export const isValid = (at: number, end: number): boolean => end - at >= HEADER;

export const isChecksumValid = (view: DataView, at: number, end: number): boolean => checksum.isZero(view, at, end);

/** RFC 1122 §3.2.2: the types that report a fault, which no ICMP error may ever answer. */
export function isError(messageType: number): boolean {
  switch (messageType) {
    case DESTINATION_UNREACHABLE:
    case SOURCE_QUENCH:
    case REDIRECT:
    case TIME_EXCEEDED:
    case PARAMETER_PROBLEM:
      return true;
    default:
      return false;
  }
}

/** Writes the header in front of data that already stands behind it, and the checksum over both. */
export function encode(view: DataView, at: number, end: number, messageType: number, messageCode: number, rest: number): void {
  view.setUint8(at, messageType);
  view.setUint8(at + 1, messageCode);
  view.setUint16(at + 2, 0);
  view.setUint32(at + 4, rest);
  view.setUint16(at + 2, checksum.finish(checksum.add(view, at, end)));
}
