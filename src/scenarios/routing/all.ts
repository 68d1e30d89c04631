/** The scenarios of this folder, in the order in which a course would take them. */
import type { Scenario } from '../scenario.ts';
import { oneLanTwoLans } from './gateways.ts';
import { longestPrefix } from './longest-prefix.ts';
import { proxyArp } from './proxy-arp.ts';
import { icmpRedirect, redirectAttack } from './redirects.ts';
import { ripConvergence, ripCountToInfinity } from './rip.ts';
import { smurf } from './smurf.ts';
import { tracerouteFourRouters } from './traceroute.ts';

export const ROUTING_SCENARIOS: readonly Scenario[] = [
  oneLanTwoLans,
  longestPrefix,
  tracerouteFourRouters,
  icmpRedirect,
  proxyArp,
  ripConvergence,
  ripCountToInfinity,
  redirectAttack,
  smurf,
];
