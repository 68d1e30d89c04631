/** The first four bytes of TCP and of UDP: all that an ICMP error or a short capture may have left. */
import type { Ports } from './dissected.ts';

export function portsOf(view: DataView, at: number, end: number, protocol: 'TCP' | 'UDP'): Ports | undefined {
  if (end - at < 4) return undefined;
  return { kind: 'ports', at, protocol, sourcePort: view.getUint16(at), destinationPort: view.getUint16(at + 2) };
}
