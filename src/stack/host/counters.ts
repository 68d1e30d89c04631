/** What was counted: packets by layer, and every drop under the name of its reason. */

import { REPORT_DROPS } from '../ip/icmp-report.ts';
import { ADDRESS_DROPS, HEADER_DROPS } from '../ip/input.ts';
import { MARTIAN_DROPS } from '../ip/martians.ts';
import { REASSEMBLY_DROPS } from '../ip/reassemble.ts';
import { ARP_DROPS } from '../link/arp-cache.ts';
import { LINK_DROPS } from '../link/ethernet-link.ts';
import { WAITING_DROPS } from '../link/waiting-room.ts';
import { TCP_DROPS } from '../tcp/drops.ts';
import { UDP_DROPS } from '../udp/udp.ts';
import { REDIRECT_DROPS } from './redirects.ts';

/** Drops that are decided where the layers meet. */
export const HOST_DROPS = [
  'not for us',
  'multicast group not joined',
  'packet for one host in a frame to many',
  'IP protocol unknown',
  'ICMP echo to a broadcast address',
  'ICMP type unknown',
  'ICMP echo reply that nobody waits for',
  'ICMP error about nothing of ours',
  'ICMP error suppressed by the rate limit',
  ...REDIRECT_DROPS,
  'no route to the destination',
  'packet too long and must not be fragmented',
  'loopback queue full',
  'device queue full',
] as const;

/** Drops of what goes through, or would. */
export const FORWARD_DROPS = [
  ...MARTIAN_DROPS,
  'time to live exceeded in transit',
  'directed broadcast not forwarded',
  'source came by another way',
  'its route is a black hole',
  'its route says unreachable',
  'its route is prohibited',
  'dropped by a rule',
] as const;

export const DROP_REASONS = [
  ...LINK_DROPS,
  ...ARP_DROPS,
  ...WAITING_DROPS,
  ...HEADER_DROPS,
  ...ADDRESS_DROPS,
  ...REASSEMBLY_DROPS,
  ...REPORT_DROPS,
  ...UDP_DROPS,
  ...TCP_DROPS,
  ...HOST_DROPS,
  ...FORWARD_DROPS,
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export class Counters {
  framesIn = 0;
  framesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  arpIn = 0;
  arpOut = 0;
  ipIn = 0;
  ipOut = 0;
  icmpIn = 0;
  icmpOut = 0;
  udpIn = 0;
  udpOut = 0;
  tcpIn = 0;
  tcpOut = 0;
  /** Packets that went through, those in pieces counted once. */
  forwarded = 0;
  fragmentsOut = 0;
  /** Fragments that arrived and wait for the others of their datagram. */
  fragmentsHeld = 0;
  /** Address conflicts noticed, RFC 5227. */
  addressConflicts = 0;
  readonly #drops = new Map<DropReason, number>(DROP_REASONS.map((reason) => [reason, 0]));

  drop(reason: DropReason, count = 1): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + count);
  }

  dropped(reason: DropReason): number {
    return this.#drops.get(reason) ?? 0;
  }

  /** Reasons with their counts; `all` also those that never occurred. */
  drops(all = false): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#drops].filter(([, count]) => all || count > 0));
  }
}
