/** An interface of Linux that speaks IPv4 only. */
import { writeFileSync } from 'node:fs';

/**
 * The stack speaks IPv4: what Linux would say about its IPv6 addresses as the link comes up is noise in every capture. Where
 * that is not ours to decide, the noise is heard.
 */
export function switchOffIpv6(name: string): void {
  if (name === 'all' || name === 'default') return; // these two folders are not interfaces
  try {
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '1');
  } catch {
    // a system without IPv6, or with a read-only /proc
  }
}
