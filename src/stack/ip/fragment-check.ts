/** What can be said against a fragment by looking at it alone: RFC 791 §3.2, RFC 1858 and RFC 3128. */
import * as ipv4 from '../wire/ipv4.ts';

export const FRAGMENT_DROPS = [
  'fragment empty',
  'fragment length not a multiple of 8',
  'fragment ends beyond 65,535 bytes',
  'first fragment too small for TCP',
  'fragment begins inside the TCP header',
] as const;
export type FragmentDrop = (typeof FRAGMENT_DROPS)[number];

/** RFC 1858 §3.2.1 asks for the flags, at 13; we ask for the whole header without options, so that they can be checked. */
const TCP_HEADER = 20;

/**
 * Checks a fragment with a valid header at `at`. Since anybody can send such a thing under another's name, it costs only
 * the fragment itself: the datagram that it claims to be part of is left alone.
 */
export function checkFragment(view: DataView, at: number): 'ok' | FragmentDrop {
  const headerLength = ipv4.headerLength(view, at);
  const length = ipv4.totalLength(view, at) - headerLength;
  const offset = ipv4.fragmentOffset(view, at);
  if (length === 0) return 'fragment empty';
  if (ipv4.moreFragments(view, at) && length % 8 !== 0) return 'fragment length not a multiple of 8';
  if (headerLength + offset + length > ipv4.MAX_PACKET) return 'fragment ends beyond 65,535 bytes'; // the "ping of death"
  if (ipv4.protocol(view, at) !== ipv4.PROTOCOL_TCP) return 'ok'; // the other headers have 8 bytes, and no fragment has less
  if (offset === 0 && length < TCP_HEADER) return 'first fragment too small for TCP';
  // RFC 3128: after that, one that begins at 8 or 16 can only be there to write over the flags
  if (offset > 0 && offset < TCP_HEADER) return 'fragment begins inside the TCP header';
  return 'ok';
}
