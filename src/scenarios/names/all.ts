/** The scenarios of this folder, in the order in which a course would take them. */
import type { Scenario } from '../scenario.ts';
import { nameAlias, nameLookup, nameMissing, nameOverTcp, nameReverse } from './lookup.ts';
import { nameBailiwick, nameGuessed } from './spoofing.ts';

export const NAME_SCENARIOS: readonly Scenario[] = [
  nameLookup,
  nameMissing,
  nameAlias,
  nameReverse,
  nameOverTcp,
  nameGuessed,
  nameBailiwick,
];
