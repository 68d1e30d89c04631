/** The scenarios of this folder, in the order in which a course would take them inside a chapter. */
import type { Scenario } from '../scenario.ts';
import { handshake } from './handshake.ts';

export const TCP_SCENARIOS: readonly Scenario[] = [handshake];
