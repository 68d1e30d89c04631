/** All scenarios, by chapter in the order of a course. A new one is a file and a line in the list of its folder. */
import { distance } from '../capture/filter/nearest.ts';
import { APP_SCENARIOS } from './apps/all.ts';
import { DHCP_SCENARIOS } from './dhcp/all.ts';
import { EDGE_SCENARIOS } from './edge/all.ts';
import { IP_SCENARIOS } from './ip/all.ts';
import { LOSS_SCENARIOS } from './loss/all.ts';
import { NAME_SCENARIOS } from './names/all.ts';
import { NETWORK_SCENARIOS } from './networks/all.ts';
import { ROUTING_SCENARIOS } from './routing/all.ts';
import type { Chapter, Scenario } from './scenario.ts';
import { CHAPTERS } from './scenario.ts';
import { SWITCHING_SCENARIOS } from './switching/all.ts';
import { TCP_SCENARIOS } from './tcp/all.ts';

const ALL: readonly Scenario[] = [
  ...TCP_SCENARIOS,
  ...LOSS_SCENARIOS,
  ...IP_SCENARIOS,
  ...SWITCHING_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...ROUTING_SCENARIOS,
  ...DHCP_SCENARIOS,
  ...NAME_SCENARIOS,
  ...EDGE_SCENARIOS,
  ...APP_SCENARIOS,
];

/** In the order of the chapters, and inside one as they are listed. */
export const scenarios = (): readonly Scenario[] => CHAPTERS.flatMap(scenariosOf);

export const scenariosOf = (chapter: Chapter): readonly Scenario[] => ALL.filter((scenario) => scenario.chapter === chapter);

export const findScenario = (name: string): Scenario | undefined => ALL.find((scenario) => scenario.name === name);

/** The names that are spelled most like a wrong one, best first. */
export function namesLike(name: string, count = 3): string[] {
  const scored = scenarios().map((scenario) => ({ name: scenario.name, score: unlikeness(name.toLowerCase(), scenario.name) }));
  return scored
    .sort((a, b) => a.score - b.score)
    .slice(0, count)
    .map((one) => one.name);
}

/** What is a part of the other is near: "sack" to "sack-two-losses". */
const unlikeness = (typed: string, name: string): number =>
  typed !== '' && (name.includes(typed) || typed.includes(name)) ? 0 : distance(typed, name);
