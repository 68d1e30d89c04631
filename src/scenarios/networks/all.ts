/** The scenarios of this folder, in the order in which a course would take them. */
import type { Scenario } from '../scenario.ts';
import { gateway } from './two-networks.ts';

export const NETWORK_SCENARIOS: readonly Scenario[] = [gateway];
