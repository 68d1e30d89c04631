/** The scenarios of this folder, in the order in which a course would take them. */
import type { Scenario } from '../scenario.ts';
import { carrierNat } from './carrier.ts';
import { company } from './company.ts';
import { firewallReject, firewallState } from './firewalls.ts';
import { hairpin, portForwarding } from './forwarding.ts';
import { home } from './home.ts';
import { nat } from './nat.ts';
import { natTimeout } from './time-outs.ts';
import { natErrors } from './trace.ts';

export const EDGE_SCENARIOS: readonly Scenario[] = [
  nat,
  home,
  carrierNat,
  portForwarding,
  hairpin,
  natErrors,
  natTimeout,
  firewallReject,
  firewallState,
  company,
];
