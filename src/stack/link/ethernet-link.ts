/** Ethernet II at the edge of the stack: which received frames are for whom, and the header of what is sent, RFC 894. */
import type { Packet } from '../bytes/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import type { MacAddress } from '../wire/mac-address.ts';
import * as mac from '../wire/mac-address.ts';

/** Why a frame is dropped before any layer above sees it. */
export const LINK_DROPS = [
  'frame too short',
  'frame source is a group address',
  'frame for another station',
  'frame has a VLAN tag',
  'frame is IEEE 802.3 with a length',
  'frame carries IPv6',
  'frame type unknown',
] as const;
export type LinkDrop = (typeof LINK_DROPS)[number];

/** What a frame carries, or why it is dropped. */
export type FrameKind = 'ipv4' | 'arp' | LinkDrop;

/** Ethernet header and the 46 bytes of IEEE 802.3's minimum; the four bytes of check sequence are the device's. */
export const MIN_FRAME = ethernet.HEADER + ethernet.MIN_PAYLOAD;

/**
 * Decides about the frame in `[at, end)`: its own lengths first, then who sent it, then whom it is for, then what it
 * carries. All group destinations pass: which groups a host has joined is known at the IP layer.
 */
export function classify(view: DataView, at: number, end: number, ownMac: MacAddress): FrameKind {
  if (!ethernet.isValid(at, end)) return 'frame too short';
  // IEEE 802.3 §3.2.3: a station has one individual address; a group bit in a source (token ring's route mark) is no station
  if (mac.isGroup(ethernet.source(view, at))) return 'frame source is a group address';
  const destination = ethernet.destination(view, at);
  if (destination !== ownMac && !mac.isGroup(destination)) return 'frame for another station';
  return kindOf(ethernet.etherType(view, at));
}

function kindOf(etherType: number): FrameKind {
  if (etherType < ethernet.TYPE_MIN) return 'frame is IEEE 802.3 with a length';
  switch (etherType) {
    case ethernet.TYPE_IPV4:
      return 'ipv4';
    case ethernet.TYPE_ARP:
      return 'arp';
    case ethernet.TYPE_VLAN:
      return 'frame has a VLAN tag';
    case ethernet.TYPE_IPV6:
      return 'frame carries IPv6';
    default:
      return 'frame type unknown';
  }
}

/** True when a valid frame went to more than one station: nothing in it may be answered by an ICMP error (RFC 1122 §3.2.2). */
export const isGroupFrame = (view: DataView, at: number): boolean => mac.isGroup(ethernet.destination(view, at));

/** Puts an Ethernet header in front of the live bytes. */
export function encapsulate(packet: Packet, to: MacAddress, from: MacAddress, etherType: number): void {
  ethernet.encode(packet.view, packet.prepend(ethernet.HEADER), to, from, etherType);
}

/**
 * Fills a short frame with zeros up to the 60 bytes that IEEE 802.3 asks of a sender. Zeros because the buffer is reused:
 * what an earlier packet left there is nobody else's business (CVE-2003-0001, "Etherleak").
 */
export function pad(packet: Packet): void {
  if (packet.length >= MIN_FRAME) return;
  const end = packet.start + MIN_FRAME;
  while (packet.end < end) packet.bytes[packet.end++] = 0;
}

/** RFC 1112 §6.4: the low 23 bits of the group address behind 01:00:5e. */
export const macOfGroup = (group: number): MacAddress => (0x0100_5e00_0000 + (group & 0x7f_ffff)) as MacAddress;
