/** The scenarios of this folder, in the order in which a course would take them. */
import type { Scenario } from '../scenario.ts';
import { dhcpHandshake, dhcpRenewal } from './handshake.ts';
import { dhcpMoved, dhcpRelay } from './places.ts';
import { dhcpConflict, dhcpExhaustion, dhcpRogue } from './trouble.ts';

export const DHCP_SCENARIOS: readonly Scenario[] = [
  dhcpHandshake,
  dhcpRenewal,
  dhcpMoved,
  dhcpConflict,
  dhcpExhaustion,
  dhcpRogue,
  dhcpRelay,
];
