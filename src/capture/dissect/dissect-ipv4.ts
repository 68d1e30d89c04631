/** The header of IPv4, RFC 791 §3.1, with its options. */
import * as sum from '../../stack/bytes/checksum.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import { hex } from '../file/capture-data.ts';
import type { ChecksumState, Ipv4, Ipv4Option } from './dissected.ts';
import { ipv4OptionName } from './names.ts';
import type { Range } from './range.ts';
import { isPartial } from './range.ts';

/** @param range holds 20 bytes at least */
export function readIpv4(view: DataView, range: Range, faults: string[]): Ipv4 {
  const { at, end } = range;
  if (ipv4.version(view, at) !== 4) faults.push(`IPv4 by its EtherType, but version ${ipv4.version(view, at)}`);
  const claimed = ipv4.headerLength(view, at);
  if (claimed < ipv4.HEADER) faults.push(`IPv4 header length ${claimed} is below 20`);
  if (claimed > end - at && !isPartial(range)) faults.push(`IPv4 header too short: ${end - at} of ${claimed} bytes`);
  const headerLength = Math.max(claimed, ipv4.HEADER);
  const checksum: ChecksumState =
    at + headerLength > end ? 'unchecked' : sum.isZero(view, at, at + headerLength) ? 'good' : 'bad';
  if (checksum === 'bad') faults.push(`IPv4 header checksum ${hex(view.getUint16(at + 10), 4)} is wrong`);
  return {
    kind: 'ipv4',
    at,
    source: formatV4(ipv4.source(view, at)),
    destination: formatV4(ipv4.destination(view, at)),
    protocol: ipv4.protocol(view, at),
    ttl: ipv4.ttl(view, at),
    trafficClass: ipv4.trafficClass(view, at),
    identification: ipv4.identification(view, at),
    dontFragment: ipv4.dontFragment(view, at),
    moreFragments: ipv4.moreFragments(view, at),
    fragmentOffset: ipv4.fragmentOffset(view, at),
    headerLength,
    totalLength: ipv4.totalLength(view, at),
    options: readOptions(view, range, at + headerLength, faults),
    checksum,
  };
}

function readOptions(view: DataView, range: Range, headerEnd: number, faults: string[]): Ipv4Option[] {
  const options: Ipv4Option[] = [];
  const end = Math.min(headerEnd, range.end);
  let at = range.at + ipv4.HEADER;
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === 0 || kind === 1) {
      options.push({ at, length: 1, kind, name: ipv4OptionName(kind) });
      if (kind === 0) break;
      at++;
      continue;
    }
    const length = at + 1 < end ? view.getUint8(at + 1) : 0;
    if (length < 2 || at + length > end) {
      if (headerEnd <= range.end) faults.push(`IPv4 option ${kind} has length ${length}, with ${end - at} bytes left`);
      break;
    }
    options.push({ at, length, kind, name: ipv4OptionName(kind) });
    at += length;
  }
  return options;
}
