/** ICMP messages that nobody sent who had a right to: made by somebody who can write any address as its source. */
import { Packet } from '../../stack/bytes/packet.ts';
import * as ethernet from '../../stack/wire/ethernet.ts';
import * as icmp from '../../stack/wire/icmpv4.ts';
import { ipv4 as parseAddress } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';

export interface ForgedRedirect {
  readonly fromMac: MacAddress;
  readonly toMac: MacAddress;
  /** Who it says it is from: a router, where it is to be believed. */
  readonly source: string;
  /** The host that is to send elsewhere. */
  readonly to: string;
  /** What it is to send elsewhere: everything for this host. */
  readonly destination: string;
  /** Where it is to send that. */
  readonly gateway: string;
}

/**
 * A redirect for one host (RFC 792), about an echo request that need never have been sent.
 * @throws RangeError for what is no IPv4 address
 */
export function forgedRedirect({ fromMac, toMac, source, to, destination, gateway }: ForgedRedirect): Uint8Array {
  const [liar, victim, remote, towards] = [source, to, destination, gateway].map((text) => parseAddress(text).w3);
  const packet = new Packet();
  // the packet that it quotes: its header, and eight bytes behind it
  icmp.encode(packet.view, packet.prepend(icmp.HEADER), packet.end, icmp.ECHO_REQUEST, 0, 0);
  prependIpv4(packet, victim!, remote!);
  icmp.encode(packet.view, packet.prepend(icmp.HEADER), packet.end, icmp.REDIRECT, icmp.REDIRECT_HOST, towards!);
  prependIpv4(packet, liar!, victim!);
  ethernet.encode(packet.view, packet.prepend(ethernet.HEADER), toMac, fromMac, ethernet.TYPE_IPV4);
  return packet.live().slice();
}

function prependIpv4(packet: Packet, source: number, destination: number): void {
  const fields = { source, destination, protocol: ipv4.PROTOCOL_ICMP, ttl: 64, trafficClass: 0, identification: 0 };
  const length = packet.length + ipv4.HEADER;
  ipv4.encode(packet.view, packet.prepend(ipv4.HEADER), { ...fields, dontFragment: false }, length);
}
