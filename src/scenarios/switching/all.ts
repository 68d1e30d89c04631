/** The scenarios of this folder, in the order in which a course would take them. */
import type { Scenario } from '../scenario.ts';
import { hub } from './hub.ts';
import { switchFourHosts, switchLearning } from './learning.ts';
import { portMirroring, portSecurity } from './listening.ts';
import { broadcastStorm, spanningTree } from './loops.ts';
import { arpSpoofing } from './spoofing.ts';
import { layer3Switch, vlanTrunk } from './vlans.ts';

export const SWITCHING_SCENARIOS: readonly Scenario[] = [
  switchLearning,
  switchFourHosts,
  hub,
  vlanTrunk,
  layer3Switch,
  portMirroring,
  portSecurity,
  arpSpoofing,
  broadcastStorm,
  spanningTree,
];
