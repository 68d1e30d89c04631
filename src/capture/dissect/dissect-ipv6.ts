/** The header of IPv6 with the chain of its extension headers, RFC 8200 §3 and §4. */
import type { Ipv6, Ipv6Extension } from './dissected.ts';
import { formatV6 } from './ipv6-address.ts';
import type { Range } from './range.ts';
import { isPartial } from './range.ts';

export const IPV6_HEADER = 40;
export const PROTOCOL_ICMPV6 = 58;
export const HOP_BY_HOP = 0;
export const ROUTING = 43;
export const FRAGMENT = 44;
export const AUTHENTICATION = 51;
export const DESTINATION_OPTIONS = 60;
/** No extension is shorter, so a chain of them ends. */
const UNIT = 8;

export interface ReadIpv6 {
  readonly network: Ipv6;
  /** Behind all extension headers; may lie behind the end of what is there. */
  readonly bodyAt: number;
  readonly isFragment: boolean;
  readonly isLaterFragment: boolean;
}

/** @param range holds 40 bytes at least */
export function readIpv6(view: DataView, range: Range, faults: string[]): ReadIpv6 {
  const { at } = range;
  const first = view.getUint32(at);
  if (first >>> 28 !== 6) faults.push(`IPv6 by its EtherType, but version ${first >>> 28}`);
  const nextHeader = view.getUint8(at + 6);
  const payloadLength = view.getUint16(at + 4);
  const end = Math.min(range.end, at + IPV6_HEADER + payloadLength);
  const { extensions, bodyAt } = readExtensions(view, { ...range, at: at + IPV6_HEADER, end }, nextHeader, faults);
  const network: Ipv6 = {
    kind: 'ipv6',
    at,
    source: formatV6(view, at + 8),
    destination: formatV6(view, at + 24),
    nextHeader,
    extensions,
    protocol: extensions.at(-1)?.nextHeader ?? nextHeader,
    ttl: view.getUint8(at + 7),
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xf_ffff,
    payloadLength,
  };
  const fragment = extensions.find(({ protocol }) => protocol === FRAGMENT);
  const field = fragment === undefined ? 0 : view.getUint16(fragment.at + 2);
  // RFC 8200 §4.5: three bits below the offset, of which the lowest says that more follow
  return { network, bodyAt, isFragment: (field & 0xfff9) !== 0, isLaterFragment: field >>> 3 !== 0 };
}

/** The fragment header ends the chain in every fragment but the first: what follows there is data from the middle. */
function readExtensions(
  view: DataView,
  range: Range,
  nextHeader: number,
  faults: string[],
): { extensions: Ipv6Extension[]; bodyAt: number } {
  const extensions: Ipv6Extension[] = [];
  let [at, protocol] = [range.at, nextHeader];
  while (isExtension(protocol)) {
    const length = at + UNIT <= range.end ? extensionLength(view, at, protocol) : 0;
    if (length === 0 || at + length > range.end) {
      if (!isPartial(range)) faults.push(`IPv6 extension header ${protocol} too short: ${range.end - at} bytes are left`);
      return { extensions, bodyAt: at };
    }
    const next = view.getUint8(at);
    extensions.push({ at, length, protocol, nextHeader: next });
    const isLater = protocol === FRAGMENT && view.getUint16(at + 2) >>> 3 !== 0;
    [at, protocol] = [at + length, next];
    if (isLater) break;
  }
  return { extensions, bodyAt: at };
}

const isExtension = (protocol: number): boolean =>
  [HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION_OPTIONS].includes(protocol);

function extensionLength(view: DataView, at: number, protocol: number): number {
  if (protocol === FRAGMENT) return UNIT;
  const claimed = view.getUint8(at + 1);
  return protocol === AUTHENTICATION ? (claimed + 2) * 4 : (claimed + 1) * UNIT; // RFC 4302 §2.2
}
