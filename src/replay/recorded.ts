/** One frame of a capture, made whole: what was cut off is filled up, tags are gone, what was left to a card is done. */

import type { RecordedFrame } from '../capture/record/frame-sink.ts';
import * as checksum from '../stack/bytes/checksum.ts';
import type { Micros } from '../stack/time.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import * as tcp from '../stack/wire/tcp.ts';
import * as udp from '../stack/wire/udp.ts';
import type { Facts } from './facts.ts';
import { factsOf } from './facts.ts';
import type { Notes } from './notes.ts';

export interface Recorded {
  /** In the capture, from 1 on. */
  readonly number: number;
  /** On the clock of the host that the stack plays. */
  readonly at: Micros;
  readonly isHosts: boolean;
  /** A copy of our own. */
  readonly bytes: Uint8Array;
  readonly facts: Facts;
  /** How many of the bytes the capture holds; the rest are zeros. */
  readonly kept: number;
  /** Of a frame of several segments that a card would cut: the payload of each; 0: it is one. */
  readonly gsoSize: number;
  /** 'left' to a card that would have completed it, before the wire; 'unknown': bytes are missing. */
  readonly checksum: 'good' | 'bad' | 'left' | 'unknown';
}

const VLAN_TAG = 4;
const TYPE_SERVICE_VLAN = 0x88a8; // IEEE 802.1ad
/** The longest IPv4 packet in an Ethernet frame: nothing longer can be fed, whatever the file says. */
const LONGEST = ethernet.HEADER + ipv4.MAX_PACKET;

export type Whole = Pick<Recorded, 'number' | 'bytes' | 'facts' | 'kept' | 'checksum'>;

/** @returns undefined for a frame of which too little is there; the reason is noted */
export function makeWhole(frame: RecordedFrame, number: number, notes: Notes): Whole | undefined {
  const untagged = withoutTags(frame.bytes);
  const shift = frame.bytes.length - untagged.length;
  if (shift > 0) notes.about(number, 'VLAN tag taken off');
  const wire = (frame.originalLength ?? frame.bytes.length) - shift;
  const length = Math.min(Math.max(wire, untagged.length), LONGEST);
  const bytes = new Uint8Array(length);
  bytes.set(untagged.subarray(0, length));
  const kept = Math.min(untagged.length, length);
  nameLength(bytes);
  const facts = factsOf(bytes);
  if (kept < Math.min(facts.payload, facts.end)) {
    notes.about(number, 'cut in the middle of its headers, left out');
    return undefined;
  }
  if (kept < facts.end) notes.about(number, 'cut by the snap length: what is missing is fed as zeros and not compared');
  const state = checksumState(facts, kept);
  if (state === 'left') completeChecksum(facts);
  return { number, bytes, facts, kept, checksum: state };
}

function withoutTags(bytes: Uint8Array): Uint8Array {
  let at = 12;
  while (at + 6 <= bytes.length) {
    const type = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (type !== ethernet.TYPE_VLAN && type !== TYPE_SERVICE_VLAN) break;
    at += VLAN_TAG;
  }
  if (at === 12) return bytes;
  const untagged = new Uint8Array(bytes.length - (at - 12));
  untagged.set(bytes.subarray(0, 12));
  untagged.set(bytes.subarray(at), 12);
  return untagged;
}

/** Linux records a frame that a card is to cut with a total length of zero where 16 bits do not hold it. */
function nameLength(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = ethernet.HEADER;
  if (bytes.length < at + ipv4.HEADER || ethernet.etherType(view, 0) !== ethernet.TYPE_IPV4) return;
  if (ipv4.totalLength(view, at) !== 0 || ipv4.version(view, at) !== 4) return;
  if (at + ipv4.headerLength(view, at) > bytes.length || ipv4.headerLength(view, at) < ipv4.HEADER) return;
  view.setUint16(at + 2, Math.min(bytes.length - at, ipv4.MAX_PACKET));
  ipv4.updateChecksum(view, at);
}

function checksumState(facts: Facts, kept: number): Recorded['checksum'] {
  const { kind, view, network, transport, end } = facts;
  if (kind === 'arp' || kind === 'other') return 'good';
  if (!ipv4.isChecksumValid(view, network)) return 'bad';
  if (kind === 'fragment' || kind === 'protocol') return 'good';
  if (kept < end) return 'unknown';
  if (kind === 'icmp' || kind === 'echo') return checksum.isZero(view, transport, end) ? 'good' : 'bad';
  if (kind === 'udp' && udp.checksumField(view, transport) === 0) return 'good';
  if (checksum.isZero(view, transport, end, pseudoSum(facts))) return 'good';
  return view.getUint16(transport + fieldOffset(facts)) === checksum.fold(pseudoSum(facts)) ? 'left' : 'bad';
}

const fieldOffset = ({ kind }: Facts): number => (kind === 'tcp' ? tcp.CHECKSUM_OFFSET : udp.CHECKSUM_OFFSET);

function pseudoSum({ kind, source, destination, transport, end }: Facts): number {
  const protocol = kind === 'tcp' ? ipv4.PROTOCOL_TCP : ipv4.PROTOCOL_UDP;
  return checksum.pseudoHeader(source, destination, protocol, end - transport);
}

/** Writes the checksums that the rest of the frame asks for; of a fragment or a malformed packet only IPv4's. */
export function completeChecksum(facts: Facts): void {
  const { kind, view, network, transport, end, source, destination } = facts;
  if (kind === 'arp' || kind === 'other') return;
  ipv4.updateChecksum(view, network);
  if (kind === 'tcp') tcp.writeChecksum(view, transport, end, source, destination);
  else if (kind === 'udp' && udp.checksumField(view, transport) !== 0)
    udp.writeChecksum(view, transport, transport + udp.length(view, transport), source, destination);
  else if (kind === 'icmp' || kind === 'echo') {
    view.setUint16(transport + 2, 0);
    view.setUint16(transport + 2, checksum.finish(checksum.add(view, transport, end)));
  }
}

/** Makes the transport's checksum wrong, as it was recorded. */
export function spoilChecksum({ kind, view, network, transport }: Facts, ipIsWrong: boolean): void {
  const at = ipIsWrong ? network + 10 : kind === 'tcp' || kind === 'udp' ? transport + (kind === 'tcp' ? 16 : 6) : transport + 2;
  view.setUint16(at, view.getUint16(at) ^ 0x5555 || 0x5555);
}
