/** What can go wrong with a datagram after it was sent, in words: RFC 1122 §4.1.3.3. */
import * as icmp from '../wire/icmpv4.ts';

export const UDP_FAILURES = [
  'port unreachable',
  'protocol unreachable',
  'host unreachable',
  'network unreachable',
  'message too long',
  'source route failed',
  'administratively prohibited',
  'time to live exceeded',
  'reassembly timed out',
  'parameter problem',
  'no route',
] as const;
export type UdpFailureReason = (typeof UDP_FAILURES)[number];

/** The news that a datagram to `address` and `port` did not arrive. */
export interface UdpFailure {
  readonly reason: UdpFailureReason;
  readonly address: number;
  readonly port: number;
  /** Whose ICMP error it was: the peer's, or that of a router on the way; absent when this host itself found out. */
  readonly reporter?: number;
}

/**
 * The word for an ICMP error. RFC 1122 §4.1.3.3: "UDP MUST pass to the application layer all ICMP error messages that it
 * receives from the IP layer".
 *
 * @returns undefined for what is none of the application's business: redirects, and source quench, which RFC 6633 §4 has
 *   UDP ignore
 */
export function reasonOf(type: number, code: number): UdpFailureReason | undefined {
  switch (type) {
    case icmp.DESTINATION_UNREACHABLE:
      return unreachable(code);
    case icmp.TIME_EXCEEDED:
      return code === icmp.REASSEMBLY_TIME_EXCEEDED ? 'reassembly timed out' : 'time to live exceeded';
    case icmp.PARAMETER_PROBLEM:
      return 'parameter problem';
    default:
      return undefined;
  }
}

/** RFC 792; the codes from 6 on are those of RFC 1122 §3.2.2.1 and RFC 1812 §5.2.7.1. */
function unreachable(code: number): UdpFailureReason {
  switch (code) {
    case icmp.PORT_UNREACHABLE:
      return 'port unreachable';
    case icmp.PROTOCOL_UNREACHABLE:
      return 'protocol unreachable';
    case icmp.FRAGMENTATION_NEEDED:
      return 'message too long';
    case icmp.SOURCE_ROUTE_FAILED:
      return 'source route failed';
    case icmp.NET_UNREACHABLE:
    case 6: // destination network unknown
    case 11: // network unreachable for the type of service
      return 'network unreachable';
    case 9: // network, 10: host, 13: communication administratively prohibited
    case 10:
    case icmp.ADMINISTRATIVELY_PROHIBITED:
      return 'administratively prohibited';
    default:
      return 'host unreachable';
  }
}
