/** IPv4 options: walked, checked and otherwise left alone, RFC 791 §3.1 and RFC 1122 §3.2.1.8. */
import * as ipv4 from './ipv4.ts';

const END = 0;
export const NO_OPERATION = 1;
export const RECORD_ROUTE = 7;
export const LOOSE_SOURCE_ROUTE = 131;
export const STRICT_SOURCE_ROUTE = 137;

/**
 * Walks the options of a valid header.
 *
 * @returns -1 when they are well-formed; else the offset from the header's first byte of the octet that is wrong, which is
 *   what the pointer of an ICMP parameter problem names (RFC 792)
 */
export function findFault(view: DataView, at: number): number {
  const length = ipv4.headerLength(view, at);
  let i = ipv4.HEADER;
  while (i < length) {
    const kind = view.getUint8(at + i);
    if (kind === END) return -1;
    if (kind === NO_OPERATION) {
      i++;
      continue;
    }
    if (i + 1 >= length) return i;
    const optionLength = view.getUint8(at + i + 1);
    if (optionLength < 2 || i + optionLength > length) return i + 1;
    i += optionLength;
  }
  return -1;
}

/**
 * True when the packet asks to be routed by its source (RFC 7126 §4.3, §4.4: hosts drop these by default). Options that
 * are not well-formed are read up to the octet that is wrong.
 */
export const hasSourceRoute = (view: DataView, at: number): boolean => findSourceRoute(view, at) >= 0;

/** Where the option with the source route begins; -1 when there is none. */
export const findSourceRoute = (view: DataView, at: number): number =>
  find(view, at, (kind) => kind === LOOSE_SOURCE_ROUTE || kind === STRICT_SOURCE_ROUTE);

/**
 * RFC 791 §3.1: enters an address into the packet's Record Route option, where the packet has one with room. The header
 * checksum is the caller's.
 * @returns whether it was entered
 */
export function recordRoute(view: DataView, at: number, address: number): boolean {
  const option = find(view, at, (kind) => kind === RECORD_ROUTE);
  if (option < 0) return false;
  const [length, pointer] = [view.getUint8(option + 1), view.getUint8(option + 2)];
  if (length < 3 || pointer < 4 || pointer + 3 > length) return false; // full, or not what it says
  view.setInt32(option + pointer - 1, address);
  view.setUint8(option + 2, pointer + 4);
  return true;
}

/** Where the first option begins that is wanted; -1 when there is none. */
function find(view: DataView, at: number, isWanted: (kind: number) => boolean): number {
  const length = ipv4.headerLength(view, at);
  let i = ipv4.HEADER;
  while (i < length) {
    const kind = view.getUint8(at + i);
    if (kind === END) return -1;
    if (isWanted(kind)) return at + i;
    if (kind === NO_OPERATION) {
      i++;
      continue;
    }
    const optionLength = i + 1 < length ? view.getUint8(at + i + 1) : 0;
    if (optionLength < 2) return -1;
    i += optionLength;
  }
  return -1;
}
