/** The scenarios of this folder, in the order in which a course would take them. */
import type { Scenario } from '../scenario.ts';
import { paws, resetNotExact } from './attacks.ts';
import { ecnMark } from './ecn.ts';
import { fastRetransmit, newReno } from './fast-retransmit.ts';
import { corrupted, reordering } from './mischief.ts';
import { lostRetransmission, rack, tailLossProbe } from './rack.ts';
import { duplicated, sackTwoLosses } from './sack.ts';
import { backOff, spuriousTimeout } from './timeout.ts';

export const LOSS_SCENARIOS: readonly Scenario[] = [
  fastRetransmit,
  newReno,
  sackTwoLosses,
  rack,
  lostRetransmission,
  tailLossProbe,
  backOff,
  spuriousTimeout,
  reordering,
  duplicated,
  corrupted,
  ecnMark,
  resetNotExact,
  paws,
];
