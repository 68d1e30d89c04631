/** What happens inside of a switch and is not seen on any wire, and the words for it. */
import type { Micros } from '../../stack/time.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import { format } from '../../stack/wire/mac-address.ts';

export type SwitchEvent = {
  readonly at: Micros;
  /** The name of the port. */
  readonly port: string;
} & (
  | { readonly kind: 'learnt' | 'aged' | 'table full' | 'violation'; readonly vlan: number; readonly mac: MacAddress }
  | { readonly kind: 'moved'; readonly vlan: number; readonly mac: MacAddress; readonly from: string }
  | { readonly kind: 'flushed'; readonly count: number }
  | { readonly kind: 'storm'; readonly vlan: number; readonly mac: MacAddress; readonly limit: number }
  | { readonly kind: 'shut down' | 'link up' | 'link down' }
  | { readonly kind: 'ARP refused'; readonly mac: MacAddress; readonly claims: string }
  | { readonly kind: 'spanning tree'; readonly words: string }
);

/** "02:00:0a:00:00:01 learnt at port 1", without time and switch. @param vlans say the VLAN too: the switch has several */
export function describeSwitchEvent(event: SwitchEvent, vlans = false): string {
  const of = vlans && 'vlan' in event ? ` in VLAN ${event.vlan}` : '';
  switch (event.kind) {
    case 'learnt':
      return `${format(event.mac)} learnt at port ${event.port}${of}`;
    case 'moved':
      return `${format(event.mac)} moved from port ${event.from} to ${event.port}${of}`;
    case 'aged':
      return `${format(event.mac)} at port ${event.port}${of} forgotten: it was silent for too long`;
    case 'table full':
      return `${format(event.mac)} at port ${event.port}${of} not learnt: the table is full`;
    case 'violation':
      return `port security: one address too many at port ${event.port}, ${format(event.mac)}${of}`;
    case 'flushed':
      return `${event.count} ${event.count === 1 ? 'address' : 'addresses'} at port ${event.port} forgotten: stations may have moved`;
    case 'storm':
      return `broadcast storm: more than ${event.limit} copies of one frame from ${format(event.mac)} in a second${of}; the rest is dropped`;
    case 'ARP refused':
      return `ARP inspection: ${format(event.mac)} at port ${event.port} says that it is ${event.claims}`;
    case 'spanning tree':
      return `port ${event.port}: ${event.words}`;
    default:
      return `port ${event.port}: ${event.kind}`;
  }
}
