/** What a router with a queue does in place of dropping a packet: it marks it, RFC 3168 §5. */
import * as checksum from '../stack/bytes/checksum.ts';
import type { Packet } from '../stack/bytes/packet.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import { VLAN_TAG } from './frame-length.ts';

const NOT_ECT = 0;
const CE = 3;

/** Where the EtherType of a tagged frame stands, and the header checksum in an IPv4 header. */
const TAGGED_TYPE = 16;
const IPV4_CHECKSUM = 10;

/**
 * Turns ECT(0) or ECT(1) into "congestion experienced".
 * @returns false when the sender does not allow it, or when the frame carries no IPv4: such a packet can only be dropped
 */
export function markCongestion({ view, start, end }: Packet): boolean {
  const isTagged = ethernet.etherType(view, start) === ethernet.TYPE_VLAN;
  const at = start + ethernet.HEADER + (isTagged ? VLAN_TAG : 0);
  if (at + ipv4.HEADER > end) return false;
  const type = isTagged ? view.getUint16(start + TAGGED_TYPE) : ethernet.etherType(view, start);
  if (type !== ethernet.TYPE_IPV4 || (ipv4.trafficClass(view, at) & CE) === NOT_ECT) return false;
  const before = view.getUint16(at);
  const after = before | CE;
  view.setUint16(at, after);
  // RFC 1624 §3, equation 3: what was wrong about the checksum stays wrong
  const sum = (~view.getUint16(at + IPV4_CHECKSUM) & 0xffff) + (~before & 0xffff) + after;
  view.setUint16(at + IPV4_CHECKSUM, checksum.finish(sum));
  return true;
}
