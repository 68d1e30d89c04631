/** The scenarios of this folder, in the order in which a course would take them. */
import type { Scenario } from '../scenario.ts';
import { arp, arpAgeing, arpConflict } from './arp.ts';
import { fragmentation, fragmentLost } from './fragments.ts';
import { traceroute } from './hops.ts';
import { pathMtuBlackHole, pathMtuDiscovery } from './path-mtu.ts';
import { ping, portUnreachable, udpEcho } from './ping.ts';

export const IP_SCENARIOS: readonly Scenario[] = [
  arp,
  arpAgeing,
  arpConflict,
  ping,
  udpEcho,
  portUnreachable,
  traceroute,
  fragmentation,
  fragmentLost,
  pathMtuDiscovery,
  pathMtuBlackHole,
];
